//! What can be said on the command line.

use std::path::PathBuf;

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
    /// Serve the API; pending migrations are applied first.
    Serve,
    /// Apply pending migrations.
    Migrate,
    /// Migrate, load demo data, serve.
    Demo(DemoOptions),
    /// Make the first administrator.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Rotate signing keys, and encrypt personal data anew.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Verify, prove, export and purge the journal.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Compute again what is derived from facts and kept for lists.
    #[command(subcommand)]
    Rebuild(RebuildCommand),
    /// Copy the database and the uploaded files into a new folder while the service runs.
    Backup {
        /// An absent or empty folder; the master key is not put there, keep it apart
        folder: PathBuf,
    },
    /// Bring a backup into an empty data folder or an empty PostgreSQL database, with the master key it was made
    /// under: exit 0 whole, 1 the journal is not whole, 2 refused.
    Restore {
        /// The folder of the backup
        folder: PathBuf,
        /// Only check the backup against its manifest and the master key
        #[arg(long)]
        check: bool,
    },
    /// Print the contract.
    Openapi,
    /// Check database, migrations, keys and the place of files: exit 0 all is well, 1 something is wrong.
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
    /// More than the basic set, when the demo is loaded.
    #[arg(long, value_enum)]
    pub with: Vec<DemoSet>,
}

/// What the demo may tell besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum DemoSet {
    /// The heating year 2011 as it was printed: ten thousand homes, their measurements, visits, inspections, samples.
    #[value(name = "heating-2011")]
    Heating2011,
}

/// Accounts.
#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make the first administrator; prints a password that must be changed.
    Create {
        /// Login and staff number of the account
        #[arg(long, default_value = "admin")]
        login: String,
    },
}

/// Signing keys, and the keys of persons.
#[derive(Subcommand)]
pub enum KeysCommand {
    /// Sign with a new key from now on.
    Rotate,
    /// Give every customer a new key and encrypt his personal data again with it, while the service runs.
    Reencrypt,
}

/// The journal.
#[derive(Subcommand)]
pub enum JournalCommand {
    /// Recompute the chain and compare it with the checkpoints: exit 0 whole, 1 tampered, 2 cannot read.
    Verify {
        /// First position [default: 1]
        #[arg(long)]
        from: Option<i64>,
        /// Last position [default: the end]
        #[arg(long)]
        to: Option<i64>,
        /// Checkpoints kept in the second place [default: HEARTHDESK_CHECKPOINTS, when it is set]
        #[arg(long)]
        checkpoints: Option<PathBuf>,
        /// File with the public key [default: the house's own]
        #[arg(long)]
        public_key: Option<PathBuf>,
    },
    /// Export entries older than the parameter journal.keep_days into a new file and delete them, up to a signed
    /// checkpoint. Needs the rights of the migrations' database role.
    Purge {
        /// The file to be made, one JSON line an entry
        #[arg(long)]
        export: PathBuf,
    },
    /// Print the public key that checkpoints are signed with.
    Key,
    /// Sign a checkpoint now.
    Checkpoint,
    /// Print the proof that an entry is in the journal.
    Prove {
        /// Position of the entry, as `/v1/journal-entries` shows it
        #[arg(long)]
        position: i64,
    },
    /// Check a proof without database or secret: exit 0 holds, 1 refuted, 2 cannot read.
    Check {
        /// File with the proof, as `journal prove` printed it
        proof: PathBuf,
        /// File with the public key known beforehand
        #[arg(long)]
        public_key: Option<PathBuf>,
    },
}

/// What is kept for lists.
#[derive(Subcommand)]
pub enum RebuildCommand {
    /// Due instants of tickets, from the deadline ledger: exit 0 when nothing differs or all was mended, 1 when
    /// a check found differences.
    Deadlines {
        /// Only say how many rows differ
        #[arg(long)]
        check: bool,
    },
}
