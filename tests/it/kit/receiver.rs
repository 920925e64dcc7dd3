//! Somebody outside who is called: keeps what comes and answers as he is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub text: String,
    /// What it was answered with.
    pub status: u16,
}

impl Received {
    pub fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }
    pub fn id(&self) -> String {
        self.headers["webhook-id"].clone()
    }
    /// Whether the reference implementation signs alike.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let timestamp = self.headers["webhook-timestamp"].parse().unwrap();
        let reference = standardwebhooks::Webhook::new(secret).unwrap();
        let expected = reference.sign(&self.id(), timestamp, self.text.as_bytes()).unwrap();
        self.headers["webhook-signature"].split(' ').any(|signature| signature == expected)
    }
}

struct Inner {
    received: Mutex<Vec<Received>>,
    /// Status of the answer and how long it takes.
    manner: Mutex<(u16, Duration)>,
    /// Bodies that hold this text are refused all the same.
    spurned: Mutex<Option<String>>,
}

/// A receiver on a port of its own, gone with the test.
pub struct Receiver {
    pub url: String,
    inner: Arc<Inner>,
    server: ServerHandle,
}

async fn take(request: HttpRequest, body: web::Bytes, inner: web::Data<Inner>) -> HttpResponse {
    let (mut status, delay) = *inner.manner.lock().unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    if inner.spurned.lock().unwrap().as_ref().is_some_and(|spurned| text.contains(spurned)) {
        status = 500;
    }
    let headers = request.headers().iter().map(|(k, v)| (k.to_string(), v.to_str().unwrap().to_owned())).collect();
    inner.received.lock().unwrap().push(Received { path: request.path().to_owned(), headers, text, status });
    tokio::time::sleep(delay).await;
    let mut answer = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    if status == 302 {
        answer.insert_header(("Location", "/elsewhere"));
    }
    answer.body("x".repeat(200_000))
}

impl Receiver {
    pub async fn start() -> Self {
        let inner = web::Data::new(Inner {
            received: Mutex::default(),
            manner: Mutex::new((200, Duration::ZERO)),
            spurned: Mutex::default(),
        });
        let shared = inner.clone();
        let server =
            HttpServer::new(move || App::new().app_data(shared.clone()).default_service(web::route().to(take)));
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}/hook", server.addrs()[0]);
        let running = server.run();
        let handle = running.handle();
        actix_web::rt::spawn(running);
        Self { url, inner: inner.into_inner(), server: handle }
    }
    /// Answers with this status from now on.
    pub fn answer(&self, status: u16) -> &Self {
        self.inner.manner.lock().unwrap().0 = status;
        self
    }
    /// Takes this long from now on.
    pub fn take_time(&self, delay: Duration) -> &Self {
        self.inner.manner.lock().unwrap().1 = delay;
        self
    }
    /// Answers 500 to bodies that hold this text.
    pub fn spurn(&self, text: Option<&str>) -> &Self {
        *self.inner.spurned.lock().unwrap() = text.map(str::to_owned);
        self
    }
    pub fn received(&self) -> Vec<Received> {
        self.inner.received.lock().unwrap().clone()
    }
    /// What was answered with 200, in the order it came.
    pub fn accepted(&self) -> Vec<Received> {
        self.received().into_iter().filter(|message| message.status == 200).collect()
    }
    pub fn forget(&self) {
        self.inner.received.lock().unwrap().clear();
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let server = self.server.clone();
        actix_web::rt::spawn(async move { server.stop(false).await });
    }
}
