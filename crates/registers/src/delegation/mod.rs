//! Delegations (代理授权, PF-03): one person's role in another's hands while he is away.

pub mod commands;
mod life_cycle;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::life_cycle::{Allowed, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "delegation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub from_staff_id: Uuid,
    pub to_staff_id: Uuid,
    pub role: String,
    /// First day.
    pub from_on: Date,
    /// Last day, inclusive.
    pub to_on: Date,
    pub reason: String,
    pub created_by: Uuid,
    pub revoked_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The delegations to somebody that hold on a day.
pub async fn held(at: &Reading, staff_id: Uuid, day: NaiveDate) -> Result<Vec<Model>, Fault> {
    let select = Entity::find()
        .filter(Column::ToStaffId.eq(staff_id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::FromOn.lte(day))
        .filter(Column::ToOn.gte(day));
    Ok(select.all(&at.db()).await?)
}

/// The delegations from or to somebody that are not over on a day, as callers see them.
pub async fn around(at: &Reading, staff_id: Uuid, day: NaiveDate) -> Result<Vec<DelegationView>, Fault> {
    let party = Condition::any().add(Column::FromStaffId.eq(staff_id)).add(Column::ToStaffId.eq(staff_id));
    let rows = Entity::find()
        .filter(party)
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ToOn.gte(day))
        .order_by_asc(Column::FromOn)
        .order_by_asc(Column::Id)
        .all(&at.db())
        .await?;
    Delegation::views(at, rows).await
}

/// The delegations resource.
pub struct Delegation;

/// A delegation as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DelegationView {
    pub id: Uuid,
    pub version: i32,
    pub from_staff_id: Uuid,
    pub to_staff_id: Uuid,
    pub role: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub reason: String,
    pub revoked_at: Option<Timestamp>,
    /// Who lent it: the principal, hr_officer, or who approved his leave.
    pub created_by: Uuid,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Delegation {
    type Entity = Entity;
    type Row = Model;
    type View = DelegationView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "delegation";
    const PATH: &'static str = "/v1/delegations";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .by("from_staff_id", Column::FromStaffId)
            .by("to_staff_id", Column::ToStaffId)
            .by("role", Column::Role)
            .custom("on", "date", |_, value| {
                let day = list::day("on", value)?;
                Ok(Condition::all()
                    .add(Column::RevokedAt.is_null())
                    .add(Column::FromOn.lte(day))
                    .add(Column::ToOn.gte(day)))
            })
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<DelegationView>, Fault> {
        let view = |row: Model| DelegationView {
            id: row.id,
            version: row.version,
            from_staff_id: row.from_staff_id,
            to_staff_id: row.to_staff_id,
            role: row.role,
            from: row.from_on,
            to: row.to_on,
            reason: row.reason,
            revoked_at: row.revoked_at.map(Timestamp::from),
            created_by: row.created_by,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let subject = Subject::of(at, row);
        Ok(Some(life_cycle::MOVES.allowed(&subject, at.lang())))
    }
}
