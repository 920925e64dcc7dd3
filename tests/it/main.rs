//! Whole-service tests, through HTTP, each scenario on SQLite and on PostgreSQL.

#[macro_use]
mod kit;

mod contract;
mod heating;
mod platform;
mod tickets;
