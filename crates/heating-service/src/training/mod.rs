//! Training sessions (培训, HS-14): what was taught, who took part and passed.

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Percent;
use kernel::report::{Value, share};
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::rule::StationRule;
use crate::scope;
use entity::{Column, Entity, Model, attendee};

/// The training sessions (HS-14).
pub struct TrainingSession;

/// A session that was held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrainingSessionView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub topic: String,
    pub rule_id: Option<Uuid>,
    /// None: of the company.
    pub station_id: Option<Uuid>,
    pub on: NaiveDate,
    pub trainer: String,
    pub attendees: Vec<TrainingAttendeeView>,
    /// How many took part.
    pub attended: usize,
    /// How many of them passed.
    pub passed: usize,
    /// In per cent, two decimals, half up.
    pub pass_rate: Option<Percent>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    /// The same: it is never changed.
    pub updated_at: Timestamp,
}

/// Somebody who took part.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrainingAttendeeView {
    pub staff_id: Uuid,
    pub score: Option<i32>,
    pub passed: bool,
}

/// The company's sessions, and those of the stations the caller knows of.
fn seen(actor: &Actor, day: Option<NaiveDate>) -> Condition {
    Condition::any().add(Column::StationId.is_null()).add(scope::of_station(actor, Column::StationId, day))
}

impl Resource for TrainingSession {
    type Entity = Entity;
    type Row = Model;
    type View = TrainingSessionView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "training_session";
    const PATH: &'static str = "/v1/training-sessions";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        seen(actor, None)
    }
    fn visible(at: &Reading) -> Condition {
        seen(at.actor(), scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-on")
            .sort("on", Column::HeldOn)
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .by("topic", Column::Topic)
            .by("station_id", Column::StationId)
            .by("rule_id", Column::RuleId)
            .range("on", Column::HeldOn)
            .custom("staff_id", "uuid", |_, text| {
                let person = list::uuid("staff_id", text)?;
                let parts = Query::select()
                    .column(attendee::Column::SessionId)
                    .from(attendee::Entity)
                    .and_where(attendee::Column::StaffId.eq(person))
                    .to_owned();
                Ok(Condition::all().add(Column::Id.in_subquery(parts)))
            })
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<TrainingSessionView>, Fault> {
        let parts = attendee::Entity::find()
            .filter(attendee::Column::SessionId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(attendee::Column::Id)
            .all(&at.db())
            .await?;
        let mut of: HashMap<Uuid, Vec<TrainingAttendeeView>> = HashMap::new();
        for part in parts {
            let one = TrainingAttendeeView { staff_id: part.staff_id, score: part.score, passed: part.passed };
            of.entry(part.session_id).or_default().push(one);
        }
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let attendees = of.remove(&row.id).unwrap_or_default();
            let passed = attendees.iter().filter(|one| one.passed).count();
            TrainingSessionView {
                external_ids: external.remove(&row.id).unwrap_or_default(),
                attended: attendees.len(),
                passed,
                pass_rate: rate(passed, attendees.len()),
                attendees,
                id: row.id,
                version: row.version,
                number: row.number,
                topic: row.topic,
                rule_id: row.rule_id,
                station_id: row.station_id,
                on: row.held_on,
                trainer: row.trainer,
                created_at: row.created_at.into(),
                updated_at: row.created_at.into(),
            }
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<StationRule>("rule", "rule_id")]
    }
}

fn rate(passed: usize, attended: usize) -> Option<Percent> {
    match share(i64::try_from(passed).ok()?, i64::try_from(attended).ok()?) {
        Value::Percent(percent) => Some(percent),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hs_e20_eleven_of_twelve() {
        assert_eq!(rate(11, 12).map(|percent| percent.to_string()).as_deref(), Some("91.67"));
        assert_eq!(rate(0, 0), None);
    }
}
