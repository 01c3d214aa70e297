//! What was measured, for people and for machines.

use serde_json::{Value, json};

use super::clicks::Click;

/// How long clicks took.
pub struct Times(Vec<f64>);

impl Times {
    pub fn of(clicks: &[Click]) -> Self {
        let mut seconds: Vec<f64> = clicks.iter().map(|click| click.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        Self(seconds)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that so many of a thousand clicks keep within, in milliseconds.
    pub fn ms(&self, of_thousand: usize) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let at = (self.0.len() * of_thousand / 1000).min(last);
        self.0.get(at).map_or(f64::NAN, |seconds| seconds * 1e3)
    }

    pub fn json(&self) -> Value {
        let [p50, p99, p999, max] = [500, 990, 999, 1000].map(|part| self.ms(part));
        json!({
            "clicks": self.count(), "p50_ms": p50, "p99_ms": p99, "p99_9_ms": p999, "max_ms": max,
        })
    }
}

/// Writes what was measured to the file that `--json FILE`, or `USHER_BENCH_JSON`, names.
pub fn keep(figures: &Value) {
    if let Some(file) = named("--json").or_else(|| std::env::var("USHER_BENCH_JSON").ok()) {
        std::fs::write(&file, format!("{figures:#}\n")).expect("a file for the figures");
        println!("figures: {file}");
    }
}

/// The file behind an option.
pub fn named(option: &str) -> Option<String> {
    std::env::args().skip_while(|arg| arg != option).nth(1)
}
