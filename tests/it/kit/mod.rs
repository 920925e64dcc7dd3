//! The test kit: an app on a fresh database with people of every role, a clock that stands still, and calls.

pub mod database;
pub mod fixture;
pub mod mailbox;
pub mod receiver;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use actix_http::Request;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::{App, Error, test, web};
use api::router::{Found, Key};
use chrono::{DateTime, TimeDelta, Utc};
use identity::Identity;
use kernel::time::{Clock, FixedClock};
use outbound::client::Caller;
use serde_json::{Value, json};
use store::Store;
use uuid::Uuid;

use database::Database;
pub use fixture::{Fixture, PASSWORD};

/// Instantiates a scenario for both databases.
macro_rules! scenario {
    ($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            async fn run($app: &$crate::kit::TestApp) $body
            #[actix_web::test]
            async fn sqlite() { run(&$crate::kit::TestApp::sqlite().await).await }
            #[actix_web::test]
            async fn postgres() { run(&$crate::kit::TestApp::postgres().await).await }
        }
    };
}

type Serve = Box<dyn Fn(Request) -> futures_util::future::LocalBoxFuture<'static, ServiceResponse>>;

/// The service on a database of its own.
pub struct TestApp {
    serve: Serve,
    pub clock: Arc<FixedClock>,
    pub store: Store,
    pub state: web::Data<api::State>,
    pub fixture: Fixture,
    tokens: RefCell<HashMap<String, Tokens>>,
    database: Rc<Database>,
}

#[derive(Clone)]
struct Tokens {
    access: String,
    refresh: String,
    at: DateTime<Utc>,
}

/// Where the clock of a test stands at first: a Monday morning.
pub const START: &str = "2026-03-02T08:00:00+08:00";

impl TestApp {
    pub async fn sqlite() -> Self {
        Self::on(Database::sqlite().await).await
    }

    pub async fn postgres() -> Self {
        Self::on(Database::postgres().await).await
    }

    async fn on(database: Database) -> Self {
        let clock = Arc::new(FixedClock::at(START));
        let store = database.open(clock.clone()).await;
        let identity = Arc::new(Identity::new(identity::Config {
            issuer: "hearthdesk".to_owned(),
            audience: "hearthdesk-api".to_owned(),
            outside: None,
        }));
        identity.prepare(&store).await.unwrap();
        Self::serving(Rc::new(database), clock, store, identity, true).await
    }

    /// The same house served as in production: no sandbox, rates limited.
    pub async fn in_production(&self) -> Self {
        let (clock, identity) = (self.clock.clone(), self.state.identity.clone());
        Self::serving(self.database.clone(), clock, self.store.clone(), identity, false).await
    }

    /// The same house where an outside issuer is trusted.
    pub async fn trusting(&self, outside: identity::OutsideIssuer) -> Self {
        let identity = Identity::new(identity::Config {
            issuer: "hearthdesk".to_owned(),
            audience: "hearthdesk-api".to_owned(),
            outside: Some(outside),
        });
        identity.prepare(&self.store).await.unwrap();
        Self::serving(self.database.clone(), self.clock.clone(), self.store.clone(), Arc::new(identity), true).await
    }

    async fn serving(
        database: Rc<Database>,
        clock: Arc<FixedClock>,
        store: Store,
        identity: Arc<Identity>,
        sandbox: bool,
    ) -> Self {
        let fixture = Fixture::load(&store).await;
        let state = web::Data::new(api::State {
            store: store.clone(),
            identity,
            api: api::build(sandbox).unwrap(),
            limits: api::Limits::new(!sandbox),
            files: documents::Files::folder(database.files()),
            folder: database.files(),
            sandbox,
            caller: Arc::new(Caller::new("127.0.0.0/8".parse().unwrap(), false).unwrap()),
            trusted_proxies: Vec::new(),
            metrics: None,
            follow: None,
        });
        let served = state.clone();
        let service = test::init_service(App::new().configure(move |app| api::configure(app, served))).await;
        Self { serve: boxed(service), clock, store, state, fixture, tokens: RefCell::default(), database }
    }

    /// Another process of the service on the same database.
    pub async fn second_store(&self) -> Store {
        self.database.open(self.clock.clone()).await
    }

    /// Where uploaded files lie.
    pub fn files(&self) -> std::path::PathBuf {
        self.database.files()
    }

    /// Moves the clock to an instant.
    pub fn at(&self, text: &str) -> &Self {
        self.clock.set(DateTime::parse_from_rfc3339(text).unwrap().to_utc());
        self
    }

    /// Moves the clock on.
    pub fn later(&self, by: TimeDelta) -> &Self {
        self.clock.advance(by);
        self
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A call that is not signed in.
    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call { app: self, method, path: path.to_owned(), headers: Vec::new(), body: None, who: None }
    }

    /// A call of somebody by his login; the role is the login unless it says `login/role`.
    pub fn by(&self, who: &str, method: Method, path: &str) -> Call<'_> {
        Call { who: Some(who.to_owned()), ..self.call(method, path) }
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.by(who, Method::GET, path).send().await
    }

    /// A post with a key of its own, where the operation takes one.
    pub async fn post(&self, who: &str, path: &str, body: Value) -> Answer {
        let call = self.by(who, Method::POST, path).json(body);
        let plain = path.split('?').next().unwrap_or(path);
        let call = match self.state.api.find(&Method::POST, plain) {
            Found::Endpoint(endpoint, _) if endpoint.key != Key::No => call.key(&format!("own-{}", Uuid::now_v7())),
            _ => call,
        };
        call.send().await
    }

    /// A token of somebody, renewed when the clock has moved on.
    pub async fn token(&self, who: &str) -> String {
        let known = self.tokens.borrow().get(who).cloned();
        let fresh = |tokens: &Tokens| (self.now() - tokens.at).abs() < TimeDelta::minutes(14);
        if let Some(tokens) = known.as_ref().filter(|tokens| fresh(tokens)) {
            return tokens.access.clone();
        }
        let renewed =
            match known.filter(|tokens| self.now() > tokens.at && self.now() - tokens.at < TimeDelta::days(29)) {
                Some(tokens) => self.renew(&tokens.refresh).await,
                None => None,
            };
        let body = match renewed {
            Some(body) => body,
            None => self.login(who).await,
        };
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let tokens = Tokens { access: text("access_token"), refresh: text("refresh_token"), at: self.now() };
        self.tokens.borrow_mut().insert(who.to_owned(), tokens.clone());
        tokens.access
    }

    async fn login(&self, who: &str) -> Value {
        let (login, role) = who.split_once('/').map_or((who, None), |(login, role)| (login, Some(role)));
        let body = match role {
            Some(role) => json!({ "login": login, "password": PASSWORD, "role": role }),
            None => json!({ "login": login, "password": PASSWORD }),
        };
        let answer = self.call(Method::POST, "/v1/auth/login").json(body).send().await;
        assert_eq!(answer.status, 200, "{who} cannot sign in: {}", answer.body);
        answer.body
    }

    async fn renew(&self, refresh: &str) -> Option<Value> {
        let form = format!("grant_type=refresh_token&refresh_token={refresh}");
        let answer = self.call(Method::POST, "/v1/auth/token").form(&form).send().await;
        (answer.status == 200).then_some(answer.body)
    }
}

fn boxed<S>(service: S) -> Serve
where
    S: Service<Request, Response = ServiceResponse, Error = Error> + 'static,
{
    let service = std::rc::Rc::new(service);
    Box::new(move |request| {
        let service = service.clone();
        Box::pin(async move { test::call_service(&*service, request).await })
    })
}

/// A call being put together.
pub struct Call<'a> {
    app: &'a TestApp,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<(String, Vec<u8>)>,
    who: Option<String>,
}

impl Call<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
    pub fn key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }
    pub fn if_match(self, version: i64) -> Self {
        self.header("If-Match", &format!("\"v{version}\""))
    }
    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(("application/json".to_owned(), body.to_string().into_bytes()));
        self
    }
    pub fn form(mut self, body: &str) -> Self {
        self.body = Some(("application/x-www-form-urlencoded".to_owned(), body.as_bytes().to_vec()));
        self
    }
    /// An upload of a file as a proof.
    pub fn file(self, name: &str, media: &str, content: &[u8]) -> Self {
        self.parts(&[("kind", "proof"), ("name", name)], name, media, content)
    }
    /// An upload of a file with fields beside it.
    pub fn parts(self, fields: &[(&str, &str)], name: &str, media: &str, content: &[u8]) -> Self {
        const BOUNDARY: &str = "----boundary";
        let mut body = String::new();
        for (field, value) in fields {
            body += &format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        }
        body += &format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {media}\r\n\r\n"
        );
        let mut body = body.into_bytes();
        body.extend(content);
        body.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
        self.bytes(&format!("multipart/form-data; boundary={BOUNDARY}"), &body)
    }
    pub fn bytes(mut self, media: &str, body: &[u8]) -> Self {
        self.body = Some((media.to_owned(), body.to_vec()));
        self
    }

    /// Sends it; what succeeded under a key is sent again and must answer the same, once.
    pub async fn send(self) -> Answer {
        let answer = self.once().await;
        let keyed = self.headers.iter().any(|(name, _)| name == "Idempotency-Key");
        let tried = answer.header("x-dry-run").is_some() || answer.body["dry_run"] == true;
        // What only computes has nothing to remember.
        let computes = ["/match", "/lint", "preview", "/explain"].iter().any(|end| self.path.ends_with(end));
        if keyed && answer.status < 300 && !tried && !computes {
            let again = self.once().await;
            let at = format!("{} {} again: {}", self.method, self.path, again.body);
            assert_eq!((again.status, &again.bytes), (answer.status, &answer.bytes), "{at}");
            assert_eq!(again.header("idempotency-replayed"), Some("true"), "{at}");
            for name in ["etag", "location"] {
                assert_eq!(again.header(name), answer.header(name), "{at}");
            }
        }
        answer
    }

    async fn once(&self) -> Answer {
        let mut request = test::TestRequest::with_uri(&self.path).method(self.method.clone());
        if let Some(who) = &self.who {
            let token = Box::pin(self.app.token(who)).await;
            request = request.insert_header(("Authorization", format!("Bearer {token}")));
        }
        for (name, value) in &self.headers {
            request = request.insert_header((name.as_str(), value.as_str()));
        }
        if let Some((media, body)) = &self.body {
            request = request.insert_header(("Content-Type", media.as_str())).set_payload(body.clone());
        }
        let response = (self.app.serve)(request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = test::read_body(response).await;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, body, bytes: bytes.to_vec(), path: self.path.clone() }
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
    pub bytes: Vec<u8>,
    path: String,
}

impl Answer {
    /// Asserts the status and answers the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.path, self.body);
        self.body
    }
    /// Asserts a refusal with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}: {}", self.path, self.body);
        // A code without a text of its own would read like any wrong body.
        let says_nothing = self.body["title"] == kernel::fault::INVALID.zh || self.body["detail"] == code;
        assert!(code == kernel::fault::INVALID.code || !says_nothing, "{}: {}", self.path, self.body);
        self.body
    }
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A body with some of its fields replaced or added.
pub fn with(mut body: Value, fields: &Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// The id of a body.
#[track_caller]
pub fn id(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id in {body}")).to_owned()
}
