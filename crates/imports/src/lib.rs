//! Imports (导入, PF-14): a CSV file or spreadsheet taken over row by row, through the commands the API uses.
//!
//! Owns the files on their way, what a row came to, and the runs; knows no register. A kind is declared
//! beside the commands of its crate (`store::imports`).

mod import;
mod inbox;
mod plan;
pub mod problems;
mod queue;
mod run;
mod sheet;

use std::path::PathBuf;
use std::sync::Arc;

use kernel::fault::Fault;
use serde_json::Value;
use store::imports::Kind;

pub use import::entity::{Model, Status};
pub use import::row::{ImportRow, ImportRowView};
pub use import::{Import, ImportView, Refusal, Sent};
pub use inbox::{Arrived, Incoming};
pub use plan::{Plan, inspect, required};
pub use queue::{accept, run as run_queue, run_waiting, sweep};
pub use run::{AT_ONCE, run_now};
pub use sheet::Format;

/// Checks a row against the schema of this name, as a body is checked.
pub type Check = Arc<dyn Fn(&str, &Value) -> Result<(), Fault> + Send + Sync>;

/// What a run needs of the house.
#[derive(Clone)]
pub struct Tools {
    pub kinds: Arc<[&'static Kind]>,
    pub check: Check,
    /// Folder of the files on their way.
    pub folder: PathBuf,
}

impl Tools {
    /// The kind of this name.
    pub fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds.iter().copied().find(|kind| kind.name == name)
    }
}
