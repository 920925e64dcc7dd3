//! Measures the service under load on loopback, on SQLite and PostgreSQL, beside a bare handler that answers
//! the same bytes and pgbench with the same statements on the same cluster. In each cell the sides take turns,
//! so that what else the machine does hits all of them; a cell is the middle of its rounds.

mod data;
mod http;
mod load;
mod pgbench;
mod process;
mod report;
mod service;
mod work;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use clap::{Parser, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

use pgbench::{Manner, Pgbench};
use process::Running;
use report::{Noted, Report};
use service::Service;
use work::Kind;

/// What to measure.
#[derive(Parser)]
#[command(name = "hearthdesk-bench", about)]
pub struct Options {
    /// The release binary of the service
    #[arg(long, default_value = "target/release/hearthdesk")]
    server: PathBuf,
    /// PostgreSQL to make databases in; scripts/bench.sh starts a durable one
    #[arg(long, env = "TEST_PG_URL", hide_env_values = true)]
    postgres: String,
    /// Seconds a cell
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Times each cell is measured; the table shows the middle
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// Clients at once, one after the other
    #[arg(long, value_delimiter = ',', default_value = "1,16,64,256")]
    clients: Vec<usize>,
    /// Tickets to read and page through
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(50_000..=900_000))]
    tickets: u32,
    /// Only these workloads
    #[arg(long, value_delimiter = ',')]
    only: Vec<Kind>,
    /// Only these databases
    #[arg(long, value_delimiter = ',')]
    db: Vec<Side>,
    /// At last load a million tickets and measure a page again
    #[arg(long)]
    million: bool,
    /// Also write the result to this file
    #[arg(long)]
    out: Option<PathBuf>,
    /// Serve the bytes of this file and nothing else; used by the bench itself
    #[arg(long, hide = true, requires = "bare_port")]
    bare: Option<PathBuf>,
    /// Where
    #[arg(long, hide = true)]
    bare_port: Option<u16>,
}

/// The database a service runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
    Sqlite,
    Postgres,
}

impl Side {
    const ALL: &'static [Self] = &[Self::Sqlite, Self::Postgres];

    /// As the table names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl Options {
    fn sides(&self) -> Vec<Side> {
        Side::ALL.iter().copied().filter(|side| self.db.is_empty() || self.db.contains(side)).collect()
    }
    fn kinds(&self) -> Vec<Kind> {
        Kind::ALL.iter().copied().filter(|kind| self.only.is_empty() || self.only.contains(kind)).collect()
    }
    fn cell(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// The middle of some figures.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let (low, high) = (figures.len().saturating_sub(1) / 2, figures.len() / 2);
    match (figures.get(low), figures.get(high)) {
        (Some(low), Some(high)) => f64::midpoint(*low, *high),
        _ => 0.0,
    }
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if let (Some(file), Some(port)) = (&options.bare, options.bare_port) {
        return process::serve_bytes(port, std::fs::read(file)?);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(async {
        let (mut end, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::select! {
            report = measure(&options) => report,
            _ = end.recv() => bail!("told to stop"),
            _ = interrupt.recv() => bail!("told to stop"),
        }
    })?;
    let text = report.text()?;
    print!("{text}");
    if let Some(file) = &options.out {
        std::fs::write(file, text)?;
    }
    Ok(())
}

async fn measure(options: &Options) -> anyhow::Result<Report> {
    let mut report = Report { heading: heading(options)?, ..Report::default() };
    let mut services = Vec::new();
    for side in options.sides() {
        services.push(Service::open(side, options).await?);
    }
    let pgbench = match options.sides().contains(&Side::Postgres) {
        true => Some(Pgbench::prepare(&options.postgres, options.tickets, options.seconds).await?),
        false => None,
    };
    let bare = match services.first() {
        Some(service) if options.kinds().contains(&Kind::Read) => Some(service.bare().await?),
        _ => None,
    };
    for service in &mut services {
        for kind in [Kind::Read, Kind::Page, Kind::Create] {
            service.cell(kind, 16, Duration::from_millis(500)).await?;
        }
    }
    for round in 1..=options.rounds {
        eprintln!("round {round} of {} …", options.rounds);
        for kind in options.kinds() {
            // A report is asked for by one person at a time.
            for clients in options.clients.iter().filter(|clients| kind != Kind::Aggregate || **clients == 1) {
                turn(&mut report, &mut services, bare.as_ref(), pgbench.as_ref(), (kind, *clients), options).await?;
            }
        }
    }
    if let Some(bare) = bare {
        bare.stop().await?;
    }
    for service in services {
        report.noted.push(last(service, options).await?);
    }
    Ok(report)
}

/// One cell of one round: every side once.
async fn turn(
    report: &mut Report,
    services: &mut [Service],
    bare: Option<&Running>,
    pgbench: Option<&Pgbench>,
    (kind, clients): (Kind, usize),
    options: &Options,
) -> anyhow::Result<()> {
    for service in &mut *services {
        let measured = service.cell(kind, clients, options.cell()).await?;
        report.add(kind, clients, service.side.name(), measured);
    }
    if let (Some(bare), Some(service), Kind::Read) = (bare, services.first(), kind) {
        report.add(kind, clients, "bare", service.bare_cell(bare, clients, options.cell()).await?);
    }
    for (side, manner) in [("pgbench", Manner::Statements), ("pgbench at once", Manner::OneStatement)] {
        if let Some(pgbench) = pgbench
            && let Some(measured) = pgbench.cell(kind, manner, clients).await?
        {
            report.add(kind, clients, side, measured);
        }
    }
    Ok(())
}

/// What is noted of a service at the end; with `--million` it grows first.
async fn last(mut service: Service, options: &Options) -> anyhow::Result<Noted> {
    let (side, first_answer, idle) = (service.side, service.first_answer, service.idle);
    let (mut million, mut whole) = (None, None);
    if options.million {
        let few = service.cell(Kind::Page, 16, options.cell()).await?;
        service = service.grow(options, 1_000_000).await?;
        service.cell(Kind::Page, 16, Duration::from_millis(500)).await?;
        let many = service.cell(Kind::Page, 16, options.cell()).await?;
        million = few.cpu.zip(many.cpu);
        whole = Some(service.whole().await?);
    }
    service.stop().await?;
    Ok(Noted { side, first_answer, idle, million, whole })
}

/// Where and how it runs. Figures are worth something only when nothing else did.
fn heading(options: &Options) -> anyhow::Result<String> {
    let cores = std::thread::available_parallelism()?;
    let load = std::fs::read_to_string("/proc/loadavg")?;
    let load = load.split(' ').next().unwrap_or_default();
    Ok(format!(
        "{cores} cores, shared with the clients; load average before: {load}. {} tickets, {} s a cell, middle of {}.\n",
        options.tickets, options.seconds, options.rounds
    ))
}
