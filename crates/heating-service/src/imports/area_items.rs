//! Rows of areas: a changed one begins a new item from the day given, nothing is overwritten (HS-R04).

use access::JobRole;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Area, Height};
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow};
use store::{Reading, Work};
use utoipa::ToSchema;

use super::known::{homes_ahead, known_household};
use super::{MANAGER, RUN};
use crate::area_item::commands::{CreateAreaItem, create, entered};
use crate::area_item::entity::{Column as Of, Entity, Kind, Model, Origin};
use crate::household::entity::Model as Home;

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
    const PERMISSION: &'static str = RUN;
    const ONLY: Option<&'static [JobRole]> = MANAGER;
    const COLUMNS: &'static [Column] = &[
        Column::text("household_number", "用热户编号").or("household_id"),
        Column::text("kind", "面积类别"),
        Column::text("area_m2", "面积"),
        Column::text("height_m", "层高"),
        Column::new("has_heating_facility", "有供热设施", Cell::Boolean),
        Column::new("from", "起始日期", Cell::Date),
    ];

    async fn look_ahead(work: &Work, rows: &[Self]) -> Result<(), Fault> {
        homes_ahead(work, rows.iter().map(|row| row.household_number.as_str()).collect()).await
    }

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let home = known_household(work, &self.household_number).await?;
        let area = Said {
            kind: self.kind,
            area: self.area_m2,
            height: self.height_m,
            heated: self.has_heating_facility,
            from: self.from,
            changed_from: self.from,
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
    /// Since when it holds.
    pub from: NaiveDate,
    /// Since when it holds in the place of another.
    pub changed_from: NaiveDate,
}

impl Said {
    fn is(&self, row: &Model) -> bool {
        let height = self.height.is_none_or(|height| row.height_cm.map(i64::from) == Some(height.units()));
        let heated = self.heated.is_none_or(|heated| row.has_heating_facility == heated);
        row.kind == self.kind && row.area_dm2 == self.area.units() && height && heated
    }
}

/// The areas of a home that have no end, the oldest first.
async fn open_items(at: &Reading, household_id: Uuid) -> Result<Vec<Model>, Fault> {
    let rows = Entity::find().filter(Of::HouseholdId.eq(household_id)).filter(Of::ToOn.is_null());
    Ok(rows.order_by_asc(Of::FromOn).order_by_asc(Of::Id).all(&at.db()).await?)
}

fn input(area: &Said, replaced: Option<&Model>) -> CreateAreaItem {
    CreateAreaItem {
        kind: area.kind,
        area_m2: area.area,
        height_m: area.height,
        has_heating_facility: area.heated,
        from: if replaced.is_some() { area.changed_from } else { area.from },
        to: None,
        origin: Some(Origin::Import),
        source_id: None,
        document_id: None,
        replaces_id: replaced.map(|row| row.id),
    }
}

async fn enter(work: &Work, household_id: Uuid, area: &Said, replaced: Option<&Model>) -> Result<Uuid, Fault> {
    Ok(create(work, household_id, &input(area, replaced)).await?.id)
}

/// Enters an area unless the household has it. Of a certificate there is one: another one takes its place. Of
/// other kinds a home may have several, so one of another size is one more. The flag tells that it is new.
async fn said(work: &Work, household_id: Uuid, area: &Said) -> Result<(Uuid, bool), Fault> {
    let rows = open_items(work, household_id).await?;
    if let Some(known) = rows.iter().find(|row| area.is(row)) {
        return Ok((known.id, false));
    }
    let replaced = rows.iter().find(|row| area.kind == Kind::Certificate && row.kind == area.kind);
    Ok((enter(work, household_id, area, replaced).await?, true))
}

/// Enters the areas of a home that this work has opened.
pub(super) async fn first_said(work: &Work, home: &Home, areas: &[Said]) -> Result<(), Fault> {
    for area in areas {
        entered(work, home, &input(area, None)).await?;
    }
    Ok(())
}

/// Enters the areas a file says a home has: one that is said otherwise takes the place of the one of its kind that
/// was taken over before. Areas the file does not name, and those of cases and agreements, stay. Whether any is new.
pub(super) async fn all_said(work: &Work, household_id: Uuid, areas: &[Said]) -> Result<bool, Fault> {
    let mut rows = open_items(work, household_id).await?;
    let mut news = Vec::new();
    for area in areas {
        match rows.iter().position(|row| area.is(row)) {
            Some(n) => {
                rows.remove(n);
            }
            None => news.push(area),
        }
    }
    for area in &news {
        let by_file = |row: &Model| matches!(row.origin, Origin::Import | Origin::Certificate);
        let n = rows.iter().position(|row| row.kind == area.kind && by_file(row));
        let replaced = n.map(|n| rows.remove(n));
        enter(work, household_id, area, replaced.as_ref()).await?;
    }
    Ok(!news.is_empty())
}
