//! What was measured in a home lately: the last verdicts, and the case that is open.

use kernel::fault::Fault;
use kernel::fixed::Temperature;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Func, Query, SimpleExpr};
use sea_orm::{QueryOrder, QuerySelect};
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::entity::{Column, Entity, Model, Origin, Status, Verdict};
use super::measuring::standard;
use crate::reading::commands::of_case;
use crate::reading::evidence::Protocol;
use crate::reading::{degrees, entity as readings};

/// How many verdicts a call needs.
const LAST: u8 = 3;

/// What a visit found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LastVerdict {
    pub temperature_case_id: Uuid,
    pub number: String,
    pub measured_at: Timestamp,
    pub lowest_c: Temperature,
    pub verdict: Verdict,
}

/// A case that has not ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenTemperatureCase {
    pub id: Uuid,
    pub number: String,
    pub origin: Origin,
    pub status: Status,
    pub requested_at: Timestamp,
    /// Of the visit, the re-measurement or the call-back; null while nothing is waited for.
    pub due_at: Option<Timestamp>,
    pub round: i32,
}

/// When a case last had a reading that proves something.
fn last_proof() -> SimpleExpr {
    use readings::Column as Of;
    let proof = Query::select()
        .expr(Func::max(Expr::col((readings::Entity, Of::MeasuredAt))))
        .from(readings::Entity)
        .and_where(Expr::col((readings::Entity, Of::CaseId)).equals((Entity, Column::Id)))
        .and_where(Of::Evidential.eq(true))
        .and_where(Of::RetractedAt.is_null())
        .to_owned();
    SimpleExpr::SubQuery(None, Box::new(proof.into()))
}

/// The last verdicts of a home, the latest first; visits that proved nothing are none.
pub(crate) async fn verdicts(at: &Reading, household_id: Uuid) -> Result<Vec<LastVerdict>, Fault> {
    let cases = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::Verdict.is_not_null())
        .order_by_desc(last_proof())
        .limit(u64::from(LAST));
    let mut found = Vec::new();
    for case in cases.all(&at.db()).await? {
        found.extend(of_visits(at, &case).await?);
    }
    found.sort_by_key(|verdict: &LastVerdict| std::cmp::Reverse(verdict.measured_at.0));
    found.truncate(usize::from(LAST));
    Ok(found)
}

async fn of_visits(at: &Reading, case: &Model) -> Result<Vec<LastVerdict>, Fault> {
    let readings = of_case(at, case.id).await?;
    let mut found = Vec::new();
    for visit_no in (1..=case.visits).rev() {
        if found.len() == usize::from(LAST) {
            break;
        }
        let visit: Vec<_> = readings.iter().filter(|reading| reading.visit_no == visit_no).collect();
        let Some(first) = visit.first().copied() else { continue };
        let protocol = Protocol::of(at, first.measured_at).await?;
        let Some(lowest) = protocol.lowest(visit.iter().copied()) else { continue };
        let warm = lowest >= standard(at, case.household_id, first.measured_at).await?;
        found.push(LastVerdict {
            temperature_case_id: case.id,
            number: case.number.clone(),
            measured_at: first.measured_at.into(),
            lowest_c: degrees(lowest)?,
            verdict: if warm { Verdict::Qualified } else { Verdict::Unqualified },
        });
    }
    Ok(found)
}

/// The cases of a home that have not ended.
pub(crate) async fn open(at: &Reading, household_id: Uuid) -> Result<Vec<OpenTemperatureCase>, Fault> {
    let rows = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::Status.is_in(Status::OPEN))
        .order_by_desc(Column::RequestedAt);
    let view = |row: Model| OpenTemperatureCase {
        id: row.id,
        number: row.number,
        origin: row.origin,
        status: row.status,
        requested_at: row.requested_at.into(),
        due_at: Status::WAITING.contains(&row.status).then(|| row.due_at.into()),
        round: row.round,
    };
    Ok(rows.all(&at.db()).await?.into_iter().map(view).collect())
}
