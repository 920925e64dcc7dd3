//! Drafting, approving, signing and ending agreements.

use chrono::{Days, NaiveDate};
use kernel::fault::{Fault, FieldErrors, SEPARATION_OF_DUTIES};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::customer;
use registers::external_ids::{self, ExternalId};
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::{Resource, Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Item, Kind, Model, Status};
use super::{HeatAgreement, MOVES};
use crate::area_item::commands::{CreateAreaItem, end_with_agreement, enter};
use crate::area_item::entity as areas;
use crate::household::entity::Model as Home;
use crate::household::{Household, commands as homes};
use crate::inspection::{InspectionCase, recovery};
use crate::tense::Tense;

/// A new agreement.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateHeatAgreement {
    pub household_id: Uuid,
    /// The inspection case it follows from.
    pub case_id: Option<Uuid>,
    pub kind: Kind,
    /// At least one, but for a demolition.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub items: Vec<Item>,
    /// The first day of the fee.
    pub charge_from: NaiveDate,
    #[schema(min_length = 1, max_length = 1000)]
    pub note: Option<String>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// The paper is signed.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SignHeatAgreement {
    pub document_id: Uuid,
    /// The customer who signed; the holder when absent.
    pub signed_by: Option<Uuid>,
    /// Now when absent.
    pub signed_at: Option<Timestamp>,
}

/// Why and when an agreement ends.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EndHeatAgreement {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Its last day; today when absent.
    pub ended_on: Option<NaiveDate>,
}

/// Drafts an agreement.
///
/// # Errors
/// 422 `recovery_too_old` for a fee that begins before the seasons that may be recovered (HS-R60).
pub async fn create(work: &Work, input: &CreateHeatAgreement) -> Result<Model, Fault> {
    let home = referenced::known::<Household>(work, input.household_id, "/household_id").await?;
    check(work, &home, input).await?;
    let today = business_day(work.now);
    let days = parameters::integer(work, "heating.inspection.agreement_days").await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "XY").await?),
        household_id: Set(home.id),
        org_unit_id: Set(home.org_unit_id),
        case_id: Set(input.case_id),
        kind: Set(input.kind),
        items: Set(serde_json::to_string(&input.items).map_err(Fault::internal)?),
        area_dm2: Set(input.items.iter().map(|item| item.area_m2.units()).sum()),
        charge_from: Set(input.charge_from),
        note: Set(input.note.clone()),
        sign_by: Set(today.checked_add_days(Days::new(days.unsigned_abs())).unwrap_or(today)),
        status: Set(Status::Draft),
        approved_by: Set(None),
        approved_at: Set(None),
        signed_by: Set(None),
        signed_at: Set(None),
        document_id: Set(None),
        ended_on: Set(None),
        end_reason: Set(None),
    };
    let kind: &str = input.kind.into();
    let row = work.create::<HeatAgreement>(row, |fact| fact.with("kind", kind), "drafted").await?;
    external_ids::attach_all(work, HeatAgreement::NAME, row.id, &input.external_ids).await?;
    Ok(row)
}

async fn check(work: &Work, home: &Home, input: &CreateHeatAgreement) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(input.items.is_empty() && input.kind != Kind::Demolition, "/items", "required");
    for (n, item) in input.items.iter().enumerate() {
        errors.add_if(item.kind == areas::Kind::Certificate, &format!("/items/{n}/kind"), "out_of_range");
        if let Some(old) = item.area_item_id {
            let pointer = format!("/items/{n}/area_item_id");
            let old = areas::Entity::find_by_id(old).filter(areas::Column::HouseholdId.eq(home.id));
            match old.one(&work.db()).await? {
                Some(old) => errors.add_if(old.from_on >= input.charge_from, "/charge_from", "date_order"),
                None => errors.add_if(true, &pointer, "not_found"),
            };
        }
    }
    // What a case recovers goes by the season it was found in, as its bill does.
    let mut day = business_day(work.now);
    if let Some(case) = input.case_id {
        let case = referenced::known::<InspectionCase>(work, case, "/case_id").await?;
        errors.add_if(case.household_id != home.id, "/case_id", "not_found");
        day = business_day(case.found_at);
    }
    errors.finish()?;
    match recovery::current_season(work, home, day).await? {
        Some(season) => recovery::ensure_not_too_old(work, &season, input.charge_from).await,
        None => Ok(()),
    }
}

/// Approves an agreement.
///
/// # Errors
/// 409 `separation_of_duties` for its drafter and for the inspector of its case (HS-R61).
pub async fn approve(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatAgreement>(work, id, "approve").await?;
    if let Some(case) = row.case_id {
        let case = crate::inspection::commands::current(work, case).await?;
        if work.actor().persons().any(|person| person == case.inspector_id) {
            let refusal = Fault::new(&SEPARATION_OF_DUTIES).rule("HS-R61");
            return Err(refusal.with("first", "inspect").with("second", "approve"));
        }
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.approved_by = Set(Some(work.actor().sub));
    change.approved_at = Set(Some(work.now));
    work.change::<HeatAgreement>(&row, change, "approved", |fact| fact).await
}

/// Signs an approved agreement: its areas stand from its first day on, charged by paper.
pub async fn sign(work: &Work, id: Uuid, input: &SignHeatAgreement) -> Result<Model, Fault> {
    let (row, _) =
        MOVES.begin_checked::<HeatAgreement>(work, id, "sign", async |_: &Model| fits(work, input).await).await?;
    signed(work, &row, input).await
}

async fn fits(work: &Work, input: &SignHeatAgreement) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.instant(&mut errors, input.signed_at, "/signed_at");
    errors.finish()?;
    if let Some(customer) = input.signed_by {
        customer::living(work, customer, "/signed_by").await?;
    }
    documents::ensure_one_visible(work, input.document_id, "/document_id").await
}

/// Signs an agreement with the act that carries its paper, which has been looked for.
pub(crate) async fn signed(work: &Work, row: &Model, input: &SignHeatAgreement) -> Result<Model, Fault> {
    let to = MOVES.take("sign", &Subject::of(work, row))?;
    let home = homes::locked(work, row.household_id).await?;
    if row.kind != Kind::Demolition {
        for item in row.items() {
            let area = CreateAreaItem {
                kind: item.kind,
                area_m2: item.area_m2,
                height_m: Some(item.height_m),
                has_heating_facility: Some(item.has_heating_facility),
                from: row.charge_from,
                to: None,
                origin: Some(areas::Origin::Agreement),
                source_id: Some(row.case_id.unwrap_or(row.id)),
                document_id: None,
                replaces_id: item.area_item_id,
            };
            enter(work, &home, &area, Some(row.id)).await?;
        }
    }
    documents::attach(work, &[input.document_id], HeatAgreement::NAME, row.id, "signed").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.signed_by = Set(input.signed_by.or(home.customer_id));
    change.signed_at = Set(Some(input.signed_at.map_or(work.now, |at| at.0)));
    change.document_id = Set(Some(input.document_id));
    work.change::<HeatAgreement>(row, change, "signed", |fact| fact).await
}

/// Ends an agreement: the areas it opened end on its last day.
///
/// # Errors
/// 422 `date_order` for a day before its first.
pub async fn end(work: &Work, id: Uuid, input: &EndHeatAgreement) -> Result<Model, Fault> {
    let last = input.ended_on.unwrap_or_else(|| business_day(work.now));
    let fits = async |row: &Model| match last < row.charge_from {
        true => Err(Fault::field("/ended_on", "date_order")),
        false => Ok(()),
    };
    let (row, to) = MOVES.begin_checked::<HeatAgreement>(work, id, "end", fits).await?;
    homes::locked(work, row.household_id).await?;
    end_with_agreement(work, row.id, last).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.ended_on = Set(Some(last));
    change.end_reason = Set(Some(input.reason.clone()));
    work.change::<HeatAgreement>(&row, change, "ended", |fact| fact.reason(input.reason.as_str())).await
}
