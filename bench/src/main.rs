//! Measures the service under load on loopback: each side in turn, on SQLite and PostgreSQL, beside a bare
//! handler that answers the same bytes and pgbench with the same statements on the same cluster.

mod http;
mod load;
mod pgbench;
mod service;

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use load::Measured;

/// What to measure.
#[derive(Parser)]
pub struct Options {
    /// The release binary of the service
    #[arg(long, default_value = "target/release/hearthdesk")]
    server: PathBuf,
    /// PostgreSQL to make a database in; scripts/bench.sh starts a durable one
    #[arg(long, env = "TEST_PG_URL")]
    postgres: String,
    /// Seconds a cell
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Clients at once, one after the other
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    clients: Vec<usize>,
    /// Tickets to page through
    #[arg(long, default_value_t = 100_000)]
    tickets: u32,
    /// Only these workloads: create, read, page, transition, mixed, aggregate
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Serve the bytes of this file and nothing else; used by the bench itself
    #[arg(long, hide = true)]
    bare: Option<PathBuf>,
}

/// The workloads in the order they run; creating comes last, so that pages are read from what was loaded.
const WORKLOADS: &[&str] = &["read", "page", "aggregate", "create", "transition", "mixed"];

impl Options {
    fn wants(&self, workload: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == workload)
    }
    fn cell(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// A line of the result.
pub struct Line {
    pub side: &'static str,
    pub workload: &'static str,
    pub clients: usize,
    pub measured: Measured,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if let Some(file) = &options.bare {
        return service::bare(std::fs::read(file)?);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut lines = Vec::new();
    runtime.block_on(async {
        service::measure("sqlite", &options, &mut lines).await?;
        let database = service::measure("postgres", &options, &mut lines).await?;
        pgbench::measure(&database, &options, &mut lines).await
    })?;
    print(&lines);
    Ok(())
}

fn print(lines: &[Line]) {
    let rate = |side: &str, line: &Line| {
        let same =
            |other: &&Line| other.side == side && other.workload == line.workload && other.clients == line.clients;
        lines.iter().find(same).map(|other| other.measured.rate())
    };
    println!(
        "\n{:<9} {:<10} {:>7} {:>9} {:>8} {:>8} {:>7} {:>6} {:>9} {:>9}",
        "side", "workload", "clients", "per s", "p50 ms", "p99 ms", "CPU µs", "503s", "÷ pgbench", "÷ bare"
    );
    for line in lines {
        let ratio = |side: &str| match rate(side, line) {
            Some(base) if base > 0.0 && line.side != side => format!("{:.2}", line.measured.rate() / base),
            _ => "–".to_owned(),
        };
        let Measured { p50, p99, cpu, refused, .. } = line.measured;
        let micros = cpu.map_or("–".to_owned(), |cpu| format!("{cpu:.0}"));
        println!(
            "{:<9} {:<10} {:>7} {:>9.0} {:>8.2} {:>8.2} {:>7} {:>6} {:>9} {:>9}",
            line.side,
            line.workload,
            line.clients,
            line.measured.rate(),
            p50,
            p99,
            micros,
            refused,
            ratio("pgbench"),
            ratio("bare")
        );
    }
    println!(
        "\nAims: mixed at 16–64 clients ≥ 0.4 of pgbench and ≤ 160 µs CPU; read ≥ 0.25 of the bare handler; create at 64 ≥ 0.75 of pgbench."
    );
}
