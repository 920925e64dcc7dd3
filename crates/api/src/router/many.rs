//! Shapes for other systems: a row under their own id, many rows in one call.

use std::sync::Arc;

use actix_web::http::Method;
use kernel::fault::Fault;
use registers::external_ids::ExternalId;
use sea_orm::EntityTrait;
use serde::de::DeserializeOwned;
use store::{Done, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::Key;
use super::resource::ResourceRoutes;
use crate::call::{Call, Reply, answer};
use crate::v1::bulk::{self, BulkRows, RowResults};

impl<R: Resource> ResourceRoutes<'_, R>
where
    <R::Entity as EntityTrait>::ActiveModel: Send,
{
    /// `PUT …/by-external-id/{system}/{external_id}`: the command says whether the row is new.
    pub fn upsert<I, C>(mut self, summary: &str, permission: &str, command: C) -> Self
    where
        I: DeserializeOwned + ToSchema + Validate + 'static,
        C: AsyncFn(&Work, &ExternalId, &I) -> Result<(R::Row, bool), Fault> + Copy + Send + Sync + 'static,
    {
        let one = self.one();
        let path = format!("{}/by-external-id/{{system}}/{{external_id}}", R::PATH);
        let name = format!("upsert_{}", self.singular());
        let run = move |call: Call| async move {
            let key = ExternalId::of_path(call.param(0), call.param(1))?;
            let input = Arc::new(call.read::<I>()?);
            let write = async move |work: &Work| {
                let (row, new) = command(work, &key, &input).await?;
                if new {
                    work.expect_none()?;
                }
                answer::<R>(work, row, if new { Done::Created } else { Done::Ok }).await
            };
            Ok(Reply::Answer(call.write(write).await?))
        };
        self.plain(Method::PUT, path, name, permission, run)
            .summary(summary)
            .also(201)
            .dry_run()
            .takes::<I>()
            .answers_row(one);
        self
    }

    /// `POST …/bulk`: the command for each of up to 200 rows, one result a row.
    pub fn bulk<I, C>(mut self, summary: &str, permission: &str, command: C) -> Self
    where
        I: DeserializeOwned + ToSchema + Validate + 'static,
        C: AsyncFn(&Work, &I) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
    {
        self.api.takes::<I>();
        let (path, name) = (format!("{}/bulk", R::PATH), format!("bulk_{}", self.noun));
        let run = move |call: Call| bulk::create::<R, I, C>(call, command);
        self.plain(Method::POST, path, name, permission, run)
            .summary(summary)
            .also(207)
            .key(Key::Required)
            .dry_run()
            .takes::<BulkRows>()
            .answers::<RowResults>();
        self
    }
}
