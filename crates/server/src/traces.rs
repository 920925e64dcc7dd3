//! Traces (链路追踪, PF-17): off unless a collector is configured; then spans go out in batches as OTLP over HTTP, in
//! JSON. `traceparent` of a caller is followed.
//!
//! Spans carry operations, statuses and durations, never a body, a query string or a person.

use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::http::header::HeaderMap;
use anyhow::Context;
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::{SpanKind, Status, TracerProvider};
use opentelemetry::{Key, KeyValue, Value as Attribute, global};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider, SpanData, SpanExporter};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The longest a batch may take.
const TIME: Duration = Duration::from_secs(10);

/// Where spans go, and how many.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Base address of a collector: `http://127.0.0.1:4318`.
    pub endpoint: String,
    /// The part of new traces that is kept, 0 to 1; a caller's own decision is followed.
    pub ratio: f64,
}

/// Starts sending. `shutdown` of the provider sends what waits.
pub fn start(settings: &Settings) -> anyhow::Result<(SdkTracer, SdkTracerProvider)> {
    let resource = Resource::builder()
        .with_service_name("hearthdesk")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    let provider = SdkTracerProvider::builder()
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(settings.ratio))))
        .with_resource(resource)
        .with_batch_exporter(Exporter::new(&settings.endpoint)?)
        .build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    Ok((provider.tracer("hearthdesk"), provider))
}

/// Hangs a request's span under the caller's, if he names one.
pub fn follow(span: &tracing::Span, headers: &HeaderMap) {
    let parent = global::get_text_map_propagator(|propagator| propagator.extract(&Headers(headers)));
    // Only a span nobody records has no place for a parent.
    let _ = span.set_parent(parent);
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }
    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}

/// Posts batches from the thread of the batch processor.
struct Exporter {
    url: String,
    client: reqwest::Client,
    runtime: Mutex<Runtime>,
    resource: Vec<Value>,
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Exporter")
    }
}

impl Exporter {
    fn new(endpoint: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().timeout(TIME).redirect(reqwest::redirect::Policy::none()).build()?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("a runtime for traces")?;
        let url = format!("{}/v1/traces", endpoint.trim_end_matches('/'));
        Ok(Self { url, client, runtime: Mutex::new(runtime), resource: Vec::new() })
    }

    fn send(&self, batch: &[SpanData]) -> OTelSdkResult {
        let failed = |error: String| Err(OTelSdkError::InternalFailure(error));
        let Ok(runtime) = self.runtime.lock() else { return failed("no runtime".to_owned()) };
        let spans: Vec<Value> = batch.iter().map(span).collect();
        let body = json!({ "resourceSpans": [{ "resource": { "attributes": self.resource },
            "scopeSpans": [{ "scope": { "name": "hearthdesk" }, "spans": spans }] }] });
        let post = self.client.post(&self.url).header("content-type", "application/json").body(body.to_string());
        // Sending begins inside the runtime, whose clock its time limit needs.
        match runtime.block_on(async { post.send().await }) {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => failed(format!("the collector answers {}", answer.status())),
            Err(error) => failed(error.without_url().to_string()),
        }
    }
}

impl SpanExporter for Exporter {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        std::future::ready(self.send(&batch))
    }
    fn set_resource(&mut self, resource: &Resource) {
        self.resource = resource.iter().map(|(key, value)| attribute(key, value)).collect();
    }
}

/// A span as OTLP writes it in JSON: ids hexadecimal, 64-bit integers as text.
fn span(data: &SpanData) -> Value {
    let nanos = |at: SystemTime| at.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos().to_string();
    let kind = match data.span_kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    };
    let status = match &data.status {
        Status::Unset => json!({}),
        Status::Ok => json!({ "code": 1 }),
        Status::Error { description } => json!({ "code": 2, "message": description }),
    };
    let mut span = json!({
        "traceId": data.span_context.trace_id().to_string(), "spanId": data.span_context.span_id().to_string(),
        "name": data.name, "kind": kind, "status": status,
        "startTimeUnixNano": nanos(data.start_time), "endTimeUnixNano": nanos(data.end_time),
        "attributes": data.attributes.iter().map(|pair| attribute(&pair.key, &pair.value)).collect::<Vec<_>>(),
    });
    if data.parent_span_id != opentelemetry::trace::SpanId::INVALID {
        span["parentSpanId"] = json!(data.parent_span_id.to_string());
    }
    span
}

fn attribute(key: &Key, value: &Attribute) -> Value {
    let value = match value {
        Attribute::Bool(value) => json!({ "boolValue": value }),
        Attribute::I64(value) => json!({ "intValue": value.to_string() }),
        Attribute::F64(value) => json!({ "doubleValue": value }),
        other => json!({ "stringValue": other.as_str() }),
    };
    json!({ "key": key.as_str(), "value": value })
}
