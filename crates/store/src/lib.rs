//! The one way to the database: connect, the write door, the journal, idempotency, lists, life cycles,
//! parameters, protected data, search and jobs.
//!
//! It knows no domain: a domain hands it entities, scopes and commands. It never sees HTTP.

// What `codes` writes names this crate, here too.
extern crate self as store;

pub mod acts;
pub mod calendars;
pub mod cell;
mod connect;
mod connection;
pub mod idempotency;
pub mod imports;
pub mod jobs;
pub mod journal;
pub mod life_cycle;
pub mod list;
pub mod numbers;
pub mod operations;
pub mod parameters;
pub mod problems;
pub mod protected;
mod remembered;
pub mod reports;
pub mod resource;
pub mod rows;
pub mod sandbox;
pub mod search;
pub mod settings;
mod work;
pub mod work_list;
mod write;

pub use connect::{Offers, Options, PoolSize, Store};
pub use connection::{Db, Pool};
pub use remembered::EDITION;
pub use resource::Resource;
pub use work::{Answer, Context, Done, Outcome, Reading, Work};
