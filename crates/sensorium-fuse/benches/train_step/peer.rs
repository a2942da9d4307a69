//! PyTorch in a process of its own, told when to step, so that both sides are timed by turns.

use sensorium_nn::frontend::Frontend;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The running peer.
pub struct Peer {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    name: String,
}

impl Peer {
    /// Starts the peer script, or says why it is left out.
    pub fn start(
        frontends: &[Frontend],
        dim: usize,
        outputs: usize,
        batch: usize,
        threads: usize,
    ) -> Option<Self> {
        let python = std::env::var_os("SENSORIUM_PEER_PYTHON")?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/peers/train_step.py");
        let streams: Vec<serde_json::Value> = frontends.iter().map(describe).collect();
        let sizes = serde_json::json!({
            "streams": streams, "dim": dim, "outputs": outputs, "batch": batch, "threads": threads,
        });
        let mut process = Command::new(python)
            .arg(script)
            .arg(sizes.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| eprintln!("the peer does not start: {e}"))
            .ok()?;
        let (to, from) = (process.stdin.take()?, BufReader::new(process.stdout.take()?));
        let mut peer = Self { process, to, from, name: String::new() };
        peer.name = peer.line()?;
        Some(peer)
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.from.read_line(&mut line) {
            Ok(n) if n > 0 => Some(line.trim().to_string()),
            _ => {
                eprintln!("the peer stopped; see its message above");
                None
            }
        }
    }

    /// Takes `count` steps; mean milliseconds of one, by the peer's own clock.
    pub fn step(&mut self, count: usize) -> f64 {
        let told = writeln!(self.to, "{count}").and_then(|()| self.to.flush());
        told.ok().and_then(|()| self.line()).and_then(|l| l.parse().ok()).unwrap_or(f64::NAN)
    }

    /// The peer's name and version.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It ends by itself when its input does; if it has ended before, there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn describe(frontend: &Frontend) -> serde_json::Value {
    let (tokens, width) = (frontend.tokens(), frontend.width());
    match frontend {
        Frontend::Image(f) => serde_json::json!({
            "kind": "image", "tokens": tokens, "shape": [f.channels, f.height, f.width],
        }),
        Frontend::Text(f) => {
            serde_json::json!({ "kind": "text", "tokens": tokens, "vocabulary": f.vocabulary })
        }
        Frontend::Table(_) => serde_json::json!({ "kind": "dense", "tokens": tokens, "width": width }),
        _ => serde_json::json!({ "kind": "sequence", "tokens": tokens, "width": width }),
    }
}
