//! What waits for who watches over quality: calls to monitor, appeals, retraining, trainings, summaries
//! (spec tickets §10).

use std::collections::HashMap;

use access::JobRole;
use chrono::{DateTime, Datelike, Days, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::time::{Month, business_day, start_of_day};
use registers::staff::{self, Staff};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use store::work_list::{Asked, Due, Item, Waiting, last_second};
use store::{Reading, Resource, parameters};

use crate::monitored_call::progress::{self, ProgressStatus};
use crate::monitored_call::{self, MonitoredCall, entity as call};
use crate::quality_summary::{self, QualitySummary, entity as summary};
use crate::training::{Training, entity as training};

/// The day of the month from which missing calls are on the list.
const FROM_DAY: u32 = 20;
/// Whoever reminds still hears for so many days of a month that ended with calls missing.
const AFTERWARDS: u32 = 3;

/// Agents with too few monitored calls, from the 20th on; due at the end of the month (TK-R30).
pub async fn to_monitor(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let today = business_day(at.now);
    let month = Month::of(today);
    let mut months = Vec::new();
    if asked.waiting == Waiting::Anybody && today.day() <= AFTERWARDS {
        months.push(month.plus(-1));
    }
    if today.day() >= FROM_DAY {
        months.push(month);
    }
    if asked.waiting == Waiting::Me && !at.actor().holds("tickets.monitored_call:create") {
        return Ok(Vec::new());
    }
    let mut items = Vec::new();
    for month in months {
        items.extend(missing(at, asked, month).await?);
    }
    Ok(asked.chosen(at.now, items))
}

async fn missing(at: &Reading, asked: &Asked, month: Month) -> Result<Vec<Item>, Fault> {
    let target = parameters::value_on(at, "tickets.qa.target_calls", month.last_day(), None).await?;
    let short = |status| matches!(status, ProgressStatus::BelowMinimum | ProgressStatus::BelowTarget);
    let agents = progress::of_month(at, month).await?.items.into_iter().filter(|agent| short(agent.status));
    let counts: HashMap<Uuid, i64> = agents.map(|agent| (agent.agent_id, agent.count)).collect();
    let people = staff::Entity::find().filter(staff::Column::Id.is_in(counts.keys().copied()));
    let mut items = Vec::new();
    for person in people.all(&at.db()).await? {
        let wanted = match &asked.waiting {
            // Nobody inspects himself.
            Waiting::Me => !at.actor().persons().any(|me| me == person.id),
            Waiting::Units(units) => units.contains(&person.org_unit_id),
            Waiting::Anybody => true,
        };
        if wanted {
            let count = counts.get(&person.id).copied().unwrap_or_default();
            let title = format!("{} {} {month}: {count}/{}", person.number, person.name, target);
            let since = start_of_day(month.first_day() + Days::new(u64::from(FROM_DAY - 1)));
            items.push(
                Item::of::<Staff>(&person, Some(last_second(month.last_day())), title)
                    .since(since)
                    .in_unit(Some(person.org_unit_id))
                    .settled_at("/v1/monitored-calls"),
            );
        }
    }
    Ok(items)
}

/// Calls scored and not published, of their inspector.
pub async fn to_publish(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use call::Column;
    let waits =
        asked.held(at.actor(), Column::InspectorId, Column::OrgUnitId).add(Column::Status.eq(call::Status::Draft));
    let rows = asked.rows::<MonitoredCall>(at, waits, Due::Never).await?;
    let item = |(row, due): (call::Model, Option<DateTimeUtc>)| {
        Item::of::<MonitoredCall>(&row, due, "")
            .held_by(Some(row.inspector_id))
            .in_unit(row.org_unit_id)
            .settled_by::<MonitoredCall>("publish")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Appeals without a decision, for who decides and for their inspector; due when the window of the appeal ends.
pub async fn appeals(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use call::Column;
    let actor = at.actor();
    let his = asked.held(actor, Column::InspectorId, Column::OrgUnitId);
    let mut whose = Condition::any().add(his);
    if let Some(unit) = asked.open_to(actor, "tickets.monitored_call:decide_appeal", Column::OrgUnitId) {
        let uninvolved = Column::AgentId.is_not_in(actor.persons());
        whose = whose.add(if asked.waiting == Waiting::Me { unit.add(uninvolved) } else { unit });
    }
    let open = call::Entity::find()
        .filter(MonitoredCall::visible(at))
        .filter(Condition::all().add(whose).add(Column::Status.eq(call::Status::Appealed)))
        .all(&at.db())
        .await?;
    let mut items = Vec::new();
    for row in open {
        let published = row.published_at.unwrap_or(row.updated_at);
        let (_, over) = monitored_call::appeal_window(at, published).await?;
        items.push(
            Item::of::<MonitoredCall>(&row, Some(over - TimeDelta::seconds(1)), "")
                .since(row.appealed_at.unwrap_or(row.updated_at))
                .watched_by(Some(row.inspector_id))
                .in_unit(row.org_unit_id)
                .settled_by::<MonitoredCall>("decide-appeal"),
        );
    }
    Ok(asked.chosen(at.now, items))
}

/// Who failed a training and has not passed one of its topic since; due at the end of the month it was held in.
pub async fn retraining(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use training::{Column, Entity, Status, row};
    let whose = match &asked.waiting {
        Waiting::Me if !at.actor().is(JobRole::QualityInspector) => return Ok(Vec::new()),
        Waiting::Me | Waiting::Anybody => Condition::all(),
        Waiting::Units(units) => Condition::all().add(Column::OrgUnitId.is_in(units.iter().copied())),
    };
    let held: Vec<(training::Model, Vec<row::Model>)> = {
        let trainings = Entity::find()
            .filter(Training::visible(at))
            .filter(whose.add(Column::Status.is_in([Status::Held, Status::Closed])))
            .order_by_asc(Column::HeldAt)
            .all(&at.db())
            .await?;
        let rows = row::Entity::find().filter(row::Column::TrainingId.is_in(trainings.iter().map(|one| one.id)));
        let mut rows = rows.all(&at.db()).await?;
        let of = |one: training::Model| {
            let mine = rows.extract_if(.., |row| row.training_id == one.id).collect();
            (one, mine)
        };
        trainings.into_iter().map(of).collect()
    };
    // By topic and person what the last training came to.
    let mut last: HashMap<(String, Uuid), (&training::Model, &row::Model)> = HashMap::new();
    for (one, rows) in &held {
        last.extend(rows.iter().map(|row| ((one.topic.clone(), row.staff_id), (one, row))));
    }
    let failed: Vec<_> = last.into_values().filter(|(_, row)| row.passed == Some(false)).collect();
    let people = staff::Entity::find().filter(staff::Column::Id.is_in(failed.iter().map(|(_, row)| row.staff_id)));
    let people: HashMap<Uuid, staff::Model> =
        people.all(&at.db()).await?.into_iter().map(|person| (person.id, person)).collect();
    let item = |(one, row): (&training::Model, &row::Model)| {
        let person = people.get(&row.staff_id)?;
        let held_at: DateTime<Utc> = one.held_at.unwrap_or(one.updated_at);
        let due = last_second(Month::of(business_day(held_at)).last_day());
        let title = format!("{} {} {}", one.topic, person.number, person.name);
        let item = Item::of::<Training>(one, Some(due), title).part(row.id).since(held_at);
        Some(item.in_unit(one.org_unit_id).settled_at("/v1/trainings"))
    };
    Ok(asked.chosen(at.now, failed.into_iter().filter_map(item).collect()))
}

async fn trainings(
    at: &Reading,
    asked: &Asked,
    permission: &str,
    status: training::Status,
    due: Due,
    act: &str,
) -> Result<Vec<Item>, Fault> {
    use training::Column;
    let Some(unit) = asked.open_to(at.actor(), permission, Column::OrgUnitId) else { return Ok(Vec::new()) };
    let rows = asked.rows::<Training>(at, unit.add(Column::Status.eq(status)), due).await?;
    let item = |(row, due): (training::Model, Option<DateTimeUtc>)| {
        Item::of::<Training>(&row, due, row.topic.as_str())
            .since(row.updated_at)
            .in_unit(row.org_unit_id)
            .settled_by::<Training>(act)
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Trainings planned whose results are to be recorded; due on the day they are planned for.
pub async fn training_results(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let due = Due::by(training::Column::PlannedOn);
    let permission = "tickets.training:record_results";
    trainings(at, asked, permission, training::Status::Planned, due, "record-results").await
}

/// Trainings held whose results somebody has to look at.
pub async fn training_closings(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    trainings(at, asked, "tickets.training:close", training::Status::Held, Due::Never, "close").await
}

/// Summaries of a week that are not handed in; due on the Monday after it at noon (TK-R40).
pub async fn summaries(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use summary::Column;
    let waits =
        asked.held(at.actor(), Column::CreatedBy, Column::OrgUnitId).add(Column::Status.eq(summary::Status::Draft));
    let drafts = summary::Entity::find().filter(QualitySummary::visible(at)).filter(waits).all(&at.db()).await?;
    let item = |row: summary::Model| {
        let monday = quality_summary::first_day(&row.iso_week).and_then(|day| day.checked_add_days(Days::new(7)));
        let due = monday.map(|monday| start_of_day(monday) + TimeDelta::hours(12));
        Item::of::<QualitySummary>(&row, due, row.iso_week.as_str())
            .held_by(Some(row.created_by))
            .in_unit(row.org_unit_id)
            .settled_by::<QualitySummary>("submit")
    };
    Ok(asked.chosen(at.now, drafts.into_iter().map(item).collect()))
}
