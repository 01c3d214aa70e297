//! A person's browser: its own cookies, its own connection, and redirects followed to the vendor's door.

use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// Longer than anybody waits.
const PATIENCE: Duration = Duration::from_mins(2);
/// From the click over login, provider and callback to the launch: more would be a loop.
const REDIRECTS: usize = 8;
const BROKE: &str = "connection broke";

/// Where everything is.
pub struct Places {
    /// Where `public_url` leads to.
    pub gateway: String,
    pub public_url: Url,
    pub provider: Url,
    /// Where launches end.
    pub vendor: &'static str,
}

pub struct Browser {
    person: usize,
    /// As the proxy before the gateway sees it.
    address: Ipv4Addr,
    cookies: BTreeMap<String, String>,
    /// Kept alive.
    connection: Option<TcpStream>,
}

struct Answer {
    status: u16,
    location: Option<String>,
    cookies: Vec<String>,
    closes: bool,
}

impl Browser {
    pub fn new(person: usize, address: Ipv4Addr) -> Self {
        Self {
            person,
            address,
            cookies: BTreeMap::new(),
            connection: None,
        }
    }

    /// Clicks, and follows every redirect until one carries a token to the vendor; or what was seen
    /// instead, and where.
    pub async fn launch(&mut self, places: &Places) -> Result<(), String> {
        let launched = timeout(PATIENCE, self.follow(places)).await;
        launched.unwrap_or_else(|_| Err("nothing for too long".to_owned()))
    }

    async fn follow(&mut self, places: &Places) -> Result<(), String> {
        let mut url = places.public_url.join("/launch/townhall").expect("an address");
        for _ in 0..REDIRECTS {
            let answer = if url.origin() == places.public_url.origin() {
                self.ask_gateway(places, &url).await
            } else {
                self.ask_provider(places, &url).await
            };
            let at = url.path();
            let answer = answer.map_err(|error| format!("{BROKE} at {at}: {}", error.kind()))?;
            let next = match (answer.status, &answer.location) {
                (302 | 303, Some(location)) => url.join(location),
                (status, _) => return Err(format!("{status} at {at}")),
            };
            url = next.map_err(|_| format!("no address at {at}"))?;
            if url.as_str().starts_with(places.vendor) {
                let token = url
                    .query_pairs()
                    .any(|(name, value)| name == "token" && !value.is_empty());
                return if token { Ok(()) } else { Err("no token".to_owned()) };
            }
        }
        Err("too many redirects".to_owned())
    }

    async fn ask_gateway(&mut self, places: &Places, url: &Url) -> io::Result<Answer> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = match cookies.as_slice() {
            [] => String::new(),
            some => format!("Cookie: {}\r\n", some.join("; ")),
        };
        let request = format!(
            "{}X-Forwarded-For: {}\r\nX-Forwarded-Proto: http\r\nAccept: text/html,application/xhtml+xml\r\n\
             Accept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\n\
             User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
             Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: cross-site\r\n{cookies}\r\n",
            start(url),
            self.address,
        );
        let kept = self.connection.take();
        let reused = kept.is_some();
        let mut stream = match kept {
            Some(stream) => stream,
            None => connect(&places.gateway).await?,
        };
        let answer = match ask(&mut stream, &request).await {
            // The server may let an idle connection go just then, and browsers ask again.
            Err(_) if reused => {
                stream = connect(&places.gateway).await?;
                ask(&mut stream, &request).await?
            }
            answer => answer?,
        };
        self.connection = (!answer.closes).then_some(stream);
        for cookie in &answer.cookies {
            self.keep(cookie);
        }
        Ok(answer)
    }

    async fn ask_provider(&self, places: &Places, url: &Url) -> io::Result<Answer> {
        let port = places.provider.port().expect("a port");
        let mut stream = connect(&format!("127.0.0.1:{port}")).await?;
        let request = format!(
            "{}Cookie: person={}\r\nConnection: close\r\n\r\n",
            start(url),
            self.person
        );
        ask(&mut stream, &request).await
    }

    fn keep(&mut self, cookie: &str) {
        let mut parts = cookie.split("; ");
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        if parts.any(|part| part == "Max-Age=0") {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn start(url: &Url) -> String {
    let query = url.query().map_or(String::new(), |query| format!("?{query}"));
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    format!("GET {}{query} HTTP/1.1\r\nHost: {host}\r\n", url.path())
}

async fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Answers to look at here are redirects, whose body is empty.
async fn ask(stream: &mut TcpStream, request: &str) -> io::Result<Answer> {
    stream.write_all(request.as_bytes()).await?;
    let mut read = Vec::with_capacity(2048);
    while !read.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let head = String::from_utf8_lossy(&read);
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    let mut answer = Answer {
        status,
        location: None,
        cookies: Vec::new(),
        closes: status / 100 != 3,
    };
    for line in head.lines().skip(1) {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim().to_owned();
        match name.to_ascii_lowercase().as_str() {
            "location" => answer.location = Some(value),
            "set-cookie" => answer.cookies.push(value),
            "connection" => answer.closes |= value.eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    Ok(answer)
}
