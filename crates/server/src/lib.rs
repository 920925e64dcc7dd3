//! The service as one binary: configuration, telemetry and the subcommands (PF-17).

pub mod admin;
pub mod backup;
pub mod cli;
pub mod config;
pub mod demo;
pub mod figures;
pub mod jobs;
pub mod journal;
pub mod keys;
pub mod outside_keys;
pub mod rebuild;
pub mod serve;
pub mod setup;
pub mod traces;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use cli::{Cli, Command, JournalCommand};
use config::Config;

/// Runs a subcommand; what went wrong is told on standard error in one line.
pub fn run(cli: Cli) -> ExitCode {
    let system = actix_web::rt::System::new();
    system.block_on(async {
        match dispatch(cli).await {
            Ok(code) => code,
            Err(error) => {
                eprintln!("hearthdesk: {error:#}");
                ExitCode::from(2)
            }
        }
    })
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    if let Command::Openapi = cli.command {
        let contract = api::describe(true).map_err(anyhow::Error::msg)?;
        println!("{}", serde_json::to_string_pretty(&contract.value())?);
        return Ok(ExitCode::SUCCESS);
    }
    // Who checks a proof has nothing of ours, and gets nothing.
    if let Command::Journal(JournalCommand::Check { proof, public_key }) = &cli.command {
        return journal::check(proof, public_key.clone());
    }
    let config = match cli.command {
        Command::Serve | Command::Migrate | Command::Demo(_) | Command::Admin(_) => Config::load(cli.settings)?,
        // A key made now would only hide that the right one is missing.
        _ => Config::load_with_key(cli.settings)?,
    };
    let needs_rows = matches!(cli.command, Command::Keys(_) | Command::Journal(_) | Command::Rebuild(_));
    let done = act(config.clone(), cli.command).await;
    if done.is_err() && needs_rows && setup::is_behind(&config).await {
        return done.context("migrations are pending: run hearthdesk migrate");
    }
    done
}

async fn act(config: Config, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => serve::serve(config).await?,
        Command::Migrate => {
            setup::open(&config).await?.migrate().await?;
            println!("migrated");
        }
        Command::Demo(options) => demo::run(config, options).await?,
        Command::Admin(command) => admin::run(&config, command).await?,
        Command::Keys(command) => keys::run(&config, command).await?,
        Command::Journal(command) => return journal::run(&config, command).await,
        Command::Rebuild(cli::RebuildCommand::Deadlines { check }) => return rebuild::run(&config, check).await,
        Command::Doctor => return setup::doctor(&config).await,
        Command::Backup { folder } => {
            let made = backup::make(&config, &folder).await?;
            println!(
                "backed up to {}: journal position {}, {} files",
                folder.display(),
                made.position,
                made.files.len()
            );
        }
        Command::Restore { folder, check } => return restore(&config, &folder, check).await,
        Command::Openapi => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Exit 0: whole; 1: restored, but the journal is not whole; 2: refused.
async fn restore(config: &Config, folder: &Path, only_check: bool) -> anyhow::Result<ExitCode> {
    if only_check {
        let known = backup::check(config, folder)?;
        println!("whole: journal position {}, {} files, made {}", known.position, known.files.len(), known.made_at);
        return Ok(ExitCode::SUCCESS);
    }
    let (known, verdict) = backup::restore(config, folder).await?;
    println!("restored up to journal position {}, {} files, made {}", known.position, known.files.len(), known.made_at);
    journal::tell(&verdict)
}
