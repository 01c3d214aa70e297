//! Traces by OTLP, at a collector that is there, one that is slow and one that is not.

use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

use crate::harness::load::check;
use crate::harness::server::{Answer, Server};
use crate::harness::{How, Lie, Lying, Request};

/// How long a test waits for spans.
const PATIENCE: Duration = Duration::from_secs(20);

/// A collector that keeps what it gets.
struct Collector {
    server: Server,
    calls: Receiver<()>,
    bodies: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Collector {
    fn start() -> Self {
        let (call, calls) = channel();
        let bodies = Arc::<Mutex<Vec<Vec<u8>>>>::default();
        let kept = Arc::clone(&bodies);
        let server = Server::start(move |asked| {
            assert_eq!(asked.target, "/v1/traces");
            assert_eq!(asked.header("Content-Type"), Some("application/x-protobuf"));
            kept.lock().unwrap().push(asked.bytes.clone());
            // The test may be over.
            let _ = call.send(());
            Answer::new(200, "application/x-protobuf", "")
        });
        Self {
            server,
            calls,
            bodies,
        }
    }

    fn spans(&self) -> Vec<Span> {
        let bodies = self.bodies.lock().unwrap();
        let requests = bodies
            .iter()
            .map(|body| ExportTraceServiceRequest::decode(&body[..]).expect("OTLP"));
        let spans = requests
            .flat_map(|request| request.resource_spans)
            .flat_map(|of_resource| of_resource.scope_spans)
            .flat_map(|of_scope| of_scope.spans);
        spans.collect()
    }

    /// The first span of this name, once it has come.
    fn wait_for(&self, name: &str) -> Span {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = self.spans().into_iter().find(|span| span.name == name) {
                return found;
            }
            let left = until.saturating_duration_since(Instant::now());
            let more = self.calls.recv_timeout(left);
            assert!(more.is_ok(), "no span {name:?} among {:?}", self.names());
        }
    }

    fn names(&self) -> Vec<String> {
        self.spans().into_iter().map(|span| span.name).collect()
    }
}

fn world(endpoint: &str) -> Lying {
    Lying::with(Lie::none(), How::default(), |settings| {
        settings.set("[otlp]", "endpoint", &format!("\"{endpoint}\""));
    })
}

fn attribute(span: &Span, name: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == name);
    match found.and_then(|attribute| attribute.value.clone()?.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => panic!("{name} is {other:?} in {span:?}"),
    }
}

#[test]
fn c_37_a_request_is_a_span_and_what_it_waited_for_stands_in_it() {
    let collector = Collector::start();
    let world = world(&format!("http://127.0.0.1:{}", collector.server.port));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    let launched = ada.send(
        Request::get("/launch/support?customer=canary-person@example.org").header(
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
    );
    assert_eq!(launched.status, 302, "{}", launched.text());

    let request = collector.wait_for("GET /launch/{app}");
    assert_eq!(attribute(&request, "http.request.method"), "GET");
    assert_eq!(attribute(&request, "http.route"), "/launch/{app}");
    assert_eq!(attribute(&request, "http.response.status_code"), "302");
    let reference = launched.header("X-Request-Id").unwrap();
    assert_eq!(attribute(&request, "usher.reference"), reference);
    assert!(
        request.parent_span_id.is_empty(),
        "a stranger's traceparent counts for nothing"
    );
    for name in ["mint", "store.commit"] {
        let inner = collector.spans().into_iter();
        let found = inner
            .filter(|span| span.name == name)
            .find(|span| span.parent_span_id == request.span_id);
        assert!(
            found.is_some_and(|span| span.trace_id == request.trace_id),
            "{name}"
        );
    }

    let callback = collector.wait_for("GET /auth/callback/{provider}");
    for name in ["provider token", "provider keys", "provider userinfo"] {
        let call = collector.wait_for(name);
        assert_eq!(call.trace_id, callback.trace_id, "{name}");
        assert_eq!(attribute(&call, "usher.provider"), "honest");
        assert_eq!(attribute(&call, "http.response.status_code"), "200");
    }
    for endpoint in ["token", "jwks", "userinfo"] {
        for asked in world.liar.requests("honest", endpoint) {
            assert_eq!(asked.header("traceparent"), None, "a provider is a stranger");
        }
    }

    // What the collector got is searched as a log is.
    for body in collector.bodies.lock().unwrap().iter() {
        let text = String::from_utf8_lossy(body);
        for person in [
            "canary-person",
            "ada@example.com",
            "Lovelace",
            "customer",
            "127.0.0.1",
        ] {
            assert!(!text.contains(person), "{person} in a trace");
        }
        let found = world.usher.secrets.found_in(&text);
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn the_last_spans_leave_before_the_process_does() {
    let collector = Collector::start();
    let mut world = world(&format!("http://127.0.0.1:{}/", collector.server.port));
    world.usher.browser().get("/auth/signed-out").expect(200);
    world.usher.stop();
    assert!(collector.names().contains(&"GET /auth/signed-out".to_owned()));
}

#[test]
fn a_collector_that_is_slow_or_down_costs_spans_and_nothing_else() {
    let silent = Server::start(|_| Answer::Silence);
    let mut world = world(&format!("http://127.0.0.1:{}", silent.port));
    let mut ada = world.usher.browser();
    world.sign_in(&mut ada, "honest").expect(200);
    for _ in 0..20 {
        ada.get("/launch/townhall").expect(302);
    }
    world.usher.logged("otlp.down");
    assert!(world.usher.metric("usher_spans_lost_total", &[]) > 0.5);
    drop(silent);
    for _ in 0..20 {
        ada.get("/launch/townhall").expect(302);
    }
    let started = Instant::now();
    world.usher.stop();
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "the end waits for nobody"
    );
    world.usher.logged("stopped");
}

#[test]
fn c_37_a_collector_elsewhere_is_reached_by_https_only() {
    for (endpoint, words) in [
        ("http://collector.example.com:4318", "otlp.endpoint: "),
        ("https://ada:canary-word@collector.example.com", "must not carry"),
        ("https://collector.example.com/?key=canary-word", "base address"),
        ("https://collector.example.com/v1/traces", "base address"),
    ] {
        let (status, told) = check(|settings| {
            settings.set("[otlp]", "endpoint", &format!("\"{endpoint}\""));
        });
        assert_eq!(status, Some(1), "{endpoint}: {told}");
        let said = |line: &str| line.contains("otlp.endpoint") && line.contains(words);
        assert!(told.lines().any(said), "{endpoint}: {told}");
        assert!(!told.contains("canary-word"), "{told}");
    }
}
