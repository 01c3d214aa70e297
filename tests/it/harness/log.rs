//! Everything that a process printed, as it comes.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

#[derive(Default)]
pub struct Log {
    text: Mutex<String>,
    grown: Condvar,
}

impl Log {
    /// Takes in every line of a stream until it ends.
    pub fn drink(self: &Arc<Self>, stream: impl Read + Send + 'static) -> JoinHandle<()> {
        let log = Arc::clone(self);
        std::thread::spawn(move || {
            let mut reader = BufReader::new(stream);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                log.add(&String::from_utf8_lossy(&line));
                line.clear();
            }
            // Whoever waits may look at once whether the process is still there.
            log.grown.notify_all();
        })
    }

    pub fn add(&self, text: &str) {
        self.text.lock().unwrap().push_str(text);
        self.grown.notify_all();
    }

    pub fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    /// What `look` finds in the log, as soon as it does; `None` when it does not within `patience`.
    pub fn wait_for<T>(&self, patience: Duration, look: impl Fn(&str) -> Option<T>) -> Option<T> {
        let until = Instant::now() + patience;
        let mut text = self.text.lock().unwrap();
        loop {
            if let Some(found) = look(&text) {
                return Some(found);
            }
            let left = until.checked_duration_since(Instant::now())?;
            // Wakes up now and then by itself, so that `look` can also watch something else.
            let nap = left.min(Duration::from_millis(100));
            text = self.grown.wait_timeout(text, nap).unwrap().0;
        }
    }

    /// How often a text stands in it: an answer may be here before the last of its lines.
    pub fn times(&self, text: &str, at_least: usize) -> usize {
        let count = |log: &str| log.matches(text).count();
        self.wait_for(Duration::from_secs(20), |log| {
            (count(log) >= at_least).then_some(())
        });
        count(&self.text())
    }

    /// Every JSON line.
    pub fn lines(text: &str) -> Vec<Value> {
        text.lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(Value::is_object)
            .collect()
    }
}
