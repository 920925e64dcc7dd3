//! The customer service desk (客服台): tickets, their deadlines, opinions, callbacks, calls and catalogues.
//!
//! Owns the case from the first call to the callback. Knows customers, units and staff only by id and
//! through the registers; knows no other domain.

pub mod call;
pub mod callback;
pub mod catalogue;
pub mod clock;
pub mod comment;
pub mod defect_claim;
pub mod due;
pub mod fee_claim;
pub mod opinion;
pub mod outlet;
pub mod parameters;
pub mod part;
pub mod pause;
pub mod policy;
pub mod problems;
pub mod repair_order;
pub mod reports;
pub mod site_receipt;
pub mod stock;
pub mod ticket;
pub mod warranty;

use kernel::fault::Fault;
use store::Work;

/// Installs what a desk needs before its first ticket: catalogues, the default policies, approval routes.
pub async fn install_defaults(work: &Work) -> Result<(), Fault> {
    catalogue::install_defaults(work).await?;
    warranty::install_defaults(work).await?;
    opinion::install_routes(work).await
}
