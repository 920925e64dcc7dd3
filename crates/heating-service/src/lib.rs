//! Heating service (供热客服): seasons, stations, households and what they pay.
//!
//! Owns the register of heated homes, their areas, the season's prices, bills, receipts and the household's
//! ledger; heat used without a right and valves that should be closed. Knows customers, units and staff only by id
//! and through the registers; knows no other domain.

pub mod agreement;
pub mod alteration;
pub mod area_item;
pub mod bill;
pub mod due;
pub mod fee;
pub mod household;
pub mod imports;
pub mod inspection;
pub mod instrument;
pub mod ledger;
pub mod outage;
pub mod ownership;
pub mod parameters;
pub mod price;
pub mod problems;
pub mod proposal;
pub mod reading;
pub mod receipt;
pub mod refund;
pub mod reopening;
pub mod reports;
mod scope;
pub mod season;
pub mod station;
pub mod stop;
pub mod temperature;
mod tense;
pub mod valve_check;
pub mod valve_check_list;
pub mod visit_assignment;
