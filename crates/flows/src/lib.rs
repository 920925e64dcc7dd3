//! What spans two domains, inside one transaction: effect and trigger commit together or not at all.
//!
//! A flow is one function, named for what it does. Domains never name each other; they share ids, and meet here.

pub mod asset_intake_to_ticket;
pub mod complaint_class;
pub mod complaint_reconciliation;
pub mod complaint_to_heating;
pub mod contact;
pub mod finding_to_ticket;
pub mod heating_for_the_desk;
pub mod home_context;
mod homes;
pub mod imports;
mod opening;
pub mod outage_to_incident;
pub mod reports;
pub mod season_end;
pub mod service_limits;
pub mod station_service;
pub mod temperature_to_ticket;
pub mod ticket;
pub mod visit_work;
pub mod warranty_repeat;

/// What domains offer each other with the store.
pub static OFFERS: store::Offers = &[&heating_for_the_desk::FACTS, &outage_to_incident::BEGUN];
