//! A child that answers JSON lines, by Node.js or Python, shared by all tests of a run. It ends when
//! its standard input does, which is when this process does.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_mins(1);

type Waiting = Arc<Mutex<HashMap<u64, Sender<Result<Value, String>>>>>;

pub struct Script {
    name: &'static str,
    stdin: Mutex<ChildStdin>,
    waiting: Waiting,
    next: AtomicU64,
}

impl Script {
    pub fn node(name: &'static str) -> Self {
        Self::node_with(name, &[])
    }

    pub fn node_with(name: &'static str, args: &[&str]) -> Self {
        Self::start("node", name, args)
    }

    pub fn python(name: &'static str) -> Self {
        Self::start(
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/.venv/bin/python"),
            name,
            &[],
        )
    }

    fn start(interpreter: &str, name: &'static str, args: &[&str]) -> Self {
        let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
        let mut child = Command::new(interpreter)
            .arg(name)
            .args(args)
            .current_dir(tests)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{interpreter}: {error}; tests/run installs what is missing"));
        let stdout = child.stdout.take().expect("piped");
        let stdin = Mutex::new(child.stdin.take().expect("piped"));
        let waiting = Waiting::default();
        let answers = Arc::clone(&waiting);
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let Ok(answer) = serde_json::from_str::<Value>(&line) else {
                    continue;
                };
                let sender = answers
                    .lock()
                    .unwrap()
                    .remove(&answer["id"].as_u64().unwrap_or_default());
                if let Some(sender) = sender {
                    let _ = sender.send(match answer["error"].as_str() {
                        Some(error) => Err(error.to_owned()),
                        None => Ok(answer["ok"].clone()),
                    });
                }
            }
            answers.lock().unwrap().clear();
            let _ = child.wait();
        });
        Self {
            name,
            stdin,
            waiting,
            next: AtomicU64::new(1),
        }
    }

    /// Asks for `what` with `args`, an object; an error is the script's own.
    pub fn ask(&self, what: &str, mut args: Value) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = channel();
        self.waiting.lock().unwrap().insert(id, sender);
        args["id"] = json!(id);
        args["do"] = json!(what);
        writeln!(self.stdin.lock().unwrap(), "{args}").map_err(|e| format!("{} ended: {e}", self.name))?;
        receiver
            .recv_timeout(PATIENCE)
            .map_err(|_| format!("{} did not answer {what}", self.name))?
    }

    #[track_caller]
    pub fn must(&self, what: &str, args: Value) -> Value {
        self.ask(what, args)
            .unwrap_or_else(|error| panic!("{} {what}: {error}", self.name))
    }
}
