//! The customer service desk (客服台): tickets, their deadlines, opinions, callbacks, calls and catalogues.
//!
//! Owns the case from the first call to the callback. Knows customers, units and staff only by id and
//! through the registers; knows no other domain.

pub mod archive;
pub mod assessment_rule;
pub mod audience;
pub mod call;
pub mod callback;
pub mod campaign;
pub mod catalogue;
pub mod clock;
pub mod comment;
pub mod contact_log;
pub mod counter_record;
pub mod defect_claim;
pub mod delivery;
pub mod dispatch;
pub mod due;
pub mod duty_log;
pub mod fee_claim;
pub mod follow_up;
pub mod heating_facts;
pub mod imports;
pub mod incident;
pub mod knowledge;
pub mod leave;
pub mod message_template;
pub mod monitored_call;
pub mod monthly_assessment;
pub mod muster;
pub mod opinion;
pub mod outlet;
pub mod parameters;
pub mod part;
pub mod pause;
mod people_record;
pub mod policy;
pub mod portfolio;
pub mod problems;
pub mod quality_summary;
pub mod reach;
pub mod repair_order;
pub mod reports;
pub mod roster;
mod scope;
pub mod scorecard;
pub mod service_request;
pub mod shift;
pub mod shift_swap;
pub mod site_receipt;
pub mod stock;
pub mod supervision;
pub mod survey;
pub mod survey_invitation;
pub mod ticket;
pub mod training;
pub mod violation;
pub mod warranty;

use kernel::fault::Fault;
use store::Work;

/// Installs what a desk needs before its first ticket: catalogues, the default policies, approval routes.
pub async fn install_defaults(work: &Work) -> Result<(), Fault> {
    catalogue::install_defaults(work).await?;
    warranty::install_defaults(work).await?;
    roster::definition::install_defaults(work).await?;
    scorecard::install_defaults(work).await?;
    assessment_rule::install_defaults(work).await?;
    opinion::install_routes(work).await
}
