//! HTTP/1.1 as bytes: what the tests send is what stands on the wire, and nothing is decoded,
//! followed or put right on the way back.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// Longer than any answer may take (C-58: 12 s for a provider that never answers).
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Clone)]
pub struct Response {
    pub status: u16,
    /// The address that was asked.
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// The one header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers_named(name);
        let first = found.next();
        assert!(found.next().is_none(), "{name} stands twice in the answer of {}", self.path());
        first
    }

    pub fn headers_named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }

    pub fn location(&self) -> &str {
        self.header("Location")
            .unwrap_or_else(|| panic!("{} {} has no Location", self.status, self.path()))
    }

    /// Name, value and attributes of every cookie that the answer sets.
    pub fn set_cookies(&self) -> Vec<(String, String, String)> {
        self.headers_named("Set-Cookie")
            .map(|line| {
                let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
                let (name, value) = pair.split_once('=').expect("a cookie has a name and a value");
                (name.to_owned(), value.to_owned(), attributes.trim().to_owned())
            })
            .collect()
    }

    /// The value of a cookie that the answer sets to something.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.set_cookies()
            .into_iter()
            .find(|(n, v, _)| n == name && !v.is_empty())
            .map(|(_, v, _)| v)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the answer is JSON")
    }

    /// Where the answer came from, without the query, which may be secret.
    pub fn path(&self) -> &str {
        self.url.split('?').next().unwrap_or_default()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered:\n{}", self.path(), self.text());
        self
    }

    /// Asserts that the page holds `text`.
    #[track_caller]
    pub fn shows(self, text: &str) -> Self {
        assert!(self.text().contains(text), "no {text:?} in {}:\n{}", self.path(), self.text());
        self
    }

    /// Asserts that the page does not hold `text`.
    #[track_caller]
    pub fn hides(self, text: &str) -> Self {
        assert!(!self.text().contains(text), "{text:?} in {}:\n{}", self.path(), self.text());
        self
    }
}

/// Sends bytes to a port of this machine and reads until the other side closes.
pub fn exchange(port: u16, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    // A server that refuses early may close while we still write; its answer counts all the same.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// Sends bytes and parses the first answer.
pub fn send(port: u16, url: &str, bytes: &[u8]) -> Response {
    let answer = exchange(port, bytes);
    parse(url, &answer).unwrap_or_else(|| panic!("no answer from {}", url.split('?').next().unwrap()))
}

/// The first answer among bytes; `None` where there is none.
pub fn parse(url: &str, answer: &[u8]) -> Option<Response> {
    let end = find(answer, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned()))
        .collect();
    let chunked = headers
        .iter()
        .any(|(n, v)| n.eq_ignore_ascii_case("transfer-encoding") && v.contains("chunked"));
    let rest = &answer[end + 4..];
    let body = if chunked { join_chunks(rest) } else { rest.to_vec() };
    Some(Response { status, url: url.to_owned(), headers, body })
}

fn join_chunks(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = find(rest, b"\r\n") {
        let size = std::str::from_utf8(&rest[..end])
            .ok()
            .and_then(|s| usize::from_str_radix(s.trim(), 16).ok())
            .unwrap_or(0);
        let start = end + 2;
        if size == 0 || rest.len() < start + size {
            break;
        }
        body.extend_from_slice(&rest[start..start + size]);
        rest = rest.get(start + size + 2..).unwrap_or_default();
    }
    body
}

pub fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
