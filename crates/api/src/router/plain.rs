//! One operation of an unusual shape, declared step by step.

use std::time::Duration;

use serde_json::{Value, json};
use store::{Resource, list};
use utoipa::ToSchema;

use super::{Api, Body, Endpoint, Key};
use crate::contract::{Operation, Parameter, parts};
use crate::export;

/// Completes the declaration of an operation of an unusual shape.
pub struct Plain<'a> {
    pub(super) api: &'a mut Api,
    pub(super) endpoint: Option<Endpoint>,
    pub(super) operation: Operation,
}

impl Plain<'_> {
    pub(super) fn endpoint(mut self, change: impl FnOnce(&mut Endpoint)) -> Self {
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
        self.api.bodies.register(&T::name(), parts::<T>, None);
        self
    }
    pub fn answers<T: ToSchema>(mut self) -> Self {
        self.operation.answer = Some(self.api.contract.schema::<T>());
        self
    }
    /// Takes a body of this schema, whose fields the caller has registered.
    pub(super) fn takes_schema(mut self, schema: Value) -> Self {
        self.operation.body = Some(schema);
        self
    }
    /// Answers JSON of this schema.
    pub(super) fn answers_schema(mut self, schema: Value) -> Self {
        self.operation.answer = Some(schema);
        self
    }
    /// Answers a row with its version as `ETag`.
    pub(super) fn answers_row(mut self, schema: Value) -> Self {
        self.operation.etag = true;
        self.answers_schema(schema)
    }
    /// Answers a row as its own page shows it: with what the caller may do next.
    pub fn answers_one<T: ToSchema>(self) -> Self {
        let row = self.api.contract.schema::<T>();
        let row = self.api.contract.with_actions(row);
        self.answers_row(row)
    }
    /// Answers the version of a row as `ETag`.
    pub fn versioned(mut self) -> Self {
        self.operation.etag = true;
        self
    }
    /// Answers a page of these; the operation pages by itself.
    pub fn answers_page_of<T: ToSchema>(self) -> Self {
        let row = self.api.contract.schema::<T>();
        self.answers_schema(page_of(&row))
    }
    /// Answers a page of rows of this schema under these query parameters; it also comes as a file.
    pub(super) fn answers_page<R: Resource>(
        mut self,
        row: &Value,
        filters: impl FnOnce(&list::Columns<R>) -> Vec<Parameter>,
    ) -> Self {
        if self.api.contract.written {
            let columns = R::columns();
            self.operation.query = filters(&columns);
            self.operation.query.extend(Parameter::paging(&columns.sort_names(), columns.default_sort()));
            self.operation.query.push(export::parameter());
        }
        self.answers_schema(page_of(row)).endpoint(|endpoint| {
            endpoint.query = None;
            endpoint.exports = true;
        })
    }
    /// The answer is not JSON.
    pub fn answers_type(mut self, media: &'static str) -> Self {
        self.operation.media = Some(media);
        self.negotiates()
    }
    /// The same answer also comes as a file of one of these types; it judges `Accept` itself.
    pub fn renders(mut self, media: &'static [&'static str]) -> Self {
        self.operation.renderings = media;
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
    /// It changes no row, whatever its method: no `If-Match` is offered.
    pub fn changes_nothing(mut self) -> Self {
        self.operation.changes_nothing = true;
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
    pub fn query(self, name: &'static str, kind: &'static str, text: &'static str) -> Self {
        self.parameter(name, Parameter::new(name, kind, text))
    }
    /// A query parameter it cannot do without.
    pub fn needs(self, name: &'static str, kind: &'static str, text: &'static str) -> Self {
        self.parameter(name, Parameter::new(name, kind, text).required())
    }
    fn parameter(mut self, name: &'static str, parameter: Parameter) -> Self {
        self.operation.query.push(parameter);
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

/// What a page of rows looks like.
fn page_of(row: &Value) -> Value {
    json!({ "type": "object", "required": ["items", "next_cursor"], "properties": {
        "items": { "type": "array", "items": row },
        "next_cursor": { "type": ["string", "null"], "description": "Give it as `cursor` for the next page; null on the last." },
        "total": { "type": "integer", "description": "Only with include_total=true; counting stops at 100,000." } } })
}
