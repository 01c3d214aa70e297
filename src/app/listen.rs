//! Where the gateway listens: a listener that it is given, systemd's, or one of its own.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;

use listenfd::ListenFd;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::StartError;
use crate::config::Listen;

/// How many connections may wait to be taken. The kernel has a limit of its own (`net.core.somaxconn`), and
/// whoever raises that means it; the 128 of the standard library are few where an event opens.
const WAITING: i32 = i32::MAX;

/// Takes as many open files as this process may have: each connection is one, and the soft limit that most
/// processes begin with is for those that use select(2).
pub fn make_room() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: maximum,
        maximum,
    };
    if current != maximum
        && let Err(error) = setrlimit(Resource::Nofile, most)
    {
        tracing::warn!(event = "server.few_files", ?current, %error);
    }
}

/// A bound listener.
pub enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// The sockets that systemd passes: the gateway's, then that of operations (`sd_listen_fds(3)`).
pub struct Passed(ListenFd);

impl Passed {
    pub fn from_env() -> Self {
        Self(ListenFd::from_env())
    }

    /// The gateway's listener. One from systemd takes the place of `[server] listen`.
    pub fn listener(&mut self, listen: &Listen) -> Result<Listener, StartError> {
        if let Ok(Some(listener)) = self.0.take_unix_listener(0) {
            return Ok(Listener::Unix(listener));
        }
        if let Some(listener) = self.tcp(0)? {
            return Ok(Listener::Tcp(listener));
        }
        match listen {
            Listen::Tcp(address) => bind(*address).map(Listener::Tcp),
            Listen::Unix(path) => bind_unix(path).map(Listener::Unix),
        }
    }

    pub fn ops_listener(&mut self, address: SocketAddr) -> Result<TcpListener, StartError> {
        self.tcp(1)?.map_or_else(|| bind(address), Ok)
    }

    fn tcp(&mut self, index: usize) -> Result<Option<TcpListener>, StartError> {
        let taken = self.0.take_tcp_listener(index);
        taken.map_err(|source| StartError::Listen {
            address: format!("socket {index} of systemd"),
            source,
        })
    }
}

impl Listener {
    /// As people write it.
    pub fn address(&self) -> std::io::Result<String> {
        Ok(match self {
            Self::Tcp(listener) => listener.local_addr()?.to_string(),
            Self::Unix(listener) => {
                let address = listener.local_addr()?;
                let path = address.as_pathname().unwrap_or(Path::new("?"));
                format!("unix:{}", path.display())
            }
        })
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = TcpListener::bind(address).and_then(|listener| {
        rustix::net::listen(&listener, WAITING)?;
        Ok(listener)
    });
    bound.map_err(|source| StartError::Listen {
        address: address.to_string(),
        source,
    })
}

/// Binds a socket of our own: actix-web's binding takes the place of a living server's.
fn bind_unix(path: &Path) -> Result<UnixListener, StartError> {
    let bound = make_way(path).and_then(|()| {
        let listener = UnixListener::bind(path)?;
        rustix::net::listen(&listener, WAITING)?;
        Ok(listener)
    });
    bound.map_err(|source| StartError::Listen {
        address: format!("unix:{}", path.display()),
        source,
    })
}

/// Removes a socket that a dead process left behind, and nothing else that may stand there.
fn make_way(path: &Path) -> std::io::Result<()> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if is_socket && std::os::unix::net::UnixStream::connect(path).is_err() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_crowd_may_stand_at_the_door() {
        let kernel = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
        let crowd = 1_000.min(kernel.trim().parse().unwrap());
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        // A connection that finds no room is tried again after a second.
        let within = Duration::from_millis(800);
        let connect = |_| TcpStream::connect_timeout(&address, within);
        let waiting: Result<Vec<_>, _> = (0..crowd).map(connect).collect();
        assert_eq!(waiting.unwrap().len(), crowd);
    }

    #[test]
    fn only_a_dead_socket_makes_way() {
        let dir = tempfile::tempdir().unwrap();
        let (file, socket) = (dir.path().join("usher.db"), dir.path().join("usher.sock"));
        std::fs::write(&file, "rows").unwrap();
        make_way(&file).unwrap();
        assert!(file.exists(), "a file under the name of a socket is somebody's");
        let listener = bind_unix(&socket).unwrap();
        assert!(bind_unix(&socket).is_err(), "a second server stays out");
        assert!(socket.exists(), "its server lives");
        drop(listener);
        bind_unix(&socket).unwrap();
    }
}
