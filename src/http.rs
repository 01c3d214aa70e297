//! The only way out of the house: https to providers and vendors, with time-outs, without redirects, with
//! capped bodies, to addresses that the operator meant (C-23, S-357, S-358, S-362, S-363).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, redirect};
use url::{Host, Url};

use crate::types::is_loopback;

const CONNECT: Duration = Duration::from_secs(3);
const WHOLE_CALL: Duration = Duration::from_secs(10);

/// Which addresses may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Public addresses only.
    Public,
    /// This machine only: for issuers on loopback.
    Loopback,
    /// Anywhere: the operator's `allow_private_network`.
    Any,
}

/// What went wrong with a call. Holds no body and no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("could not be reached")]
    Unreachable,
    #[error("took too long")]
    Slow,
    #[error("sent more than the allowed number of bytes")]
    TooLarge,
    #[error("answered with a redirect")]
    Redirected,
    #[error("lives at an address that is not allowed")]
    Forbidden,
}

/// An answer, read whole and within its cap.
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    /// The `Date` header, empty where there is none.
    pub date: String,
    /// How long it may be kept, where it says so.
    pub max_age: Option<Duration>,
    pub body: Vec<u8>,
}

pub struct Request<'a> {
    pub method: Method,
    pub url: &'a Url,
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Option<Vec<u8>>,
    /// The most bytes of body to take, after inflation.
    pub cap: usize,
}

impl<'a> Request<'a> {
    pub fn get(url: &'a Url, cap: usize) -> Self {
        let accept = HeaderValue::from_static("application/json");
        Self {
            method: Method::GET,
            url,
            headers: vec![(reqwest::header::ACCEPT, accept)],
            body: None,
            cap,
        }
    }
}

#[derive(Clone)]
pub struct Http {
    client: Client,
    network: Network,
}

impl Http {
    /// A client for one place. `ca_pem` adds trust anchors to the system's.
    pub fn new(network: Network, ca_pem: Option<&[u8]>, proxy: Option<&Url>) -> Result<Self, reqwest::Error> {
        // A proxy resolves the names of providers; the only one that is resolved here is its own.
        let resolved = if proxy.is_some() { Network::Any } else { network };
        let mut builder = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(WHOLE_CALL)
            .redirect(redirect::Policy::none())
            .dns_resolver(Arc::new(Filtered(resolved)))
            .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
            .pool_idle_timeout(Duration::from_secs(30));
        builder = match proxy {
            Some(url) => builder.proxy(reqwest::Proxy::all(url.clone())?),
            None => builder.no_proxy(),
        };
        if let Some(pem) = ca_pem {
            for certificate in reqwest::Certificate::from_pem_bundle(pem)? {
                builder = builder.add_root_certificate(certificate);
            }
        }
        Ok(Self {
            client: builder.build()?,
            network,
        })
    }

    pub async fn get(&self, url: &Url, cap: usize) -> Result<Answer, HttpError> {
        self.send(Request::get(url, cap)).await
    }

    pub async fn send(&self, request: Request<'_>) -> Result<Answer, HttpError> {
        // Literal addresses never meet the resolver, nor does this machine's name behind a proxy.
        let literal = match request.url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) if is_loopback(request.url) => Some(Ipv4Addr::LOCALHOST.into()),
            _ => None,
        };
        if literal.is_some_and(|address| !self.network.allows(address)) {
            return Err(HttpError::Forbidden);
        }
        let cap = request.cap;
        let mut builder = self.client.request(request.method, request.url.clone());
        builder = builder.headers(request.headers.into_iter().collect::<HeaderMap>());
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        let mut response = builder.send().await.map_err(|e| sort(&e))?;
        if response.status().is_redirection() {
            return Err(HttpError::Redirected);
        }
        let headers = response.headers();
        let header = |name: HeaderName| {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let content_type = header(reqwest::header::CONTENT_TYPE).to_ascii_lowercase();
        let date = header(reqwest::header::DATE);
        let max_age = max_age(headers);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| sort(&e))? {
            if body.len() + chunk.len() > cap {
                return Err(HttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status().as_u16(),
            content_type,
            date,
            max_age,
            body,
        })
    }
}

/// What Cache-Control says (RFC 9111, section 5.2.2); zero where the answer may not be kept.
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let lines = headers.get_all(reqwest::header::CACHE_CONTROL).iter();
    let directives = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    let age = |directive: &str| {
        let directive = directive.trim().to_ascii_lowercase();
        match directive.split_once('=') {
            None if directive == "no-store" || directive == "no-cache" => Some(Duration::ZERO),
            Some(("max-age", seconds)) => {
                let seconds = seconds.trim_matches('"').parse().ok();
                seconds.map(Duration::from_secs)
            }
            _ => None,
        }
    };
    directives.filter_map(age).min()
}

fn sort(error: &reqwest::Error) -> HttpError {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = source {
        if cause.is::<ForbiddenAddress>() {
            return HttpError::Forbidden;
        }
        source = cause.source();
    }
    if error.is_timeout() {
        HttpError::Slow
    } else {
        HttpError::Unreachable
    }
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name leads to no address that is allowed")]
struct ForbiddenAddress;

struct Filtered(Network);

impl Resolve for Filtered {
    fn resolve(&self, name: Name) -> Resolving {
        let network = self.0;
        Box::pin(async move {
            // Asked anew for each connection, which goes to one of these addresses and no other: a
            // name that leads elsewhere a moment later gains nothing.
            let all = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed = network.filter(all)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

impl Network {
    fn filter(self, all: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, ForbiddenAddress> {
        let allowed: Vec<SocketAddr> = all.filter(|address| self.allows(address.ip())).collect();
        if allowed.is_empty() {
            Err(ForbiddenAddress)
        } else {
            Ok(allowed)
        }
    }

    fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Loopback => address.to_canonical().is_loopback(),
            Self::Public => is_public(address.to_canonical()),
        }
    }
}

/// Whether an address can belong to somebody on the internet (IANA special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_loopback()
                || v4.is_private()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19)))
        }
        IpAddr::V6(v6) => {
            let head = v6.segments()[0];
            // Global unicast is 2000::/3; in it, 2001:db8::/32 is for documentation, and 6to4
            // and Teredo wrap addresses of the other kind.
            (0x2000..0x4000).contains(&head)
                && head != 0x2002
                && !(head == 0x2001 && matches!(v6.segments()[1], 0 | 0xdb8))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s_357_only_public_addresses_are_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:127.0.0.1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
        ] {
            assert!(!Network::Public.allows(private.parse().unwrap()), "{private}");
        }
        for public in ["93.184.216.34", "2606:2800:220:1::1", "1.1.1.1"] {
            assert!(Network::Public.allows(public.parse().unwrap()), "{public}");
        }
        assert!(Network::Loopback.allows("127.0.0.1".parse().unwrap()));
        assert!(!Network::Loopback.allows("10.0.0.1".parse().unwrap()));
    }

    #[test]
    fn s_357_of_a_names_addresses_only_the_allowed_ones_are_connected_to() {
        let filtered = |network: Network, addresses: &[&str]| {
            let all = addresses
                .iter()
                .map(|address| SocketAddr::new(address.parse().unwrap(), 0));
            let allowed = network.filter(all)?;
            Ok(allowed.iter().map(|address| address.ip().to_string()).collect())
        };
        let rebound: Result<Vec<String>, _> = filtered(Network::Public, &["127.0.0.1", "10.0.0.1"]);
        assert_eq!(rebound, Err(ForbiddenAddress));
        assert_eq!(filtered(Network::Public, &[]), Err(ForbiddenAddress));
        let mixed = ["169.254.169.254", "93.184.216.34", "::ffff:10.0.0.1"];
        assert_eq!(
            filtered(Network::Public, &mixed),
            Ok(vec!["93.184.216.34".to_owned()])
        );
        assert_eq!(
            filtered(Network::Loopback, &["10.0.0.1", "::1"]),
            Ok(vec!["::1".to_owned()])
        );
        assert_eq!(
            filtered(Network::Any, &["10.0.0.1"]),
            Ok(vec!["10.0.0.1".to_owned()])
        );
    }

    #[test]
    fn s_424_how_long_an_answer_may_be_kept() {
        let said = |lines: &[&'static str]| {
            let line = |line: &&'static str| (reqwest::header::CACHE_CONTROL, HeaderValue::from_static(line));
            max_age(&lines.iter().map(line).collect()).map(|age| age.as_secs())
        };
        assert_eq!(said(&[]), None);
        assert_eq!(said(&["public, max-age=600"]), Some(600));
        assert_eq!(said(&["Max-Age=\"7\", s-maxage=9"]), Some(7));
        assert_eq!(said(&["max-age=600", "no-store"]), Some(0));
        assert_eq!(said(&["no-cache"]), Some(0));
        assert_eq!(said(&["max-age=-1", "max-age=soon", "must-revalidate"]), None);
    }

    #[tokio::test]
    async fn s_357_literal_and_named_private_addresses_are_not_connected_to() {
        let http = Http::new(Network::Public, None, None).unwrap();
        for url in [
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://localhost/x",
            "https://2130706433/x",
            "https://0x7f.1/x",
            "https://0177.0.0.1/x",
            "https://0.0.0.0/x",
            "https://[::]/x",
            "https://[::ffff:10.0.0.1]/x",
            "https://169.254.169.254/latest/meta-data",
        ] {
            let answer = http.get(&Url::parse(url).unwrap(), 1000).await;
            assert_eq!(answer.err(), Some(HttpError::Forbidden), "{url}");
        }
    }

    #[tokio::test]
    async fn c_23_a_proxy_may_have_a_private_name_and_opens_no_private_address() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Url::parse(&format!("http://localhost:{port}")).unwrap();
        let http = Http::new(Network::Public, None, Some(&proxy)).unwrap();
        for url in [
            "https://localhost/x",
            "https://a.localhost/x",
            "https://127.0.0.1/x",
        ] {
            let answer = http.get(&Url::parse(url).unwrap(), 1000).await;
            assert_eq!(answer.err(), Some(HttpError::Forbidden), "{url}");
        }
        let url = Url::parse("https://op.example/x").unwrap();
        let asked = tokio::select! {
            asked = listener.accept() => asked.is_ok(),
            _ = http.get(&url, 1000) => false,
        };
        assert!(asked, "the proxy is asked");
    }
}
