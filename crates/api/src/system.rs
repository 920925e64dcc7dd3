//! Around the API: health, version, metrics, the contract, its pages.

use actix_web::HttpResponse;
use actix_web::http::Method;
use kernel::fault::{self, Fault};
use kernel::lang::Lang;
use serde::Serialize;
use serde_json::{Value, json};
use store::{Answer, Done};
use utoipa::ToSchema;

use crate::call::{Call, Reply};
use crate::problem;
use crate::router::{Api, Key};

/// Whether the process lives or is ready.
#[derive(Serialize, ToSchema)]
pub struct Health {
    pub status: &'static str,
}

/// What runs here.
#[derive(Serialize, ToSchema)]
pub struct Version {
    pub name: &'static str,
    pub version: &'static str,
    pub database: &'static str,
    pub sandbox: bool,
}

const PUBLIC: &str = "platform.system:read";

/// Declares the paths outside `/v1`.
pub fn routes(api: &mut Api) {
    let tag = "system";
    api.operation(Method::GET, "/livez", "livez", PUBLIC, async |_| {
        Answer::json(Done::Ok, &Health { status: "live" }).map(Reply::Answer)
    })
    .tag(tag)
    .summary("Says that the process lives.")
    .answers::<Health>();
    api.operation(Method::GET, "/readyz", "readyz", PUBLIC, readyz)
        .tag(tag)
        .summary("Says whether the database answers and no migration is pending.")
        .answers::<Health>();
    api.operation(Method::GET, "/version", "version", PUBLIC, version)
        .tag(tag)
        .summary("Says what runs here.")
        .answers::<Version>();
    api.operation(Method::GET, "/metrics", "metrics", PUBLIC, metrics)
        .tag(tag)
        .summary("Figures for Prometheus.")
        .answers_type("text/plain");
    api.operation(Method::GET, "/openapi.json", "openapi", PUBLIC, async |call: Call| {
        let body = call.state.api.document().text().as_bytes().to_vec();
        Ok(Reply::Answer(Answer { body, done: Done::Ok, ..Answer::no_content() }))
    })
    .tag(tag)
    .summary("The contract.")
    .answers::<Object>();
    api.operation(Method::GET, "/problems/{code}", "get_problem", PUBLIC, problem_page)
        .tag(tag)
        .summary("Explains a problem code.")
        .key(Key::No)
        .answers_type("text/html");
    api.operation(Method::GET, "/docs", "docs", PUBLIC, async |call: Call| docs(call).await)
        .tag(tag)
        .summary("The contract to click through.")
        .answers_type("text/html");
    api.operation(Method::GET, "/docs/{file}", "docs_file", PUBLIC, async |call: Call| docs(call).await)
        .tag(tag)
        .summary("A file of the pages at /docs.")
        .answers_type("*/*");
}

/// Any JSON object.
#[derive(Serialize, ToSchema)]
#[schema(value_type = Object)]
pub struct Object(pub Value);

async fn readyz(call: Call) -> Result<Reply, Fault> {
    use sea_orm::ConnectionTrait;
    let at = call.reading();
    at.db().execute_unprepared("SELECT 1").await.map_err(Fault::unavailable)?;
    if call.state.store.has_pending_migrations().await? {
        return Err(Fault::unavailable("migrations are pending"));
    }
    Ok(Reply::Answer(Answer::json(Done::Ok, &Health { status: "ready" })?))
}

async fn version(call: Call) -> Result<Reply, Fault> {
    let database = if call.state.store.is_sqlite() { "sqlite" } else { "postgresql" };
    let version = env!("CARGO_PKG_VERSION");
    let version = Version { name: "hearthdesk", version, database, sandbox: call.state.sandbox };
    Ok(Reply::Answer(Answer::json(Done::Ok, &version)?))
}

async fn metrics(call: Call) -> Result<Reply, Fault> {
    let render = call.state.metrics.as_ref().ok_or_else(|| Fault::new(&fault::NOT_FOUND))?;
    Ok(Reply::Raw(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(render())))
}

async fn problem_page(call: Call) -> Result<Reply, Fault> {
    let known = problem::lookup(call.param(0)).ok_or_else(|| Fault::new(&fault::NOT_FOUND))?;
    let status = problem::status(known.kind).as_u16();
    let accepts = call.request.headers().get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepts.contains("json") {
        let body = json!({ "code": known.code, "status": status, "title_zh": problem::title(known, Lang::Zh),
            "title_en": problem::title(known, Lang::En), "detail_zh": problem::whole(known, Lang::Zh),
            "detail_en": problem::whole(known, Lang::En) });
        return Ok(Reply::Answer(Answer::json(Done::Ok, &body)?));
    }
    let page = format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>{code}</title><h1>{code}</h1><p>HTTP {status}</p><p>{zh}</p><p lang=\"en\">{en}</p></html>",
        code = known.code,
        zh = problem::whole(known, Lang::Zh),
        en = problem::whole(known, Lang::En)
    );
    Ok(Reply::Raw(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)))
}

async fn docs(call: Call) -> Result<Reply, Fault> {
    // Folded, and to be searched by tag: there are hundreds of operations.
    let config = utoipa_swagger_ui::Config::from("/openapi.json").doc_expansion("none").filter(true);
    let config = std::sync::Arc::new(config.default_models_expand_depth(0));
    let file = match call.param(0) {
        "" => "index.html",
        file => file,
    };
    match utoipa_swagger_ui::serve(file, config) {
        Ok(Some(found)) => {
            let mut bytes = found.bytes.into_owned();
            if file == "index.html" {
                // Served at /docs, the files beside it are below.
                bytes = String::from_utf8_lossy(&bytes)
                    .replace("./", "/docs/")
                    .replace("href=\"index.css\"", "href=\"/docs/index.css\"")
                    .into_bytes();
            }
            let policy =
                "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
            let response = HttpResponse::Ok()
                .content_type(found.content_type)
                .insert_header(("content-security-policy", policy))
                .body(bytes);
            Ok(Reply::Raw(response))
        }
        _ => Err(Fault::new(&fault::NOT_FOUND)),
    }
}
