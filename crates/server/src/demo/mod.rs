//! Demo data: one developer group with its heating company, generated and repeatable.

use crate::cli::DemoOptions;
use crate::config::Config;

/// Migrates, loads demo data once, serves.
pub async fn run(_config: Config, _options: DemoOptions) -> anyhow::Result<()> {
    anyhow::bail!("not built")
}
