//! In whose name the house acts later: somebody who asked for it once, as he stands when it is done.

use access::{Actor, JobRole};
use kernel::fault::{self, Fault, Kind};
use sea_orm::entity::prelude::*;
use store::Reading;

use crate::{account, client, session};

/// Who asked, in which role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Staff id or client id.
    pub sub: Uuid,
    pub role: JobRole,
    /// Whose role it was, when it was held by delegation.
    pub on_behalf_of: Option<Uuid>,
}

/// Somebody of a role who is nobody in particular: with all that the posts of the role open today.
pub async fn anybody(at: &Reading, role: JobRole) -> Result<Actor, Fault> {
    let scope = session::scope_of_role(at, role).await?;
    // A session of its own keeps him from being taken for the house.
    Ok(Actor { role, scope, session_id: Some(Uuid::nil()), ..Actor::nobody() })
}

/// His role and scope as of now; none when he may no longer sign in or lost the post.
pub async fn standing(at: &Reading, principal: &Principal) -> Result<Option<Actor>, Fault> {
    if principal.role.is_client() {
        return client::standing(at, principal.sub, principal.role).await;
    }
    let account = account::entity::Entity::find()
        .filter(account::entity::Column::StaffId.eq(principal.sub))
        .filter(account::entity::Column::Status.ne(account::entity::Status::Disabled))
        .one(&at.db())
        .await?;
    let Some(account) = account else { return Ok(None) };
    let base = Actor { account_id: Some(account.id), role: principal.role, ..Actor::nobody() };
    match session::as_staff(at, base, principal.sub, principal.on_behalf_of).await {
        Ok(actor) => Ok(Some(actor)),
        Err(fault) if fault.is(&fault::FORBIDDEN) || fault.kind() == Kind::Unauthenticated => Ok(None),
        Err(fault) => Err(fault),
    }
}
