//! Forgetting what signing in has left behind and nothing asks for any more.

use chrono::TimeDelta;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::Work;

use crate::account::entity::failure;
use crate::{customer_code, session};

/// A family of tokens is kept so long after its end, so that reuse of an old token is still recognised.
const KEPT_DAYS: i64 = 7;

/// Deletes tokens, sessions, codes and failures whose time is over.
pub async fn sign_ins(work: &Work) -> Result<(), Fault> {
    let db = work.db();
    let over = work.now - TimeDelta::days(KEPT_DAYS);
    session::refresh::Entity::delete_many().filter(session::refresh::Column::ExpiresAt.lt(over)).exec(&db).await?;
    let tokens = sea_orm::sea_query::Query::select()
        .column(session::refresh::Column::SessionId)
        .from(session::refresh::Entity)
        .to_owned();
    session::entity::Entity::delete_many()
        .filter(session::entity::Column::ExpiresAt.lt(over))
        .filter(session::entity::Column::Id.not_in_subquery(tokens))
        .exec(&db)
        .await?;
    failure::Entity::delete_many().filter(failure::Column::At.lt(over)).exec(&db).await?;
    customer_code::entity::Entity::delete_many()
        .filter(customer_code::entity::Column::ExpiresAt.lt(over))
        .exec(&db)
        .await?;
    work.unchanged();
    Ok(())
}
