//! What was measured in a period, some cases at a time: a season has hundreds of thousands of readings.

use std::collections::BTreeMap;

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, ExprTrait, QueryOrder, QuerySelect, QueryTrait};
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

/// The visits of the period to some cases.
pub(super) async fn visits(at: &Reading, ask: &Ask, cases: &BTreeMap<Uuid, Case>) -> Result<Visits, Fault> {
    let found = readings::Entity::find()
        .filter(readings::Column::CaseId.is_in(cases.keys().copied()))
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

/// The next cases with a reading of the period that the caller may know of, after one of them.
pub(super) async fn cases(at: &Reading, ask: &Ask, after: Option<Uuid>) -> Result<BTreeMap<Uuid, Case>, Fault> {
    // Case by case: the readings of a long period are many more than the cases.
    let measured = readings::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(Expr::col((readings::Entity, readings::Column::CaseId)).equals((Entity, Of::Id)))
        .filter(of_period(ask))
        .into_query();
    let rows: Vec<(Uuid, Uuid, Origin, String, String)> = Entity::find()
        .select_only()
        .column(Of::Id)
        .column(Of::HouseholdId)
        .column(Of::Origin)
        .column(Of::Remedies)
        .column(Of::CallBacks)
        .filter(TemperatureCase::visible(at))
        .filter(Expr::exists(measured))
        .filter(Condition::all().add_option(after.map(|after| Of::Id.gt(after))))
        .order_by_asc(Of::Id)
        .limit(PART)
        .into_tuple()
        .all(&at.db())
        .await?;
    let case = |(id, household_id, origin, remedies, calls): (Uuid, Uuid, Origin, String, String)| {
        let survey = origin == Origin::Survey;
        (id, Case { household_id, survey, remedies: json_list(&remedies), call_backs: json_list(&calls) })
    };
    Ok(rows.into_iter().map(case).collect())
}
