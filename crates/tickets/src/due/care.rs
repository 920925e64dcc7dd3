//! What is owed to customers without a case: the first contact, promises, calls of a campaign.

use std::collections::HashMap;

use kernel::fault::Fault;
use registers::customer;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::work_list::{Asked, Due, Item};
use store::{Reading, Resource};

use crate::campaign::entity as campaign;
use crate::delivery::{Delivery, entity as delivery};
use crate::follow_up::{FollowUp, entity as promise};
use crate::portfolio::PortfolioEntry;
use crate::portfolio::entity::entry;
use crate::reach::Channel;

/// These customers.
async fn named(at: &Reading, ids: impl IntoIterator<Item = Uuid>) -> Result<HashMap<Uuid, customer::Model>, Fault> {
    let rows = customer::Entity::find().filter(customer::entity::Column::Id.is_in(ids)).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// An item about a customer: by number and masked name in the list, by number alone in what is kept.
fn item<R: Resource>(row: &R::Row, due: Option<DateTimeUtc>, customer: Option<&customer::Model>) -> Item {
    let title = customer.map(|customer| format!("{} {}", customer.number, customer.name_masked));
    Item::of::<R>(row, due, title.unwrap_or_default()).told_as(customer.map(|customer| customer.number.clone()))
}

/// Customers nobody has spoken to since they were given to their agent.
pub async fn first_contacts(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let waits = Condition::all()
        .add(entry::Column::FirstContactAt.is_null())
        .add(entry::Column::EndedAt.is_null())
        .add(asked.held(at.actor(), entry::Column::AgentId, entry::Column::OrgUnitId));
    let rows = asked.rows::<PortfolioEntry>(at, waits, Due::by(entry::Column::FirstContactDueOn)).await?;
    let names = named(at, rows.iter().map(|(row, _)| row.customer_id)).await?;
    let of = |(row, due): (entry::Model, Option<DateTimeUtc>)| {
        item::<PortfolioEntry>(&row, due, names.get(&row.customer_id))
            .since(row.assigned_at)
            .held_by(Some(row.agent_id))
            .in_unit(row.org_unit_id)
            .settled_at("/v1/contact-logs")
    };
    Ok(rows.into_iter().map(of).collect())
}

/// Promises nobody has kept yet, those whose time is over among them.
pub async fn promises(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let waits = Condition::all().add(promise::Column::Status.eq(promise::Status::Open)).add(asked.held(
        at.actor(),
        promise::Column::AgentId,
        promise::Column::OrgUnitId,
    ));
    let rows = asked.rows::<FollowUp>(at, waits, Due::by(promise::Column::PromisedAt)).await?;
    let names = named(at, rows.iter().map(|(row, _)| row.customer_id)).await?;
    let of = |(row, due): (promise::Model, Option<DateTimeUtc>)| {
        item::<FollowUp>(&row, due, names.get(&row.customer_id))
            .since(row.made_at)
            .held_by(Some(row.agent_id))
            .in_unit(row.org_unit_id)
            .settled_at("/v1/contact-logs")
    };
    Ok(rows.into_iter().map(of).collect())
}

/// Customers of a running campaign who are to be called.
pub async fn calls(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let unit = asked.open_to(at.actor(), "tickets.contact_log:create", delivery::Column::OrgUnitId);
    let Some(unit) = unit else { return Ok(Vec::new()) };
    let running = Query::select()
        .column(campaign::Column::Id)
        .from(campaign::Entity)
        .and_where(campaign::Column::Status.eq(campaign::Status::Running))
        .to_owned();
    let waits = unit
        .add(delivery::Column::Channel.eq(Channel::Phone))
        .add(delivery::Column::State.eq(delivery::State::Open))
        .add(delivery::Column::DueAt.lte(at.now))
        .add(delivery::Column::CampaignId.in_subquery(running));
    let rows = asked.rows::<Delivery>(at, waits, Due::Never).await?;
    let names = named(at, rows.iter().map(|(row, _)| row.customer_id)).await?;
    let of = |(row, due): (delivery::Model, Option<DateTimeUtc>)| {
        item::<Delivery>(&row, due, names.get(&row.customer_id))
            .since(row.due_at)
            .in_unit(row.org_unit_id)
            .settled_at("/v1/contact-logs")
    };
    Ok(rows.into_iter().map(of).collect())
}
