//! Reminders of what waits: before it is due, when it is, and every day after – each step once.
//!
//! A reminder is a fact in the journal; the notifications tell people of it. The list itself needs none.

use access::JobRole;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use serde_json::Value;

use super::{Asked, Item, Source, Waiting};
use crate::jobs::tidy;
use crate::journal::Fact;
use crate::list::MAX_LIMIT;
use crate::{Answer, Context, Reading, Store, Work, parameters};

/// Who is reminded of a kind of work, and when.
pub struct Reminder {
    /// Of the [`Source`] whose items are reminded of.
    pub kind: &'static str,
    /// The parameter and the name in it that say how many minutes before the due instant. A parameter that is a list
    /// says on how many days before it people are told, each time anew.
    pub lead: (&'static str, &'static str),
    /// Who is told so long before.
    pub before: &'static [Told],
    /// Who is told at the due instant.
    pub at_due: &'static [Told],
    /// Who is told once a day after it.
    pub daily: &'static [Told],
}

/// Somebody to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Who holds it.
    Holder,
    /// Who keeps an eye on it: the dispatcher of a repair.
    Watcher,
    /// The roles whose turn it is.
    Deciders,
    /// Those nearest the unit in one of these roles.
    Roles(&'static [JobRole]),
}

mod entity {
    //! A step that was told.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "reminder")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: String,
        pub row_id: Uuid,
        pub due_at: DateTimeUtc,
        pub step: String,
        pub told_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
use entity::{ActiveModel, Column, Entity};

/// One step of a reminder that has been reached.
struct Step {
    event: &'static str,
    name: String,
    told: &'static [Told],
}

/// Tells every step reached that was not told before.
///
/// # Errors
/// When the database is away. What was not told is told the next time.
pub async fn remind(store: &Store, sources: &[&'static Source], reminders: &[&'static Reminder]) -> Result<(), Fault> {
    for reminder in reminders.iter().copied() {
        let Some(source) = sources.iter().copied().find(|source| source.kind == reminder.kind) else {
            return Err(Fault::internal(format!("a reminder of an unknown kind: {}", reminder.kind)));
        };
        let mut after = None;
        loop {
            let at = store.reading(Context::system("remind_of_work"));
            let leads = leads(&at, reminder).await?;
            let first = leads.iter().copied().max().unwrap_or_default();
            let asked = Asked {
                waiting: Waiting::Anybody,
                kind: source.kind,
                overdue: None,
                due_from: None,
                // The lead's last instant belongs to it.
                due_before: Some(at.now + first + TimeDelta::microseconds(1)),
                after,
                limit: MAX_LIMIT - 1,
            };
            let items = (source.items)(&at, &asked).await?;
            let full = items.len() as u64 == MAX_LIMIT;
            after = items.last().map(|item| item.place(source.kind));
            let write = async move |work: &Work| tell(work, source, reminder, &leads, &items).await;
            tidy(store, "remind_of_work", write).await?;
            if !full {
                break;
            }
        }
    }
    Ok(())
}

async fn leads(at: &Reading, reminder: &Reminder) -> Result<Vec<TimeDelta>, Fault> {
    let (key, name) = reminder.lead;
    let value = parameters::value(at, key).await?;
    Ok(match value.as_array() {
        Some(days) => days.iter().filter_map(Value::as_i64).map(TimeDelta::days).collect(),
        None => vec![TimeDelta::minutes(value[name].as_i64().unwrap_or_default())],
    })
}

async fn tell(
    work: &Work,
    source: &Source,
    reminder: &Reminder,
    leads: &[TimeDelta],
    items: &[Item],
) -> Result<Answer, Fault> {
    work.unchanged();
    for item in items {
        let Some(due) = item.due_at else { continue };
        for step in steps(reminder, due, leads, work.now).into_iter().filter(|step| !step.told.is_empty()) {
            if note(work, source.kind, item.row, due, &step.name).await? {
                work.record(fact(source, item, due, &step));
            }
        }
    }
    Ok(Answer::no_content())
}

/// The steps reached by now. Of the leads and of the days after only the last: nobody needs to hear of what was missed.
fn steps(reminder: &Reminder, due: DateTime<Utc>, leads: &[TimeDelta], now: DateTime<Utc>) -> Vec<Step> {
    let mut steps = Vec::new();
    let reached = leads.iter().copied().filter(|lead| due - *lead <= now).min();
    if let Some(lead) = reached {
        let only = leads.len() == 1;
        let name = if only { "near".to_owned() } else { format!("near {}", lead.num_days()) };
        steps.push(Step { event: "work_item.near_due", name, told: reminder.before });
    }
    if due <= now {
        steps.push(Step { event: "work_item.due", name: "due".to_owned(), told: reminder.at_due });
    }
    let days = (now - due).num_days();
    if days > 0 {
        steps.push(Step { event: "work_item.overdue", name: format!("day {days}"), told: reminder.daily });
    }
    steps
}

/// Notes that a step is told; false when it was before.
async fn note(work: &Work, kind: &str, row: Uuid, due: DateTime<Utc>, step: &str) -> Result<bool, Fault> {
    let told = ActiveModel {
        id: Set(ids::new_id(work.now)),
        kind: Set(kind.to_owned()),
        row_id: Set(row),
        due_at: Set(due),
        step: Set(step.to_owned()),
        told_at: Set(work.now),
    };
    let key = [Column::Kind, Column::RowId, Column::DueAt, Column::Step];
    let known = OnConflict::columns(key).do_nothing().to_owned();
    Ok(Entity::insert(told).on_conflict(known).exec_without_returning(&work.db()).await? == 1)
}

fn fact(source: &Source, item: &Item, due: DateTime<Utc>, step: &Step) -> Fact {
    let mut fact = Fact::new(step.event, item.resource, Some(item.subject_id))
        .with("work", source.kind)
        .with("what_zh", source.title_zh)
        .with("what_en", source.title_en)
        .with("number", item.number.clone())
        // What has no number is told by its title.
        .with("about", item.number.as_deref().or(item.told_as.as_deref()).unwrap_or(&item.title))
        .with("urgent", item.urgent)
        .with("due_at", Timestamp::from(due).to_string());
    for told in step.told {
        fact = match told {
            Told::Holder => fact.tells(item.holder_id),
            Told::Watcher => fact.tells(item.watcher_id),
            Told::Deciders => fact.tells_any_of(&item.deciders),
            Told::Roles(any) => fact.tells_any_of(any),
        };
    }
    fact.placement.org_unit_id = item.org_unit_id;
    fact
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAD: &[JobRole] = &[JobRole::TeamLeader];
    const REMINDER: Reminder = Reminder {
        kind: "tea",
        lead: ("kitchen.remind.lead", "tea"),
        before: &[Told::Holder],
        at_due: &[Told::Roles(LEAD)],
        daily: &[Told::Roles(LEAD)],
    };

    #[test]
    fn each_step_is_reached_at_its_instant_and_stays_so() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let due = at("2026-03-02T12:00:00+08:00");
        for (now, reached) in [
            ("2026-03-02T09:59:59+08:00", vec![]),
            ("2026-03-02T10:00:00+08:00", vec!["near"]),
            ("2026-03-02T12:00:00+08:00", vec!["near", "due"]),
            ("2026-03-03T11:59:59+08:00", vec!["near", "due"]),
            ("2026-03-03T12:00:00+08:00", vec!["near", "due", "day 1"]),
            ("2026-03-05T13:00:00+08:00", vec!["near", "due", "day 3"]),
        ] {
            let steps = steps(&REMINDER, due, &[TimeDelta::hours(2)], at(now));
            assert_eq!(steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>(), reached, "{now}");
        }
    }

    #[test]
    fn several_leads_are_told_one_after_the_other() {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let due = at("2026-03-31T23:59:59+08:00");
        let leads = [30, 7, 1].map(TimeDelta::days);
        for (now, reached) in [
            ("2026-03-01T23:59:58+08:00", vec![]),
            ("2026-03-01T23:59:59+08:00", vec!["near 30"]),
            ("2026-03-24T23:59:59+08:00", vec!["near 7"]),
            ("2026-03-30T23:59:59+08:00", vec!["near 1"]),
            ("2026-03-31T23:59:59+08:00", vec!["near 1", "due"]),
        ] {
            let steps = steps(&REMINDER, due, &leads, at(now));
            assert_eq!(steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>(), reached, "{now}");
        }
    }
}
