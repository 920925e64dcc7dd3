//! What spans two domains, inside one transaction: effect and trigger commit together or not at all.
//!
//! A flow is one function, named for what it does. Domains never name each other; they share ids, and meet here.

pub mod complaint_class;
pub mod complaint_reconciliation;
pub mod complaint_to_heating;
pub mod contact;
pub mod home_context;
mod homes;
pub mod imports;
pub mod outage_to_incident;
pub mod temperature_to_ticket;
pub mod ticket;
pub mod warranty_repeat;
