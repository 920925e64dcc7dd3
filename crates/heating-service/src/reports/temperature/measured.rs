//! What was measured in a period, some cases at a time: a season has hundreds of thousands of readings.

use std::collections::{BTreeMap, HashMap};

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::reports::Ask;
use store::{Reading, Resource};

use crate::reading::entity as readings;
use crate::temperature::TemperatureCase;
use crate::temperature::entity::{CallBack, Column as Of, Entity, Origin, Remedy, json_list};

/// Cases looked at in one go.
const PART: u64 = 1_000;

/// What of a case counts.
pub(super) struct Case {
    pub household_id: Uuid,
    pub survey: bool,
    pub remedies: Vec<Remedy>,
    pub call_backs: Vec<CallBack>,
}

/// Readings by case and visit.
pub(super) type Visits = BTreeMap<(Uuid, i32), Vec<readings::Model>>;

/// Readings of the period.
fn of_period(ask: &Ask) -> Condition {
    Condition::all()
        .add(readings::Column::MeasuredAt.gte(ask.period.starts_at()))
        .add(readings::Column::MeasuredAt.lt(ask.period.ends_at()))
}

/// The next cases with a reading of the period, after one of them.
pub(super) async fn part(at: &Reading, ask: &Ask, after: Option<Uuid>) -> Result<Vec<Uuid>, Fault> {
    let mut select = readings::Entity::find()
        .select_only()
        .column(readings::Column::CaseId)
        .distinct()
        .filter(of_period(ask))
        .order_by_asc(readings::Column::CaseId)
        .limit(PART);
    if let Some(after) = after {
        select = select.filter(readings::Column::CaseId.gt(after));
    }
    Ok(select.into_tuple().all(&at.db()).await?)
}

/// The visits of the period to some cases.
pub(super) async fn visits(at: &Reading, ask: &Ask, cases: &[Uuid]) -> Result<Visits, Fault> {
    let found = readings::Entity::find()
        .filter(readings::Column::CaseId.is_in(cases.iter().copied()))
        .filter(of_period(ask))
        .filter(readings::Column::RetractedAt.is_null())
        .order_by_asc(readings::Column::Id)
        .all(&at.db())
        .await?;
    let mut visits = Visits::new();
    for reading in found {
        visits.entry((reading.case_id, reading.visit_no)).or_default().push(reading);
    }
    Ok(visits)
}

/// Those of some cases the caller may know of.
pub(super) async fn cases(at: &Reading, ids: &[Uuid]) -> Result<HashMap<Uuid, Case>, Fault> {
    let rows: Vec<(Uuid, Uuid, Origin, String, String)> = Entity::find()
        .select_only()
        .column(Of::Id)
        .column(Of::HouseholdId)
        .column(Of::Origin)
        .column(Of::Remedies)
        .column(Of::CallBacks)
        .filter(TemperatureCase::visible(at))
        .filter(Of::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(&at.db())
        .await?;
    let case = |(id, household_id, origin, remedies, calls): (Uuid, Uuid, Origin, String, String)| {
        let survey = origin == Origin::Survey;
        (id, Case { household_id, survey, remedies: json_list(&remedies), call_backs: json_list(&calls) })
    };
    Ok(rows.into_iter().map(case).collect())
}
