//! `hearthdesk rebuild`: projections computed again from the facts they stand for.

use std::cell::Cell;
use std::process::ExitCode;
use std::rc::Rc;

use kernel::fault::Fault;
use store::{Answer, Context, Store, Work};
use tickets::ticket::rebuild::{self, Rebuilt};

use crate::config::Config;
use crate::setup;

/// Rebuilds or checks the deadlines and says how many rows differed.
pub async fn run(config: &Config, check: bool) -> anyhow::Result<ExitCode> {
    let store = setup::open(config).await?;
    let Rebuilt { looked, differed, .. } = deadlines(&store, check).await?;
    println!("{looked} tickets, {differed} differed{}", if check || differed == 0 { "" } else { " and were mended" });
    Ok(if check && differed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Walks all tickets, a part a transaction.
pub async fn deadlines(store: &Store, check: bool) -> Result<Rebuilt, Fault> {
    let mut so_far = Rebuilt::default();
    loop {
        let place = Rc::new(Cell::new(so_far));
        let part = place.clone();
        let write = async move |work: &Work| {
            part.set(rebuild::deadlines(work, so_far, check).await?);
            Ok::<_, Fault>(Answer::no_content())
        };
        store.write(Context::system("rebuild_deadlines"), write).await?;
        so_far = place.get();
        if so_far.last.is_none() {
            return Ok(so_far);
        }
    }
}
