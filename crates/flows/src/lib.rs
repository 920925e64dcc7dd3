//! What spans two domains, inside one transaction: effect and trigger commit together or not at all.
//!
//! A flow is one function, named for what it does. Domains never name each other; they share ids, and meet here.

pub mod asset_intake_to_ticket;
pub mod outage_to_incident;
pub mod reports;
pub mod service_limits;
pub mod finding_to_ticket;
pub mod station_service;
pub mod visit_work;
pub mod complaint_class;
pub mod complaint_reconciliation;
pub mod complaint_to_heating;
mod homes;
pub mod imports;
pub mod temperature_to_ticket;
pub mod ticket;
pub mod warranty_repeat;
pub mod heating_for_the_desk;

/// What domains offer each other with the store.
pub static OFFERS: store::Offers = &[&heating_for_the_desk::FACTS];
