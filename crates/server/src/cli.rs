//! What can be said on the command line.

use clap::{Args, Parser, Subcommand};

use crate::config::Settings;

/// Service desk and operations backend.
#[derive(Parser)]
#[command(name = "hearthdesk", version, about)]
pub struct Cli {
    #[command(flatten)]
    pub settings: Settings,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Serve the API; an empty database is migrated first.
    Serve,
    /// Apply pending migrations.
    Migrate,
    /// Migrate, load demo data, serve.
    Demo(DemoOptions),
    /// Administer accounts.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Administer signing keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Check the journal.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Print the contract.
    Openapi,
    /// Check configuration, database and keys.
    Doctor,
}

/// How to run the demo.
#[derive(Args)]
pub struct DemoOptions {
    /// Stop before serving.
    #[arg(long)]
    pub no_serve: bool,
    /// One password for every demo account; generated and printed when absent.
    #[arg(long, env = "HEARTHDESK_DEMO_PASSWORD", hide_env_values = true)]
    pub password: Option<String>,
}

/// Accounts.
#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make the first administrator; prints a password that must be changed.
    Create {
        #[arg(long, default_value = "admin")]
        login: String,
    },
}

/// Signing keys.
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Sign with a new key from now on.
    Rotate,
}

/// The journal.
#[derive(Subcommand)]
pub enum JournalCommand {
    /// Recompute the chain: exit 0 whole, 1 tampered, 2 cannot read.
    Verify,
}
