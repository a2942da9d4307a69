//! Matrix products and nothing else: the arithmetic limit of a training step.

use burn::tensor::{Device, Distribution, Tensor};

/// `count` products `[m, k] x [k, n]`; `first` where the gradient of the left side is not needed.
struct Product {
    left: Tensor<3>,
    right: Tensor<3>,
    upper: Tensor<3>,
    first: bool,
}

/// A list of products.
pub struct Products {
    list: Vec<Product>,
    flops: f64,
    device: Device,
}

impl Products {
    /// None yet.
    pub fn new(device: &Device) -> Self {
        Self { list: Vec::new(), flops: 0.0, device: device.clone() }
    }

    /// Adds `count` products `[m, k] x [k, n]`; `first` as in first layers.
    pub fn add(&mut self, count: usize, m: usize, k: usize, n: usize, first: bool) {
        let random = |a, b| Tensor::<3>::random([count, a, b], Distribution::Default, &self.device);
        self.list.push(Product { left: random(m, k), right: random(k, n), upper: random(m, n), first });
        let passes = if first { 2.0 } else { 3.0 };
        self.flops += passes * 2.0 * (count * m * k * n) as f64;
    }

    /// Runs every product forward, and for both gradients (for the weights' alone in first layers).
    pub fn run(&self) {
        for Product { left, right, upper, first } in &self.list {
            std::hint::black_box(left.clone().matmul(right.clone()));
            std::hint::black_box(left.clone().swap_dims(1, 2).matmul(upper.clone()));
            if !first {
                std::hint::black_box(upper.clone().matmul(right.clone().swap_dims(1, 2)));
            }
        }
    }

    /// Runs all products in each pool, side by side.
    pub fn run_in(&self, pools: &[rayon::ThreadPool]) {
        std::thread::scope(|scope| {
            for pool in pools {
                scope.spawn(|| pool.install(|| self.run()));
            }
        });
    }

    /// Floating-point operations of [`Products::run`].
    pub fn flops(&self) -> f64 {
        self.flops
    }
}

/// Pools of one thread each.
pub fn single_threads(threads: usize) -> Vec<rayon::ThreadPool> {
    (0..threads).map(|_| rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap()).collect()
}
