//! What the process tells of itself: figures for Prometheus, traces for a collector (PF-17).

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use server::figures::{FIGURES, Kind};

use crate::crash::create;
use crate::house::House;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

#[actix_web::test]
async fn metrics_has_every_figure_it_promises() {
    let house = House::sqlite().await;
    let server = house.serve();
    let token = server.token("cs_specialist");
    create(server.port, &token, 1).unwrap();
    // What counts sending has nothing to count here.
    let unseen = ["hearthdesk_webhook_attempts_total", "hearthdesk_notification_attempts_total"];
    let begun = Instant::now();
    loop {
        let (status, text) = server.send("GET", "/metrics", &[], "").unwrap();
        assert_eq!(status, 200);
        let shown = |name: &str, kind: Kind| {
            let name = if kind == Kind::Histogram { format!("{name}_bucket{{") } else { name.to_owned() };
            text.lines().any(|line| line.starts_with(&name))
        };
        let missing: Vec<&str> = FIGURES
            .iter()
            .filter(|(name, kind, _)| !unseen.contains(name) && !shown(name, *kind))
            .map(|figure| figure.0)
            .collect();
        if missing.is_empty() {
            assert!(text.contains("operation=\"create_customer\""), "{text}");
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{missing:?} are not in /metrics");
        thread::sleep(Duration::from_millis(200));
    }
}

/// A collector that keeps what is posted.
fn collector() -> (String, Arc<Mutex<Vec<Value>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let kept: Arc<Mutex<Vec<Value>>> = Arc::default();
    let keep = kept.clone();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (mut bytes, mut chunk) = (Vec::new(), [0; 8192]);
            loop {
                let read = stream.read(&mut chunk).unwrap_or(0);
                bytes.extend_from_slice(&chunk[..read]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { if read == 0 { break } else { continue } };
                let length = head.lines().find_map(|line| {
                    line.to_lowercase().strip_prefix("content-length: ")?.trim().parse::<usize>().ok()
                });
                if body.len() >= length.unwrap_or(0) {
                    assert!(head.starts_with("POST /v1/traces "), "{head}");
                    keep.lock().unwrap().push(serde_json::from_str(body).unwrap());
                    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
                    let _ = stream.write_all(answer.as_bytes());
                    break;
                }
                if read == 0 {
                    break;
                }
            }
        }
    });
    (url, kept)
}

#[actix_web::test]
async fn a_request_is_traced_under_its_callers_span() {
    let house = House::sqlite().await;
    let (url, kept) = collector();
    let server = house.serve_with(&[("HEARTHDESK_OTLP_ENDPOINT", &url)]);
    let token = server.token("cs_specialist");
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let headers = [("Authorization", token.as_str()), ("traceparent", parent.as_str())];
    server.call("GET", "/v1/customers?q=13912345678", &headers, None).unwrap();
    let begun = Instant::now();
    let span = loop {
        let batches = kept.lock().unwrap().clone();
        let spans =
            batches.iter().flat_map(|batch| batch["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().cloned());
        if let Some(span) = spans.flatten().find(|span| span["name"] == "list_customers") {
            break span;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "no span arrives: {batches:?}");
        thread::sleep(Duration::from_millis(200));
    };
    assert_eq!((&span["traceId"], &span["parentSpanId"], &span["kind"]), (&TRACE.into(), &PARENT.into(), &2.into()));
    let text = span.to_string();
    assert!(text.contains("/v1/customers") && !text.contains("13912345678"), "{text}");
    let service = kept.lock().unwrap()[0]["resourceSpans"][0]["resource"].to_string();
    assert!(service.contains("hearthdesk"), "{service}");
}
