//! Runs a package client or git as a subprocess, with a time limit and its complaints captured.

use super::FetchError;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Between two looks at whether the client has ended.
const POLL: Duration = Duration::from_millis(20);

/// How long to wait for the last output once the client itself has ended: a grandchild may hold the pipe.
const DRAIN: Duration = Duration::from_secs(10);

/// A program and how to get it.
#[derive(Clone, Copy)]
pub(super) struct Client {
    pub(super) program: &'static str,
    /// The end of the sentence "`program` is not installed; …".
    pub(super) install: &'static str,
}

impl Client {
    /// Runs the client in `dir` and returns what it wrote to standard output. It gets no input, so it
    /// cannot stop to ask for a password.
    pub(super) fn run(&self, args: &[&str], dir: &Path, timeout: Duration) -> Result<Vec<u8>, FetchError> {
        let command = [&[self.program], args].concat().join(" ");
        tracing::debug!(%command, dir = %dir.display(), "running");
        let mut child = self.spawn(args, dir, &command)?;
        let output = child.stdout.take().map(drain);
        let complaints = child.stderr.take().map(drain);
        let Some(status) = wait(&mut child, timeout).map_err(FetchError::io(self.program))? else {
            return Err(FetchError::TimedOut { command, seconds: timeout.as_secs() });
        };
        let output = collect(output);
        if status.success() {
            return Ok(output);
        }
        let complaints = collect(complaints);
        let said = if complaints.iter().all(u8::is_ascii_whitespace) { output } else { complaints };
        let said = String::from_utf8_lossy(&said);
        let detail = last_lines(&said, 8);
        if says_no_network(&said) {
            return Err(FetchError::NoNetwork { command, detail });
        }
        Err(FetchError::ClientFailed { command, status: status.to_string(), detail })
    }

    fn spawn(&self, args: &[&str], dir: &Path, command: &str) -> Result<Child, FetchError> {
        Command::new(self.program)
            .args(args)
            .current_dir(dir)
            .env("LC_ALL", "C")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh")
            .env("npm_config_ignore_scripts", "true")
            .env("npm_config_update_notifier", "false")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| match e.kind() {
                ErrorKind::NotFound => FetchError::ClientMissing {
                    program: self.program.to_owned(),
                    install: self.install.to_owned(),
                },
                _ => FetchError::ClientFailed {
                    command: command.to_owned(),
                    status: "it could not be started".to_owned(),
                    detail: e.to_string(),
                },
            })
    }
}

/// Waits for the end; at the limit the client is killed and the answer is none.
fn wait(child: &mut Child, timeout: Duration) -> std::io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() >= timeout {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

/// Reads a pipe to its end on a thread, so that a client that writes much never blocks.
fn drain(mut pipe: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before a failure is still worth showing.
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

fn collect(pipe: Option<Receiver<Vec<u8>>>) -> Vec<u8> {
    pipe.and_then(|receiver| receiver.recv_timeout(DRAIN).ok()).unwrap_or_default()
}

/// Whether a client's complaint is about the network and not about what was asked for.
fn says_no_network(complaint: &str) -> bool {
    const SIGNS: &[&str] = &[
        "could not resolve host",
        "temporary failure resolving",
        "temporary failure in name resolution",
        "could not resolve '",
        "network is unreachable",
        "connection refused",
        "connection timed out",
        "could not connect to server",
        "failed to connect to",
        "could not connect to",
        "enotfound",
        "econnrefused",
        "econnreset",
        "etimedout",
        "eai_again",
    ];
    let complaint = complaint.to_ascii_lowercase();
    SIGNS.iter().any(|sign| complaint.contains(sign))
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHELL: Client = Client { program: "sh", install: "install a shell" };
    const MINUTE: Duration = Duration::from_secs(60);

    fn shell(script: &str, timeout: Duration) -> Result<Vec<u8>, FetchError> {
        SHELL.run(&["-c", script], Path::new("."), timeout)
    }

    #[test]
    fn standard_output_comes_back() {
        assert_eq!(shell("echo one; echo two >&2", MINUTE).unwrap(), b"one\n");
    }

    #[test]
    fn much_output_on_both_pipes_does_not_block() {
        let bytes = shell("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2", MINUTE).unwrap();
        assert_eq!(bytes.len(), 3_000_000);
    }

    #[test]
    fn a_failure_carries_what_the_client_said() {
        let message = shell("echo no such thing >&2; exit 3", MINUTE).unwrap_err().to_string();
        assert!(message.contains("no such thing") && message.contains('3'), "{message}");
    }

    #[test]
    fn a_missing_client_is_answered_with_how_to_get_it() {
        let nowhere = Client { program: "sensorium-no-such-client", install: "install the thing" };
        let error = nowhere.run(&[], Path::new("."), MINUTE).unwrap_err();
        assert!(matches!(error, FetchError::ClientMissing { .. }));
        assert!(error.to_string().contains("install the thing"));
    }

    #[test]
    fn a_client_that_hangs_is_stopped() {
        let began = Instant::now();
        let error = shell("sleep 60", Duration::from_millis(200)).unwrap_err();
        assert!(matches!(error, FetchError::TimedOut { .. }));
        assert!(began.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn name_resolution_failures_are_told_apart_from_refusals() {
        for said in [
            "fatal: unable to access 'x': Could not resolve host: y",
            "npm error code ENOTFOUND",
            "Temporary failure resolving 'y'",
        ] {
            assert!(says_no_network(said), "{said}");
        }
        assert!(!says_no_network("fatal: repository 'x' does not exist"));
    }
}
