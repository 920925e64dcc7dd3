//! The binary `hearthdesk`.

use clap::Parser;
use server::cli::Cli;

/// Small objects that come and go with each request are most of what is allocated.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    server::run(cli)
}
