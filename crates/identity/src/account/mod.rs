//! Accounts (账号): a login for one person of the staff or one customer.

pub mod commands;
pub mod entity;

use access::{Actor, JobRole};
use kernel::fault::{self, Fault};
use kernel::time::Timestamp;
use registers::staff::post;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect, QueryTrait};
use serde::Serialize;
use store::journal::Audience;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::lockout;
use entity::{Column, Entity, Model, Status};

/// Acts on an account.
pub(crate) const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "platform.account",
    state: |it| it.row.status,
    moves: &[
        Move { action: "lock", from: &[Status::Active], to: Some(Status::Locked), guards: &[] },
        Move { action: "unlock", from: &[Status::Active, Status::Locked], to: Some(Status::Active), guards: &[] },
        Move { action: "disable", from: &[Status::Active, Status::Locked], to: Some(Status::Disabled), guards: &[] },
        Move { action: "reset-password", from: &[], to: None, guards: &[] },
    ],
};

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
    /// `locked` also while wrong passwords lock it out.
    pub status: Status,
    /// Wrong passwords that count towards a lock-out, or led to the one that holds.
    pub failed_attempts: i32,
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
            .custom("status", "string", with_status)
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

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<AccountView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let failures = lockout::of_accounts(at, &ids).await?;
        let failures = |row: &Model| failures.get(&row.id).copied().unwrap_or_default();
        let view = |row: Model| AccountView {
            status: match row.status {
                Status::Active if failures(&row).locked_out => Status::Locked,
                status => status,
            },
            failed_attempts: failures(&row).count,
            id: row.id,
            version: row.version,
            login: row.login,
            staff_id: row.staff_id,
            customer_id: row.customer_id,
            must_change_password: row.must_change_password,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let subject = Subject::of(at, row);
        let update = |_: &str| "platform.account:update".to_owned();
        Ok(Some(MOVES.allowed_under(update, &subject, at.lang())))
    }
}

/// As callers see it: an account locked out by wrong passwords is `locked` and not `active`.
fn with_status(at: &Reading, codes: &str) -> Result<Condition, Fault> {
    let out = || lockout::locked_out_now(at.now);
    codes.split(',').try_fold(Condition::any(), |any, code| {
        let status = Status::ALL.iter().copied().find(|status| status.code() == code);
        let status = status.ok_or_else(|| Fault::new(&fault::INVALID_PARAMETER).with("parameter", "status"))?;
        let active = || Condition::all().add(Column::Status.eq(Status::Active));
        Ok(match status {
            Status::Active => any.add(active().add(Column::Id.not_in_subquery(out()))),
            Status::Locked => {
                any.add(Column::Status.eq(Status::Locked)).add(active().add(Column::Id.in_subquery(out())))
            }
            Status::Disabled => any.add(Column::Status.eq(Status::Disabled)),
        })
    })
}
