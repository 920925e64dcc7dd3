//! One call from socket to socket: route, sign-in, permission, syntax, body, endpoint, headers.
//!
//! The order of checks is the same for every operation: 401, 403, 400, 404, 422, 428/412, 409.

use std::sync::Arc;
use std::time::{Duration, Instant};

use access::Actor;
use access::policy::{self, Holders};
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt;
use kernel::fault::{self, Fault};
use kernel::lang::Lang;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::{Answer, Context, Done, Store};
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::call::{Call, Reply};
use crate::router::{Body, Endpoint, FORM, Found, Key, TRANSFER};
use crate::{State, export, json, percent, problem};

/// Target of the spans of requests.
pub const SPANS: &str = "hearthdesk::request";
const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";
/// The largest JSON or form body.
const BODY_LIMIT: usize = 256 * 1024;
/// The longest a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Answers any request.
pub async fn dispatch(request: HttpRequest, payload: web::Payload, state: web::Data<State>) -> HttpResponse {
    let started = Instant::now();
    let _under_way = UnderWay::begin();
    let state = state.into_inner();
    let request_id = request_id(request.headers());
    let lang = language(&request);
    let path = request.path().to_owned();
    let method = request.method().clone();
    let (operation, result) = match state.api.find(request.method(), &path) {
        Found::Endpoint(endpoint, params) => {
            let arrival = Arrival { state: &state, request: request.clone(), request_id: &request_id, lang, params };
            let span = request_span(&state, endpoint, &request, &request_id);
            let result = arrival.serve(endpoint, payload.into_inner()).instrument(span.clone()).await;
            let status = match &result {
                Ok(Reply::Raw(response)) => response.status(),
                Ok(_) => StatusCode::OK,
                Err(fault) => problem::status(fault.kind()),
            };
            span.record("http.response.status_code", status.as_u16());
            if status.is_server_error() {
                span.record("otel.status_code", "ERROR");
            }
            (endpoint.operation, result)
        }
        Found::OtherMethods(allow) => ("none", Err(Fault::new(&fault::METHOD_NOT_ALLOWED).with("allow", allow))),
        Found::Nothing => ("none", Err(Fault::new(&fault::PATH_NOT_FOUND))),
    };
    let mut response = match result {
        Ok(reply) => respond(reply, &request),
        Err(fault) => problem::respond(&fault, &path, &request_id, lang),
    };
    finish(response.headers_mut(), &request_id);
    let status = response.status().as_u16();
    metrics::counter!("hearthdesk_requests_total", "operation" => operation, "status" => status.to_string())
        .increment(1);
    metrics::histogram!("hearthdesk_request_seconds", "operation" => operation).record(started.elapsed().as_secs_f64());
    tracing::info!(request_id, %method, operation, status, micros = started.elapsed().as_micros() as u64, "request");
    response
}

/// The span of a request, under the caller's when he names one.
fn request_span(state: &State, endpoint: &Endpoint, request: &HttpRequest, request_id: &str) -> Span {
    let span = tracing::info_span!(
        target: SPANS,
        "request",
        otel.name = endpoint.operation,
        otel.kind = "server",
        otel.status_code = tracing::field::Empty,
        http.request.method = endpoint.method.as_str(),
        http.route = endpoint.path.as_str(),
        http.response.status_code = tracing::field::Empty,
        request_id,
    );
    if let Some(follow) = state.follow {
        follow(&span, request.headers());
    }
    span
}

/// Counts a request for as long as it is under way, however it ends.
struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        metrics::gauge!("hearthdesk_requests_in_flight").increment(1.0);
        Self
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        metrics::gauge!("hearthdesk_requests_in_flight").decrement(1.0);
    }
}

struct Arrival<'a> {
    state: &'a Arc<State>,
    request: HttpRequest,
    request_id: &'a str,
    lang: Lang,
    params: Vec<String>,
}

impl Arrival<'_> {
    async fn serve(self, endpoint: &Endpoint, mut payload: Payload) -> Result<Reply, Fault> {
        let address = self.address();
        let grant = policy::grant(endpoint.permission);
        let public = matches!(grant.map(|grant| &grant.holders), Some(Holders::Public));
        let actor = if public {
            self.state.limits.check_address(address.as_deref())?;
            Actor::nobody()
        } else {
            let writes = endpoint.method != Method::GET;
            let actor = self.actor(writes, address.as_deref()).await.or_else(|fault| {
                // Tokens are not guessed faster than passwords.
                if fault.kind() == fault::Kind::Unauthenticated {
                    self.state.limits.check_address(address.as_deref())?;
                }
                Err(fault)
            })?;
            self.state.limits.check_caller(actor.sub)?;
            actor
        };
        let mut ctx = Context {
            ip: address,
            lang: self.lang,
            request_id: self.request_id.to_owned(),
            journals_refusals: endpoint.journals_refusals,
            sandbox: self.state.sandbox,
            ..Context::of(actor, endpoint.operation)
        };
        if !public {
            self.permit(&ctx, endpoint).await?;
        }
        let mut query = self.query()?;
        if endpoint.dry_run
            && let Some(n) = query.iter().position(|(name, _)| name == "dry_run")
        {
            ctx.dry_run = store::list::truth("dry_run", &query.remove(n).1)?;
        }
        if let Some(known) = &endpoint.query
            && let Some((name, _)) = query.iter().find(|(name, _)| !known.contains(name))
        {
            return Err(Fault::new(&fault::UNKNOWN_PARAMETER).with("parameter", name.as_str()));
        }
        let headers = self.request.headers();
        if endpoint.json && !export::acceptable(headers, endpoint.exports) {
            let offered: &[&str] = if endpoint.exports { &[JSON, "text/csv", export::XLSX] } else { &[JSON] };
            return Err(Fault::new(&fault::NOT_ACCEPTABLE).with("offered", offered.to_vec()));
        }
        let key = idempotency_key(headers, endpoint)?;
        ctx.if_match = if_match(headers)?;
        let (bytes, payload) = match endpoint.body {
            Body::Stream => (web::Bytes::new(), Some(payload)),
            Body::None => (web::Bytes::new(), None),
            Body::Json | Body::Form | Body::JsonOrForm => {
                let bytes = tokio::time::timeout(BODY_TIME, read_body(&mut payload)).await;
                (bytes.map_err(|_| Fault::new(&fault::MALFORMED))??, None)
            }
        };
        let body = self.parse(endpoint, &bytes)?;
        if endpoint.dry_run && body.get("dry_run").is_some_and(|flag| *flag == Value::Bool(true)) {
            ctx.dry_run = true;
        }
        // The flag of an upload comes in its form, which the endpoint reads.
        if endpoint.key == Key::Required && endpoint.body != Body::Stream {
            require_key(key.is_some(), ctx.dry_run)?;
        }
        if endpoint.if_match_required && !self.request.headers().contains_key(header::IF_MATCH) {
            return self.precondition(endpoint, ctx, query, body).await;
        }
        let key = key.map(|key| if public { unsigned(self.request.path(), &key) } else { key });
        ctx.key = key.map(|key| (key, request_hash(&self.state.store, &self.request, &bytes)));
        let state = self.state.clone();
        let trial = (ctx.if_match.is_some() && endpoint.dry_run && payload.is_none()).then(|| {
            let ctx = Context { if_match: None, key: None, dry_run: true, journals_refusals: false, ..ctx.clone() };
            let (params, query, body) = (self.params.clone(), query.clone(), body.clone());
            let request = self.request.clone();
            Call { state: state.clone(), ctx: Arc::new(ctx), params, query, body, request, payload: None }
        });
        let call = Call { state, ctx: Arc::new(ctx), params: self.params, query, body, request: self.request, payload };
        let file =
            endpoint.exports && export::asked(&call.query, call.request.headers()).is_ok_and(|file| file.is_some());
        let limit = if file { TRANSFER } else { endpoint.limit };
        let run = (endpoint.handler)(call);
        let result = tokio::time::timeout(limit, run).await.unwrap_or_else(|_| Err(Fault::new(&fault::TIMED_OUT)));
        match (result, trial) {
            (Err(stale), Some(trial)) if stale.kind() == fault::Kind::Stale => after_body(endpoint, trial, stale).await,
            (result, _) => result,
        }
    }

    /// `If-Match` is missing: say so, but only after 404 and 422 had their turn – a dry run tells.
    async fn precondition(
        self,
        endpoint: &Endpoint,
        mut ctx: Context,
        query: Vec<(String, String)>,
        body: Value,
    ) -> Result<Reply, Fault> {
        ctx.dry_run = true;
        ctx.journals_refusals = false;
        let state = self.state.clone();
        let call =
            Call { state, ctx: Arc::new(ctx), params: self.params, query, body, request: self.request, payload: None };
        let run = tokio::time::timeout(endpoint.limit, (endpoint.handler)(call));
        match run.await.unwrap_or_else(|_| Err(Fault::new(&fault::TIMED_OUT))) {
            Err(fault) if matches!(fault.kind(), fault::Kind::NotFound | fault::Kind::Invalid) => Err(fault),
            Err(fault) if matches!(fault.kind(), fault::Kind::Internal | fault::Kind::Unavailable) => Err(fault),
            _ => Err(Fault::new(&fault::PRECONDITION_REQUIRED)),
        }
    }

    async fn actor(&self, writes: bool, address: Option<&str>) -> Result<Actor, Fault> {
        let header = self.request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        let token = token.ok_or_else(|| Fault::new(&fault::UNAUTHENTICATED))?;
        self.state.identity.actor(&self.state.store, token, writes, address).await
    }

    async fn permit(&self, ctx: &Context, endpoint: &Endpoint) -> Result<(), Fault> {
        let refused = if ctx.actor.must_change_password && endpoint.path != "/v1/me/password" {
            Fault::new(&identity::problems::PASSWORD_CHANGE_REQUIRED)
        } else if !ctx.actor.holds(endpoint.permission) {
            Fault::new(&fault::FORBIDDEN).with("permission", endpoint.permission)
        } else {
            return Ok(());
        };
        self.state.store.journal_refusal(&Arc::new(ctx.clone()), &refused).await;
        Err(refused)
    }

    /// The caller's address; behind a configured proxy what the proxy says.
    fn address(&self) -> Option<String> {
        let peer = self.request.peer_addr()?.ip();
        if self.state.trusted_proxies.contains(&peer) {
            let named = self.request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
            if let Some(last) = named.and_then(|list| list.rsplit(',').next()) {
                return last.trim().parse::<std::net::IpAddr>().ok().map(|ip| ip.to_string());
            }
        }
        Some(peer.to_string())
    }

    fn query(&self) -> Result<Vec<(String, String)>, Fault> {
        pairs(self.request.query_string())
    }

    fn parse(&self, endpoint: &Endpoint, bytes: &[u8]) -> Result<Value, Fault> {
        let packed = self.request.headers().get(header::CONTENT_ENCODING);
        if packed.is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(Fault::new(&fault::UNSUPPORTED_MEDIA).with("expected", "Content-Encoding: identity"));
        }
        let media = self.request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.and_then(|value| value.split(';').next()).map(|media| media.trim().to_ascii_lowercase());
        match (endpoint.body, media.as_deref()) {
            (Body::None | Body::Stream, _) => Ok(Value::Null),
            (Body::Form | Body::JsonOrForm, Some(FORM)) => {
                let text = std::str::from_utf8(bytes).map_err(|_| Fault::new(&fault::MALFORMED))?;
                Ok(pairs(text)?.into_iter().map(|(name, value)| (name, Value::from(value))).collect())
            }
            (Body::Json | Body::JsonOrForm, _) if bytes.is_empty() => Ok(Value::Object(Default::default())),
            (Body::Json | Body::JsonOrForm, Some(JSON | MERGE_PATCH)) => json::read(bytes),
            (Body::Form, _) => Err(Fault::new(&fault::UNSUPPORTED_MEDIA).with("expected", FORM)),
            (Body::JsonOrForm, _) => Err(Fault::new(&fault::UNSUPPORTED_MEDIA).with("expected", vec![JSON, FORM])),
            (Body::Json, _) => Err(Fault::new(&fault::UNSUPPORTED_MEDIA).with("expected", JSON)),
        }
    }
}

/// The version is stale: said only after what is wrong in the body had its turn – a dry run tells.
async fn after_body(endpoint: &Endpoint, trial: Call, stale: Fault) -> Result<Reply, Fault> {
    match tokio::time::timeout(endpoint.limit, (endpoint.handler)(trial)).await {
        Ok(Err(wrong)) if wrong.kind() == fault::Kind::Invalid => Err(wrong),
        _ => Err(stale),
    }
}

/// Names and values of a query or form. What is not percent-encoded UTF-8, or holds NUL, is refused rather than
/// guessed at.
fn pairs(text: &str) -> Result<Vec<(String, String)>, Fault> {
    let malformed = || Fault::new(&fault::MALFORMED);
    percent::decoded(text).ok_or_else(malformed)?;
    let pairs = web::Query::<Vec<(String, String)>>::from_query(text).map_err(|_| malformed())?;
    Ok(pairs.into_inner())
}

async fn read_body(payload: &mut Payload) -> Result<web::Bytes, Fault> {
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Fault::new(&fault::MALFORMED))?;
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(Fault::new(&fault::TOO_LARGE).with("limit", BODY_LIMIT));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// What must not happen twice by mistake happens under a key; what is only tried does not happen.
///
/// # Errors
/// 400 `idempotency_key_required`.
pub(crate) fn require_key(given: bool, dry_run: bool) -> Result<(), Fault> {
    if given || dry_run { Ok(()) } else { Err(Fault::new(&fault::IDEMPOTENCY_KEY_REQUIRED)) }
}

/// The key of the request, where the operation takes one.
fn idempotency_key(headers: &HeaderMap, endpoint: &Endpoint) -> Result<Option<String>, Fault> {
    let sent = headers.get("idempotency-key");
    match (endpoint.key, sent) {
        (Key::No, Some(_)) if endpoint.method != Method::GET => Err(Fault::new(&fault::IDEMPOTENCY_KEY_NOT_TAKEN)),
        (Key::No, _) | (_, None) => Ok(None),
        (_, Some(value)) => {
            let key = value
                .to_str()
                .ok()
                .filter(|key| (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()));
            key.map(|key| Some(key.to_owned())).ok_or_else(|| Fault::new(&fault::IDEMPOTENCY_KEY_INVALID))
        }
    }
}

/// The key of somebody who is not signed in. The path, with the token in it, is all that tells him from others.
fn unsigned(path: &str, key: &str) -> String {
    format!("{} {key}", hex::encode(Sha256::digest(path)))
}

/// The versions `If-Match` names, in one list or several (RFC 9110 §13.1.1); `*` matches any, a tag that is none of ours
/// matches nothing.
fn if_match(headers: &HeaderMap) -> Result<Option<Vec<i32>>, Fault> {
    let version = |tag: &str| tag.trim().strip_prefix("\"v")?.strip_suffix('"')?.parse::<i32>().ok();
    let mut named: Option<Vec<i32>> = None;
    for value in headers.get_all(header::IF_MATCH) {
        let text = value.to_str().map_err(|_| Fault::new(&fault::MALFORMED))?;
        if text.trim() == "*" {
            return Ok(None);
        }
        named.get_or_insert_default().extend(text.split(',').filter_map(version));
    }
    Ok(named)
}

/// What makes two requests the same: method, path, query and body. Keyed, for a body may hold what is guessed easily
/// – a first password, a phone.
fn request_hash(store: &Store, request: &HttpRequest, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    for part in [request.method().as_str(), request.path(), request.query_string()] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.update(body);
    hex::encode(store.keys().mac("idempotency.request", &hash.finalize()))
}

fn request_id(headers: &HeaderMap) -> String {
    let sent = headers.get("x-request-id").and_then(|value| value.to_str().ok());
    let fits = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    sent.filter(fits).map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

fn language(request: &HttpRequest) -> Lang {
    let sent = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    sent.map_or(Lang::Zh, Lang::from_accept_language)
}

fn respond(reply: Reply, request: &HttpRequest) -> HttpResponse {
    let (answer, cache) = match reply {
        Reply::Raw(response) => return response,
        Reply::Answer(answer) => (answer, "private, no-cache"),
        Reply::Secret(answer) => (answer, "no-store"),
    };
    let Answer { done, version, location, body, replayed, dry_run } = answer;
    let status = match done {
        Done::Ok => StatusCode::OK,
        Done::Created => StatusCode::CREATED,
        Done::Accepted => StatusCode::ACCEPTED,
        Done::Mixed => StatusCode::MULTI_STATUS,
        Done::NoContent => StatusCode::NO_CONTENT,
    };
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, cache));
    if let Some(version) = version {
        response.insert_header((header::ETAG, format!("\"v{version}\"")));
    }
    if let Some(location) = location {
        response.insert_header((header::LOCATION, location));
    }
    if replayed {
        response.insert_header(("idempotency-replayed", "true"));
    }
    if dry_run {
        response.insert_header(("x-dry-run", "true"));
    }
    if status == StatusCode::NO_CONTENT {
        return response.finish();
    }
    if let Some(next) = next_link(request, &body) {
        response.insert_header((header::LINK, next));
    }
    response.content_type("application/json").body(body)
}

/// The `Link` to the next page, when the body is a page that has one.
fn next_link(request: &HttpRequest, body: &[u8]) -> Option<String> {
    if ![Method::GET, Method::HEAD].contains(request.method()) {
        return None;
    }
    let cursor = next_cursor(body)?;
    let kept: Vec<&str> =
        request.query_string().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor=")).collect();
    let query = [kept.as_slice(), &[&format!("cursor={cursor}")]].concat().join("&");
    Some(format!("<{}?{query}>; rel=\"next\"", request.path()))
}

/// The cursor at the end of a page. The part looked into may begin inside a character.
fn next_cursor(body: &[u8]) -> Option<String> {
    const TAIL: usize = 4096;
    if !body.starts_with(br#"{"items":["#) {
        return None;
    }
    let tail = String::from_utf8_lossy(body.get(body.len().saturating_sub(TAIL)..)?);
    let (_, rest) = tail.rsplit_once("\"next_cursor\":\"")?;
    let (cursor, _) = rest.split_once('"')?;
    Some(cursor.to_owned())
}

/// The headers every answer carries.
fn finish(headers: &mut HeaderMap, request_id: &str) {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ] {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::next_cursor;

    #[test]
    fn a_page_of_long_texts_has_its_cursor_wherever_the_tail_begins() {
        for before in 0..3 {
            let text = format!("{}{}", "供".repeat(3_000), "x".repeat(before));
            let body = format!(r#"{{"items":["{text}"],"next_cursor":"abc","total":3}}"#);
            assert_eq!(next_cursor(body.as_bytes()).as_deref(), Some("abc"), "{before}");
        }
        assert_eq!(next_cursor(br#"{"items":[],"next_cursor":null}"#), None);
        assert_eq!(next_cursor(br#"{"id":"1","next_cursor":"abc"}"#), None);
    }
}
