//! Staff (人员, PF-03) and their posts (岗位).

pub mod commands;
pub mod contact;
pub mod entity;
mod life_cycle;
pub mod post;

use std::collections::HashMap;
use std::sync::Arc;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect, QueryTrait};
use serde::{Deserialize, Serialize};
use store::life_cycle::{Allowed, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::external_ids::{self, ExternalId};
use crate::matching::{contains, holds_any, starts_with};
pub use entity::{Column, Entity, Model};

/// The staff resource.
pub struct Staff;

/// What somebody can do, and how well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    /// Top category of tickets, or `customer_care`.
    #[schema(min_length = 1, max_length = 64)]
    pub category: String,
    #[schema(minimum = 1, maximum = 5)]
    pub level: i32,
}

/// The categories somebody's skills name, from their JSON.
pub fn skilled_in(skills: &str) -> Vec<String> {
    let skills: Vec<Skill> = serde_json::from_str(skills).unwrap_or_default();
    skills.into_iter().map(|skill| skill.category).collect()
}

/// A member of staff as callers see him; phone and e-mail are masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub name: String,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub org_unit_id: Uuid,
    pub skills: Vec<Skill>,
    pub daily_capacity: Option<i32>,
    pub status: String,
    /// Posts that are not over.
    pub posts: Vec<post::PostView>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Staff {
    type Entity = Entity;
    type Row = Model;
    type View = StaffView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "staff";
    const PATH: &'static str = "/v1/staff";
    const REMEMBERED: bool = true;
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("number")
            .sort("number", Column::Number)
            .sort("name", Column::Name)
            .by("number", Column::Number)
            .by("org_unit_id", Column::OrgUnitId)
            .code("status", Column::Status, &["active", "inactive"])
            .custom("role", "string", |at, value| {
                let day = kernel::time::business_day(at.now);
                let holders = post::Entity::find()
                    .select_only()
                    .column(post::Column::StaffId)
                    .filter(post::Column::Role.is_in(value.split(',')))
                    .filter(post::held_on(day));
                Ok(Condition::all().add(Column::Id.in_subquery(holders.into_query())))
            })
            .custom("skill", "string", |_, value| Ok(holds_any(Column::Skills, value, ("\"category\":", ""))))
            .custom("q", "string", |_, value| {
                Ok(Condition::any().add(contains(Column::Name, value)).add(starts_with(Column::Number, value)))
            })
    }

    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<StaffView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut external = external_ids::list_for(at, Self::NAME, &ids).await?;
        let mut posts: HashMap<Uuid, Vec<post::PostView>> = HashMap::new();
        let open = post::Entity::find()
            .filter(post::Column::StaffId.is_in(ids))
            .filter(post::not_over(kernel::time::business_day(at.now)))
            .order_by_asc(post::Column::CreatedAt)
            .all(&at.db())
            .await?;
        for row in open {
            posts.entry(row.staff_id).or_default().push(row.into());
        }
        let view = |row: Model| StaffView {
            posts: posts.remove(&row.id).unwrap_or_default(),
            external_ids: external.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            number: row.number,
            name: row.name,
            phone: row.phone_masked,
            email: row.email_masked,
            org_unit_id: row.org_unit_id,
            skills: serde_json::from_str(&row.skills).unwrap_or_default(),
            daily_capacity: row.daily_capacity,
            status: row.status,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let subject = Subject::of(at, row);
        let manage = |_: &str| "platform.staff:manage".to_owned();
        Ok(Some(life_cycle::MOVES.allowed_under(manage, &subject, at.lang())))
    }
}

/// Name and number of a member of staff.
#[derive(Clone, Debug)]
pub struct Named {
    pub name: String,
    pub number: String,
}

/// Who is called what: everybody of the house, remembered.
pub async fn names(at: &Reading) -> Result<Arc<HashMap<Uuid, Named>>, Fault> {
    at.remembered(async |db| {
        let all = Entity::find().select_only().columns([Column::Id, Column::Name, Column::Number]);
        let all: Vec<(Uuid, String, String)> = all.into_tuple().all(&db).await?;
        Ok(all.into_iter().map(|(id, name, number)| (id, Named { name, number })).collect())
    })
    .await
}
