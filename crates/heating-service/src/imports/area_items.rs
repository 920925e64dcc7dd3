//! Rows of areas: a changed one begins a new item from the day given, nothing is overwritten (HS-R04).

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Area, Height};
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::Work;
use store::imports::{Applied, Cell, Column, ImportRow};
use utoipa::ToSchema;

use super::known_household;
use crate::area_item::commands::{CreateAreaItem, create};
use crate::area_item::entity::{Column as Of, Entity, Kind, Model, Origin};

/// A row of `area_items`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedAreaItem)]
pub struct AreaItemRow {
    #[schema(min_length = 1, max_length = 40)]
    household_number: String,
    kind: Kind,
    area_m2: Area,
    height_m: Option<Height>,
    has_heating_facility: Option<bool>,
    from: NaiveDate,
}

impl ImportRow for AreaItemRow {
    const KIND: &'static str = "area_items";
    const TITLE: (&'static str, &'static str) = ("面积项", "Area items");
    const PERMISSION: &'static str = "heating.area_item:create";
    const COLUMNS: &'static [Column] = &[
        Column::text("household_number", "用热户编号").or("household_id"),
        Column::text("kind", "面积类别"),
        Column::text("area_m2", "面积"),
        Column::text("height_m", "层高"),
        Column::new("has_heating_facility", "有供热设施", Cell::Boolean),
        Column::new("from", "起始日期", Cell::Date),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let home = known_household(work, &self.household_number).await?;
        let area = Said {
            kind: self.kind,
            area: self.area_m2,
            height: self.height_m,
            heated: self.has_heating_facility,
            from: self.from,
        };
        let (id, changed) = said(work, home.id, &area).await?;
        let applied = if changed { Applied::changed } else { Applied::unchanged };
        Ok(applied("area_item", id))
    }
}

/// What a file says of an area.
pub(super) struct Said {
    pub kind: Kind,
    pub area: Area,
    pub height: Option<Height>,
    pub heated: Option<bool>,
    pub from: NaiveDate,
}

impl Said {
    fn is(&self, row: &Model) -> bool {
        let height = self.height.is_none_or(|height| row.height_cm.map(i64::from) == Some(height.units()));
        let heated = self.heated.is_none_or(|heated| row.has_heating_facility == heated);
        row.area_dm2 == self.area.units() && height && heated
    }
}

/// Enters an area unless the household has it. Of a certificate there is one: another one takes its place. Of
/// other kinds a home may have several, so one of another size is one more. The flag tells that it is new.
pub(super) async fn said(work: &Work, household_id: Uuid, area: &Said) -> Result<(Uuid, bool), Fault> {
    let rows = Entity::find()
        .filter(Of::HouseholdId.eq(household_id))
        .filter(Of::Kind.eq(area.kind))
        .filter(Of::ToOn.is_null())
        .all(&work.db())
        .await?;
    if let Some(known) = rows.iter().find(|row| area.is(row)) {
        return Ok((known.id, false));
    }
    let replaced = rows.first().filter(|_| area.kind == Kind::Certificate);
    let input = CreateAreaItem {
        kind: area.kind,
        area_m2: area.area,
        height_m: area.height,
        has_heating_facility: area.heated,
        from: area.from,
        to: None,
        origin: Some(Origin::Import),
        source_id: None,
        document_id: None,
        replaces_id: replaced.map(|row| row.id),
    };
    Ok((create(work, household_id, &input).await?.id, true))
}
