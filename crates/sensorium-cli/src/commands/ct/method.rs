//! The method that is asked for, with its settings.

use crate::arguments::between;
use crate::failure::usage;
use anyhow::Result;
use clap::{Args, ValueEnum};
use sensorium::tomo::filter::Window;

/// How a volume is reconstructed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MethodName {
    /// Filtered back-projection: FDK for cones, FBP for fans and parallel beams
    Fdk,
    /// Simultaneous iterations; with --subsets OS-SART
    Sirt,
    /// Conjugate gradients for least squares
    Cgls,
    /// Least squares with total variation, for few views and noise
    Tv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WindowName {
    RamLak,
    SheppLogan,
    Cosine,
    Hamming,
    Hann,
}

/// Options for the method.
#[derive(Debug, Args)]
#[command(next_help_heading = "Method")]
pub struct Method {
    /// How to reconstruct
    #[arg(long, value_enum, default_value_t = MethodName::Fdk)]
    pub method: MethodName,
    /// fdk: what the ramp filter is damped with
    #[arg(long, value_enum, default_value_t = WindowName::RamLak)]
    window: WindowName,
    /// fdk: continue rows that end within the object, against a bright rim
    #[arg(long)]
    pub extend_truncated: bool,
    /// sirt, cgls, tv: passes over all views [default: 30, cgls 15]
    #[arg(long, value_name = "N")]
    pub iterations: Option<usize>,
    /// sirt, tv: parts of the views, each an update of its own [default: sirt 1, tv 8]
    #[arg(long, value_name = "N")]
    pub subsets: Option<usize>,
    /// tv: weight of the total variation, without unit [default: 0.002]
    #[arg(long, value_name = "W", value_parser = between(0.0, 1e6))]
    pub weight: Option<f64>,
    /// sirt: length of a step, below 2 [default: 1]
    #[arg(long, value_name = "L", value_parser = between(0.0, 2.0))]
    pub relaxation: Option<f64>,
    /// cgls: weight of the squared volume [default: 0]
    #[arg(long, value_name = "W", value_parser = between(0.0, 1e12))]
    pub damping: Option<f64>,
}

impl Method {
    /// The filter's window.
    pub fn window(&self) -> Window {
        match self.window {
            WindowName::RamLak => Window::RamLak,
            WindowName::SheppLogan => Window::SheppLogan,
            WindowName::Cosine => Window::Cosine,
            WindowName::Hamming => Window::Hamming,
            WindowName::Hann => Window::Hann,
        }
    }

    /// The method's name on the command line.
    pub fn name(&self) -> &'static str {
        match self.method {
            MethodName::Fdk => "fdk",
            MethodName::Sirt => "sirt",
            MethodName::Cgls => "cgls",
            MethodName::Tv => "tv",
        }
    }

    /// That no setting was given that the method does not have.
    ///
    /// # Errors
    /// Wrong usage, naming the flag.
    pub fn check(&self) -> Result<()> {
        use MethodName::{Cgls, Fdk, Sirt, Tv};
        let rules: [(&str, bool, &[MethodName]); 7] = [
            ("--window", self.window != WindowName::RamLak, &[Fdk]),
            ("--extend-truncated", self.extend_truncated, &[Fdk]),
            ("--iterations", self.iterations.is_some(), &[Sirt, Cgls, Tv]),
            ("--subsets", self.subsets.is_some(), &[Sirt, Tv]),
            ("--weight", self.weight.is_some(), &[Tv]),
            ("--relaxation", self.relaxation.is_some(), &[Sirt]),
            ("--damping", self.damping.is_some(), &[Cgls]),
        ];
        for (flag, given, methods) in rules {
            if given && !methods.contains(&self.method) {
                return Err(usage(format!("{flag} means nothing to --method {}", self.name())));
            }
        }
        Ok(())
    }
}
