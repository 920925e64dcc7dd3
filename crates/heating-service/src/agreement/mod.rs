//! Agreements (协议/供暖补充协议, HS-10): drafted by the inspector, approved by somebody else, signed by the
//! household. A signed one opens its areas and charges them by paper; its end closes them.

pub mod commands;
pub mod entity;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use kernel::fixed::Area;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::household::{self, Household};
use crate::scope;
use entity::{Column, Entity, Item, Kind, Model, Status};

/// The agreements (HS-10).
pub struct HeatAgreement;

/// Acts on an agreement.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.agreement",
    state: |it| it.row.status,
    moves: &[
        Move { action: "approve", from: &[Status::Draft], to: Some(Status::Approved), guards: &[not_its_drafter] },
        Move { action: "sign", from: &[Status::Approved], to: Some(Status::Signed), guards: &[] },
        Move { action: "end", from: &[Status::Signed], to: Some(Status::Ended), guards: &[] },
    ],
};

fn not_its_drafter(it: &Subject<'_, Model>) -> Result<(), Fault> {
    match it.actor.persons().any(|person| person == it.row.created_by) {
        true => Err(Fault::new(&SEPARATION_OF_DUTIES).rule("HS-R61").with("first", "draft").with("second", "approve")),
        false => Ok(()),
    }
}

/// What a household and the company agree upon.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeatAgreementView {
    pub id: Uuid,
    pub version: i32,
    /// `XY-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub household_id: Uuid,
    /// The inspection case it follows from.
    pub case_id: Option<Uuid>,
    pub kind: Kind,
    pub items: Vec<Item>,
    /// Of all items.
    pub area_m2: Option<Area>,
    /// The first day of the fee.
    pub charge_from: NaiveDate,
    pub note: Option<String>,
    /// The last day to sign in.
    pub sign_by: NaiveDate,
    pub status: Status,
    pub created_by: Uuid,
    pub approved_by: Option<Uuid>,
    pub approved_at: Option<Timestamp>,
    /// The customer who signed.
    pub signed_by: Option<Uuid>,
    pub signed_at: Option<Timestamp>,
    /// The signed paper.
    pub document_id: Option<Uuid>,
    /// Its last day.
    pub ended_on: Option<NaiveDate>,
    pub end_reason: Option<String>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for HeatAgreement {
    type Entity = Entity;
    type Row = Model;
    type View = HeatAgreementView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "heat_agreement";
    const PATH: &'static str = "/v1/heat-agreements";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .by("case_id", Column::CaseId)
            .code("kind", Column::Kind, Kind::CODES)
            .code("status", Column::Status, Status::CODES)
            .custom("station_id", "uuid", |_, text| household::at_station(Column::HouseholdId, text))
            .range("created_at", Column::CreatedAt)
            .range("signed_at", Column::SignedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HeatAgreementView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let keys = external.remove(&row.id).unwrap_or_default();
            view(row, keys)
        };
        Ok(rows.into_iter().map(view).collect())
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<Household>("household", "household_id")]
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

fn view(row: Model, external_ids: Vec<ExternalId>) -> HeatAgreementView {
    HeatAgreementView {
        items: row.items(),
        area_m2: Area::from_units(row.area_dm2).ok(),
        id: row.id,
        version: row.version,
        number: row.number,
        household_id: row.household_id,
        case_id: row.case_id,
        kind: row.kind,
        charge_from: row.charge_from,
        note: row.note,
        sign_by: row.sign_by,
        status: row.status,
        created_by: row.created_by,
        approved_by: row.approved_by,
        approved_at: row.approved_at.map(Timestamp::from),
        signed_by: row.signed_by,
        signed_at: row.signed_at.map(Timestamp::from),
        document_id: row.document_id,
        ended_on: row.ended_on,
        end_reason: row.end_reason,
        created_at: row.created_at.into(),
        external_ids,
        updated_at: row.updated_at.into(),
    }
}
