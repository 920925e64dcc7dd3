//! The binary `hearthdesk`.

use clap::Parser;
use server::cli::Cli;

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    server::run(cli)
}
