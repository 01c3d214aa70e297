//! A server small enough to misbehave in: a thread a connection, one request each.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::wire::find;

/// How slow a server is that answers a byte at a time.
const BETWEEN_BYTES: Duration = Duration::from_millis(200);

#[derive(Debug, Clone)]
pub struct Asked {
    /// Path and query, as sent.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The body as it came.
    pub bytes: Vec<u8>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect()
    }

    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .into_owned()
            .collect()
    }
}

/// The value of a name among pairs.
pub fn value_of<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

#[derive(Debug, Clone)]
pub enum Answer {
    Full {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Takes the request and says nothing until the other side gives up.
    Silence,
    /// A body without end.
    Endless,
    /// Half of a body, and nothing more until the other side gives up.
    Half,
    /// A long body, a byte at a time.
    Drip,
    /// Closes without a word.
    HangUp,
}

impl Answer {
    pub fn new(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Full {
            status,
            headers: vec![("Content-Type".to_owned(), kind.to_owned())],
            body: body.into(),
        }
    }

    pub fn json(value: &serde_json::Value) -> Self {
        Self::new(200, "application/json", value.to_string())
    }

    pub fn redirect(status: u16, to: &str) -> Self {
        Self::Full {
            status,
            headers: vec![("Location".to_owned(), to.to_owned())],
            body: Vec::new(),
        }
    }
}

type Handler = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

pub struct Server {
    pub port: u16,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Listens on 127.0.0.1 and, where there is one, on `[::1]` at the same port: browsers take
    /// `localhost` for either.
    pub fn start(handler: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().unwrap().port();
        let stopped = Arc::new(AtomicBool::new(false));
        let handler: Handler = Arc::new(handler);
        if let Ok(six) = TcpListener::bind(("::1", port)) {
            accept(six, Arc::clone(&handler), Arc::clone(&stopped));
        }
        accept(listener, handler, Arc::clone(&stopped));
        Self { port, stopped }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listeners up, so that they see it.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = TcpStream::connect(("::1", self.port));
    }
}

fn accept(listener: TcpListener, handler: Handler, stopped: Arc<AtomicBool>) {
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            if stopped.load(Ordering::SeqCst) {
                return;
            }
            let handler = Arc::clone(&handler);
            if let Ok(stream) = stream {
                std::thread::spawn(move || serve(stream, &handler));
            }
        }
    });
}

fn serve(mut stream: TcpStream, handler: &Handler) {
    let Some(asked) = read(&mut stream) else { return };
    match handler(&asked) {
        Answer::Full {
            status,
            headers,
            body,
        } => {
            let mut head = format!(
                "HTTP/1.1 {status} Answer\r\nConnection: close\r\nContent-Length: {}\r\n",
                body.len()
            );
            for (name, value) in headers {
                head.extend([name.as_str(), ": ", value.as_str(), "\r\n"]);
            }
            let _ = stream.write_all(format!("{head}\r\n").as_bytes());
            let _ = stream.write_all(&body);
        }
        Answer::Silence => {
            let _ = stream.read(&mut [0; 1]);
        }
        Answer::Endless => {
            let mut alive = begin(&mut stream, "Connection: close");
            while alive {
                alive = stream.write_all(&[b'a'; 4096]).is_ok();
            }
        }
        Answer::Half => {
            begin(&mut stream, "Content-Length: 1000");
            let _ = stream.read(&mut [0; 1]);
        }
        Answer::Drip => {
            let mut alive = begin(&mut stream, "Content-Length: 1000");
            stream.set_read_timeout(Some(BETWEEN_BYTES)).unwrap();
            while alive {
                let gave_up = matches!(stream.read(&mut [0; 1]), Ok(0));
                alive = !gave_up && stream.write_all(b"a").is_ok();
            }
        }
        Answer::HangUp => {}
    }
    let _ = stream.shutdown(Shutdown::Write);
}

/// Sends the head of a JSON answer, and the beginning of its body.
fn begin(stream: &mut TcpStream, framing: &str) -> bool {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{framing}\r\n\r\n{{\"a\":\"");
    stream.write_all(head.as_bytes()).is_ok()
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut more = |bytes: &mut Vec<u8>| {
        let mut buffer = [0; 8192];
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        Some(())
    };
    let end = loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            break end;
        }
        more(&mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let target = first.nth(1)?.to_owned();
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned()))
        .collect();
    let mut asked = Asked {
        target,
        headers,
        body: String::new(),
        bytes: Vec::new(),
    };
    let length = asked
        .header("Content-Length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    while bytes.len() < end + 4 + length {
        more(&mut bytes)?;
    }
    asked.bytes = bytes.split_off(end + 4);
    asked.body = String::from_utf8_lossy(&asked.bytes).into_owned();
    Some(asked)
}
