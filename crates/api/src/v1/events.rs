//! `/v1/events`: the change feed – every fact once, in one final order (PF-11).

use std::time::{Duration, Instant};

use actix_web::http::Method;
use kernel::fault::{self, Fault};
use serde::Serialize;
use store::journal::event::Event;
use store::journal::feed::{self, Wanted};
use store::{Answer, Done};
use utoipa::ToSchema;

use crate::call::{Call, Reply};
use crate::router::Api;

const MAX_WAIT: u64 = 30;
const LIMIT: u64 = 200;
/// Another process may seal without waking this one.
const NAP: Duration = Duration::from_millis(500);

/// A stretch of the feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventPage {
    pub items: Vec<Event>,
    /// The last position answered; with no items the one that was asked after.
    pub after: i64,
    /// Give it as `after` next time; the same as `after`.
    pub next_after: i64,
    /// How far the chain has gone beyond it.
    pub positions_behind: i64,
}

/// Declares the feed.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/events", "list_events", "platform.event:read", list)
        .tag("events")
        .summary("Reads the change feed after a position; waits for news if asked to.")
        .query("after", "integer", "The last position read; 0 from the beginning.")
        .query("types", "string", "Event types, comma-separated.")
        .query("resources", "string", "Kinds of resources, comma-separated.")
        .query("wait", "integer", "Seconds to wait for news, at most 30.")
        .query("limit", "integer", "Facts at most, 1–200.")
        .limit(Duration::from_secs(MAX_WAIT + 5))
        .answers::<EventPage>();
}

async fn list(call: Call) -> Result<Reply, Fault> {
    let wanted = wanted(&call)?;
    let wait = number(&call, "wait", 0..=MAX_WAIT)?.unwrap_or(0);
    let until = Instant::now() + Duration::from_secs(wait);
    let at = call.reading();
    let mut news = wanted.clone();
    let rows = loop {
        let looked_up_to = feed::head(&at).await?;
        let rows = feed::after(&at, &news, &call.state.api.readers).await?;
        let left = until.saturating_duration_since(Instant::now());
        if !rows.is_empty() || left.is_zero() {
            break rows;
        }
        // What is not for him is not looked through again as long as he waits.
        news.after = news.after.max(looked_up_to);
        call.state.store.wait_for_seal(left.min(NAP)).await;
    };
    let items: Vec<Event> = rows.into_iter().map(Event::from).collect();
    let next_after = items.last().map_or(wanted.after, |event| event.position);
    let positions_behind = (feed::head(&at).await? - next_after).max(0);
    Ok(Reply::Answer(Answer::json(Done::Ok, &EventPage { items, after: next_after, next_after, positions_behind })?))
}

fn wanted(call: &Call) -> Result<Wanted, Fault> {
    let list = |name: &str| {
        let text = call.query_value(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    Ok(Wanted {
        after: number(call, "after", 0..=i64::MAX.unsigned_abs())?.map_or(0, |n| i64::try_from(n).unwrap_or(i64::MAX)),
        types: list("types"),
        audit: true,
        resources: list("resources"),
        limit: match call.query_value("limit") {
            Some(text) => {
                let limit = text.parse().ok().filter(|limit| (1..=LIMIT).contains(limit));
                limit.ok_or_else(|| Fault::new(&fault::INVALID_LIMIT))?
            }
            None => LIMIT,
        },
    })
}

fn number(call: &Call, name: &str, fits: std::ops::RangeInclusive<u64>) -> Result<Option<u64>, Fault> {
    let Some(text) = call.query_value(name) else { return Ok(None) };
    let n = text.parse::<u64>().ok().filter(|n| fits.contains(n));
    n.map(Some).ok_or_else(|| Fault::new(&fault::INVALID_PARAMETER).with("parameter", name))
}
