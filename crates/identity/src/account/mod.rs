//! Accounts (账号): a login for one person of the staff or one customer.

pub mod commands;
pub mod entity;

use access::{Actor, JobRole};
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::staff::post;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect, QueryTrait};
use serde::Serialize;
use store::journal::Audience;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use entity::{Column, Entity, Model, Status};

/// The accounts resource.
pub struct Account;

/// An account as administrators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountView {
    pub id: Uuid,
    pub version: i32,
    pub login: String,
    pub staff_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub status: Status,
    pub must_change_password: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Resource for Account {
    type Entity = Entity;
    type Row = Model;
    type View = AccountView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "account";
    const PATH: &'static str = "/v1/accounts";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("login")
            .sort("login", Column::Login)
            .code("status", Column::Status, Status::CODES)
            .by("staff_id", Column::StaffId)
            .by("customer_id", Column::CustomerId)
            .by("login", Column::Login)
            .custom("role", "string", |at, value| {
                let today = post::held_on(kernel::time::business_day(at.now));
                let roles = post::Column::Role.is_in(value.split(','));
                let holders =
                    post::Entity::find().select_only().column(post::Column::StaffId).filter(roles).filter(today);
                let staff = Column::StaffId.in_subquery(holders.into_query());
                let customers = value.split(',').any(|role| role == JobRole::Customer.code());
                let any = Condition::any().add(staff);
                Ok(if customers { any.add(Column::CustomerId.is_not_null()) } else { any })
            })
    }

    fn placement(_: &Model) -> Placement {
        Placement { audience: Audience::Audit, ..Placement::default() }
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<AccountView>, Fault> {
        let view = |row: Model| AccountView {
            id: row.id,
            version: row.version,
            login: row.login,
            staff_id: row.staff_id,
            customer_id: row.customer_id,
            status: row.status,
            must_change_password: row.must_change_password,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
