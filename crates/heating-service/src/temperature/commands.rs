//! Asking for a measurement; remedying, judging, closing and cancelling a case.

use kernel::fault::{Fault, FieldErrors, UNREACHABLE_NOT_PROVEN};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::ReasonedAct;
use store::life_cycle::Subject;
use store::{Resource, Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Liability, Model, Origin, Remedy, RemedyKind, Status, json_list};
use super::{MOVES, TemperatureCase, calling_back, due};
use crate::household::Household;
use crate::household::entity::{self as homes, Model as Home};
use crate::ownership::queries::holder;
use crate::problems::{CASE_OPEN, NOT_CONNECTED};
use crate::refund::arising;
use crate::season::{self, entity::Model as Season};
use crate::tense::Tense;

/// The channels a customer asks on by himself.
const CHANNELS: [&str; 2] = ["app", "web"];

/// A home that is said to be cold.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RequestTemperature {
    pub household_id: Uuid,
    /// Where a customer asks: `web`, or `app` when absent; nobody else says it.
    #[schema(max_length = 40)]
    pub channel_code: Option<String>,
    /// `customer` when absent; a customer does not say it.
    pub origin: Option<Origin>,
    /// Now when absent; a customer does not say it.
    pub requested_at: Option<Timestamp>,
    pub ticket_id: Option<Uuid>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What was done against the cold.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RemedyTemperature {
    pub kind: RemedyKind,
    #[schema(min_length = 1, max_length = 1000)]
    pub text: String,
}

/// Who answers for the cold, with the proof.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct JudgeTemperature {
    pub liability: Liability,
    pub proof_document_id: Uuid,
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// Why a case is closed; needed while the home is cold, else `called_back` or `unreachable` when absent.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CloseTemperature {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// Asks for a measurement; the first visit is due two hours later.
///
/// # Errors
/// 409 `case_open` names the case of the household that has not ended; `not_connected`.
pub async fn request(work: &Work, input: &RequestTemperature) -> Result<Model, Fault> {
    let himself = work.actor().is_customer();
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.instant(&mut errors, input.requested_at, "/requested_at");
    errors.add_if(himself && input.requested_at.is_some(), "/requested_at", "unknown_field");
    errors.add_if(himself && !input.external_ids.is_empty(), "/external_ids", "unknown_field");
    errors.add_if(himself && input.origin.is_some_and(|it| it != Origin::Customer), "/origin", "invalid_enum");
    let channel = input.channel_code.as_deref();
    errors.add_if(!himself && channel.is_some(), "/channel_code", "unknown_field");
    errors.add_if(himself && channel.is_some_and(|code| !CHANNELS.contains(&code)), "/channel_code", "invalid_enum");
    errors.finish()?;
    let home = referenced::known::<Household>(work, input.household_id, "/household_id").await?;
    let requested_at = input.requested_at.map_or(work.now, |at| at.0);
    let origin = input.origin.unwrap_or(Origin::Customer);
    let row = open(work, &home, origin, requested_at, input.ticket_id).await?;
    external_ids::attach_all(work, TemperatureCase::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

/// Names the ticket of a case.
pub async fn link(work: &Work, row: &Model, ticket_id: Uuid) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.ticket_id = Set(Some(ticket_id));
    let ticket = ticket_id.to_string();
    work.change::<TemperatureCase>(row, change, "linked", |fact| fact.with("ticket_id", ticket)).await
}

/// Opens a case of a connected household.
pub(super) async fn open(
    work: &Work,
    home: &Home,
    origin: Origin,
    requested_at: DateTimeUtc,
    ticket_id: Option<Uuid>,
) -> Result<Model, Fault> {
    if home.connected_on.is_none_or(|on| on > business_day(requested_at)) {
        return Err(Fault::new(&NOT_CONNECTED));
    }
    if origin != Origin::Survey {
        locks::hold(work, vec![format!("temperature_case|{}", home.id)]).await?;
        let open = Entity::find()
            .filter(Column::HouseholdId.eq(home.id))
            .filter(Column::Origin.ne(Origin::Survey))
            .filter(Column::Status.is_in(Status::OPEN));
        if let Some(other) = open.one(&work.db()).await? {
            let about = Fault::new(&CASE_OPEN).with("number", other.number);
            return Err(about.with("temperature_case_id", other.id.to_string()));
        }
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "WD").await?),
        household_id: Set(home.id),
        org_unit_id: Set(home.org_unit_id),
        customer_id: Set(holder(work, home).await?),
        origin: Set(origin),
        requested_at: Set(requested_at),
        requested_by: Set(work.actor().sub),
        ticket_id: Set(ticket_id),
        status: Set(Status::Requested),
        verdict: Set(None),
        lowest_dc: Set(None),
        visits: Set(0),
        due_at: Set(due::first_visit(work, requested_at).await?),
        round: Set(1),
        remedies: Set("[]".to_owned()),
        call_backs: Set("[]".to_owned()),
        call_back_attempts: Set("[]".to_owned()),
        liability: Set(None),
        liability_document_id: Set(None),
        judged_by: Set(None),
        judged_at: Set(None),
        feedback_document_id: Set(None),
        close_reason: Set(None),
        closed_at: Set(None),
    };
    let code: &str = origin.into();
    let ticket = ticket_id.map(|id| id.to_string());
    work.create::<TemperatureCase>(row, |fact| fact.with("origin", code).with("ticket_id", ticket), "requested").await
}

/// Records a remedy; the home is measured again.
pub async fn remedy(work: &Work, id: Uuid, input: &RemedyTemperature) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<TemperatureCase>(work, id, "remedy").await?;
    let mut remedies: Vec<Remedy> = json_list(&row.remedies);
    remedies.push(Remedy {
        kind: input.kind,
        text: input.text.trim().to_owned(),
        at: work.now.into(),
        by: work.actor().sub,
    });
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.remedies = Set(serde_json::to_string(&remedies).map_err(Fault::internal)?);
    change.due_at = Set(due::remeasure(work).await?);
    work.change::<TemperatureCase>(&row, change, "remedied", |fact| fact).await
}

/// Says who answers for the cold.
pub async fn judge(work: &Work, id: Uuid, input: &JudgeTemperature) -> Result<Model, Fault> {
    let check =
        async |_: &Model| documents::ensure_one_visible(work, input.proof_document_id, "/proof_document_id").await;
    let row = resource::take_checked::<TemperatureCase>(work, id, check).await?;
    MOVES.take("judge", &Subject::of(work, &row))?;
    documents::attach(work, &[input.proof_document_id], TemperatureCase::NAME, row.id, "liability").await?;
    let mut change = row.clone().into_active_model();
    change.liability = Set(Some(input.liability));
    change.liability_document_id = Set(Some(input.proof_document_id));
    change.judged_by = Set(Some(work.actor().sub));
    change.judged_at = Set(Some(work.now));
    let note = input.note.clone().unwrap_or_default();
    let row = work.change::<TemperatureCase>(&row, change, "judged", |fact| fact.reason(note)).await?;
    arising::of_case(work, &row).await?;
    Ok(row)
}

/// Closes a case: called back, or not reached often enough, or cold for a reason somebody judged.
///
/// # Errors
/// 409 `unreachable_not_proven` before the attempts of the round are used up (HS-R13), `not_judged` while the home
/// is cold and nobody said why, `above_authority` for the hotline then; 422 `reason_required`.
pub async fn close(work: &Work, id: Uuid, input: &CloseTemperature) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<TemperatureCase>(work, id, "close").await?;
    let usual = match row.status {
        Status::CalledBack => Some("called_back"),
        Status::Qualified => Some("unreachable"),
        _ => None,
    };
    let said = input.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    let reason = said.or(usual).ok_or_else(|| Fault::field("/reason", "reason_required"))?;
    if row.status == Status::Qualified {
        let needed = parameters::integer(work, "heating.temp.callback_attempts").await?;
        let made = calling_back::attempts_of_round(&row);
        if made < needed {
            let refusal = Fault::new(&UNREACHABLE_NOT_PROVEN).rule("HS-R13");
            return Err(refusal.with("needed", needed).with("made", made));
        }
    }
    ended(work, &row, to, reason).await
}

/// Gives a request up before anybody measured.
pub async fn cancel(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<TemperatureCase>(work, id, "cancel").await?;
    ended(work, &row, to, &input.reason).await
}

pub(super) async fn ended(work: &Work, row: &Model, to: Status, reason: &str) -> Result<Model, Fault> {
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.close_reason = Set(Some(reason.to_owned()));
    change.closed_at = Set(Some(work.now));
    let verb: &str = to.into();
    let row = work.change::<TemperatureCase>(row, change, verb, |fact| fact.reason(reason)).await?;
    arising::of_case(work, &row).await?;
    Ok(row)
}

/// Ends every open case of the homes a season heats that was asked for before the season ended.
pub(crate) async fn end_with_season(work: &Work, season: &Season) -> Result<usize, Fault> {
    let heated = Query::select()
        .column(homes::Column::Id)
        .from(homes::Entity)
        .cond_where(season::queries::heats(work, season, homes::Column::StationId).await?)
        .to_owned();
    let rows = Entity::find()
        .filter(Column::Status.is_in(Status::OPEN))
        .filter(Column::HouseholdId.in_subquery(heated))
        .filter(Column::RequestedAt.lt(kernel::time::end_of_day(season.ends_on)))
        .all(&work.db())
        .await?;
    for row in &rows {
        ended(work, row, Status::Closed, "season_end").await?;
    }
    Ok(rows.len())
}
