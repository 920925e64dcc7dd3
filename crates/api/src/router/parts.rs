//! Shapes of a row's parts: add one, list them.

use std::sync::Arc;

use actix_web::http::Method;
use kernel::fault::{self, Fault};
use sea_orm::EntityTrait;
use serde::de::DeserializeOwned;
use store::{Answer, Done, Resource, Work, list, resource};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::resource::ResourceRoutes;
use super::{Found, granted};
use crate::call::{Call, Reply, answer};
use crate::contract::{self, Parameter};
use crate::export;

impl<R: Resource> ResourceRoutes<'_, R>
where
    <R::Entity as EntityTrait>::ActiveModel: Send,
{
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
        let one = self.api.contract.with_actions(view);
        self.api.bodies.register(&I::name(), contract::parts::<I>, Some(contract::properties::<P::View>));
        let run = move |call: Call| async move {
            let id = call.id()?;
            let input = Arc::new(call.read_for::<R, I>(id).await?);
            // A part without a page of its own is found among the parts of its row.
            let page = call.state.api.find(&Method::GET, &format!("{}/{id}", P::PATH));
            let alone = matches!(page, Found::Endpoint(..));
            let command = async move |work: &Work| {
                let row = command(work, id, &input).await?;
                let answer = answer::<P>(work, row, Done::Created).await?;
                Ok(if alone { answer } else { answer.location(format!("{}/{id}/{name}", R::PATH)) })
            };
            Ok(Reply::Answer(call.write(command).await?))
        };
        let body = self.api.contract.schema::<I>();
        let key = self.key;
        self.plain(Method::POST, path, operation, permission, run)
            .summary(summary)
            .key(key)
            .dry_run()
            .status(201)
            .takes_schema(body)
            .answers_row(one);
        self
    }

    /// `GET …/{id}/<name>`: the parts of the row, as a list filtered by `parent`.
    pub fn parts<P: Resource>(mut self, name: &'static str, parent: &'static str, permission: &str) -> Self {
        let path = format!("{}/{{id}}/{name}", R::PATH);
        let operation = format!("list_{}_of_{}", name.replace('-', "_"), self.singular());
        let view = self.api.contract.schema::<P::View>();
        self.api.read_under::<P>(granted(permission));
        let summary = format!("Lists the {} of one {}.", name.replace('-', " "), R::NAME.replace('_', " "));
        let filters = |columns: &list::Columns<P>| {
            let own = columns.filter_docs().into_iter().filter(|filter| filter.name != parent);
            own.map(Parameter::filter).collect()
        };
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
        self.plain(Method::GET, path, operation, permission, run).summary(&summary).answers_page(&view, filters);
        self
    }
}
