//! Trains on CSV files, predicts, and prints what the model looked at.
//!
//! ```text
//! cargo run --release --example train_on_your_csv
//! ```
//!
//! Swap the folder for your own: all that the program knows of the files stands in `dataset.toml`.

use sensorium::prelude::*;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// One CSV file a run, with a column of times, three sensors and a column of labels. The paths are
/// relative to the file.
const DESCRIPTION: &str = r#"
name = "pump"
files = "runs/*.csv"
time = "time"

[[stream]]
name = "pressure"
columns = ["pressure_bar"]
unit = "bar"

[[stream]]
name = "flow"
columns = ["flow_lpm"]
unit = "l/min"

[[stream]]
name = "temperature"
columns = ["motor_degc", "room_degc"]
unit = "°C"

[label]
column = "state"

[window]
length_ms = 2000
stride_ms = 1000

[split]
train = 0.6
validation = 0.2
test = 0.2
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("sensorium-csv-{}", std::process::id()));
    let done = run(&folder);
    // Whatever came of it, the made-up files go.
    std::fs::remove_dir_all(&folder)?;
    done
}

fn run(folder: &Path) -> Result<(), Box<dyn Error>> {
    write_runs(folder)?;
    std::fs::write(folder.join("dataset.toml"), DESCRIPTION)?;
    let data = Dataset::open(folder)?;

    let device = device("cpu")?;
    let prepared = prepare(&data, &PipelineConfig::default(), 0, &|_| {})?;
    let options = FitOptions {
        network: FusionConfig { dim: 16, ..FusionConfig::new(FusionKind::Router) },
        train: TrainConfig { epochs: 12, batch: 32, ..TrainConfig::default() },
        dropout: Dropout::default(),
        costs: Costs::default(),
    };
    let stop = AtomicBool::new(false);
    let model = fit(&prepared, &options, &device, None, &stop, &mut |progress| {
        if let Some(score) = progress.score {
            println!("epoch {:2} of {}: validation score {score:.3}", progress.epoch, progress.epochs);
        }
    })?;
    model.save(&folder.join("model"))?;

    // Anyone can load the folder; a pressure gauge that is torn off does not stop the answer.
    let model = load_model(&folder.join("model"), &device)?;
    let names: Vec<&str> = data.schema().streams.iter().map(|s| s.name.as_str()).collect();
    let Task::Classification { classes } = &data.schema().task else { return Ok(()) };
    println!("\n{:12} {:>6}  {:8} {:8}  weights of {}", "recording", "at", "true", "says", names.join(", "));
    for index in data.indices(Split::Test) {
        let recording = data.load(index)?;
        let rule = data.schema().window;
        for mut window in recording.windows(rule.length_micros(), rule.stride_micros()).step_by(6) {
            if window.span.start.as_seconds() > 10.0 {
                window.drop_stream(0);
            }
            let example = model.pipeline().example(&window);
            for answer in model.predict(&[&example], &|_, _| View::Clean)? {
                let truth = match window.target {
                    Target::Class(class) => classes[class].as_str(),
                    _ => "?",
                };
                let says = answer.decision.first().map_or("?", |class| classes[*class].as_str());
                let weights: Vec<String> = answer.weights.iter().map(|w| format!("{w:.2}")).collect();
                println!(
                    "{:12} {:>4.0} s  {truth:8} {says:8}  {}",
                    window.recording,
                    window.span.start.as_seconds(),
                    weights.join("  ")
                );
            }
        }
    }
    Ok(())
}

/// Fifteen runs: healthy, a leak that costs flow, a blocked filter that raises the pressure.
fn write_runs(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder.join("runs"))?;
    for run in 0..15u32 {
        let state = ["ok", "leak", "blocked"][run as usize % 3];
        let mut csv = String::from("time,pressure_bar,flow_lpm,motor_degc,room_degc,state\n");
        for row in 0..200u32 {
            let time = f64::from(row) * 0.1;
            // Noise from a formula, so that the example needs no random numbers.
            let noise = |k: u32| (f64::from((row * 7919 + run * 104_729 + k * 611) % 1000) / 1000.0) - 0.5;
            let pressure = 3.0 + 0.2 * (time * 2.0).sin() + if state == "blocked" { 0.6 } else { 0.0 };
            let flow = 20.0 + (time * 2.0).cos() - if state == "leak" { 3.0 } else { 0.0 };
            let _ = writeln!(
                csv,
                "{time:.1},{:.3},{:.2},{:.1},{:.1},{state}",
                pressure + 0.1 * noise(1),
                flow + noise(2),
                55.0 + time * 0.2 + noise(3),
                21.0 + noise(4)
            );
        }
        std::fs::write(folder.join(format!("runs/run-{run:02}.csv")), csv)?;
    }
    Ok(())
}
