//! The portfolio of each agent (TK-R26): customers for the ability, first contacts, promises, contacts.

use std::collections::BTreeSet;

use kernel::fault::Fault;
use kernel::report::{Cell, Column, ColumnKind, Value, quotient};
use registers::staff;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::reports::{Ask, Figures};
use store::{Reading, Resource, parameters};

use super::slice::{Slice, own};
use super::{count, text};
use crate::contact_log::{self, ContactLog};
use crate::follow_up::{self, FollowUp};
use crate::portfolio::PortfolioEntry;
use crate::portfolio::entity::entry;
use kernel::report::sum::totals;

/// One row an agent who has customers or did something for them.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let all = Slice::default();
    let due = all.on_days("first_contact_due_on", ask.period);
    let promised = all.during("promised_at", ask.period);
    let contacts = all.during("at", ask.period);
    let live = all.with("live", true);
    let mut agents: BTreeSet<Uuid> = BTreeSet::new();
    agents.extend(named::<PortfolioEntry>(at, &live, entry::Column::AgentId).await?);
    agents.extend(named::<PortfolioEntry>(at, &due, entry::Column::AgentId).await?);
    agents.extend(named::<FollowUp>(at, &promised, follow_up::entity::Column::AgentId).await?);
    agents.extend(named::<ContactLog>(at, &contacts, contact_log::entity::Column::CreatedBy).await?);
    let me = own(at);
    agents.retain(|agent| me.is_none_or(|me| me == *agent));
    let mut people = staff::Entity::find().filter(staff::Column::Id.is_in(agents)).all(&at.db()).await?;
    people.sort_by(|a, b| a.number.cmp(&b.number));
    let default_level = parameters::integer(at, "tickets.portfolio.default_level").await?;
    let mut rows = Vec::new();
    for agent in &people {
        let skills: Vec<staff::Skill> = serde_json::from_str(&agent.skills).unwrap_or_default();
        let care = skills.iter().find(|skill| skill.category == "customer_care");
        let level = care.map_or(default_level, |skill| i64::from(skill.level));
        let his = |slice: &Slice, column: &str| slice.with(column, agent.id);
        let due = his(&due, "agent_id");
        let promised = his(&promised, "agent_id");
        let customers = his(&live, "agent_id").count::<PortfolioEntry>(at).await?;
        let per_level = match customers.value {
            Value::Count(n) => quotient(n, level),
            _ => Value::Nothing,
        };
        rows.push(vec![
            Cell::from(agent.name.clone()),
            level.into(),
            customers,
            per_level.into(),
            due.count::<PortfolioEntry>(at).await?,
            due.with("first_contact_in_time", true).count::<PortfolioEntry>(at).await?,
            due.with("first_contact_in_time", false).count::<PortfolioEntry>(at).await?,
            promised.with("status", "kept").count::<FollowUp>(at).await?,
            promised.with("missed", true).count::<FollowUp>(at).await?,
            his(&contacts, "created_by").count::<ContactLog>(at).await?,
        ]);
    }
    let columns = vec![
        text("agent", "人员", "Agent"),
        count("level", "能力等级", "Level"),
        count("customers", "客户数", "Customers"),
        Column::new("per_level", "每级客户数", "Customers per level", ColumnKind::Number),
        count("first_contacts_due", "应首次联系", "First contacts due"),
        count("first_contacts_in_time", "按时首次联系", "In time"),
        count("first_contacts_late", "首次联系逾期", "Late"),
        count("promises_kept", "约定兑现", "Promises kept"),
        count("promises_missed", "约定失约", "Promises missed"),
        count("contacts", "联系次数", "Contacts"),
    ];
    Ok(Figures { totals: Some(totals(&columns, &rows)), columns, rows, ..Figures::default() })
}

/// The persons a column of these rows names.
async fn named<R: Resource>(
    at: &Reading,
    slice: &Slice,
    column: <R::Entity as EntityTrait>::Column,
) -> Result<Vec<Uuid>, Fault> {
    let rows = R::Entity::find().select_only().column(column).filter(slice.condition::<R>(at)?).distinct();
    Ok(rows.into_tuple().all(&at.db()).await?)
}
