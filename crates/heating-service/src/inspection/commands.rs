//! Finding a case and taking it to its end: registered, told, agreed upon or refused, closed.

use chrono::{Days, NaiveDate};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Resource, Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model, Notice, NoticeKind, Status, measurement};
use super::measuring::{self, TakeMeasurement};
use super::{InspectionCase, MOVES, inspected_himself};
use crate::agreement::HeatAgreement;
use crate::agreement::commands::{SignHeatAgreement, signed};
use crate::agreement::entity as agreements;
use crate::alteration::commands::{Ended, end_with_case, of_case};
use crate::household::Household;
use crate::household::entity::Model as Home;
use crate::problems::{AGREEMENT_NOT_APPROVED, CASE_OPEN};
use crate::tense::Tense;

/// A case closed because there is nothing to bill.
const NOTHING_TO_BILL: &str = "nothing_to_bill";

/// Something found in a home.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateInspectionCase {
    pub household_id: Uuid,
    pub kind: Kind,
    /// The programme it belongs to: `basement_height_check`, `gifted_area_survey`.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub programme: Option<String>,
    /// Now when absent.
    pub found_at: Option<Timestamp>,
    /// What led there: a survey, a visit, a report; `inspection` when absent.
    #[schema(min_length = 1, max_length = 80)]
    pub origin: Option<String>,
    /// Where in the home.
    #[schema(min_length = 1, max_length = 200)]
    pub place: Option<String>,
    /// The day proof says it began.
    pub proven_from: Option<NaiveDate>,
    pub proof_document_id: Option<Uuid>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
    /// The alteration it is about; of a demolition one is entered when absent.
    pub alteration_id: Option<Uuid>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// The case goes into the register.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RegisterInspectionCase {
    /// More photos; at least one is needed, of the case or of its measurements.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
}

/// A notice served on the household.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ServeNotice {
    pub kind: NoticeKind,
    /// Days of its term; `heating.inspection.notice_days` when absent.
    #[schema(minimum = 1, maximum = 365)]
    pub days: Option<i64>,
    /// Now when absent.
    pub served_at: Option<Timestamp>,
    /// That it was delivered.
    pub proof_document_id: Uuid,
}

/// The household agreed.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AgreeInspectionCase {
    /// Approved or signed.
    pub agreement_id: Uuid,
    /// The signed paper, for one that is approved and not signed yet.
    pub document_id: Option<Uuid>,
}

/// All is as it should be, measured again.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RectifyInspectionCase {
    /// Needed unless it was measured since the registration; a demolished facility is shown by photos.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub measurements: Vec<TakeMeasurement>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
}

/// The household does not answer to the notice.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RefuseInspectionCase {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
}

/// How a case ends. One that was neither paid nor rectified says why there is nothing to bill.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CloseInspectionCase {
    /// `nothing_to_bill`, or why in words.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: Option<String>,
    #[schema(min_length = 1, max_length = 1000)]
    pub text: Option<String>,
}

/// What a new case begins with.
pub(crate) struct Found<'a> {
    pub kind: Kind,
    pub found_at: DateTimeUtc,
    pub origin: &'a str,
    pub place: Option<&'a str>,
    pub programme: Option<&'a str>,
    pub proven_from: Option<NaiveDate>,
    pub proof_document_id: Option<Uuid>,
    pub photos: &'a [Uuid],
    pub alteration_id: Option<Uuid>,
    pub valve_check_id: Option<Uuid>,
}

/// Opens a case; the caller is its inspector. The fact is `inspection_case.found`.
///
/// # Errors
/// 409 `case_open` names the case of this kind that has not ended (HS-R62).
pub async fn create(work: &Work, input: &CreateInspectionCase) -> Result<Model, Fault> {
    let tense = Tense::of(work).await?;
    let mut errors = FieldErrors::default();
    tense.instant(&mut errors, input.found_at, "/found_at");
    tense.day(&mut errors, input.proven_from, "/proven_from");
    errors.finish()?;
    let home = referenced::known::<Household>(work, input.household_id, "/household_id").await?;
    documents::ensure_all_visible(work, &input.photos, "/photos").await?;
    documents::ensure_one_visible(work, input.proof_document_id, "/proof_document_id").await?;
    let found = Found {
        kind: input.kind,
        found_at: input.found_at.map_or(work.now, |at| at.0),
        origin: input.origin.as_deref().unwrap_or("inspection"),
        place: input.place.as_deref(),
        programme: input.programme.as_deref(),
        proven_from: input.proven_from,
        proof_document_id: input.proof_document_id,
        photos: &input.photos,
        alteration_id: input.alteration_id,
        valve_check_id: None,
    };
    let row = open(work, &home, &found).await?;
    external_ids::attach_all(work, InspectionCase::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

/// The case of a household and kind that has not ended.
pub(crate) async fn open_case(work: &Work, household_id: Uuid, kind: Kind) -> Result<Option<Model>, Fault> {
    let open = Entity::find()
        .filter(Column::HouseholdId.eq(household_id))
        .filter(Column::Kind.eq(kind))
        .filter(Column::Status.ne(Status::Closed));
    Ok(open.one(&work.db()).await?)
}

/// Opens a case with the act that found it.
pub(crate) async fn open(work: &Work, home: &Home, found: &Found<'_>) -> Result<Model, Fault> {
    locks::hold(work, vec![format!("inspection_case|{}|{}", home.id, found.kind.code())]).await?;
    if let Some(other) = open_case(work, home.id, found.kind).await? {
        let about = Fault::new(&CASE_OPEN).rule("HS-R62").with("number", other.number);
        return Err(about.with("inspection_case_id", other.id.to_string()));
    }
    let id = ids::new_id(work.now);
    let alteration_id = match (found.alteration_id, found.kind) {
        (None, kind) if kind != Kind::Demolition => None,
        (named, _) => Some(of_case(work, home, id, named, found.found_at).await?),
    };
    let row = ActiveModel {
        id: Set(id),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "IC").await?),
        household_id: Set(home.id),
        org_unit_id: Set(home.org_unit_id),
        kind: Set(found.kind),
        programme: Set(found.programme.map(str::to_owned)),
        found_at: Set(found.found_at),
        inspector_id: Set(work.actor().sub),
        origin: Set(found.origin.to_owned()),
        place: Set(found.place.map(str::to_owned)),
        proven_from: Set(found.proven_from),
        proof_document_id: Set(found.proof_document_id),
        photos: Set(serde_json::to_string(found.photos).map_err(Fault::internal)?),
        alteration_id: Set(alteration_id),
        valve_check_id: Set(found.valve_check_id),
        notices: Set("[]".to_owned()),
        term_on: Set(None),
        registered_at: Set(None),
        agreement_id: Set(None),
        status: Set(Status::Found),
        close_reason: Set(None),
        close_text: Set(None),
        closed_at: Set(None),
    };
    let kind: &str = found.kind.into();
    let row = work.create::<InspectionCase>(row, |fact| fact.with("kind", kind), "found").await?;
    let papers: Vec<Uuid> = found.photos.iter().copied().chain(found.proof_document_id).collect();
    documents::attach(work, &papers, InspectionCase::NAME, row.id, "finding").await?;
    Ok(row)
}

/// The case as it stands, whoever asks.
pub(crate) async fn current(work: &Work, id: Uuid) -> Result<Model, Fault> {
    let row = Entity::find_by_id(id).one(&work.db()).await?;
    row.ok_or_else(|| Fault::internal("a case that is gone"))
}

/// Enters a case in the register (登记造册).
///
/// # Errors
/// 409 `invalid_state` before it is measured, where there is an area; 422 `required` without a photo.
pub async fn register(work: &Work, id: Uuid, input: &RegisterInspectionCase) -> Result<Model, Fault> {
    let fits = async |_: &Model| documents::ensure_all_visible(work, &input.photos, "/photos").await;
    let (row, to) = MOVES.begin_checked::<InspectionCase>(work, id, "register", fits).await?;
    let mut photos = row.photos();
    photos.extend(input.photos.iter().copied());
    let measured = measuring::of_cases(work, &[row.id]).await?;
    if photos.is_empty() && measured.iter().all(|part| part.photos == "[]") {
        return Err(Fault::field("/photos", "required"));
    }
    documents::attach(work, &input.photos, InspectionCase::NAME, row.id, "finding").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.photos = Set(serde_json::to_string(&photos).map_err(Fault::internal)?);
    change.registered_at = Set(Some(work.now));
    work.change::<InspectionCase>(&row, change, "registered", |fact| fact).await
}

/// Keeps a notice served; the household has until the last day of its term.
pub async fn serve_notice(work: &Work, id: Uuid, input: &ServeNotice) -> Result<Model, Fault> {
    let fits = async |_: &Model| {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.instant(&mut errors, input.served_at, "/served_at");
        errors.finish()?;
        documents::ensure_one_visible(work, input.proof_document_id, "/proof_document_id").await
    };
    let (row, to) = MOVES.begin_checked::<InspectionCase>(work, id, "notices", fits).await?;
    let served_at = input.served_at.map_or(work.now, |at| at.0);
    let served_on = business_day(served_at);
    let days = match input.days {
        Some(days) => days,
        None => parameters::integer_on(work, "heating.inspection.notice_days", served_on).await?,
    };
    let until = served_on.checked_add_days(Days::new(days.unsigned_abs())).unwrap_or(served_on);
    let mut notices = row.notices();
    notices.push(Notice {
        kind: input.kind,
        days,
        served_at: served_at.into(),
        until,
        proof_document_id: input.proof_document_id,
        by: work.actor().sub,
    });
    documents::attach(work, &[input.proof_document_id], InspectionCase::NAME, row.id, "notice").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.notices = Set(serde_json::to_string(&notices).map_err(Fault::internal)?);
    change.term_on = Set(row.term_on.max(Some(until)));
    work.change::<InspectionCase>(&row, change, "notice_served", |fact| fact.with("until", until.to_string())).await
}

/// Ties a case to the agreement of its household: a signed one, or an approved one that is signed with this act.
///
/// # Errors
/// 409 `agreement_not_approved`; `separation_of_duties` when the inspector approved it himself (HS-R61).
pub async fn agree(work: &Work, id: Uuid, input: &AgreeInspectionCase) -> Result<Model, Fault> {
    let fits = async |row: &Model| {
        let paper = referenced::locked::<HeatAgreement>(work, input.agreement_id, "/agreement_id").await?;
        if paper.household_id != row.household_id || paper.case_id.is_some_and(|case| case != row.id) {
            return Err(Fault::field("/agreement_id", "not_found"));
        }
        documents::ensure_one_visible(work, input.document_id, "/document_id").await
    };
    let (row, to) = MOVES.begin_checked::<InspectionCase>(work, id, "agree", fits).await?;
    let paper = referenced::locked::<HeatAgreement>(work, input.agreement_id, "/agreement_id").await?;
    if paper.approved_by == Some(row.inspector_id) {
        return Err(inspected_himself("approve"));
    }
    match (paper.status, input.document_id) {
        (agreements::Status::Signed, _) => {}
        (agreements::Status::Approved, Some(document_id)) => {
            signed(work, &paper, &SignHeatAgreement { document_id, signed_by: None, signed_at: None }).await?;
        }
        (agreements::Status::Approved, None) => return Err(Fault::field("/document_id", "required")),
        (agreements::Status::Draft | agreements::Status::Ended, _) => {
            return Err(Fault::new(&AGREEMENT_NOT_APPROVED).with("number", paper.number));
        }
    }
    if let Some(alteration) = row.alteration_id {
        end_with_case(work, alteration, Ended::Agreed).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.agreement_id = Set(Some(paper.id));
    work.change::<InspectionCase>(&row, change, "agreed", |fact| fact.with("agreement_id", paper.id.to_string())).await
}

/// Records that all is as it should be; the alteration it is about is restored.
///
/// # Errors
/// 422 `required` without a measurement since the registration.
pub async fn rectify(work: &Work, id: Uuid, input: &RectifyInspectionCase) -> Result<Model, Fault> {
    let fits = async |_: &Model| {
        measuring::check(work, &input.measurements).await?;
        documents::ensure_all_visible(work, &input.photos, "/photos").await
    };
    let (row, to) = MOVES.begin_checked::<InspectionCase>(work, id, "rectify", fits).await?;
    if input.measurements.is_empty() && row.kind != Kind::Demolition {
        let again = measurement::Entity::find()
            .filter(measurement::Column::CaseId.eq(row.id))
            .filter(measurement::Column::CreatedAt.gt(row.registered_at));
        if again.count(&work.db()).await? == 0 {
            return Err(Fault::field("/measurements", "required"));
        }
    }
    if row.kind == Kind::Demolition && input.photos.is_empty() && input.measurements.is_empty() {
        return Err(Fault::field("/photos", "required"));
    }
    measuring::write(work, &row, &input.measurements).await?;
    documents::attach(work, &input.photos, InspectionCase::NAME, row.id, "rectification").await?;
    if let Some(alteration) = row.alteration_id {
        end_with_case(work, alteration, Ended::Restored).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    work.change::<InspectionCase>(&row, change, "rectified", |fact| fact).await
}

/// Records that the term of the notice is over and the household did nothing.
///
/// # Errors
/// 409 `notice_missing`, `notice_running` until the term is over (HS-R61).
pub async fn refuse(work: &Work, id: Uuid, input: &RefuseInspectionCase) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<InspectionCase>(work, id, "refuse").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    let reason = input.reason.clone().unwrap_or_default();
    work.change::<InspectionCase>(&row, change, "refused", |fact| fact.reason(reason)).await
}

/// Closes a case.
///
/// # Errors
/// 422 `reason_required` without a word why there is nothing to bill.
pub async fn close(work: &Work, id: Uuid, input: &CloseInspectionCase) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<InspectionCase>(work, id, "close").await?;
    let said =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let why = said(&input.text).or_else(|| said(&input.reason).filter(|reason| reason != NOTHING_TO_BILL));
    let reason = match row.status {
        Status::Collected | Status::Rectified => row.status.code(),
        _ if why.is_none() => return Err(Fault::field("/text", "reason_required")),
        _ => NOTHING_TO_BILL,
    };
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.close_reason = Set(Some(reason.to_owned()));
    change.close_text = Set(why);
    change.closed_at = Set(Some(work.now));
    work.change::<InspectionCase>(&row, change, "closed", |fact| fact.reason(reason)).await
}
