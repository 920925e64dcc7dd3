//! Writing shapes: create, merge patch, acts of the life cycle.

use std::sync::Arc;

use actix_web::http::Method;
use kernel::fault::Fault;
use sea_orm::EntityTrait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Done, Resource, Work};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::Key;
use super::resource::{Act, ResourceRoutes};
use crate::call::{Call, Reply, answer};
use crate::contract::{parts, properties};
use crate::patch;

impl<R: Resource> ResourceRoutes<'_, R>
where
    <R::Entity as EntityTrait>::ActiveModel: Send,
{
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
        let noun = R::NAME.replace('_', " ");
        let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        let summary = format!("Creates {article} {noun}.");
        self.api.bodies.register(&I::name(), parts::<I>, Some(properties::<R::View>));
        let run = move |call: Call| async move {
            let input = Arc::new(call.read::<I>()?);
            let command = async move |work: &Work| {
                work.expect_none()?;
                let row = command(work, &input).await?;
                answer::<R>(work, row, Done::Created).await
            };
            Ok(Reply::Answer(call.write(command).await?))
        };
        let body = self.api.contract.schema::<I>();
        let key = self.key;
        self.plain(Method::POST, R::PATH.to_owned(), name, permission, run)
            .summary(&summary)
            .key(key)
            .status(201)
            .endpoint(|endpoint| endpoint.dry_run = true)
            .takes_schema(body)
            .answers_row(one);
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
        self.api.bodies.register(&P::name(), parts::<P>, Some(properties::<R::View>));
        let run = move |call: Call| async move {
            check(&call).await?;
            patch::run::<R, P, C>(call, command).await
        };
        let body = self.api.contract.patch_schema::<P>();
        self.plain(Method::PATCH, path, name, permission, run)
            .summary(&summary)
            .endpoint(|endpoint| {
                endpoint.if_match_required = true;
                endpoint.dry_run = true;
            })
            .takes_schema(body)
            .answers_row(one);
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
        self.api.bodies.register(&I::name(), parts::<I>, None);
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
        self.plain(Method::POST, path, name, permission, run)
            .summary(act.summary)
            .key(act.key)
            .endpoint(|endpoint| {
                endpoint.dry_run = true;
                endpoint.journals_refusals = act.key == Key::Required;
            })
            .takes_schema(body)
            .answers_row(one);
        self
    }
}
