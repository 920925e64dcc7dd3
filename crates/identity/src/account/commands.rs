//! Opening, locking and disabling accounts; new passwords.

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use registers::customer::CustomerStatus;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::journal::Fact;
use store::{Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::{Account, MOVES};
use crate::session;

/// A new account; its password comes from `reset-password` or is given here and must be changed.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateAccount {
    #[schema(min_length = 2, max_length = 64, pattern = "^[A-Za-z0-9._@-]+$")]
    pub login: String,
    #[schema(max_length = 128)]
    pub password: String,
    pub staff_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
}

/// Nothing but the act itself.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AccountAct {
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

impl AccountAct {
    /// The fact with the reason that was said.
    pub(crate) fn said(&self, fact: Fact) -> Fact {
        match self.reason.as_deref() {
            None | Some("") => fact,
            Some(reason) => fact.reason(reason),
        }
    }
}

/// What of an account may change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AccountFields {
    #[schema(min_length = 2, max_length = 64, pattern = "^[A-Za-z0-9._@-]+$")]
    pub login: String,
}

impl From<&Model> for AccountFields {
    fn from(row: &Model) -> Self {
        Self { login: row.login.clone() }
    }
}

/// The person behind a new account.
#[derive(Clone, Copy, Debug)]
pub enum Owner {
    Staff(Uuid),
    Customer(Uuid),
}

/// Opens an account.
///
/// # Errors
/// 409 `already_exists` when the login is taken.
pub async fn open(
    work: &Work,
    login: &str,
    password_hash: &str,
    owner: Owner,
    must_change: bool,
) -> Result<Model, Fault> {
    let login = login.trim().to_lowercase();
    check_free(work, &login, None).await?;
    let (staff_id, customer_id) = match owner {
        Owner::Staff(id) => (Some(id), None),
        Owner::Customer(id) => (None, Some(id)),
    };
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        login: Set(login),
        password_hash: Set(password_hash.to_owned()),
        staff_id: Set(staff_id),
        customer_id: Set(customer_id),
        status: Set(Status::Active),
        must_change_password: Set(must_change),
        session_epoch: Set(0),
    };
    work.create::<Account>(row, |fact| fact, "created").await
}

async fn check_free(work: &Work, login: &str, but: Option<Uuid>) -> Result<(), Fault> {
    registers::locks::hold(work, vec![format!("account|login|{login}")]).await?;
    match Entity::find().filter(Column::Login.eq(login)).one(&work.db()).await? {
        Some(taken) if Some(taken.id) != but => Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "login")),
        _ => Ok(()),
    }
}

/// The owner a body names: exactly one, who works here, or whose file is neither merged nor erased.
pub async fn owner(work: &Work, input: &CreateAccount) -> Result<Owner, Fault> {
    let mut errors = FieldErrors::default();
    let owner = match (input.staff_id, input.customer_id) {
        (Some(id), None) => {
            let known = registers::staff::Entity::find_by_id(id).one(&work.db()).await?;
            errors.add_if(!known.is_some_and(|row| row.is_active()), "/staff_id", "not_found");
            Owner::Staff(id)
        }
        (None, Some(id)) => {
            let known = registers::customer::Entity::find_by_id(id).one(&work.db()).await?;
            let there = known.is_some_and(|row| row.status == CustomerStatus::Active);
            errors.add_if(!there, "/customer_id", "not_found");
            Owner::Customer(id)
        }
        (owner, other) => {
            let (pointer, code) =
                if other.is_some() { ("/customer_id", "only_one") } else { ("/staff_id", "required") };
            errors.add(pointer, code);
            Owner::Staff(owner.unwrap_or_default())
        }
    };
    errors.finish()?;
    Ok(owner)
}

/// Changes the login.
pub async fn update(work: &Work, row: &Model, fields: AccountFields) -> Result<Model, Fault> {
    let login = fields.login.trim().to_lowercase();
    check_free(work, &login, Some(row.id)).await?;
    let mut change = row.clone().into_active_model();
    change.login = Set(login);
    work.forget();
    work.change::<Account>(row, change, "updated", |fact| fact).await
}

async fn turn(work: &Work, id: Uuid, action: &str, verb: &str, input: &AccountAct) -> Result<Model, Fault> {
    let (row, status) = MOVES.begin::<Account>(work, id, action).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(status);
    if status != Status::Active {
        end_sessions(work, row.id, verb).await?;
    }
    work.forget();
    work.change::<Account>(&row, change, verb, |fact| input.said(fact)).await
}

/// Locks an account; its sessions end at once.
pub async fn lock(work: &Work, id: Uuid, input: &AccountAct) -> Result<Model, Fault> {
    turn(work, id, "lock", "locked", input).await
}

/// Unlocks an account and forgets its wrong passwords.
pub async fn unlock(work: &Work, id: Uuid, input: &AccountAct) -> Result<Model, Fault> {
    forget_failures(work, id).await?;
    turn(work, id, "unlock", "unlocked", input).await
}

/// Disables an account for good.
pub async fn disable(work: &Work, id: Uuid, input: &AccountAct) -> Result<Model, Fault> {
    turn(work, id, "disable", "disabled", input).await
}

/// Closes the accounts of a customer who is erased: nobody signs in as him any more, and the name he chose is gone.
pub async fn close_of_customer(work: &Work, customer: Uuid) -> Result<(), Fault> {
    let his = Entity::find().filter(Column::CustomerId.eq(customer));
    for row in his.all(&work.db()).await? {
        let row = without_login(work, row).await?;
        if row.status == Status::Disabled {
            continue;
        }
        let mut change = row.clone().into_active_model();
        change.status = Set(Status::Disabled);
        end_sessions(work, row.id, "disabled").await?;
        work.forget();
        work.change::<Account>(&row, change, "disabled", |fact| fact).await?;
    }
    Ok(())
}

/// Takes the login away. What it was is not told to the journal, which keeps it for years.
async fn without_login(work: &Work, row: Model) -> Result<Model, Fault> {
    let login = format!("erased-{}", row.id);
    Entity::update_many()
        .col_expr(Column::Login, Expr::value(login.clone()))
        .filter(Column::Id.eq(row.id))
        .exec(&work.db())
        .await?;
    Ok(Model { login, ..row })
}

/// Writes a new password; every session but the caller's ends.
pub async fn set_password(
    work: &Work,
    id: Uuid,
    hash: &str,
    must_change: bool,
    input: &AccountAct,
) -> Result<Model, Fault> {
    let row = resource::take::<Account>(work, id).await?;
    let mut change = row.clone().into_active_model();
    change.password_hash = Set(hash.to_owned());
    change.must_change_password = Set(must_change);
    forget_failures(work, id).await?;
    end_sessions(work, id, "password_changed").await?;
    work.forget();
    work.change::<Account>(&row, change, "password_changed", |fact| input.said(fact)).await
}

pub(crate) async fn forget_failures(work: &Work, id: Uuid) -> Result<(), Fault> {
    use super::entity::failure;
    failure::Entity::delete_many().filter(failure::Column::AccountId.eq(id)).exec(&work.db()).await?;
    Ok(())
}

/// Ends every session of an account but the caller's own.
pub async fn end_sessions(work: &Work, account: Uuid, reason: &str) -> Result<(), Fault> {
    use session::entity::{Column, Entity};
    let mut ends = Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(Some(work.now)))
        .col_expr(Column::EndReason, Expr::value(Some(reason.to_owned())))
        .filter(Column::AccountId.eq(account))
        .filter(Column::EndedAt.is_null());
    if let Some(own) = work.actor().session_id {
        ends = ends.filter(Column::Id.ne(own));
    }
    ends.exec(&work.db()).await?;
    Ok(())
}
