//! Clicks on an app, over kept-alive connections.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;

/// Longer than any click may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// People who click.
pub struct Crowd<'a> {
    /// Where a connection of this number goes; asked whenever it is made.
    pub address: &'a (dyn Fn(usize) -> String + Sync),
    /// Each click is that of the next person.
    pub cookies: &'a [String],
    pub connections: usize,
    /// Clicks a second in all; as many as go through, where there is none.
    pub pace: Option<f64>,
}

/// What became of a click.
pub struct Click {
    /// From when it was due to the end of the answer's head.
    pub seconds: f64,
    /// 0 where there was no answer.
    pub status: u16,
    /// The hash of the token that left.
    pub token: Option<[u8; 32]>,
}

impl Click {
    pub fn launched(&self) -> bool {
        self.status == 302 && self.token.is_some()
    }
}

impl Crowd<'_> {
    /// Clicks for as long as `wanted` says of the number of the next click.
    pub fn click(&self, wanted: impl Fn(usize) -> bool + Sync) -> Vec<Click> {
        let (next, began) = (AtomicUsize::new(0), Instant::now());
        let clicker = |number: usize| {
            let mut clicks = Vec::new();
            let mut connection = None;
            loop {
                let click = next.fetch_add(1, Ordering::Relaxed);
                if !wanted(click) {
                    return clicks;
                }
                let due = self
                    .pace
                    .map(|pace| began + Duration::from_secs_f64(count(click) / pace));
                if let Some(due) = due {
                    thread::sleep(due.saturating_duration_since(Instant::now()));
                }
                let due = due.unwrap_or_else(Instant::now);
                let cookie = &self.cookies[click % self.cookies.len()];
                let answer = self.ask(number, &mut connection, cookie);
                let (status, token) = answer.unwrap_or((0, None));
                if status != 302 {
                    // What follows the head is nobody's business.
                    connection = None;
                }
                clicks.push(Click {
                    seconds: due.elapsed().as_secs_f64(),
                    status,
                    token,
                });
            }
        };
        thread::scope(|scope| {
            let clickers: Vec<_> = (0..self.connections)
                .map(|number| scope.spawn(move || clicker(number)))
                .collect();
            let done = clickers
                .into_iter()
                .flat_map(|done| done.join().expect("a clicker"));
            done.collect()
        })
    }

    fn ask(
        &self,
        number: usize,
        connection: &mut Option<TcpStream>,
        cookie: &str,
    ) -> io::Result<(u16, Option<[u8; 32]>)> {
        let stream = match connection {
            Some(stream) => stream,
            None => connection.insert(connect(&(self.address)(number))?),
        };
        let request = format!(
            "GET /launch/townhall HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\n\r\n"
        );
        stream.write_all(request.as_bytes())?;
        let mut buffer = [0; 8192];
        let mut read = 0;
        while !buffer[..read].windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut buffer[read..])? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => read += more,
            }
        }
        let head = String::from_utf8_lossy(&buffer[..read]);
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok((status.unwrap_or(0), token(&head)))
    }
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

/// The hash of the token in the address of a redirect.
fn token(head: &str) -> Option<[u8; 32]> {
    let location = head
        .lines()
        .find(|line| line.to_ascii_lowercase().starts_with("location:"))?;
    let (_, token) = location.split_once("token=")?;
    let token = token.split(['&', '#']).next()?.trim();
    digest::digest(&digest::SHA256, token.as_bytes())
        .as_ref()
        .try_into()
        .ok()
}

#[expect(clippy::cast_precision_loss, reason = "a count of thousands")]
pub fn count(number: usize) -> f64 {
    number as f64
}
