//! A browser without a screen: cookies as a browser keeps them, the request headers of a
//! navigation, and every redirect taken by hand.

use std::sync::Arc;

use url::Url;

use super::secrets::Secrets;
use super::wire::{self, Response};

struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
}

/// One request, with the headers of a top-level navigation unless changed.
pub struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl Request {
    pub fn new(method: &str, url: &str) -> Self {
        let headers = [
            ("User-Agent", "usher-tests"),
            ("Accept", "text/html,application/xhtml+xml;q=0.9"),
            ("Accept-Language", "en"),
            ("Sec-Fetch-Site", "none"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
            ("Sec-Fetch-User", "?1"),
        ];
        Self {
            method: method.to_owned(),
            url: url.to_owned(),
            headers: headers.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
            body: None,
        }
    }

    pub fn get(url: &str) -> Self {
        Self::new("GET", url)
    }

    /// A form, sent as a browser does from a page of the same site.
    pub fn form<'a>(url: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Self::new("POST", url)
            .header("Sec-Fetch-Site", "same-origin")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Sets a header in place of what stood there.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
        self
    }

    /// As browsers before 2023 and most other clients ask: no `Sec-Fetch-*` at all.
    pub fn without_fetch_metadata(mut self) -> Self {
        self.headers.retain(|(n, _)| !n.starts_with("Sec-Fetch"));
        self
    }

    pub fn method(mut self, method: &str) -> Self {
        method.clone_into(&mut self.method);
        self
    }

    pub fn body(mut self, body: String) -> Self {
        self.body = Some(body);
        self
    }
}

pub struct Browser {
    /// What relative addresses are relative to: the gateway.
    base: Url,
    /// Where the gateway listens in plain text when its address is an imagined TLS proxy's.
    behind: Option<u16>,
    jar: Vec<Cookie>,
    secrets: Arc<Secrets>,
    /// A cookie that this browser never keeps.
    pub drops: Option<&'static str>,
    /// Every answer since the last `get`, newest last.
    pub hops: Vec<Response>,
}

impl Browser {
    pub fn new(base: &str, secrets: Arc<Secrets>) -> Self {
        Self {
            base: Url::parse(base).unwrap(),
            behind: None,
            jar: Vec::new(),
            secrets,
            drops: None,
            hops: Vec::new(),
        }
    }

    /// For a gateway whose `base` is a proxy's address: the proxy is us, and speaks to `port`.
    pub fn through_a_proxy(base: &str, port: u16, secrets: Arc<Secrets>) -> Self {
        Self {
            behind: Some(port),
            ..Self::new(base, secrets)
        }
    }

    /// From now on the proxy speaks to the replica at this port.
    pub fn by_way_of(&mut self, port: u16) -> &mut Self {
        self.behind = Some(port);
        self
    }

    /// Opens an address, and stays at its first answer.
    pub fn get(&mut self, url: &str) -> Response {
        self.send(Request::get(url))
    }

    pub fn post<'a>(&mut self, url: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Response {
        self.hops.clear();
        let origin = self.base.origin().ascii_serialization();
        self.fetch(&Request::form(url, fields).header("Origin", &origin))
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a request is built where it is sent"
    )]
    pub fn send(&mut self, request: Request) -> Response {
        self.hops.clear();
        self.fetch(&request)
    }

    /// Opens an address and takes every redirect.
    pub fn go(&mut self, url: &str) -> Response {
        let first = self.get(url);
        self.follow(first)
    }

    /// Takes redirects until there is none, wherever they lead.
    pub fn follow(&mut self, response: Response) -> Response {
        self.follow_until(response, |_| false)
    }

    /// Takes redirects until the next one would lead to an address that `stop` names.
    pub fn follow_until(&mut self, mut response: Response, stop: impl Fn(&Url) -> bool) -> Response {
        let mut cross_site = false;
        for _ in 0..20 {
            if !(300..400).contains(&response.status) {
                return response;
            }
            let from = Url::parse(&response.url).unwrap();
            let to = from.join(response.location()).expect("Location is an address");
            if stop(&to) {
                return response;
            }
            cross_site |= from.host_str() != to.host_str();
            let site = if cross_site { "cross-site" } else { "none" };
            response = self.fetch(&Request::get(to.as_str()).header("Sec-Fetch-Site", site));
        }
        panic!(
            "twenty redirects: {:?}",
            self.hops.iter().map(Response::path).collect::<Vec<_>>()
        );
    }

    /// Fills in and sends the first form of a page, then takes every redirect.
    pub fn submit<'a>(
        &mut self,
        page: &Response,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Response {
        let sent = self.submit_once(page, fields);
        self.follow(sent)
    }

    /// Fills in and sends the first form of a page.
    pub fn submit_once<'a>(
        &mut self,
        page: &Response,
        fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Response {
        let html = page.text();
        let action = attribute_of(&html, "<form", "action").unwrap_or_else(|| page.url.clone());
        let url = Url::parse(&page.url)
            .unwrap()
            .join(&action)
            .expect("a form's action is an address");
        let mut all = hidden_fields(&html);
        all.extend(fields.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())));
        let origin = url.origin().ascii_serialization();
        let request = Request::form(url.as_str(), all.iter().map(|(n, v)| (n.as_str(), v.as_str())));
        self.fetch(&request.header("Origin", &origin))
    }

    /// The value of a cookie that the gateway set.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let host = self.base.host_str().unwrap();
        self.jar
            .iter()
            .find(|c| c.host == host && c.name == name)
            .map(|c| c.value.as_str())
    }

    /// The names of all cookies that the gateway set.
    pub fn cookie_names(&self) -> Vec<&str> {
        let host = self.base.host_str().unwrap();
        self.jar
            .iter()
            .filter(|c| c.host == host)
            .map(|c| c.name.as_str())
            .collect()
    }

    /// Puts a cookie of the gateway's site into the jar, as a hostile sibling might.
    pub fn plant(&mut self, name: &str, value: &str) {
        let host = self.base.host_str().unwrap().to_owned();
        self.keep(Cookie {
            host,
            path: "/".into(),
            name: name.into(),
            value: value.into(),
        });
    }

    pub fn forget_cookies(&mut self) {
        let host = self.base.host_str().unwrap().to_owned();
        self.jar.retain(|c| c.host != host);
    }

    pub fn is_signed_in(&self) -> bool {
        self.cookie("usher").is_some()
    }

    fn fetch(&mut self, request: &Request) -> Response {
        // A path of our own goes out as it is written: `Url` would put an odd one right.
        let own = request.url.starts_with('/');
        let url = if own {
            self.base.clone()
        } else {
            Url::parse(&request.url).expect("an address")
        };
        let origin = url.origin().ascii_serialization();
        let target = if own {
            request.url.clone()
        } else {
            url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
        };
        let asked = format!("{origin}{target}");
        let bytes = self.bytes_of(&url, &target, request);
        let ours = url.origin() == self.base.origin();
        let behind = self.behind.filter(|_| ours).or(url.port_or_known_default());
        let response = wire::send(behind.expect("a port"), &asked, &bytes);
        self.secrets.add_url(&asked);
        self.secrets.add_url(
            self.base
                .join(response.header("Location").unwrap_or("/"))
                .unwrap()
                .as_str(),
        );
        if ours {
            self.secrets.add_answer(&response);
        }
        self.keep_all(&url, &response);
        self.hops.push(response.clone());
        response
    }

    fn bytes_of(&self, url: &Url, target: &str, request: &Request) -> Vec<u8> {
        let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
        let mut text = format!(
            "{} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n",
            request.method
        );
        for (name, value) in &request.headers {
            text.extend([name.as_str(), ": ", value.as_str(), "\r\n"]);
        }
        let cookies: Vec<String> = self
            .jar
            .iter()
            .filter(|c| Some(c.host.as_str()) == url.host_str() && target.starts_with(&c.path))
            .map(|c| format!("{}={}", c.name, c.value))
            .collect();
        if !cookies.is_empty() && !request.headers.iter().any(|(n, _)| n == "Cookie") {
            text.extend(["Cookie: ", &cookies.join("; "), "\r\n"]);
        }
        if let Some(body) = &request.body {
            text.extend([
                "Content-Length: ",
                &body.len().to_string(),
                "\r\n\r\n",
                body.as_str(),
            ]);
        } else {
            text += "\r\n";
        }
        text.into_bytes()
    }

    fn keep_all(&mut self, url: &Url, response: &Response) {
        for (name, value, attributes) in response.set_cookies() {
            let attribute = |wanted: &str| {
                attributes
                    .split(';')
                    .filter_map(|a| a.trim().split_once('='))
                    .find(|(n, _)| n.eq_ignore_ascii_case(wanted))
                    .map(|(_, v)| v.to_owned())
            };
            let gone = attribute("max-age").is_some_and(|age| age.starts_with(['0', '-']))
                || attribute("expires").is_some_and(|at| at.contains(" 1970 "));
            let host = url.host_str().unwrap().to_owned();
            let path = attribute("path").unwrap_or_else(|| "/".into());
            self.jar
                .retain(|c| !(c.host == host && c.name == name && c.path == path));
            if !gone && self.drops != Some(name.as_str()) {
                self.keep(Cookie {
                    host,
                    path,
                    name,
                    value,
                });
            }
        }
    }

    fn keep(&mut self, cookie: Cookie) {
        self.jar
            .retain(|c| !(c.host == cookie.host && c.name == cookie.name && c.path == cookie.path));
        self.jar.push(cookie);
    }
}

/// The names and values of a page's hidden inputs.
pub fn hidden_fields(html: &str) -> Vec<(String, String)> {
    html.split("<input")
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .filter(|tag| tag.contains("hidden"))
        .filter_map(|tag| {
            Some((
                attribute(tag, "name")?,
                attribute(tag, "value").unwrap_or_default(),
            ))
        })
        .collect()
}

/// The address of every link of a page.
pub fn links(html: &str) -> Vec<String> {
    html.split("<a ")
        .skip(1)
        .filter_map(|rest| attribute(rest.split('>').next()?, "href"))
        .collect()
}

fn attribute_of(html: &str, tag: &str, name: &str) -> Option<String> {
    attribute(html.split_once(tag)?.1.split('>').next()?, name)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let value = rest.split('"').next()?;
    let plain = [
        ("&#x2F;", "/"),
        ("&#38;", "&"),
        ("&#61;", "="),
        ("&quot;", "\""),
        ("&amp;", "&"),
    ];
    Some(
        plain
            .iter()
            .fold(value.to_owned(), |text, (from, to)| text.replace(from, to)),
    )
}
