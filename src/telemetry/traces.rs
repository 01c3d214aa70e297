//! Traces to a collector, by OTLP over HTTP. What a request leaves waits in a queue that has an end, and
//! one task sends it: a collector that is down or slow costs spans, which are counted, and nothing else.

use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{Context, KeyValue};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, Span, SpanData, SpanProcessor};
use prost::Message as _;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use url::Url;

use super::Layer;
use crate::http::{Http, Network, Request};

/// The target of our spans, which are nobody's but the collector's.
const TARGET: &str = "trace";
/// The most spans that wait.
const QUEUE: usize = 4096;
/// The most spans in one call.
const BATCH: usize = 512;
/// How long spans are gathered.
const PAUSE: Duration = Duration::from_millis(250);
/// How long a call may take.
const CALL: Duration = Duration::from_secs(3);
/// How long the end of the process waits for the last ones.
const LAST: Duration = Duration::from_secs(2);
/// Of an answer; it is looked at by nobody.
const CAP: usize = 64 * 1024;

enum Order {
    Span(Box<SpanData>),
    /// Say so when everything before this has been sent.
    Finish(oneshot::Sender<()>),
}

/// The queue, as the tracer knows it.
#[derive(Debug)]
struct Queue(mpsc::Sender<Order>);

impl SpanProcessor for Queue {
    fn on_start(&self, _span: &mut Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        if self.0.try_send(Order::Span(Box::new(span))).is_err() {
            lost(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _within: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// The way to a collector.
pub struct Traces {
    orders: mpsc::Sender<Order>,
    queue: mpsc::Receiver<Order>,
    collector: Collector,
}

/// Traces that are being sent.
pub struct Sending(mpsc::Sender<Order>);

impl Traces {
    /// To the collector at this base address, with the layer that keeps our spans for it.
    pub(super) fn to(endpoint: &Url) -> Result<(Self, Layer), reqwest::Error> {
        let resource = Resource::builder_empty()
            .with_service_name("usher")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let mut url = endpoint.clone();
        url.set_path(&format!("{}/v1/traces", endpoint.path().trim_end_matches('/')));
        let collector = Collector {
            // The operator names it, and it may well be in the house.
            http: Http::new(Network::Any, None, None)?,
            url,
            resource: ResourceAttributesWithSchema::from(&resource),
            down: false,
        };
        let (orders, queue) = mpsc::channel(QUEUE);
        let provider = SdkTracerProvider::builder()
            .with_span_processor(Queue(orders.clone()))
            .with_sampler(Sampler::AlwaysOn)
            .with_resource(resource)
            .build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("usher"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_filter(Targets::new().with_target(TARGET, LevelFilter::INFO));
        let traces = Self {
            orders,
            queue,
            collector,
        };
        Ok((traces, layer.boxed()))
    }

    /// Sends from now on what there is, in a task of its own.
    pub fn start(self) -> Sending {
        tokio::spawn(send(self.queue, self.collector));
        Sending(self.orders)
    }
}

impl Sending {
    /// Waits until everything so far has been sent, but not for long.
    pub async fn finish(self) {
        let (done, finished) = oneshot::channel();
        let sent = async {
            if self.0.send(Order::Finish(done)).await.is_ok() {
                // An error means that the task is gone, and with it what it had.
                let _ = finished.await;
            }
        };
        // What has not gone by then stays behind.
        let _ = timeout(LAST, sent).await;
    }
}

async fn send(mut queue: mpsc::Receiver<Order>, mut collector: Collector) {
    let mut orders = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut orders, BATCH).await > 0 {
        let full = orders.len() == BATCH;
        let (mut spans, mut finish) = (Vec::new(), None);
        for order in orders.drain(..) {
            match order {
                Order::Span(span) => spans.push(named(*span)),
                Order::Finish(done) => finish = Some(done),
            }
        }
        if !spans.is_empty() {
            collector.send(spans).await;
        }
        if let Some(done) = finish {
            // Whoever asked may have lost patience.
            let _ = done.send(());
        } else if !full {
            sleep(PAUSE).await;
        }
    }
}

/// A request is known by its method and its route, and these only when it has been routed: too late
/// for the layer, which names a span where it begins.
fn named(mut span: SpanData) -> SpanData {
    let value = |name: &str| {
        let found = span.attributes.iter().find(|found| found.key.as_str() == name);
        found.map(|found| found.value.as_str().into_owned())
    };
    if let (Some(method), Some(route)) = (value("http.request.method"), value("http.route")) {
        span.name = format!("{method} {route}").into();
    }
    span
}

struct Collector {
    http: Http,
    url: Url,
    resource: ResourceAttributesWithSchema,
    down: bool,
}

impl Collector {
    async fn send(&mut self, spans: Vec<SpanData>) {
        let count = spans.len();
        let body = ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(spans, &self.resource),
        };
        let protobuf = HeaderValue::from_static("application/x-protobuf");
        let call = self.http.send(Request {
            method: Method::POST,
            url: &self.url,
            headers: vec![(CONTENT_TYPE, protobuf)],
            body: Some(body.encode_to_vec()),
            cap: CAP,
        });
        let taken = matches!(timeout(CALL, call).await, Ok(Ok(answer)) if answer.status == 200);
        if !taken {
            lost(count);
        }
        let was_down = std::mem::replace(&mut self.down, !taken);
        match (was_down, self.down) {
            (false, true) => tracing::warn!(event = "otlp.down", "the collector takes no traces"),
            (true, false) => tracing::info!(event = "otlp.up", "the collector takes traces again"),
            _ => {}
        }
    }
}

fn lost(spans: usize) {
    metrics::counter!("usher_spans_lost_total").increment(spans as u64);
}
