//! Where the gateway listens: a listener that it is given, systemd's, or one of its own.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;

use listenfd::ListenFd;

use super::StartError;
use crate::config::Listen;

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
    TcpListener::bind(address).map_err(|source| StartError::Listen {
        address: address.to_string(),
        source,
    })
}

/// Binds a socket of our own: actix-web's binding takes the place of a living server's.
fn bind_unix(path: &Path) -> Result<UnixListener, StartError> {
    let bound = make_way(path).and_then(|()| UnixListener::bind(path));
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
    use super::*;

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
