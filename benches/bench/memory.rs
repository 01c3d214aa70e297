//! What a process holds.

use std::fs;

/// MiB that are resident, and the most that ever were.
pub fn resident(pid: u32) -> [f64; 2] {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("a running process");
    ["VmRSS:", "VmHWM:"].map(|name| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        kib.expect("a number of KiB") / 1024.0
    })
}
