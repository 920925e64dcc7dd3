//! The agent's own opinion (处理意见) on a serious case, to be approved before the answer.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::catalogue::Severity;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "ticket_opinion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ticket_id: Uuid,
    pub cycle: i32,
    /// The opinion's own version: 1, 2, … within the ticket.
    pub number: i32,
    pub text: String,
    pub proposed_reply: String,
    pub compensation_fen: i64,
    /// The ticket's severity when it was written; a raise makes it insufficient.
    pub severity: Severity,
    pub written_by: Uuid,
    pub written_on_behalf_of: Option<Uuid>,
    pub written_at: DateTimeUtc,
    /// open, approved, rejected, withdrawn, void.
    pub status: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
