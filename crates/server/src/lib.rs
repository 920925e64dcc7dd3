//! The service as one binary: configuration, telemetry and the subcommands (PF-17).

pub mod admin;
pub mod cli;
pub mod config;
pub mod demo;
pub mod jobs;
pub mod journal;
pub mod rebuild;
pub mod serve;
pub mod setup;

use std::process::ExitCode;

use cli::{Cli, Command};
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
        let api = api::build(true).map_err(anyhow::Error::msg)?;
        println!("{}", serde_json::to_string_pretty(api.contract.document())?);
        return Ok(ExitCode::SUCCESS);
    }
    let config = Config::load(cli.settings)?;
    match cli.command {
        Command::Serve => serve::serve(config).await?,
        Command::Migrate => {
            setup::open(&config).await?.migrate().await?;
            println!("migrated");
        }
        Command::Demo(options) => demo::run(config, options).await?,
        Command::Admin(command) => admin::run(&config, command).await?,
        Command::Keys(cli::KeysCommand::Rotate) => {
            let store = setup::open(&config).await?;
            let kid = setup::identity(&config).rotate_keys(&store).await?;
            println!("signing with {kid} from now on");
        }
        Command::Journal(command) => return journal::run(&config, command).await,
        Command::Rebuild(cli::RebuildCommand::Deadlines { check }) => return rebuild::run(&config, check).await,
        Command::Doctor => return setup::doctor(&config).await,
        Command::Openapi => {}
    }
    Ok(ExitCode::SUCCESS)
}
