//! The builder: a resource's declaration becomes its routes and its part of the contract together.

mod many;
mod parts;
mod plain;
mod reads;
mod resource;
mod writes;

use std::collections::BTreeMap;
use std::future::Future;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use access::policy;
use actix_web::http::Method;
use futures_util::future::LocalBoxFuture;
use kernel::fault::Fault;
use sea_orm::{EntityName, EntityTrait};
use store::Resource;
use store::journal::Versioned;
use store::journal::feed::Reader;
use utoipa::ToSchema;

use crate::body::Bodies;
use crate::call::{Call, Reply};
use crate::contract::{Contract, Document, Named, Operation, parts};
use crate::judge::Judge;
use crate::percent;

pub use plain::Plain;
pub use resource::{Act, ResourceRoutes};

type Handler = Arc<dyn Fn(Call) -> LocalBoxFuture<'static, Result<Reply, Fault>> + Send + Sync>;

/// Whether an operation takes an `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Reads; and sign-in, secrets and reveals, which refuse one.
    No,
    Optional,
    /// Money, approvals, bulk, imports – unless it is a dry run. An upload, whose flag comes in its form, asks by itself.
    Required,
}

/// How the body arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    None,
    Json,
    /// Form fields of RFC 6749.
    Form,
    /// JSON, or form fields as RFC 7009 sends them.
    JsonOrForm,
    /// Handed to the endpoint unread.
    Stream,
}

/// The media type of form fields.
pub const FORM: &str = "application/x-www-form-urlencoded";

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

/// Routes of the whole API, and its contract once somebody asks for it.
pub struct Api {
    /// What is declared, where it is written down.
    pub contract: Contract,
    document: OnceLock<Document>,
    sandbox: bool,
    pub bodies: Bodies,
    /// How the rows of each resource are judged, by its name.
    pub judges: BTreeMap<&'static str, Judge>,
    routes: matchit::Router<BTreeMap<String, Endpoint>>,
    pending: BTreeMap<String, BTreeMap<String, Endpoint>>,
    by_permission: BTreeMap<&'static str, Vec<&'static str>>,
    /// The resources whose rows carry a version the journal names too.
    pub versioned: Vec<Versioned>,
    /// Who reads which resources, and with them the facts about them.
    pub readers: Vec<Reader>,
}

/// The normal time an operation may take after its body arrived.
pub const NORMAL: Duration = Duration::from_secs(10);
/// The time a transfer of a file may take.
pub const TRANSFER: Duration = Duration::from_secs(120);

impl Api {
    /// Nothing yet; `written` where its contract is wanted and not its routes.
    pub(crate) fn new(sandbox: bool, written: bool) -> Self {
        Self {
            contract: Contract::new(written),
            document: OnceLock::new(),
            sandbox,
            bodies: Bodies::default(),
            judges: BTreeMap::new(),
            routes: matchit::Router::new(),
            pending: BTreeMap::new(),
            by_permission: BTreeMap::new(),
            versioned: Vec::new(),
            readers: Vec::new(),
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

    /// The contract; written at the first question.
    pub fn document(&self) -> &Document {
        self.document.get_or_init(|| {
            crate::describe(self.sandbox).unwrap_or_else(|clash| {
                tracing::error!(%clash, "the contract cannot be written");
                Document::default()
            })
        })
    }

    /// Declares a body whose types are known by name only.
    pub fn takes_named(&mut self, name: &str, types: fn() -> Named) {
        self.contract.named_schemas(types);
        self.bodies.register(name, types, None);
    }

    /// Declares a body that is read apart from its operation.
    pub fn takes<T: ToSchema>(&mut self) {
        self.takes_named(&T::name(), parts::<T>);
    }

    /// Says who reads rows of `R`.
    fn read_under<R: Resource>(&mut self, permission: &'static str) {
        let reader = Reader::of::<R>(permission);
        let same = |known: &Reader| (known.resource, known.permission) == (reader.resource, reader.permission);
        if !self.readers.iter().any(same) {
            self.readers.push(reader);
        }
    }

    /// Builds the routing tree.
    pub fn finish(mut self) -> Result<Self, String> {
        for (path, methods) in std::mem::take(&mut self.pending) {
            self.routes.insert(&path, methods).map_err(|error| format!("{path}: {error}"))?;
        }
        Ok(self)
    }

    /// The endpoint of a method and path.
    pub fn find(&self, method: &Method, path: &str) -> Found<'_> {
        let Ok(found) = self.routes.at(path) else { return Found::Nothing };
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        match found.value.get(method) {
            Some(endpoint) => {
                // What is no text is no name of anything.
                let params: Option<Vec<String>> =
                    found.params.iter().map(|(_, value)| percent::decoded(value)).collect();
                params.map_or(Found::Nothing, |params| Found::Endpoint(endpoint, params))
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
        <R::Entity as EntityTrait>::ActiveModel: Send,
    {
        self.contract.schema::<R::View>();
        let known =
            Versioned { resource: R::NAME, table: leak(R::Entity::default().table_name()), lasting: R::LASTING };
        if <R::Entity as EntityTrait>::Column::from_str("version").is_ok() && !self.versioned.contains(&known) {
            self.versioned.push(known);
        }
        self.judges.entry(R::NAME).or_insert_with(Judge::of::<R>);
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
