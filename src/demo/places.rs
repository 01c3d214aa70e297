//! Sockets and addresses. Cookies and sites ignore ports (C-46): only different host names make
//! the gateway and the other sites strangers to each other, so the gateway alone lives on
//! 127.0.0.1 and everything else on `localhost`.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

/// How often a port that is free on one address family but not on the other is given back.
const ATTEMPTS: usize = 16;

/// One site of the demo: its open sockets and its origin.
pub struct Place {
    pub origin: String,
    pub port: u16,
    pub listeners: Vec<TcpListener>,
}

/// All sites of the demo.
pub struct Places {
    pub gateway: Place,
    /// Acme's intranet on the gateway's own site.
    pub neighbour: Place,
    pub provider: Place,
    pub intranet: Place,
    pub frameable: Place,
    pub cobrowse: Place,
    pub vonage: Place,
    pub soul_machines: Place,
    pub bit6: Place,
    pub help_desk: Place,
    pub board: Place,
}

impl Places {
    /// `port` is the gateway's.
    pub fn open(port: u16) -> io::Result<Self> {
        Ok(Self {
            gateway: Place::on_address(port)?,
            neighbour: Place::on_address(0)?,
            provider: Place::on_localhost()?,
            intranet: Place::on_localhost()?,
            frameable: Place::on_localhost()?,
            cobrowse: Place::on_localhost()?,
            vonage: Place::on_localhost()?,
            soul_machines: Place::on_localhost()?,
            bit6: Place::on_localhost()?,
            help_desk: Place::on_localhost()?,
            board: Place::on_localhost()?,
        })
    }

    /// The ports, each under its name in the demo's `usher.toml`.
    pub fn ports(&self) -> [(&'static str, u16); 11] {
        [
            (":GATEWAY", &self.gateway),
            (":NEIGHBOUR", &self.neighbour),
            (":PROVIDER", &self.provider),
            (":INTRANET", &self.intranet),
            (":FRAMEABLE", &self.frameable),
            (":COBROWSE", &self.cobrowse),
            (":VONAGE", &self.vonage),
            (":SOULMACHINES", &self.soul_machines),
            (":BIT6", &self.bit6),
            (":HELPDESK", &self.help_desk),
            (":BOARD", &self.board),
        ]
        .map(|(name, place)| (name, place.port))
    }
}

impl Place {
    /// On 127.0.0.1; port 0 takes any.
    pub fn on_address(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            if error.kind() == io::ErrorKind::AddrInUse {
                io::Error::new(error.kind(), format!("port {port} is taken: try --port 0"))
            } else {
                error
            }
        })?;
        let port = listener.local_addr()?.port();
        Ok(Self {
            origin: format!("http://127.0.0.1:{port}"),
            port,
            listeners: vec![listener],
        })
    }

    /// On `localhost`, which browsers try as `[::1]` and as 127.0.0.1: the same port on both, so
    /// that no other program answers for us. A machine without IPv6 has only the one.
    pub fn on_localhost() -> io::Result<Self> {
        for _ in 0..ATTEMPTS {
            let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let port = v4.local_addr()?.port();
            let listeners = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)) {
                Ok(v6) => vec![v4, v6],
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => continue,
                Err(_) => vec![v4],
            };
            return Ok(Self {
                origin: format!("http://localhost:{port}"),
                port,
                listeners,
            });
        }
        Err(io::Error::new(
            io::ErrorKind::AddrInUse,
            "no port is free on 127.0.0.1 and [::1] alike",
        ))
    }
}
