//! Areas of a household (面积项, HS-01): what is heated, since when, and whether it is charged.

pub mod commands;
pub mod entity;
pub mod queries;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Area, Height};
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::fee::charge::{ChargeReason, HeightTest, judge};
use crate::ownership::list_day;
use crate::scope;
use entity::{Column, Entity, Kind, Model, Origin};

/// The area items (HS-01).
pub struct AreaItem;

/// An area of a household. Nothing of it is edited: a change ends one item and begins another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaItemView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub household_id: Uuid,
    pub kind: Kind,
    pub area_m2: Area,
    pub height_m: Option<Height>,
    pub has_heating_facility: bool,
    pub from: NaiveDate,
    /// The last day; open when null.
    pub to: Option<NaiveDate>,
    pub origin: Origin,
    pub source_id: Option<Uuid>,
    pub agreement_id: Option<Uuid>,
    pub document_id: Option<Uuid>,
    /// Whether it is charged, by the rule of the season of the day asked for, today's when none is (HS-R05).
    pub charged: bool,
    pub charge_reason: ChargeReason,
    /// Told where it is asked for itself, not as a part of another answer.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for AreaItem {
    type Entity = Entity;
    type Row = Model;
    type View = AreaItemView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "area_item";
    const PATH: &'static str = "/v1/area-items";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_household(actor, Column::HouseholdId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_household(at.actor(), Column::HouseholdId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("from")
            .sort("from", Column::FromOn)
            .by("number", Column::Number)
            .by("household_id", Column::HouseholdId)
            .by("agreement_id", Column::AgreementId)
            .by("source_id", Column::SourceId)
            .code("kind", Column::Kind, Kind::CODES)
            .code("origin", Column::Origin, Origin::CODES)
            .custom("as_of", "date", |at, day| {
                let day = list_day(day)?;
                at.show_as_of(day);
                Ok(queries::on(day))
            })
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<AreaItemView>, Fault> {
        let test = HeightTest::of_day(at, at.day()).await?;
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        let view = |row: Model| {
            let external_ids = external.remove(&row.id).unwrap_or_default();
            Ok(AreaItemView { external_ids, ..view(row, test)? })
        };
        rows.into_iter().map(view).collect()
    }
}

/// An item as callers see it, under a height test.
pub(crate) fn view(row: Model, test: HeightTest) -> Result<AreaItemView, Fault> {
    let reason = judge(&row, test);
    Ok(AreaItemView {
        id: row.id,
        version: row.version,
        number: row.number,
        household_id: row.household_id,
        kind: row.kind,
        area_m2: Area::from_units(row.area_dm2).map_err(Fault::internal)?,
        height_m: row.height_cm.and_then(|units| Height::from_units(units.into()).ok()),
        has_heating_facility: row.has_heating_facility,
        from: row.from_on,
        to: row.to_on,
        origin: row.origin,
        source_id: row.source_id,
        agreement_id: row.agreement_id,
        document_id: row.document_id,
        charged: reason.charged(),
        charge_reason: reason,
        external_ids: Vec::new(),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.unwrap_or(row.created_at).into(),
    })
}
