//! A kept-alive HTTP connection that never blocks.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::{AsFd, BorrowedFd};

pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// What came back, without its body.
pub struct Answer {
    pub status: u16,
    /// The token in the address of a redirect.
    pub token: Option<String>,
}

impl Connection {
    pub fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let read = Vec::with_capacity(8192);
        Ok(Self { stream, read })
    }

    /// A request is far smaller than what a socket takes at once.
    pub fn send(&mut self, request: &str) -> io::Result<()> {
        self.read.clear();
        self.stream.write_all(request.as_bytes())
    }

    /// Reads what has come; the answer, once it is whole.
    pub fn receive(&mut self) -> io::Result<Option<Answer>> {
        let mut chunk = [0; 8192];
        match self.stream.read(&mut chunk) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(more) => self.read.extend_from_slice(&chunk[..more]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
        Ok(answer(&self.read))
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// A single question; nothing where nobody answers.
pub fn ask(address: &str, path: &str, cookie: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).ok()?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut read = Vec::new();
    stream.read_to_end(&mut read).ok()?;
    answer(&read)
}

fn answer(read: &[u8]) -> Option<Answer> {
    let end = read.windows(4).position(|end| end == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&read[..end]);
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap_or(0));
    let location = header(&head, "location").unwrap_or_default();
    let token = location
        .split_once("token=")
        .and_then(|(_, token)| token.split(['&', '#']).next());
    (read.len() >= end + 4 + length).then(|| Answer {
        status: status.unwrap_or(0),
        token: token.map(str::to_owned),
    })
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines
        .find(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
}
