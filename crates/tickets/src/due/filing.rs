//! What waits after a case: complaints without a cause, articles to review, articles about to end.

use chrono::Days;
use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::Reading;
use store::work_list::{Asked, Due, Item, Waiting};

use super::place::in_units;
use crate::archive;
use crate::knowledge::KnowledgeArticle;
use crate::knowledge::entity::{self as article, revision};
use crate::ticket::Ticket;
use crate::ticket::entity::Model as TicketRow;

/// An article shows up this long before its last day.
const NOTICE: Days = Days::new(14);

/// Closed complaints whose time to be filed has come and whose cause nobody has written (TK-R34).
pub async fn causes(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let Some(units) = in_units(at, asked, "tickets.ticket:archive") else { return Ok(Vec::new()) };
    let waits = archive::waiting_for_cause(at).await?.add(units);
    let rows = asked.rows::<Ticket>(at, waits, Due::Never).await?;
    let item = |(row, due): (TicketRow, Option<DateTimeUtc>)| {
        Item::of::<Ticket>(&row, due, row.title.as_str())
            .since(row.closed_at.unwrap_or(row.updated_at))
            .in_unit(row.responsible_org_unit_id.or(row.received_org_unit_id))
            .settled_by::<Ticket>("archive")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Articles handed in for review; for the caller those he may publish and did not write (TK-R36). They belong to
/// no unit.
pub async fn reviews(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let actor = at.actor();
    let mut waits = Condition::all().add(article::Column::Status.eq(article::Status::InReview));
    match asked.waiting {
        Waiting::Me if !actor.holds("tickets.knowledge_article:publish") => return Ok(Vec::new()),
        Waiting::Units(_) => return Ok(Vec::new()),
        Waiting::Me => {
            let me: Vec<Uuid> = actor.persons().collect();
            let wrote = Condition::any()
                .add(revision::Column::AuthorId.is_in(me.clone()))
                .add(revision::Column::OnBehalfOf.is_in(me));
            let mine =
                Query::select().column(revision::Column::ArticleId).from(revision::Entity).cond_where(wrote).to_owned();
            waits = waits.add(article::Column::Id.not_in_subquery(mine));
        }
        Waiting::Anybody => {}
    }
    let rows = asked.rows::<KnowledgeArticle>(at, waits, Due::Never).await?;
    let item = |(row, due): (article::Model, Option<DateTimeUtc>)| {
        Item::of::<KnowledgeArticle>(&row, due, row.title.as_str())
            .since(row.updated_at)
            .settled_by::<KnowledgeArticle>("publish")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Published articles about to end or past their last day; their author's.
pub async fn endings(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let whose = match asked.waiting {
        Waiting::Me => Condition::all().add(article::Column::AuthorId.is_in(at.actor().persons())),
        Waiting::Units(_) => return Ok(Vec::new()),
        Waiting::Anybody => Condition::all(),
    };
    let waits = whose
        .add(article::Column::Status.eq(article::Status::Published))
        .add(article::Column::ValidUntil.lte(business_day(at.now) + NOTICE));
    let rows = asked.rows::<KnowledgeArticle>(at, waits, Due::by(article::Column::ValidUntil)).await?;
    let item = |(row, due): (article::Model, Option<DateTimeUtc>)| {
        Item::of::<KnowledgeArticle>(&row, due, row.title.as_str())
            .since(row.published_at.unwrap_or(row.updated_at))
            .held_by(Some(row.author_id))
    };
    Ok(rows.into_iter().map(item).collect())
}
