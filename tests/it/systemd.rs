//! As systemd runs it: with sockets that are there already, and told how things stand.

use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::harness::log::Log;
use crate::harness::usher::BINARY;
use crate::harness::{How, World};

const PATIENCE: Duration = Duration::from_secs(20);

/// What the gateway tells next.
fn told(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 512];
    let count = socket.recv(&mut bytes).expect("a notification");
    String::from_utf8_lossy(&bytes[..count]).into_owned()
}

#[test]
fn systemd_hears_when_it_is_ready_reloading_and_stopping() {
    let dir = TempDir::with_prefix("usher-test-").unwrap();
    let path = dir.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let how = How {
        env: vec![("NOTIFY_SOCKET", path.display().to_string())],
        ..How::default()
    };
    let mut world = World::how(how, |_| ());
    assert_eq!(told(&socket), "READY=1\n");
    world.usher.reload();
    let reloading = told(&socket);
    let stamp = reloading
        .strip_prefix("RELOADING=1\nMONOTONIC_USEC=")
        .expect("Type=notify-reload wants both");
    assert!(stamp.trim().parse::<u64>().is_ok(), "{reloading}");
    assert_eq!(told(&socket), "READY=1\n");
    world.usher.stop();
    assert_eq!(told(&socket), "STOPPING=1\n");
}

/// Binds two sockets, as a socket unit does, puts them where systemd does, and becomes the gateway.
const ACTIVATE: &str = "
import os, socket, sys
gateway, ops = socket.socket(), socket.socket()
for listener in (gateway, ops):
    listener.bind(('127.0.0.1', 0))
    listener.listen()
ports = [listener.getsockname()[1] for listener in (gateway, ops)]
print('passed', *ports, flush=True)
# Above both of theirs, so that neither takes the place of the other.
high = [os.dup2(listener.fileno(), 20 + i) for i, listener in enumerate((gateway, ops))]
for number, descriptor in enumerate(high):
    os.dup2(descriptor, 3 + number, inheritable=True)
os.environ.update(LISTEN_FDS='2', LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[1], [sys.argv[1], 'serve', '-c', 'usher.toml'])
";

#[test]
fn sockets_of_systemd_take_the_place_of_ours() {
    // Its own port stays with it: the sockets passed are others.
    let world = World::start();
    let mut activated = Command::new("python3")
        .args(["-c", ACTIVATE, BINARY])
        .current_dir(world.usher.dir.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3; tests/run installs it");
    let log = Arc::new(Log::default());
    let readers = [
        log.drink(activated.stdout.take().unwrap()),
        log.drink(activated.stderr.take().unwrap()),
    ];
    let lines = log.wait_for(PATIENCE, |text| {
        let whole = text.contains("\nready\n");
        whole.then(|| text.lines().map(str::to_owned).collect::<Vec<_>>())
    });
    let lines = lines.unwrap_or_else(|| panic!("not ready:\n{}", log.text()));
    let passed = lines[0].strip_prefix("passed ").expect("two ports first");
    let (port, ops) = passed.split_once(' ').unwrap();
    assert!(
        lines.contains(&format!("listening on 127.0.0.1:{port}")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&format!("operations on 127.0.0.1:{ops}")),
        "{lines:?}"
    );
    let answer = crate::harness::wire::exchange(
        port.parse().unwrap(),
        b"GET /auth/signed-out HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    );
    assert!(
        answer.starts_with(b"HTTP/1.1 200"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    let _ = activated.kill();
    let _ = activated.wait();
    for reader in readers {
        let _ = reader.join();
    }
}
