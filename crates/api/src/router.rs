//! The builder: a resource's declaration becomes its routes and its part of the contract together.

use std::collections::BTreeMap;
use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use access::policy;
use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::ETAG;
use futures_util::future::LocalBoxFuture;
use kernel::fault::{self, Fault};
use sea_orm::{EntityName, EntityTrait};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::journal::Versioned;
use store::resource::Row;
use store::{Answer, Done, Resource, Work, list, resource};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::body::Bodies;
use crate::call::{Call, Reply, answer};
use crate::contract::{Contract, Operation, Parameter};
use crate::{expand, export, history, patch};

type Handler = Arc<dyn Fn(Call) -> LocalBoxFuture<'static, Result<Reply, Fault>> + Send + Sync>;

/// Whether an operation takes an `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Reads; and sign-in, secrets and reveals, which refuse one.
    No,
    Optional,
    /// Money, approvals, bulk, imports.
    Required,
}

/// How the body arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    None,
    Json,
    /// Form fields of RFC 6749.
    Form,
    /// Handed to the endpoint unread.
    Stream,
}

/// One operation: how it is called, who may, and what runs.
pub struct Endpoint {
    pub method: Method,
    pub path: String,
    pub operation: &'static str,
    pub permission: &'static str,
    pub key: Key,
    pub body: Body,
    pub if_match_required: bool,
    pub dry_run: bool,
    pub journals_refusals: bool,
    pub limit: Duration,
    /// A list that also comes as a file.
    pub exports: bool,
    /// It answers JSON and nothing else, but for a list's files.
    pub json: bool,
    /// Names of the query parameters it knows; `None`: it judges them itself.
    pub query: Option<Vec<String>>,
    pub handler: Handler,
}

/// Routes and contract of the whole API.
pub struct Api {
    pub contract: Contract,
    pub bodies: Bodies,
    routes: matchit::Router<BTreeMap<String, Endpoint>>,
    pending: BTreeMap<String, BTreeMap<String, Endpoint>>,
    by_permission: BTreeMap<&'static str, Vec<&'static str>>,
    /// The resources whose rows carry a version the journal names too.
    pub versioned: Vec<Versioned>,
}

/// The normal time an operation may take after its body arrived.
pub const NORMAL: Duration = Duration::from_secs(10);
/// The time a transfer of a file may take.
pub const TRANSFER: Duration = Duration::from_secs(120);

impl Default for Api {
    fn default() -> Self {
        Self {
            contract: Contract::default(),
            bodies: Bodies::default(),
            routes: matchit::Router::new(),
            pending: BTreeMap::new(),
            by_permission: BTreeMap::new(),
            versioned: Vec::new(),
        }
    }
}

/// What was found at a path.
pub enum Found<'a> {
    Endpoint(&'a Endpoint, Vec<String>),
    /// The path exists, the method does not: the methods it offers.
    OtherMethods(String),
    Nothing,
}

impl Api {
    /// Declares one operation.
    pub fn add(&mut self, endpoint: Endpoint, operation: Operation) {
        self.contract.add(&endpoint, operation);
        self.by_permission.entry(endpoint.permission).or_default().push(endpoint.operation);
        let methods = self.pending.entry(endpoint.path.clone()).or_default();
        let clash = methods.insert(endpoint.method.to_string(), endpoint);
        debug_assert!(clash.is_none(), "two endpoints at one place");
    }

    /// Builds the routing tree and completes the contract.
    pub fn finish(mut self) -> Result<Self, String> {
        for (path, methods) in std::mem::take(&mut self.pending) {
            self.routes.insert(&path, methods).map_err(|error| format!("{path}: {error}"))?;
        }
        self.contract.finish();
        if !self.contract.clashes.is_empty() {
            return Err(format!("two types share a schema name: {}", self.contract.clashes.join(", ")));
        }
        self.bodies.complete(&self.contract.schemas);
        Ok(self)
    }

    /// The endpoint of a method and path.
    pub fn find(&self, method: &Method, path: &str) -> Found<'_> {
        let Ok(found) = self.routes.at(path) else { return Found::Nothing };
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        match found.value.get(method) {
            Some(endpoint) => {
                let decode = |text: &str| {
                    actix_web::web::Query::<Vec<(String, String)>>::from_query(&format!("v={text}"))
                        .ok()
                        .and_then(|pairs| pairs.into_inner().pop())
                        .map_or_else(|| text.to_owned(), |(_, value)| value)
                };
                Found::Endpoint(endpoint, found.params.iter().map(|(_, value)| decode(value)).collect())
            }
            None => {
                let mut allow: Vec<&str> = found.value.keys().map(String::as_str).collect();
                if allow.contains(&"GET") {
                    allow.push("HEAD");
                }
                Found::OtherMethods(allow.join(", "))
            }
        }
    }

    /// The operations that ask for a permission.
    pub fn operations_of(&self, permission: &str) -> Vec<&'static str> {
        self.by_permission.get(permission).cloned().unwrap_or_default()
    }

    /// An operation of an unusual shape.
    pub fn operation<F, Fut>(&mut self, method: Method, path: &str, name: &str, permission: &str, run: F) -> Plain<'_>
    where
        F: Fn(Call) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Fault>> + 'static,
    {
        let body = if method == Method::GET { Body::None } else { Body::Json };
        let key = if method == Method::GET { Key::No } else { Key::Optional };
        let endpoint = Endpoint {
            method,
            path: path.to_owned(),
            operation: leak(name),
            permission: granted(permission),
            key,
            body,
            if_match_required: false,
            dry_run: false,
            journals_refusals: false,
            limit: NORMAL,
            exports: false,
            json: true,
            query: Some(Vec::new()),
            handler: Arc::new(move |call| Box::pin(run(call))),
        };
        Plain { api: self, endpoint: Some(endpoint), operation: Operation::default() }
    }

    /// The shapes of a resource.
    pub fn resource<R: Resource>(&mut self, tag: &'static str, noun: &'static str) -> ResourceRoutes<'_, R>
    where
        <R::Entity as sea_orm::EntityTrait>::ActiveModel: Send,
    {
        self.contract.schema::<R::View>();
        let known =
            Versioned { resource: R::NAME, table: leak(R::Entity::default().table_name()), lasting: R::LASTING };
        if <R::Entity as EntityTrait>::Column::from_str("version").is_ok() && !self.versioned.contains(&known) {
            self.versioned.push(known);
        }
        let key = Key::Optional;
        ResourceRoutes { api: self, tag, noun, read: None, key, marker: std::marker::PhantomData }
    }
}

fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

/// The policy's own copy of a permission; an operation without a row does not start.
fn granted(permission: &str) -> &'static str {
    match policy::grant(permission) {
        Some(grant) => grant.permission,
        None => {
            tracing::error!(permission, "an operation names a permission the policy does not have");
            std::process::abort()
        }
    }
}

/// Completes the declaration of an operation of an unusual shape.
pub struct Plain<'a> {
    api: &'a mut Api,
    endpoint: Option<Endpoint>,
    operation: Operation,
}

impl Plain<'_> {
    fn endpoint(mut self, change: impl FnOnce(&mut Endpoint)) -> Self {
        if let Some(endpoint) = &mut self.endpoint {
            change(endpoint);
        }
        self
    }
    pub fn tag(mut self, tag: &'static str) -> Self {
        self.operation.tag = tag;
        self
    }
    pub fn summary(mut self, summary: &str) -> Self {
        self.operation.summary = summary.to_owned();
        self
    }
    pub fn takes<T: ToSchema>(mut self) -> Self {
        self.operation.body = Some(self.api.contract.schema::<T>());
        self.api.bodies.register(&T::name(), Vec::new());
        self
    }
    pub fn answers<T: ToSchema>(mut self) -> Self {
        self.operation.answer = Some(self.api.contract.schema::<T>());
        self
    }
    /// The answer is not JSON.
    pub fn answers_type(mut self, media: &'static str) -> Self {
        self.operation.media = Some(media);
        self.negotiates()
    }
    /// It judges `Accept` itself.
    pub fn negotiates(self) -> Self {
        self.endpoint(|endpoint| endpoint.json = false)
    }
    pub fn status(mut self, status: u16) -> Self {
        self.operation.status = status;
        self
    }
    /// The same answer may also come with this status.
    pub fn also(mut self, status: u16) -> Self {
        self.operation.also.push(status);
        self
    }
    pub fn key(self, key: Key) -> Self {
        self.endpoint(|endpoint| endpoint.key = key)
    }
    pub fn body(self, body: Body) -> Self {
        self.endpoint(|endpoint| endpoint.body = body)
    }
    /// Takes `?dry_run=true`.
    pub fn dry_run(self) -> Self {
        self.endpoint(|endpoint| endpoint.dry_run = true)
    }
    pub fn limit(self, limit: Duration) -> Self {
        self.endpoint(|endpoint| endpoint.limit = limit)
    }
    pub fn journals_refusals(self) -> Self {
        self.endpoint(|endpoint| endpoint.journals_refusals = true)
    }
    /// A query parameter it knows.
    pub fn query(mut self, name: &'static str, kind: &'static str, text: &'static str) -> Self {
        self.operation.query.push(Parameter::new(name, kind, text));
        self.endpoint(|endpoint| {
            if let Some(query) = &mut endpoint.query {
                query.push(name.to_owned());
            }
        })
    }
}

impl Drop for Plain<'_> {
    fn drop(&mut self) {
        if let Some(endpoint) = self.endpoint.take() {
            self.api.add(endpoint, std::mem::take(&mut self.operation));
        }
    }
}

/// Declares the ordinary shapes of one resource.
pub struct ResourceRoutes<'a, R: Resource> {
    api: &'a mut Api,
    tag: &'static str,
    /// Plural snake_case of the resource for operation ids: `tickets`.
    noun: &'static str,
    read: Option<&'static str>,
    /// Whether creates take an `Idempotency-Key`.
    key: Key,
    marker: std::marker::PhantomData<R>,
}

/// One act of a resource, for [`ResourceRoutes::act`].
pub struct Act {
    pub action: &'static str,
    pub summary: &'static str,
    pub key: Key,
}

impl<R: Resource> ResourceRoutes<'_, R>
where
    <R::Entity as sea_orm::EntityTrait>::ActiveModel: Send,
{
    /// Reads need this permission instead of `<domain>.<entity>:read`.
    pub fn read_with(mut self, permission: &'static str) -> Self {
        self.read = Some(permission);
        self
    }

    /// Creates declared from here on require an `Idempotency-Key`: they are about money.
    pub fn keyed(mut self) -> Self {
        self.key = Key::Required;
        self
    }

    fn read_permission(&self) -> &'static str {
        self.read.unwrap_or_else(|| granted(&format!("{}.{}:read", R::DOMAIN, R::NAME)))
    }

    fn view(&mut self) -> Value {
        self.api.contract.schema::<R::View>()
    }

    /// The view as one resource is answered: with `allowed_actions`.
    fn one(&mut self) -> Value {
        let view = self.view();
        let actions = self.api.contract.schema::<store::life_cycle::Allowed>();
        json!({ "allOf": [view, { "type": "object", "properties": {
            "allowed_actions": { "type": "array", "items": actions,
                "description": "Every act of the life cycle, whether this caller may do it now, and why not." } } }] })
    }

    fn singular(&self) -> String {
        R::NAME.to_owned()
    }

    fn plain<F, Fut>(&mut self, method: Method, path: String, name: String, permission: &str, run: F) -> Plain<'_>
    where
        F: Fn(Call) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Fault>> + 'static,
    {
        let tag = self.tag;
        self.api.operation(method, &path, &name, permission, run).tag(tag)
    }

    /// `GET` of the collection: filters, sort, keyset pages.
    pub fn list(mut self) -> Self {
        let columns = R::columns();
        let view = self.view();
        let permission = self.read_permission();
        let name = format!("list_{}", self.noun);
        let sorts = columns.sort_names();
        let mut query: Vec<Parameter> = columns.filter_docs().into_iter().map(Parameter::filter).collect();
        query.extend(Parameter::paging(&sorts, columns.default_sort()));
        query.extend(expand::parameter::<R>());
        query.push(export::parameter());
        let summary = format!("Lists the {} the caller may know of.", self.noun.replace('_', " "));
        let mut plain = self
            .plain(Method::GET, R::PATH.to_owned(), name, permission, async |call: Call| list_rows::<R>(call).await)
            .summary(&summary)
            .endpoint(as_file);
        plain.operation.query = query;
        plain.operation.answer = Some(json!({
            "type": "object", "required": ["items", "next_cursor"], "properties": {
                "items": { "type": "array", "items": view },
                "next_cursor": { "type": ["string", "null"], "description": "Give it as `cursor` for the next page; null on the last." },
                "total": { "type": "integer", "description": "Only with include_total=true; counting stops at 100,000." } } }));
        drop(plain);
        self
    }

    /// `GET` of one row, with its version as `ETag` and what the caller may do next.
    pub fn get(mut self) -> Self {
        let permission = self.read_permission();
        let one = self.one();
        let (path, name) = (format!("{}/{{id}}", R::PATH), format!("get_{}", self.singular()));
        let summary = format!("Shows one {}.", R::NAME.replace('_', " "));
        let mut plain = self
            .plain(Method::GET, path, name, permission, async |call: Call| get_row::<R>(call).await)
            .summary(&summary)
            .endpoint(|endpoint| {
                if !R::expansions().is_empty() {
                    endpoint.query = Some(vec!["expand".to_owned()]);
                }
            });
        plain.operation.query = expand::parameter::<R>().into_iter().collect();
        plain.operation.answer = Some(one);
        plain.operation.etag = true;
        drop(plain);
        self
    }

    /// `GET …/history`: every change with actor, time, before and after.
    pub fn history(mut self) -> Self {
        let permission = self.read_permission();
        let (path, name) = (format!("{}/{{id}}/history", R::PATH), format!("list_{}_history", self.singular()));
        let summary = format!("Shows every change of one {}: who, when, before and after.", R::NAME.replace('_', " "));
        self.plain(Method::GET, path, name, permission, async |call: Call| history::of_row::<R>(call).await)
            .summary(&summary)
            .answers::<history::History>()
            .query("limit", "integer", "Rows a page, 1–200.")
            .query("cursor", "string", "Position after which to go on.");
        self
    }

    /// `POST` of the collection.
    pub fn create<I, C>(self, command: C) -> Self
    where
        I: DeserializeOwned + ToSchema + Validate + 'static,
        C: AsyncFn(&Work, &I) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
    {
        let permission = format!("{}.{}:create", R::DOMAIN, R::NAME);
        self.create_with(&permission, command)
    }

    /// `POST` of the collection under a permission of another name.
    pub fn create_with<I, C>(mut self, permission: &str, command: C) -> Self
    where
        I: DeserializeOwned + ToSchema + Validate + 'static,
        C: AsyncFn(&Work, &I) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
    {
        let one = self.one();
        let name = format!("create_{}", self.singular());
        let summary = format!("Creates a {}.", R::NAME.replace('_', " "));
        let computed = self.api.contract.properties::<R::View>();
        self.api.bodies.register(&I::name(), computed);
        let run = move |call: Call| async move {
            let input = Arc::new(call.read::<I>()?);
            let command = async move |work: &Work| {
                let row = command(work, &input).await?;
                answer::<R>(work, row, Done::Created).await
            };
            Ok(Reply::Answer(call.write(command).await?))
        };
        let body = self.api.contract.schema::<I>();
        let key = self.key;
        let mut plain = self
            .plain(Method::POST, R::PATH.to_owned(), name, permission, run)
            .summary(&summary)
            .key(key)
            .status(201)
            .endpoint(|endpoint| endpoint.dry_run = true);
        plain.operation.body = Some(body);
        plain.operation.answer = Some(one);
        plain.operation.etag = true;
        drop(plain);
        self
    }

    /// `PATCH` of one row: JSON merge patch over the fields `P` has.
    pub fn patch<P, C>(self, command: C) -> Self
    where
        P: DeserializeOwned + Serialize + ToSchema + Validate + for<'a> From<&'a R::Row> + 'static,
        C: AsyncFn(&Work, &R::Row, P) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
    {
        let permission = format!("{}.{}:update", R::DOMAIN, R::NAME);
        self.patch_with(&permission, command)
    }

    /// `PATCH` of one row under a permission of another name.
    pub fn patch_with<P, C>(self, permission: &str, command: C) -> Self
    where
        P: DeserializeOwned + Serialize + ToSchema + Validate + for<'a> From<&'a R::Row> + 'static,
        C: AsyncFn(&Work, &R::Row, P) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
    {
        self.patch_after::<P, _, _>(permission, async |_: &Call| Ok(()), command)
    }

    /// As [`ResourceRoutes::patch_with`], with a check that must not run inside a transaction.
    pub fn patch_after<P, G, C>(mut self, permission: &str, check: G, command: C) -> Self
    where
        P: DeserializeOwned + Serialize + ToSchema + Validate + for<'a> From<&'a R::Row> + 'static,
        G: AsyncFn(&Call) -> Result<(), Fault> + Copy + Send + Sync + 'static,
        C: AsyncFn(&Work, &R::Row, P) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
    {
        let one = self.one();
        let (path, name) = (format!("{}/{{id}}", R::PATH), format!("update_{}", self.singular()));
        let summary = format!("Changes fields of one {}: a JSON merge patch.", R::NAME.replace('_', " "));
        let computed = self.api.contract.properties::<R::View>();
        self.api.bodies.register(&P::name(), computed);
        let run = move |call: Call| async move {
            check(&call).await?;
            patch::run::<R, P, C>(call, command).await
        };
        let body = self.api.contract.patch_schema::<P>();
        let mut plain = self.plain(Method::PATCH, path, name, permission, run).summary(&summary).endpoint(|endpoint| {
            endpoint.if_match_required = true;
            endpoint.dry_run = true;
        });
        plain.operation.body = Some(body);
        plain.operation.answer = Some(one);
        plain.operation.etag = true;
        drop(plain);
        self
    }

    /// `POST …/{id}/<action>`: an act of the life cycle, under `<domain>.<entity>:<action>`.
    pub fn act<I, C>(self, action: &'static str, summary: &'static str, command: C) -> Self
    where
        I: DeserializeOwned + ToSchema + Validate + 'static,
        C: AsyncFn(&Work, Uuid, &I) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
    {
        let permission = format!("{}.{}:{}", R::DOMAIN, R::NAME, action.replace('-', "_"));
        self.act_with(Act { action, summary, key: Key::Optional }, &permission, command)
    }

    /// As [`ResourceRoutes::act`] for a decision of an approval: needs a key, journals refusals.
    pub fn decide<I, C>(self, action: &'static str, summary: &'static str, command: C) -> Self
    where
        I: DeserializeOwned + ToSchema + Validate + 'static,
        C: AsyncFn(&Work, Uuid, &I) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
    {
        let permission = format!("{}.{}:{}", R::DOMAIN, R::NAME, action.replace('-', "_"));
        self.act_with(Act { action, summary, key: Key::Required }, &permission, command)
    }

    /// An act under a permission of another name.
    pub fn act_with<I, C>(mut self, act: Act, permission: &str, command: C) -> Self
    where
        I: DeserializeOwned + ToSchema + Validate + 'static,
        C: AsyncFn(&Work, Uuid, &I) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
    {
        let one = self.one();
        let path = format!("{}/{{id}}/{}", R::PATH, act.action);
        let name = format!("{}_{}", act.action.replace('-', "_"), self.singular());
        self.api.bodies.register(&I::name(), Vec::new());
        let run = move |call: Call| async move {
            let id = call.id()?;
            let input = Arc::new(call.read_for::<R, I>(id).await?);
            let command = async move |work: &Work| {
                let row = command(work, id, &input).await?;
                answer::<R>(work, row, Done::Ok).await
            };
            Ok(Reply::Answer(call.write(command).await?))
        };
        let body = self.api.contract.schema::<I>();
        let mut plain =
            self.plain(Method::POST, path, name, permission, run).summary(act.summary).key(act.key).endpoint(
                |endpoint| {
                    endpoint.dry_run = true;
                    endpoint.journals_refusals = act.key == Key::Required;
                },
            );
        plain.operation.body = Some(body);
        plain.operation.answer = Some(one);
        plain.operation.etag = true;
        drop(plain);
        self
    }

    /// `POST …/{id}/<name>`: creates a part of the row; answers the part.
    pub fn add_part<P, I, C>(mut self, name: &'static str, summary: &'static str, permission: &str, command: C) -> Self
    where
        P: Resource,
        I: DeserializeOwned + ToSchema + Validate + 'static,
        C: AsyncFn(&Work, Uuid, &I) -> Result<P::Row, Fault> + Copy + Send + Sync + 'static,
    {
        let path = format!("{}/{{id}}/{name}", R::PATH);
        let operation = format!("create_{}_of_{}", P::NAME, self.singular());
        let view = self.api.contract.schema::<P::View>();
        let computed = self.api.contract.properties::<P::View>();
        self.api.bodies.register(&I::name(), computed);
        let run = move |call: Call| async move {
            let id = call.id()?;
            let input = Arc::new(call.read_for::<R, I>(id).await?);
            let command = async move |work: &Work| {
                let row = command(work, id, &input).await?;
                answer::<P>(work, row, Done::Created).await
            };
            Ok(Reply::Answer(call.write(command).await?))
        };
        let body = self.api.contract.schema::<I>();
        let key = self.key;
        let mut plain =
            self.plain(Method::POST, path, operation, permission, run).summary(summary).key(key).status(201);
        plain.operation.body = Some(body);
        plain.operation.answer = Some(view);
        drop(plain);
        self
    }

    /// `GET …/{id}/<name>`: the parts of the row, as a list filtered by `parent`.
    pub fn parts<P: Resource>(mut self, name: &'static str, parent: &'static str, permission: &str) -> Self {
        let path = format!("{}/{{id}}/{name}", R::PATH);
        let operation = format!("list_{}_of_{}", name.replace('-', "_"), self.singular());
        let view = self.api.contract.schema::<P::View>();
        let summary = format!("Lists the {} of one {}.", name.replace('-', " "), R::NAME.replace('_', " "));
        let columns = P::columns();
        let mut filters = columns.filter_docs();
        filters.retain(|filter| filter.name != parent);
        let mut query: Vec<Parameter> = filters.into_iter().map(Parameter::filter).collect();
        query.extend(Parameter::paging(&columns.sort_names(), columns.default_sort()));
        query.push(export::parameter());
        let run = move |call: Call| async move {
            let id = call.id()?;
            let format = export::asked(&call.query, call.request.headers())?;
            let mut query = list::Query::read(export::rest(&call.query))?;
            let known = P::columns().filter_docs();
            let strange = |name: &str| name == parent || !known.iter().any(|filter| filter.name == name);
            if let Some((name, _)) = query.filters.iter().find(|(name, _)| strange(name)) {
                return Err(Fault::new(&fault::UNKNOWN_PARAMETER).with("parameter", name.as_str()));
            }
            let at = call.reading();
            resource::find::<R>(&at, id).await?;
            query.filters.push((parent.to_owned(), id.to_string()));
            if let Some(format) = format {
                return export::send::<P>(call, format, query, Vec::new()).await;
            }
            let page = list::page::<P>(&at, &query).await?;
            Ok(Reply::Answer(Answer::json(Done::Ok, &page)?))
        };
        let mut plain = self.plain(Method::GET, path, operation, permission, run).summary(&summary).endpoint(as_file);
        plain.operation.query = query;
        plain.operation.answer = Some(json!({
            "type": "object", "required": ["items", "next_cursor"], "properties": {
                "items": { "type": "array", "items": view }, "next_cursor": { "type": ["string", "null"] },
                "total": { "type": "integer" } } }));
        drop(plain);
        self
    }
}

/// A list judges its query itself, and also comes as a file.
fn as_file(endpoint: &mut Endpoint) {
    endpoint.query = None;
    endpoint.exports = true;
}

async fn list_rows<R: Resource>(call: Call) -> Result<Reply, Fault> {
    let (names, query) = expand::take::<R>(&call)?;
    let format = export::asked(&query, call.request.headers())?;
    let query = list::Query::read(export::rest(&query))?;
    if let Some(format) = format {
        return export::send::<R>(call, format, query, names).await;
    }
    let at = call.reading();
    R::arise(&at).await?;
    let page = list::page::<R>(&at, &query).await?;
    if names.is_empty() {
        return Ok(Reply::Answer(Answer::json(Done::Ok, &page)?));
    }
    let mut page = serde_json::to_value(&page).map_err(Fault::internal)?;
    if let Some(items) = page["items"].as_array_mut() {
        expand::fill::<R>(&at, &names, items).await?;
    }
    Ok(Reply::Answer(Answer::json(Done::Ok, &page)?))
}

async fn get_row<R: Resource>(call: Call) -> Result<Reply, Fault> {
    let (names, _) = expand::take::<R>(&call)?;
    let at = call.reading();
    R::arise(&at).await?;
    let row = resource::find::<R>(&at, call.id()?).await?;
    debug_assert!(row.version() > 0, "rows start at version 1");
    let version = row.version();
    // Only what depends on neither caller nor time may be "not modified": no life cycle, nothing expanded.
    let steady = names.is_empty() && R::STEADY;
    if steady && call.if_none_match(version) {
        return Ok(Reply::Raw(HttpResponse::NotModified().insert_header((ETAG, format!("\"v{version}\""))).finish()));
    }
    let mut answer = answer::<R>(&at, row, Done::Ok).await?;
    if !names.is_empty() {
        let mut items = [serde_json::from_slice(&answer.body).map_err(Fault::internal)?];
        expand::fill::<R>(&at, &names, &mut items).await?;
        answer = Answer::json(Done::Ok, &items[0])?.version(version);
    }
    Ok(Reply::Answer(answer))
}
