//! What spans two domains, inside one transaction: effect and trigger commit together or not at all.
//!
//! A flow is one function, named for what it does. Domains never name each other; they share ids, and meet here.

pub mod heating_for_the_desk;
pub mod outage_to_incident;

/// What domains offer each other with the store.
pub static OFFERS: store::Offers = &[&heating_for_the_desk::FACTS];
