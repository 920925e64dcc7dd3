//! Heating service (供热客服): seasons, stations, households and what they pay.
//!
//! Owns the register of heated homes, their areas, the season's prices, bills, receipts and the household's
//! ledger; heat used without a right and valves that should be closed. Knows customers, units and staff only by id
//! and through the registers; knows no other domain.

pub mod agreement;
pub mod alteration;
pub mod annual;
pub mod area_item;
pub mod bill;
pub mod complaint;
pub mod cross_check;
pub mod determination;
pub mod due;
pub mod evaluation;
pub mod evaluation_scheme;
pub mod fee;
pub mod history;
pub mod household;
pub mod imports;
pub mod inspection;
pub mod instrument;
pub mod lab;
pub mod lab_equipment;
pub mod lab_report;
pub mod lab_result;
pub mod lab_sample;
pub mod ledger;
pub mod maintenance;
pub mod official_line;
pub mod outage;
pub mod ownership;
pub mod parameters;
pub mod price;
pub mod problems;
pub mod proposal;
pub mod published_figure;
pub mod reading;
pub mod receipt;
pub mod reconciliation;
pub mod rectification;
pub mod refund;
pub mod reopening;
pub mod reports;
pub mod retention;
pub mod rule;
mod scope;
pub mod season;
pub mod service_asset;
pub mod service_card;
pub mod standard_check;
pub mod station;
pub mod stop;
pub mod temperature;
mod tense;
pub mod training;
pub mod valve_check;
pub mod valve_check_list;
pub mod visit;
pub mod visit_assignment;
pub mod visit_plan;
pub mod visit_problem;
pub mod visit_summary;
