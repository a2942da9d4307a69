//! What is done to a variable.

use super::{Domain, Mechanism, Noise, StructuralCausalModel};
use crate::CausalError;

/// An action on one variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Intervention {
    /// Position of the variable.
    pub variable: usize,
    /// What is done.
    pub action: Action,
}

/// What is done to a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// It is this value, whatever its causes: a number, or the position of a level.
    Set(f64),
    /// Its own value plus this.
    Shift(f64),
    /// Its own value times this.
    Scale(f64),
    /// Another mechanism of the same parents.
    Mechanism(Box<Mechanism>),
    /// Other noise in the same mechanism.
    Noise(Noise),
    /// One of these values, by these weights, whatever its causes.
    Policy(Vec<(f64, f64)>),
}

impl Action {
    /// Whether the variable no longer listens to its parents.
    pub(super) fn cuts(&self) -> bool {
        matches!(self, Self::Set(_) | Self::Policy(_))
    }

    /// Whether it draws anew instead of keeping what was.
    pub(super) fn draws(&self) -> bool {
        matches!(self, Self::Mechanism(_) | Self::Noise(_) | Self::Policy(_))
    }
}

impl Intervention {
    /// Sets a variable to a value.
    pub fn set(variable: usize, value: f64) -> Self {
        Self { variable, action: Action::Set(value) }
    }

    /// An intervention from text: `x=3.2`, `x=high`, `x+=0.5`, `x-=0.5`, `x*=1.1`, and `x~low:0.3,high:0.7`
    /// for one of several values by weight.
    ///
    /// # Errors
    /// An unknown variable, an unknown level, a value that is no number, a text of another form.
    pub fn parse(text: &str, model: &StructuralCausalModel) -> Result<Self, CausalError> {
        let form = || {
            CausalError::Argument(format!(
                "`{text}` is no intervention; write x=3.2, x=level, x+=0.5, x-=0.5, x*=1.1 or x~a:0.3,b:0.7"
            ))
        };
        // A name may hold any of these signs: the first split that names a variable counts.
        let mut first_unknown = None;
        for (at, sign) in text.char_indices().filter(|(_, c)| matches!(c, '=' | '~')) {
            let (left, right) = (&text[..at], &text[at + 1..]);
            let change = if sign == '=' { left.chars().last().filter(|c| "+-*".contains(*c)) } else { None };
            let plain = left.trim();
            let soft = change.map(|_| left[..left.len() - 1].trim());
            for (name, change) in [(Some(plain), None), (soft, change)] {
                let Some(name) = name else { continue };
                match model.index_of(name) {
                    Ok(variable) => {
                        return Ok(Self { variable, action: action(variable, sign, change, right, model)? });
                    }
                    Err(error) => first_unknown = Some(error),
                }
            }
        }
        Err(first_unknown.unwrap_or_else(form))
    }

    /// How a value lies outside what the model has seen: nothing when it does not.
    pub fn warning(&self, model: &StructuralCausalModel) -> Option<String> {
        let variable = model.variables.get(self.variable)?;
        let Domain::Continuous { low, high } = variable.domain else { return None };
        let values: Vec<f64> = match &self.action {
            Action::Set(value) => vec![*value],
            Action::Policy(choices) => choices.iter().map(|c| c.0).collect(),
            _ => return None,
        };
        let outside = values.into_iter().find(|v| *v < low || *v > high)?;
        Some(format!("`{}` = {outside} extrapolates: observed {low} to {high}", variable.name))
    }

    fn check(&self, model: &StructuralCausalModel) -> Result<(), CausalError> {
        let Some(variable) = model.variables.get(self.variable) else {
            return Err(CausalError::Argument(format!("there is no variable number {}", self.variable)));
        };
        match &self.action {
            Action::Set(value) => variable.check(*value),
            Action::Shift(by) | Action::Scale(by) => {
                if variable.levels().is_some() {
                    return Err(CausalError::Argument(format!(
                        "`{}` has levels; it can be set to one, not shifted or scaled",
                        variable.name
                    )));
                }
                variable.check(*by)
            }
            Action::Mechanism(mechanism) => {
                mechanism.check(variable.levels(), &model.parent_levels(self.variable))
            }
            Action::Noise(noise) => match variable.levels() {
                None => noise.check(),
                Some(_) => Err(CausalError::Argument(format!(
                    "`{}` has levels; its noise cannot be replaced by numbers",
                    variable.name
                ))),
            },
            Action::Policy(choices) => {
                choices.iter().try_for_each(|c| variable.check(c.0))?;
                let total: f64 = choices.iter().map(|c| c.1).sum();
                if total > 0.0 && total.is_finite() && choices.iter().all(|c| c.1 >= 0.0) {
                    Ok(())
                } else {
                    Err(CausalError::Argument(format!(
                        "the weights of `{}` must be zero or more, and not all zero",
                        variable.name
                    )))
                }
            }
        }
    }
}

fn action(
    variable: usize,
    sign: char,
    change: Option<char>,
    right: &str,
    model: &StructuralCausalModel,
) -> Result<Action, CausalError> {
    let known = &model.variables[variable];
    let number = |text: &str| match text.trim().parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(CausalError::Argument(format!("`{}`: `{text}` is no number", known.name))),
    };
    if sign == '~' {
        let choices = right.split(',').map(|part| {
            let (value, weight) = part.rsplit_once(':').ok_or_else(|| {
                CausalError::Argument(format!(
                    "`{part}` is no choice for `{}`; write value:weight",
                    known.name
                ))
            })?;
            Ok((known.parse(value)?, number(weight)?))
        });
        return Ok(Action::Policy(choices.collect::<Result<_, CausalError>>()?));
    }
    Ok(match change {
        None => Action::Set(known.parse(right)?),
        Some('+') => Action::Shift(number(right)?),
        Some('-') => Action::Shift(-number(right)?),
        Some(_) => Action::Scale(number(right)?),
    })
}

impl StructuralCausalModel {
    /// The action on each variable.
    pub(super) fn actions<'a>(
        &self,
        interventions: &'a [Intervention],
    ) -> Result<Vec<Option<&'a Action>>, CausalError> {
        let mut actions = vec![None; self.variables.len()];
        for intervention in interventions {
            intervention.check(self)?;
            if actions[intervention.variable].replace(&intervention.action).is_some() {
                return Err(CausalError::Argument(format!(
                    "two interventions on `{}`; give one",
                    self.variables[intervention.variable].name
                )));
            }
        }
        Ok(actions)
    }
}
