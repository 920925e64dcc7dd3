//! The customer service desk (客服台): tickets, their deadlines, opinions, callbacks, calls and catalogues.
//!
//! Owns the case from the first call to the callback. Knows customers, units and staff only by id and
//! through the registers; knows no other domain.

pub mod audience;
pub mod call;
pub mod callback;
pub mod campaign;
pub mod catalogue;
pub mod clock;
pub mod comment;
pub mod contact_log;
pub mod delivery;
pub mod due;
pub mod follow_up;
pub mod message_template;
pub mod opinion;
pub mod parameters;
pub mod pause;
pub mod policy;
pub mod portfolio;
pub mod problems;
pub mod reach;
pub mod reports;
mod scope;
pub mod survey;
pub mod survey_invitation;
pub mod ticket;

use kernel::fault::Fault;
use store::Work;

/// Installs what a desk needs before its first ticket: catalogues, the default policies, approval routes.
pub async fn install_defaults(work: &Work) -> Result<(), Fault> {
    catalogue::install_defaults(work).await?;
    opinion::install_routes(work).await
}
