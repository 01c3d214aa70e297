//! What processes have used.

use std::fs;

use rustix::time::{ClockId, clock_gettime};

/// CPU time of the threads of a process, to the nanosecond; none where it is gone.
pub fn seconds(pid: u32) -> f64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task"));
    let nanoseconds = threads.into_iter().flatten().flatten().map(|thread| {
        let stat = fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        stat.split(' ')
            .next()
            .and_then(|first| first.parse::<f64>().ok())
            .unwrap_or(0.0)
    });
    nanoseconds.sum::<f64>() / 1e9
}

/// CPU time of all children of a process.
pub fn seconds_of_children(parent: u32) -> f64 {
    let parent = parent.to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let children = processes.filter_map(|process| {
        let pid = process.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(process.path().join("stat")).ok()?;
        let (_, behind_name) = stat.rsplit_once(')')?;
        (behind_name.split_whitespace().nth(1)? == parent).then_some(pid)
    });
    children.map(seconds).sum()
}

/// CPU time of the thread that asks: what `/proc` says of a thread is late while it runs.
pub fn own_seconds() -> f64 {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    std::time::Duration::try_from(used).map_or(0.0, |used| used.as_secs_f64())
}
