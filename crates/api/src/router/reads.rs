//! Reading shapes: list, one row, history.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::http::header::ETAG;
use kernel::fault::Fault;
use sea_orm::EntityTrait;
use store::resource::Row;
use store::{Answer, Done, Resource, list, resource};

use super::resource::ResourceRoutes;
use crate::call::{Call, Reply, answer};
use crate::contract::Parameter;
use crate::{expand, export, history};

impl<R: Resource> ResourceRoutes<'_, R>
where
    <R::Entity as EntityTrait>::ActiveModel: Send,
{
    /// `GET` of the collection: filters, sort, keyset pages.
    pub fn list(mut self) -> Self {
        let view = self.view();
        let permission = self.read_permission();
        self.api.read_under::<R>(permission);
        let name = format!("list_{}", self.noun);
        let filters = |columns: &list::Columns<R>| {
            columns.filter_docs().into_iter().map(Parameter::filter).chain(expand::parameter::<R>()).collect()
        };
        let summary = format!("Lists the {} the caller may know of.", self.noun.replace('_', " "));
        self.plain(Method::GET, R::PATH.to_owned(), name, permission, async |call: Call| list_rows::<R>(call).await)
            .summary(&summary)
            .answers_page(&view, filters);
        self
    }

    /// `GET` of one row, with its version as `ETag` and what the caller may do next.
    pub fn get(mut self) -> Self {
        let permission = self.read_permission();
        self.api.read_under::<R>(permission);
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
        if R::OF_A_DAY {
            plain = plain.query("as_of", "date", "The day; today when absent.");
        }
        if R::STEADY {
            plain = plain.also(304);
        }
        plain.answers_row(one);
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
            .query("limit", "integer", "Rows a page, 1–200; default 50.")
            .query("cursor", "string", "`next_cursor` of the page before.");
        self
    }
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
    if let Some(day) = call.query_value("as_of").filter(|_| R::OF_A_DAY) {
        at.show_as_of(list::day("as_of", day)?);
    }
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
