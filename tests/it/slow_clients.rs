//! Clients that take their time: they are let go, and nobody waits for them (S-365, S-366).

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::harness::{How, Lie, World, lying};

/// Longer than a client is waited for (5 s).
const PATIENCE: Duration = Duration::from_secs(15);

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Whether the other side has let a connection go, with or without a word.
fn is_let_go(stream: &mut TcpStream) -> bool {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => answer.is_empty() || answer.starts_with(b"HTTP/1.1 408"),
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

#[test]
fn s_365_whoever_sends_half_a_header_is_let_go_and_others_are_served() {
    let world = lying(Lie::none());
    let mut halves: Vec<TcpStream> = (0..200).map(|_| connect(world.usher.port)).collect();
    for stream in &mut halves {
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: ")
            .unwrap();
    }
    let started = Instant::now();
    world.still_works(&mut world.usher.browser());
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}",
        started.elapsed()
    );
    for stream in &mut halves {
        assert!(is_let_go(stream));
    }
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

/// Browsers keep their connections for a while, and each is an open file (S-365).
#[test]
fn s_365_a_crowd_that_stays_connected_leaves_room_for_others() {
    let how = How {
        open_files: Some(256),
        ..How::default()
    };
    let world = World::how(how, |_| ());
    let started = Instant::now();
    let _crowd: Vec<TcpStream> = (0..400).map(|_| connect(world.usher.port)).collect();
    world.usher.browser().get("/").expect(200);
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "somebody had to be let go first"
    );
}

#[test]
fn s_366_a_flood_of_sign_ins_that_nobody_finishes_takes_no_memory() {
    let world = lying(Lie::none());
    world.still_works(&mut world.usher.browser());
    let flood = |count: usize| {
        for _ in 0..count {
            let status = world.usher.browser().get("/auth/login?provider=honest").status;
            assert!(matches!(status, 303 | 429), "{status}");
        }
    };
    flood(200);
    let before = world.usher.peak_memory();
    flood(2000);
    let grown = world.usher.peak_memory() - before;
    assert!(grown < 8 * 1024, "{grown} KiB more");
    world.still_works(&mut world.usher.browser());
}
