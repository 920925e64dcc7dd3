//! The customer portfolio (客户分配, TK-08): plans give customers to agents by count and ability; an entry is
//! one customer in one agent's hands.

pub mod allocation;
pub mod entity;
mod entry;
mod plan;

pub(crate) use entry::is_owner;
pub use entry::{EndPortfolioEntry, PortfolioEntry, PortfolioEntryView, contacted, end, live, owners_of};
pub use plan::{
    CreatePortfolioPlan, PortfolioAgent, PortfolioAllocation, PortfolioPlan, PortfolioPlanView, apply, cancel, create,
};
