//! Proposing, confirming and rejecting. A confirmation goes through the same commands as an entry by hand.

use chrono::{Days, NaiveDate};
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::business_day;
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::Deserialize;
use store::acts::ReasonedAct;
use store::{Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Kind, Model, Payload, Status};
use super::{HeatingProposal, MOVES};
use crate::area_item::commands::{CreateAreaItem, entered as add_area};
use crate::area_item::entity as areas;
use crate::household::Household;
use crate::household::commands::{CreateHousehold, create as open_household};
use crate::household::entity::{self as homes, Use, Valve};
use crate::ownership::commands::{CreateOwnership, end_on, entered as change_hands};
use crate::ownership::entity::Cause;

/// A proposal on its way in.
#[derive(Clone, Debug)]
pub struct Proposed {
    pub kind: Kind,
    pub household_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub station_id: Option<Uuid>,
    pub payload: Payload,
    /// The fact it follows from.
    pub event: &'static str,
    pub resource: &'static str,
    pub source_id: Uuid,
}

/// What the proposal lacks, and what an entry by hand would say.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConfirmHeatingProposal {
    /// The station of a new household; the proposed one when absent.
    pub station_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 200)]
    pub address: Option<String>,
    /// Of a new household; not connected when absent.
    pub connected_on: Option<NaiveDate>,
    /// Of a new household; a home when absent.
    #[serde(rename = "use")]
    pub purpose: Option<Use>,
    /// What the new holder signed for arrears.
    pub document_id: Option<Uuid>,
    #[serde(default)]
    pub takes_arrears: bool,
}

/// Writes a proposal, once a source and kind; a second one answers the first.
pub async fn propose(work: &Work, new: Proposed) -> Result<Model, Fault> {
    let kind: &str = new.kind.into();
    locks::hold(work, vec![format!("heating_proposal|{}|{}|{kind}", new.resource, new.source_id)]).await?;
    let same = Entity::find()
        .filter(Column::SourceResource.eq(new.resource))
        .filter(Column::SourceId.eq(new.source_id))
        .filter(Column::Kind.eq(new.kind));
    if let Some(known) = same.one(&work.db()).await? {
        return Ok(known);
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "TA").await?)),
        kind: Set(new.kind),
        household_id: Set(new.household_id),
        unit_id: Set(new.unit_id),
        station_id: Set(new.station_id),
        payload: Set(serde_json::to_string(&new.payload).map_err(Fault::internal)?),
        source_event: Set(new.event.to_owned()),
        source_resource: Set(new.resource.to_owned()),
        source_id: Set(new.source_id),
        status: Set(Status::Proposed),
        decided_by: Set(None),
        decided_at: Set(None),
        reason: Set(None),
        result_id: Set(None),
    };
    work.create::<HeatingProposal>(row, |fact| fact.with("kind", kind), "created").await
}

/// Takes a proposal over: the household, ownership or area item is written as by hand.
///
/// # Errors
/// 422 `required` for what neither the proposal nor the body says; what the entry by hand would refuse.
pub async fn confirm(work: &Work, id: Uuid, input: &ConfirmHeatingProposal) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatingProposal>(work, id, "confirm").await?;
    let written = match row.kind {
        Kind::Household => household(work, &row, input).await?,
        Kind::Ownership => ownership(work, &row, input).await?,
        Kind::CertificateItem => certificate(work, &row).await?,
    };
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.decided_by = Set(Some(work.actor().sub));
    change.decided_at = Set(Some(work.now));
    change.result_id = Set(Some(written));
    work.change::<HeatingProposal>(&row, change, "confirmed", |fact| fact).await
}

/// Refuses a proposal.
pub async fn reject(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    let (row, to) = MOVES.begin::<HeatingProposal>(work, id, "reject").await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.decided_by = Set(Some(work.actor().sub));
    change.decided_at = Set(Some(work.now));
    change.reason = Set(Some(input.reason.clone()));
    work.change::<HeatingProposal>(&row, change, "rejected", |fact| fact.reason(input.reason.as_str())).await
}

async fn household(work: &Work, row: &Model, input: &ConfirmHeatingProposal) -> Result<Uuid, Fault> {
    let payload = row.payload();
    let station_id = input.station_id.or(row.station_id).ok_or_else(|| Fault::field("/station_id", "required"))?;
    let new = CreateHousehold {
        station_id,
        unit_id: row.unit_id,
        room_no: None,
        building: None,
        address: input.address.clone(),
        customer_id: payload.customer_id,
        owned_from: payload.from,
        purpose: input.purpose.unwrap_or(Use::Residential),
        far_end: false,
        connected_on: input.connected_on,
        valve: Some(Valve::Open),
        seal_no: None,
        warranty_until: payload.warranty_until,
        price_exception: None,
        external_ids: Vec::new(),
    };
    Ok(open_household(work, &new).await?.id)
}

/// The household a proposal speaks of, held: named, or that of the unit. `If-Match` names the proposal's version and
/// says nothing of the household.
async fn known_household(work: &Work, row: &Model) -> Result<homes::Model, Fault> {
    const FIELD: &str = "/household_id";
    let of_unit = match row.unit_id {
        Some(unit) if row.household_id.is_none() => {
            homes::Entity::find().filter(homes::Column::UnitId.eq(unit)).one(&work.db()).await?
        }
        _ => None,
    };
    let id = row.household_id.or(of_unit.map(|home| home.id)).ok_or_else(|| Fault::field(FIELD, "not_found"))?;
    referenced::locked::<Household>(work, id, FIELD).await
}

async fn ownership(work: &Work, row: &Model, input: &ConfirmHeatingProposal) -> Result<Uuid, Fault> {
    let home = known_household(work, row).await?;
    let payload = row.payload();
    let from = payload.from.unwrap_or_else(|| business_day(work.now));
    let Some(customer_id) = payload.customer_id else {
        return end_on(work, home.id, from.checked_sub_days(Days::new(1)).unwrap_or(from)).await;
    };
    let new = CreateOwnership {
        customer_id,
        from,
        to: None,
        cause: Cause::Sale,
        document_id: input.document_id,
        takes_arrears: input.takes_arrears,
    };
    Ok(change_hands(work, &home, &new).await?.id)
}

async fn certificate(work: &Work, row: &Model) -> Result<Uuid, Fault> {
    let home = known_household(work, row).await?;
    let payload = row.payload();
    let area_m2 = payload.area_m2.ok_or_else(|| Fault::field("/payload/area_m2", "required"))?;
    let current = areas::Entity::find()
        .filter(areas::Column::HouseholdId.eq(home.id))
        .filter(areas::Column::Kind.eq(areas::Kind::Certificate))
        .filter(areas::Column::ToOn.is_null())
        .order_by_desc(areas::Column::FromOn)
        .one(&work.db())
        .await?;
    let new = CreateAreaItem {
        kind: areas::Kind::Certificate,
        area_m2,
        height_m: None,
        has_heating_facility: None,
        from: payload.from.unwrap_or_else(|| business_day(work.now)),
        to: None,
        origin: Some(areas::Origin::Certificate),
        source_id: Some(row.source_id),
        document_id: None,
        replaces_id: current.map(|item| item.id),
    };
    Ok(add_area(work, &home, &new).await?.id)
}
