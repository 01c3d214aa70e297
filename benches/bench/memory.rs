//! What processes hold.

use std::fs;

/// A figure of `/proc/PID/status` (`VmRSS`, `VmHWM`), in MiB.
pub fn mib(pid: u32, name: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a running process");
    let mut lines = status.lines();
    let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kib.expect("a number of KiB") / 1024.0
}
