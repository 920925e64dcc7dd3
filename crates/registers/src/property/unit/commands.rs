//! Creating, changing and taking over units.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Area, Height};
use kernel::time;
use kernel::validation::RoomNo;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use store::imports::same;
use store::{Work, resource, search};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::Unit;
use super::entity::{ActiveModel, Column, Entity, Model, UnitUse};
use crate::external_ids::{self, ExternalId};
use crate::locks;
use crate::problems::UNIT_EXISTS;
use crate::property::{Building, Status, project};
use crate::referenced;

/// A new unit (PF-05). What another system does not say of one already known stays.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateUnit {
    pub building_id: Uuid,
    pub room_no: RoomNo,
    #[schema(minimum = -20, maximum = 300)]
    pub floor: Option<i32>,
    #[serde(rename = "use")]
    pub purpose: UnitUse,
    pub predicted_area_m2: Option<Area>,
    pub registered_area_m2: Option<Area>,
    pub inner_area_m2: Option<Area>,
    pub height_m: Option<Height>,
    pub delivered_on: Option<NaiveDate>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of a unit (PF-05).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UnitFields {
    #[schema(format = "room_no")]
    pub room_no: String,
    #[schema(minimum = -20, maximum = 300)]
    pub floor: Option<i32>,
    #[serde(rename = "use")]
    pub purpose: UnitUse,
    pub predicted_area_m2: Option<Area>,
    pub registered_area_m2: Option<Area>,
    pub inner_area_m2: Option<Area>,
    pub height_m: Option<Height>,
    pub delivered_on: Option<NaiveDate>,
    pub status: Status,
}

impl From<&Model> for UnitFields {
    fn from(row: &Model) -> Self {
        Self {
            room_no: row.room_no.clone(),
            floor: row.floor,
            purpose: row.purpose,
            predicted_area_m2: project::area(row.predicted_area_dm2),
            registered_area_m2: project::area(row.registered_area_dm2),
            inner_area_m2: project::area(row.inner_area_dm2),
            height_m: super::height(row.height_cm),
            delivered_on: row.delivered_on,
            status: row.status,
        }
    }
}

/// Creates a unit; its room number is unique in the building.
pub async fn create(work: &Work, cmd: &CreateUnit) -> Result<Model, Fault> {
    let building = referenced::locked::<Building>(work, cmd.building_id, "/building_id").await?;
    check(work, building.id, &cmd.room_no, cmd.delivered_on, None).await?;
    let row = ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        building_id: Set(building.id),
        project_id: Set(building.project_id),
        room_no: Set(cmd.room_no.to_string()),
        floor: Set(cmd.floor),
        purpose: Set(cmd.purpose),
        predicted_area_dm2: Set(cmd.predicted_area_m2.map(Area::units)),
        registered_area_dm2: Set(cmd.registered_area_m2.map(Area::units)),
        inner_area_dm2: Set(cmd.inner_area_m2.map(Area::units)),
        height_cm: Set(cmd.height_m.and_then(centimetres)),
        delivered_on: Set(cmd.delivered_on),
        status: Set(Status::Active),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
    };
    let row = work.create::<Unit>(row, |fact| fact, "created").await?;
    for key in &cmd.external_ids {
        external_ids::attach(work, "unit", row.id, key).await?;
    }
    search::index(work, "unit", row.id, &[&building.code, &building.name, &row.room_no]).await?;
    Ok(row)
}

/// Changes a unit.
pub async fn update(work: &Work, row: &Model, fields: UnitFields) -> Result<Model, Fault> {
    let building = referenced::locked::<Building>(work, row.building_id, "/building_id").await?;
    let room = RoomNo::parse(&fields.room_no).map_err(|code| Fault::field("/room_no", code))?;
    check(work, building.id, &room, fields.delivered_on, Some(row.id)).await?;
    let mut next = row.clone().into_active_model();
    next.room_no = Set(room.to_string());
    next.floor = Set(fields.floor);
    next.purpose = Set(fields.purpose);
    next.predicted_area_dm2 = Set(fields.predicted_area_m2.map(Area::units));
    next.registered_area_dm2 = Set(fields.registered_area_m2.map(Area::units));
    next.inner_area_dm2 = Set(fields.inner_area_m2.map(Area::units));
    next.height_cm = Set(fields.height_m.and_then(centimetres));
    next.delivered_on = Set(fields.delivered_on);
    next.status = Set(fields.status);
    let row = work.change::<Unit>(row, next, "updated", |fact| fact).await?;
    search::index(work, "unit", row.id, &[&building.code, &building.name, &row.room_no]).await?;
    Ok(row)
}

/// Creates the unit another system knows by this id, or changes the one already known by it; what says nothing new
/// changes nothing. The flag tells that it is new.
pub async fn put(work: &Work, key: &ExternalId, cmd: &CreateUnit) -> Result<(Model, bool), Fault> {
    let Some(id) = locks::known_as(work, "unit", key).await? else {
        let row = create(work, cmd).await?;
        external_ids::attach(work, "unit", row.id, key).await?;
        return Ok((row, true));
    };
    let row = resource::take::<Unit>(work, id).await?;
    if row.building_id != cmd.building_id {
        return Err(Fault::field("/building_id", "immutable"));
    }
    let known = UnitFields::from(&row);
    // What the other system does not say it does not know: it stays.
    let fields = UnitFields {
        room_no: cmd.room_no.to_string(),
        floor: cmd.floor.or(known.floor),
        purpose: cmd.purpose,
        predicted_area_m2: cmd.predicted_area_m2.or(known.predicted_area_m2),
        registered_area_m2: cmd.registered_area_m2.or(known.registered_area_m2),
        inner_area_m2: cmd.inner_area_m2.or(known.inner_area_m2),
        height_m: cmd.height_m.or(known.height_m),
        delivered_on: cmd.delivered_on.or(known.delivered_on),
        status: known.status,
    };
    if same(&known, &fields)? && external_ids::has_all(work, "unit", id, &cmd.external_ids).await? {
        work.unchanged();
        return Ok((row, false));
    }
    let row = update(work, &row, fields).await?;
    external_ids::attach_all(work, "unit", row.id, &cmd.external_ids).await?;
    Ok((row, false))
}

fn centimetres(height: Height) -> Option<i32> {
    i32::try_from(height.units()).ok()
}

async fn check(
    work: &Work,
    building: Uuid,
    room: &RoomNo,
    delivered_on: Option<NaiveDate>,
    but: Option<Uuid>,
) -> Result<(), Fault> {
    if delivered_on.is_some_and(|day| day > time::business_day(work.now)) {
        return Err(Fault::field("/delivered_on", "date_in_future"));
    }
    let mut same = Entity::find().filter(Column::BuildingId.eq(building)).filter(Column::RoomNo.eq(room.to_string()));
    if let Some(id) = but {
        same = same.filter(Column::Id.ne(id));
    }
    match same.count(&work.db()).await? {
        0 => Ok(()),
        _ => Err(Fault::new(&UNIT_EXISTS).rule("PF-E18")),
    }
}
