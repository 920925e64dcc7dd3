//! `hearthdesk journal verify`.

use std::process::ExitCode;

use store::journal::verify::Verdict;

use crate::cli::JournalCommand;
use crate::config::Config;
use crate::setup;

/// Exit 0: whole; 1: tampered, naming the first bad position; 2: cannot read.
pub async fn run(config: &Config, command: JournalCommand) -> anyhow::Result<ExitCode> {
    let JournalCommand::Verify = command;
    let store = setup::open(config).await?;
    store.seal_now().await?;
    match store.verify_journal().await? {
        Verdict::Whole { entries, head } => {
            println!("whole: {entries} entries, head {}", if head.is_empty() { "none" } else { &head });
            Ok(ExitCode::SUCCESS)
        }
        Verdict::Broken { position, why } => {
            println!("broken at position {position}: {why}");
            Ok(ExitCode::FAILURE)
        }
    }
}
