//! A module's weights on the host, in a fixed order with their names.

use crate::error::NnError;
use crate::seed;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// Names, shapes and values of all float parameters of a module, in visiting order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// Dotted paths of the parameters.
    pub names: Vec<String>,
    /// Their shapes.
    pub shapes: Vec<Vec<usize>>,
    /// Their values, row-major.
    pub values: Vec<Vec<f32>>,
}

impl Weights {
    /// Reads the parameters of `module`.
    pub fn of<M: Module>(module: &M) -> Self {
        let mut reader = Reader::default();
        module.visit(&mut reader);
        reader.weights
    }

    /// Gradients of the parameters, in the same order; zeros where a parameter took no part.
    pub fn gradients<M: Module>(module: &M, gradients: &Gradients) -> Vec<Vec<f32>> {
        let mut reader = GradientReader { gradients, found: Vec::new() };
        module.visit(&mut reader);
        reader.found
    }

    /// `module` with these values on `device`; with `train` they collect gradients.
    ///
    /// # Errors
    /// When names or shapes differ from the module's.
    pub fn load<M: Module>(&self, module: M, device: &Device, train: bool) -> Result<M, NnError> {
        let there = Self::of(&module);
        if there.names != self.names || there.shapes != self.shapes {
            let differs = there.names.iter().zip(&self.names).find(|(a, b)| a != b);
            return Err(NnError::Invalid(match differs {
                Some((a, b)) => format!("weights do not fit the model: it has {a} where they have {b}"),
                None => "weights do not fit the model: other number or shapes of parameters".into(),
            }));
        }
        Ok(self.load_unchecked(module, device, train))
    }

    /// Like [`Weights::load`] for weights that are known to come from the same architecture.
    pub fn load_unchecked<M: Module>(&self, module: M, device: &Device, train: bool) -> M {
        module.map(&mut Writer { weights: self, next: 0, device, train })
    }

    /// Fresh values, the same for the same seed whatever runs beside: matrices and convolutions
    /// Xavier-normal (Glorot & Bengio 2010) by fan-in and fan-out, embeddings and queries N(0, 0.02²)
    /// where the last dimension is 1 or the name says so, biases and betas 0, gammas 1.
    pub fn reset(&mut self, seed: u64) {
        for ((name, shape), values) in self.names.iter().zip(&self.shapes).zip(&mut self.values) {
            let leaf = name.rsplit('.').next().unwrap_or(name);
            let mut rng = seed::generator(seed, &[1, seed::of_name(name)]);
            match leaf {
                "gamma" => values.fill(1.0),
                "beta" | "bias" => values.fill(0.0),
                _ => {
                    let spread = spread(leaf, shape);
                    for v in values.iter_mut() {
                        let n: f32 = StandardNormal.sample(&mut rng);
                        *v = spread * n;
                    }
                    // A draw that is not used for the values keeps generators of different sizes apart.
                    let _: u32 = rng.random();
                }
            }
        }
    }
}

fn spread(leaf: &str, shape: &[usize]) -> f32 {
    if leaf == "query" || leaf == "embedding" || leaf == "missing" {
        return 0.02;
    }
    let (fan_in, fan_out) = match shape {
        [input, output] => (*input, *output),
        // A stack of matrices, one a modality.
        [_, input, output] if leaf == "stack" => (*input, *output),
        [output, input, kernel @ ..] => {
            let reach: usize = kernel.iter().product();
            (input * reach, output * reach)
        }
        _ => (1, 1),
    };
    (2.0 / (fan_in + fan_out) as f32).sqrt()
}

#[derive(Default)]
struct Reader {
    path: Vec<String>,
    weights: Weights,
}

impl ModuleVisitor for Reader {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_string());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        self.weights.names.push(self.path.join("."));
        self.weights.shapes.push(value.dims().to_vec());
        self.weights.values.push(value.try_into_vec_as::<f32>().unwrap_or_default());
    }
}

struct GradientReader<'a> {
    gradients: &'a Gradients,
    found: Vec<Vec<f32>>,
}

impl ModuleVisitor for GradientReader<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        let gradient = match value.grad(self.gradients) {
            Some(gradient) => gradient.try_into_vec_as::<f32>().unwrap_or_default(),
            None => vec![0.0; value.shape().num_elements()],
        };
        self.found.push(gradient);
    }
}

struct Writer<'a> {
    weights: &'a Weights,
    next: usize,
    device: &'a Device,
    train: bool,
}

impl ModuleMapper for Writer<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let i = self.next;
        self.next += 1;
        let data = TensorData::new(self.weights.values[i].clone(), self.weights.shapes[i].clone());
        let value = Tensor::<D>::from_data(data, self.device);
        let value = if self.train { value.require_grad() } else { value };
        param.map(|_| value)
    }
}
