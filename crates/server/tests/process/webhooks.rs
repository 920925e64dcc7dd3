//! Webhooks of real processes: killed between sending and settling, a receiver that goes down and comes up, two
//! processes on one database (PF-E14).

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::crash::create;
use crate::house::{House, Server, call};

/// How the receiver behaves.
const UP: u8 = 0;
/// Takes the message and does not answer.
const SILENT: u8 = 1;
/// Hangs up before anything is read.
const DOWN: u8 = 2;

/// A message as it came.
#[derive(Clone, Debug)]
struct Message {
    id: String,
    position: i64,
    resource: String,
    accepted: bool,
}

/// A receiver in threads of its own.
struct Receiver {
    url: String,
    manner: Arc<AtomicU8>,
    messages: Arc<Mutex<Vec<Message>>>,
    hung_up: Arc<Mutex<usize>>,
}

impl Receiver {
    fn start(manner: u8) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            url: format!("http://{}/hook", listener.local_addr().unwrap()),
            manner: Arc::new(AtomicU8::new(manner)),
            messages: Arc::default(),
            hung_up: Arc::default(),
        };
        let (manner, messages, hung_up) =
            (receiver.manner.clone(), receiver.messages.clone(), receiver.hung_up.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (manner, messages, hung_up) = (manner.clone(), messages.clone(), hung_up.clone());
                thread::spawn(move || {
                    let mood = manner.load(Ordering::SeqCst);
                    if mood == DOWN {
                        *hung_up.lock().unwrap() += 1;
                        return;
                    }
                    take(stream, mood, &messages);
                });
            }
        });
        receiver
    }

    fn is(&self, manner: u8) {
        self.manner.store(manner, Ordering::SeqCst);
    }

    fn messages(&self) -> Vec<Message> {
        self.messages.lock().unwrap().clone()
    }

    fn accepted(&self) -> BTreeSet<i64> {
        self.messages().into_iter().filter(|message| message.accepted).map(|message| message.position).collect()
    }
}

fn take(mut stream: TcpStream, mood: u8, messages: &Mutex<Vec<Message>>) {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    let (head, body) = loop {
        let read = stream.read(&mut chunk).unwrap_or(0);
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                break (head.to_owned(), body.to_owned());
            }
        }
        if read == 0 {
            return;
        }
    };
    let event: Value = serde_json::from_str(&body).unwrap();
    messages.lock().unwrap().push(Message {
        id: header(&head, "webhook-id").unwrap(),
        position: event["position"].as_i64().unwrap(),
        resource: event["resource_id"].as_str().unwrap_or_default().to_owned(),
        accepted: mood == UP,
    });
    if mood == SILENT {
        thread::sleep(Duration::from_secs(30));
        return;
    }
    let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

fn header(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

fn until(what: &str, done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what} does not happen");
        thread::sleep(Duration::from_millis(50));
    }
}

fn open(server: &Server, url: &str) {
    let token = server.token("system_admin");
    let body = json!({ "url": url, "types": ["customer.created", "customer.updated"] });
    let (status, answer) = server.call("POST", "/v1/webhooks", &[("Authorization", &token)], Some(&body)).unwrap();
    assert_eq!(status, 201, "{answer}");
}

/// Three customers, each changed twice: nine facts of three resources.
fn write_nine(server: &Server) {
    let token = server.token("cs_specialist");
    for n in 0..3 {
        let (status, row) = create(server.port, &token, n).unwrap();
        assert_eq!(status, 201, "{row}");
        let path = format!("/v1/customers/{}", row["id"].as_str().unwrap());
        for version in 1..=2 {
            let named = format!("\"v{version}\"");
            let headers = [("Authorization", token.as_str()), ("If-Match", named.as_str())];
            let body = json!({ "category": format!("category{version}") });
            let (status, row) = call(server.port, "PATCH", &path, &headers, Some(&body)).unwrap();
            assert_eq!(status, 200, "{row}");
        }
    }
}

fn move_clock(server: &Server, seconds: i64) {
    let token = server.token("system_admin");
    let headers = [("Authorization", token.as_str())];
    let (_, clock) = server.call("GET", "/v1/sandbox/clock", &headers, None).unwrap();
    let now = chrono::DateTime::parse_from_rfc3339(clock["now"].as_str().unwrap()).unwrap();
    let body = json!({ "now": (now + chrono::TimeDelta::seconds(seconds)).to_rfc3339() });
    let (status, answer) = server.call("PUT", "/v1/sandbox/clock", &headers, Some(&body)).unwrap();
    assert_eq!(status, 200, "{answer}");
}

/// Each fact under one id however often it was sent, in order within its resource.
fn assert_in_order_and_told_apart(messages: &[Message], facts: usize) {
    let mut ids: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    for message in messages {
        ids.entry(message.position).or_default().insert(&message.id);
    }
    assert_eq!(ids.len(), facts);
    assert!(ids.values().all(|ids| ids.len() == 1), "a fact came under two ids: {ids:?}");
    let mut reached: BTreeMap<&str, i64> = BTreeMap::new();
    for message in messages.iter().filter(|message| message.accepted) {
        let last = reached.entry(&message.resource).or_default();
        assert!(message.position >= *last, "{} came after {last}: {messages:?}", message.position);
        *last = message.position;
    }
}

async fn nothing_is_lost_between_sending_and_settling(house: House) {
    let receiver = Receiver::start(SILENT);
    let mut server = house.serve_in_sandbox();
    open(&server, &receiver.url);
    write_nine(&server);
    until("a message", || !receiver.messages().is_empty());
    server.child.kill().unwrap();
    drop(server);
    let sent = receiver.messages();
    assert!(sent.iter().all(|message| !message.accepted), "{sent:?}");

    receiver.is(DOWN);
    let server = house.serve_in_sandbox();
    // Past the lease of the killed process.
    move_clock(&server, 61);
    until("an attempt to reach the receiver that is down", || *receiver.hung_up.lock().unwrap() >= 3);
    receiver.is(UP);
    for _ in 0..3 {
        move_clock(&server, 600);
        thread::sleep(Duration::from_secs(2));
    }
    until("the delivery of all nine", || receiver.accepted().len() == 9);
    let messages = receiver.messages();
    assert_in_order_and_told_apart(&messages, 9);
    let again = sent.iter().all(|before| messages.iter().any(|message| message.accepted && message.id == before.id));
    assert!(again, "what was sent before the kill did not come again under its id");
    drop(server);
    house.assert_journal_whole();
}

#[actix_web::test]
async fn pf_e14_a_service_killed_while_sending_on_sqlite_sends_again_in_order() {
    nothing_is_lost_between_sending_and_settling(House::sqlite().await).await;
}

#[actix_web::test]
async fn pf_e14_a_service_killed_while_sending_on_postgres_sends_again_in_order() {
    nothing_is_lost_between_sending_and_settling(House::postgres().await).await;
}

#[actix_web::test]
async fn pf_e14_two_services_on_one_database_deliver_each_fact_once() {
    let house = House::postgres().await;
    let receiver = Receiver::start(UP);
    let servers = [house.serve(), house.serve()];
    open(&servers[0], &receiver.url);
    let token = servers[0].token("cs_specialist");
    for n in 0..40 {
        assert_eq!(create(servers[n % 2].port, &token, n).unwrap().0, 201);
    }
    until("the delivery of all forty", || receiver.accepted().len() == 40);
    // Time for a second sender to show itself.
    thread::sleep(Duration::from_secs(3));
    let messages = receiver.messages();
    assert_eq!(messages.len(), 40, "a fact was delivered twice");
    assert_in_order_and_told_apart(&messages, 40);
    drop(servers);
    house.assert_journal_whole();
}
