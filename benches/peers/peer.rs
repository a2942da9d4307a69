//! A peer in a process of its own that answers when asked, so that both sides are timed by turns.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The running peer.
pub struct Peer {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    name: String,
}

impl Peer {
    /// Starts `script` of this folder with `sizes` as its argument, with the Python that
    /// `SENSORIUM_PEER_PYTHON` names. `None` where that is not set or the script fails.
    pub fn start(script: &str, sizes: &serde_json::Value) -> Option<Self> {
        let python = std::env::var_os("SENSORIUM_PEER_PYTHON")?;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers");
        let mut process = Command::new(python)
            .arg(folder.join(script))
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

    /// The peer's answer to `what`, done `count` times: mean milliseconds by its own clock, or a value.
    pub fn ask(&mut self, what: &str, count: usize) -> f64 {
        let told = writeln!(self.to, "{what} {count}").and_then(|()| self.to.flush());
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
