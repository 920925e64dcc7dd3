//! The binary `hearthdesk`.

use clap::Parser;
use server::cli::Cli;

/// Many small short-lived values are made a request; this allocator is quicker with them than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    server::run(cli)
}
