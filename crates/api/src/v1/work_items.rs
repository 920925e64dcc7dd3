//! `/v1/work-items`: everything due, overdue or waiting, across domains (PF-16).

use actix_web::http::Method;
use chrono::{DateTime, Utc};
use kernel::fault::{self, Fault};
use registers::org_unit::{OrgUnit, subtree};
use store::list::{self, truth};
use store::work_list::{self, Query, Reminder, Source, Waiting, WorkItem};
use store::{Answer, Done, Reading};

use crate::call::{Call, Reply};
use crate::router::Api;

/// The kinds of every domain.
pub fn sources() -> Vec<&'static Source> {
    [documents::due::SOURCES, tickets::due::SOURCES, heating_service::due::SOURCES].into_iter().flatten().collect()
}

/// What people are reminded of, in every domain.
pub fn reminders() -> Vec<&'static Reminder> {
    [tickets::due::REMINDERS, heating_service::due::REMINDERS].into_iter().flatten().collect()
}

const DOMAINS: &[&str] = &["platform", "tickets", "contracts", "cost", "permits", "heating"];

/// Declares the work list.
pub fn routes(api: &mut Api) {
    // A page names its rows, but does not bring their schema along.
    api.contract.schema::<WorkItem>();
    api.operation(Method::GET, "/v1/work-items", "list_work_items", "platform.work_item:read", show)
        .tag("work items")
        .summary("Lists what is due, overdue or waiting – for the caller, or for a unit of his – in due order.")
        .query("waiting_for", "string", "`me` (as when left out), or `unit:<id>`: the unit and those below it.")
        .query("domain", "string", "Domains, comma-separated.")
        .query("kind", "string", "Kinds of work, comma-separated.")
        .query("overdue", "boolean", "Only what is past its limit, or only what is not.")
        .query("due_at_gte", "date-time", "Due at this instant or later.")
        .query("due_at_lt", "date-time", "Due before this instant.")
        .query("limit", "integer", "Items a page, 1–200.")
        .query("cursor", "string", "`next_cursor` of the page before.")
        .query("include_total", "boolean", "Count the items too, of each kind 1,000 at most.")
        .answers_page_of::<WorkItem>();
}

async fn show(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let query = read(&call, &at).await?;
    let page = work_list::page(&at, &sources(), &query).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &page)?))
}

/// `expected` in words that read in every language.
fn bad(parameter: &str, expected: &[&str]) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter).with("expected", expected.to_vec())
}

fn instant(name: &str, value: &str) -> Result<DateTime<Utc>, Fault> {
    list::instant(value).ok_or_else(|| bad(name, &["2026-01-15T09:30:00+08:00"]))
}

async fn read(call: &Call, at: &Reading) -> Result<Query, Fault> {
    let asked = list::Query::read(call.query.clone())?;
    let mut query = Query::of(Waiting::Me);
    (query.limit, query.cursor, query.include_total) = (asked.limit, asked.cursor, asked.include_total);
    for (name, value) in &asked.filters {
        match name.as_str() {
            "waiting_for" => query.waiting = waiting(at, value).await?,
            "domain" => query.domains = codes(name, value, DOMAINS)?,
            "kind" => {
                let known: Vec<&str> = sources().iter().map(|source| source.kind).collect();
                query.kinds = codes(name, value, &known)?;
            }
            "overdue" => query.overdue = Some(truth(name, value)?),
            "due_at_gte" => query.due_from = Some(instant(name, value)?),
            "due_at_lt" => query.due_before = Some(instant(name, value)?),
            _ => return Err(Fault::new(&fault::UNKNOWN_PARAMETER).with("parameter", name.as_str())),
        }
    }
    Ok(query)
}

/// Whom the list is for. A unit outside the caller's scope is not there for him.
async fn waiting(at: &Reading, value: &str) -> Result<Waiting, Fault> {
    if value == "me" {
        return Ok(Waiting::Me);
    }
    let unit = value.strip_prefix("unit:").ok_or_else(|| bad("waiting_for", &["me", "unit:UUID"]))?;
    let unit = list::uuid("waiting_for", unit)?;
    let scope = &at.actor().scope;
    if !scope.all && !scope.org_unit_ids.contains(&unit) {
        return Err(Fault::new(&fault::NOT_FOUND));
    }
    store::resource::find::<OrgUnit>(at, unit).await?;
    Ok(Waiting::Units(subtree(at, unit).await?))
}

fn codes(name: &str, value: &str, known: &[&str]) -> Result<Vec<String>, Fault> {
    let codes: Vec<String> = value.split(',').map(str::to_owned).collect();
    if codes.iter().all(|code| known.contains(&code.as_str())) { Ok(codes) } else { Err(bad(name, known)) }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn kinds_are_unique_readable_by_somebody_and_reminders_name_one() {
        let mut kinds = HashSet::new();
        for source in sources() {
            assert!(kinds.insert(source.kind), "{} twice", source.kind);
            assert!(access::policy::grant(source.permission).is_some(), "{}", source.permission);
            assert!(DOMAINS.contains(&source.domain()) && !source.title_zh.is_empty() && !source.title_en.is_empty());
        }
        for reminder in reminders() {
            assert!(kinds.contains(reminder.kind), "{}", reminder.kind);
        }
    }
}
