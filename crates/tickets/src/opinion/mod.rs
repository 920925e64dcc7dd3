//! The agent's own opinion (处理意见) and its approval before the answer (TK-02, TK-R07).

pub mod commands;
pub mod entity;

use std::collections::HashMap;

use access::JobRole;
use approvals::route::Step;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::{Reading, Work};
use utoipa::ToSchema;

pub use commands::{severity_raised, void};

/// The route of opinions, and that of heating units.
pub const ROUTE: &str = "ticket_opinion";
pub const HEATING_ROUTE: &str = "ticket_opinion_heating";
/// Flag of an opinion that the company's leader signs too: a major case, or a compensation above the limit.
const LEADER_ASKED: &str = "leader";

/// An opinion as the house sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpinionView {
    pub id: Uuid,
    /// The opinion's own version within the ticket.
    pub version: i32,
    pub cycle: i32,
    pub text: String,
    pub proposed_reply: String,
    pub compensation_amount: Money,
    /// open, approved, rejected, withdrawn, void.
    pub status: String,
    pub written_by: Uuid,
    pub written_at: Timestamp,
}

impl From<entity::Model> for OpinionView {
    fn from(row: entity::Model) -> Self {
        Self {
            id: row.id,
            version: row.number,
            cycle: row.cycle,
            text: row.text,
            proposed_reply: row.proposed_reply,
            compensation_amount: Money::from_fen(row.compensation_fen).unwrap_or_default(),
            status: row.status,
            written_by: row.written_by,
            written_at: row.written_at.into(),
        }
    }
}

/// The opinions about these tickets.
pub(crate) fn of_tickets(tickets: &[Uuid]) -> Select<entity::Entity> {
    entity::Entity::find().filter(entity::Column::TicketId.is_in(tickets.iter().copied()))
}

/// The latest opinion of each ticket that has one.
pub async fn latest(at: &Reading, tickets: &[Uuid]) -> Result<HashMap<Uuid, OpinionView>, Fault> {
    if tickets.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = of_tickets(tickets).order_by_asc(entity::Column::Number).all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.ticket_id, row.into())).collect())
}

/// Installs the two-step routes: a head, then the company's leader for major cases and high amounts.
pub async fn install_routes(work: &Work) -> Result<(), Fault> {
    let leader = Step::new("leader", "公司领导审批", &[JobRole::CompanyLeader]).when(LEADER_ASKED);
    let from = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    let desk = Step::new("head", "客服部门负责人审批", &[JobRole::CsDirector, JobRole::CsManager]);
    approvals::route::install(work, ROUTE, from, &[desk, leader.clone()]).await?;
    let heating = Step::new("head", "供热客服管理部负责人审批", &[JobRole::HeatingServiceManager]);
    approvals::route::install(work, HEATING_ROUTE, from, &[heating, leader]).await
}
