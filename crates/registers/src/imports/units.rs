//! Rows of units: by their key in another system, else by building and room; with an owner where one is named.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Area, Height};
use kernel::time::business_day;
use kernel::validation::RoomNo;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow, same};
use store::{Resource, Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::property::owner::commands::{AddOwner, add};
use crate::property::owner::{self, OwnerSource};
use crate::property::unit::UnitUse;
use crate::property::unit::commands::{CreateUnit, UnitFields, create, update};
use crate::property::{Building, Unit, building, unit};
use crate::{external_ids, locks};

/// A row of `units`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedUnit)]
pub struct UnitRow {
    /// Needed where the building's code alone does not say which one.
    project_code: Option<String>,
    building_code: String,
    room_no: RoomNo,
    #[schema(minimum = -20, maximum = 300)]
    floor: Option<i32>,
    #[serde(rename = "use")]
    purpose: UnitUse,
    predicted_area_m2: Option<Area>,
    registered_area_m2: Option<Area>,
    inner_area_m2: Option<Area>,
    height_m: Option<Height>,
    delivered_on: Option<NaiveDate>,
    /// Number of a customer who owns it.
    owner_customer_number: Option<String>,
    /// Since when; today when absent.
    owner_from: Option<NaiveDate>,
    #[schema(min_length = 1, max_length = 40)]
    external_system: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    external_id: Option<String>,
}

impl ImportRow for UnitRow {
    const KIND: &'static str = "units";
    const TITLE: (&'static str, &'static str) = ("房屋", "Units");
    const PERMISSION: &'static str = "platform.property:manage";
    const COLUMNS: &'static [Column] = &[
        Column::text("project_code", "项目编码").or("project_id"),
        Column::text("building_code", "楼栋编码").or("building_id"),
        Column::text("room_no", "房号"),
        Column::new("floor", "楼层", Cell::Integer),
        Column::text("use", "用途"),
        Column::text("predicted_area_m2", "预测面积"),
        Column::text("registered_area_m2", "实测面积"),
        Column::text("inner_area_m2", "套内面积"),
        Column::text("height_m", "层高"),
        Column::new("delivered_on", "交付日期", Cell::Date),
        Column::text("owner_customer_number", "业主编号").or("owner_customer_id"),
        Column::new("owner_from", "产权起始日期", Cell::Date),
        Column::text("external_system", "外部系统"),
        Column::text("external_id", "外部编号"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let building = known_building(work, self.project_code.as_deref(), &self.building_code).await?;
        let external = super::external(self.external_system.as_ref(), self.external_id.as_ref());
        let mut known = match &external {
            Some(external) => locks::known_as(work, "unit", external).await?,
            None => None,
        };
        if known.is_none() {
            known = room(work, building.id, &self.room_no).await?;
        }
        let (id, mut changed) = match known {
            None => {
                let input = CreateUnit {
                    building_id: building.id,
                    room_no: self.room_no.clone(),
                    floor: self.floor,
                    purpose: self.purpose,
                    predicted_area_m2: self.predicted_area_m2,
                    registered_area_m2: self.registered_area_m2,
                    inner_area_m2: self.inner_area_m2,
                    height_m: self.height_m,
                    delivered_on: self.delivered_on,
                    external_ids: external.into_iter().collect(),
                };
                (create(work, &input).await?.id, true)
            }
            Some(id) => {
                if let Some(external) = &external {
                    external_ids::attach(work, "unit", id, external).await?;
                }
                (id, self.change(work, id, building.id).await?)
            }
        };
        if let Some(number) = &self.owner_customer_number {
            changed |= self.own(work, id, number).await?;
        }
        let applied = if changed { Applied::changed } else { Applied::unchanged };
        Ok(applied("unit", id))
    }
}

impl UnitRow {
    async fn change(&self, work: &Work, id: Uuid, building: Uuid) -> Result<bool, Fault> {
        let row = resource::take::<Unit>(work, id).await?;
        if row.building_id != building {
            return Err(Fault::field("/building_code", "immutable"));
        }
        let before = UnitFields::from(&row);
        let mut after = before.clone();
        (after.room_no, after.purpose) = (self.room_no.to_string(), self.purpose);
        after.floor = self.floor.or(before.floor);
        after.predicted_area_m2 = self.predicted_area_m2.or(before.predicted_area_m2);
        after.registered_area_m2 = self.registered_area_m2.or(before.registered_area_m2);
        after.inner_area_m2 = self.inner_area_m2.or(before.inner_area_m2);
        after.height_m = self.height_m.or(before.height_m);
        after.delivered_on = self.delivered_on.or(before.delivered_on);
        if same(&before, &after)? {
            return Ok(false);
        }
        update(work, &row, after).await?;
        Ok(true)
    }

    /// Enters the owner unless he is; whether he was entered.
    async fn own(&self, work: &Work, unit: Uuid, number: &str) -> Result<bool, Fault> {
        let customer_id = super::known_customer(work, number, "/owner_customer_number").await?;
        let owns = owner::entity::Entity::find()
            .filter(owner::entity::Column::UnitId.eq(unit))
            .filter(owner::entity::Column::CustomerId.eq(customer_id))
            .filter(owner::entity::Column::ToOn.is_null());
        if owns.one(&work.db()).await?.is_some() {
            return Ok(false);
        }
        let from = self.owner_from.unwrap_or(business_day(work.now));
        let owner = AddOwner { customer_id, from, to: None, source: Some(OwnerSource::Import) };
        add(work, unit, &owner).await?;
        Ok(true)
    }
}

/// The building of this code, in this project where one is named.
pub async fn known_building(work: &Work, project: Option<&str>, code: &str) -> Result<building::Model, Fault> {
    let Some(project) = project.filter(|_| code.parse::<Uuid>().is_err()) else {
        let same = building::Entity::find().filter(building::entity::Column::Code.eq(code));
        let several = same.filter(Building::visible_to(work.actor())).all(&work.db()).await?.len() > 1;
        if several {
            return Err(Fault::field("/project_code", "required"));
        }
        return super::by_code::<Building>(work, building::entity::Column::Code, code, "/building_code").await;
    };
    let project = super::known_project(work, project, "/project_code").await?;
    let found = building::Entity::find()
        .filter(building::entity::Column::ProjectId.eq(project.id))
        .filter(building::entity::Column::Code.eq(code))
        .one(&work.db())
        .await?;
    found.ok_or_else(|| Fault::field("/building_code", "not_found"))
}

async fn room(work: &Work, building: Uuid, room: &RoomNo) -> Result<Option<Uuid>, Fault> {
    let found = unit::Entity::find()
        .filter(unit::entity::Column::BuildingId.eq(building))
        .filter(unit::entity::Column::RoomNo.eq(room.to_string()))
        .one(&work.db())
        .await?;
    Ok(found.map(|row| row.id))
}

/// Where something is, as a row of a file names it.
pub struct Place<'a> {
    pub project_code: Option<&'a str>,
    pub building_code: &'a str,
    pub room_no: Option<&'a RoomNo>,
}

/// The building a row names, and the unit in it.
///
/// # Errors
/// 422 `not_found` at `/building_code` or `/room_no`.
pub async fn known_home(work: &Work, place: &Place<'_>) -> Result<(Uuid, Option<Uuid>), Fault> {
    let building = known_building(work, place.project_code, place.building_code).await?.id;
    let Some(number) = place.room_no else { return Ok((building, None)) };
    let unit = room(work, building, number).await?;
    unit.map(|unit| (building, Some(unit))).ok_or_else(|| Fault::field("/room_no", "not_found"))
}
