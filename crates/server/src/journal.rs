//! `hearthdesk journal …`: verifying the chain, and proving an entry to somebody outside.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use store::journal::checkpoint::{copy_to, read_copies};
use store::journal::proof::Proof;
use store::journal::verify::{Extent, Verdict};

use crate::backup::record;
use crate::cli::JournalCommand;
use crate::config::Config;
use crate::setup;

/// Exit 0: whole; 1: tampered, naming the first bad position; 2: cannot read.
pub async fn run(config: &Config, command: JournalCommand) -> anyhow::Result<ExitCode> {
    match command {
        JournalCommand::Verify { from, to, checkpoints, public_key } => {
            let checkpoints = checkpoints.as_deref().map(read).transpose()?.unwrap_or_default();
            let checkpoints = read_copies(&checkpoints)?;
            verify(config, Extent { from, to, checkpoints, public_key: key(public_key)? }).await
        }
        JournalCommand::Check { proof, public_key } => check(&proof, public_key),
        JournalCommand::Purge { export } => {
            let store = setup::open(config).await?;
            store.seal_now().await?;
            match store.purge_journal(&export).await? {
                Some(gone) => println!("purged {} to {}, exported with SHA-256 {}", gone.from, gone.to, gone.sha256),
                None => println!("nothing is old enough under a checkpoint"),
            }
            Ok(ExitCode::SUCCESS)
        }
        JournalCommand::Key => {
            println!("{}", setup::open(config).await?.checkpoint_key()?);
            Ok(ExitCode::SUCCESS)
        }
        JournalCommand::Checkpoint => {
            let store = setup::open(config).await?;
            store.seal_now().await?;
            let made = store.checkpoint().await?;
            copy_to(&store, &config.checkpoints).await?;
            println!("{}", made.map_or("nothing new".to_owned(), |made| format!("signed up to {}", made.position)));
            Ok(ExitCode::SUCCESS)
        }
        JournalCommand::Prove { position } => {
            let proof = setup::open(config).await?.prove(position).await;
            let proof = proof.context("no checkpoint covers this position yet: run hearthdesk journal checkpoint")?;
            println!("{}", serde_json::to_string_pretty(&proof)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn verify(config: &Config, extent: Extent) -> anyhow::Result<ExitCode> {
    let store = setup::open(config).await?;
    store.seal_now().await?;
    let mut verdict = store.verify_journal(extent).await?;
    if let Verdict::Whole { .. } = verdict {
        let api = api::build(true).map_err(anyhow::Error::msg)?;
        if let Some(stray) = store.find_stray(&api.versioned).await? {
            verdict = Verdict::Strayed(stray);
        }
    }
    let said = verdict.clone();
    let kept = record(&store, "journal.verified", move |fact| match &said {
        Verdict::Whole { entries, checkpoints, .. } => {
            fact.with("verdict", "whole").with("entries", *entries).with("checkpoints", *checkpoints as u64)
        }
        Verdict::Broken { position, why } => {
            fact.with("verdict", "broken").with("position", *position).with("why", *why)
        }
        Verdict::Strayed(stray) => {
            fact.with("verdict", "strayed").with("resource", stray.resource).with("id", stray.id.to_string())
        }
    });
    if let Err(error) = kept.await {
        eprintln!("hearthdesk: the run could not be journaled: {error:#}");
    }
    tell(&verdict)
}

/// Says what a verification found: exit 0 whole, 1 broken.
pub fn tell(verdict: &Verdict) -> anyhow::Result<ExitCode> {
    match verdict {
        Verdict::Whole { entries, checkpoints, head } => {
            let head = if head.is_empty() { "none" } else { head };
            println!("whole: {entries} entries, {checkpoints} checkpoints, head {head}");
            Ok(ExitCode::SUCCESS)
        }
        Verdict::Broken { position, why } => {
            println!("broken at position {position}: {why}");
            Ok(ExitCode::FAILURE)
        }
        Verdict::Strayed(stray) => {
            let version = stray.version.map_or("gone".to_owned(), |version| format!("at version {version}"));
            let position = stray.position.map_or("not sealed".to_owned(), |position| position.to_string());
            println!(
                "broken at position {position}: {} {} is {version}, the journal says {}",
                stray.resource, stray.id, stray.journaled
            );
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Checks a proof without database or configuration: exit 0 holds, 1 refuted.
///
/// # Errors
/// When a file cannot be read.
pub fn check(path: &Path, public_key: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let key = key(public_key)?;
    let proof: Proof = serde_json::from_str(&read(path)?).with_context(|| format!("in {}", path.display()))?;
    match proof.refuted(key.as_deref()) {
        None => {
            println!("holds: entry {} is in the journal signed at {}", proof.position, proof.checkpoint.at);
            if key.is_none() {
                println!("the key is the one in the proof; give --public-key to check whose it is");
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(why) => {
            println!("refuted: {why}");
            Ok(ExitCode::FAILURE)
        }
    }
}

fn key(path: Option<PathBuf>) -> anyhow::Result<Option<String>> {
    path.as_deref().map(|path| read(path).map(|text| text.trim().to_owned())).transpose()
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}
