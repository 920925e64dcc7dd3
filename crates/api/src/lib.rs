//! HTTP: the only crate that knows actix-web. Extracts, refuses, negotiates, and owns the contract.
//!
//! It decides no business rule: an endpoint is its declaration and one call into a domain crate.

mod accept;
pub mod body;
pub mod call;
pub mod contract;
mod expand;
mod export;
mod history;
mod json;
pub mod judge;
mod limits;
mod patch;
mod percent;
pub mod problem;
pub mod router;
mod serve;
mod system;
pub mod v1;

use std::net::IpAddr;

use actix_web::web;
use identity::Identity;
use store::Store;

use contract::Document;
pub use limits::Limits;
use router::Api;
pub use serve::SPANS;

/// Hangs a span under the one that headers name.
pub type Follow = fn(&tracing::Span, &actix_web::http::header::HeaderMap);

/// What every endpoint may use; shared by all workers.
pub struct State {
    pub store: Store,
    pub identity: std::sync::Arc<Identity>,
    pub api: Api,
    pub limits: Limits,
    /// Where uploaded files are kept.
    pub files: documents::Files,
    /// Folder of this machine for what is on its way: files to be imported, spreadsheets being made.
    pub folder: std::path::PathBuf,
    pub sandbox: bool,
    /// Calls receivers of webhooks.
    pub caller: std::sync::Arc<outbound::client::Caller>,
    pub trusted_proxies: Vec<IpAddr>,
    /// Renders the figures of `/metrics`; none when it is switched off.
    pub metrics: Option<Box<dyn Fn() -> String + Send + Sync>>,
    /// Hangs a request's span under the caller's `traceparent`; none when traces are off.
    pub follow: Option<Follow>,
}

/// The routes of the whole API.
///
/// # Errors
/// Two paths that cannot be told apart.
pub fn build(sandbox: bool) -> Result<Api, String> {
    declared(sandbox, false).finish()
}

/// The contract of the whole API.
///
/// # Errors
/// Two types of one name.
pub fn describe(sandbox: bool) -> Result<Document, String> {
    declared(sandbox, true).contract.finish()
}

fn declared(sandbox: bool, written: bool) -> Api {
    let mut api = Api::new(sandbox, written);
    system::routes(&mut api);
    v1::routes(&mut api, sandbox);
    api
}

/// Hands every request to the API. The same in the server and in tests.
pub fn configure(config: &mut web::ServiceConfig, state: web::Data<State>) {
    config.app_data(state).default_service(web::route().to(serve::dispatch));
}
