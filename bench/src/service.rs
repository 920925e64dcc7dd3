//! The service on one database: loaded, started, measured.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use sea_orm::Database;
use serde_json::Value;
use tokio::process::Command;

use crate::http::{Client, request};
use crate::load::{self, Measured, Target};
use crate::process::{self, Folder, Running};
use crate::work::{Desk, Kind, Load, Pool, created_id};
use crate::{Options, Side, data, pgbench};

/// Who measures, an account of the demo.
pub const LOGIN: &str = "cs_supervisor";
const PASSWORD: &str = "Measure-me-2026";
/// Starts whose middle is the time to the first answer.
const STARTS: usize = 5;
/// A token is good for 15 minutes.
const TOKEN_TIME: Duration = Duration::from_secs(600);

/// A service under measurement.
pub struct Service {
    pub side: Side,
    pub url: String,
    /// Milliseconds from start to first answer.
    pub first_answer: f64,
    /// Resident MiB when nobody has called yet.
    pub idle: f64,
    running: Running,
    token: (String, Instant),
    staff_id: String,
    assignees: Vec<String>,
    tickets: u32,
    pool: Arc<Pool>,
    folder: Folder,
}

impl Service {
    /// Loads the data and starts the service on it; leaves a copy of PostgreSQL's database for pgbench.
    pub async fn open(side: Side, options: &Options) -> anyhow::Result<Self> {
        let folder = Folder::new(side.name())?;
        let url = match side {
            Side::Sqlite => format!("sqlite://{}", folder.path().join("hearthdesk.db").display()),
            Side::Postgres => pgbench::database(&options.postgres, "bench", None).await?,
        };
        let (tickets, pool) = (options.tickets, Arc::new(Pool::default()));
        eprintln!("{}: loading {tickets} tickets …", side.name());
        let status = command(options, &folder, &url, 0)?.args(["demo", "--no-serve"]).status().await?;
        if !status.success() {
            bail!("the demo data could not be loaded: {}", said(&folder));
        }
        let db = Database::connect(&url).await?;
        data::add_units(&db).await?;
        data::add_tickets(&db, 1, tickets).await?;
        let assignees = data::assignees(&db).await?;
        if assignees.is_empty() {
            bail!("too few tickets: nobody has a page of them");
        }
        db.close().await?;
        let running = start(options, &folder, &url).await?;
        let (token, staff_id) = sign_in(running.port).await?;
        let token = (token, Instant::now());
        let (first_answer, idle) = (0.0, 0.0);
        let service =
            Self { side, url, first_answer, idle, running, token, staff_id, assignees, tickets, pool, folder };
        service.check_page().await?;
        if side == Side::Postgres {
            service.leave_example().await?;
        }
        let copy = async |_: &str| match side {
            Side::Sqlite => Ok(()),
            Side::Postgres => pgbench::database(&options.postgres, "pgbench", Some("bench")).await.map(|_| ()),
        };
        service.restart(options, copy).await
    }

    /// Stops, lets `between` at the database, starts several times and notes how long that took.
    async fn restart(
        mut self,
        options: &Options,
        between: impl AsyncFnOnce(&str) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        self.running.stop().await?;
        between(&self.url).await?;
        let mut waits = Vec::new();
        self.running = start(options, &self.folder, &self.url).await?;
        for _ in 1..STARTS {
            waits.push(self.running.waited.as_secs_f64() * 1e3);
            self.running.stop().await?;
            self.running = start(options, &self.folder, &self.url).await?;
        }
        waits.push(self.running.waited.as_secs_f64() * 1e3);
        self.first_answer = crate::median(waits);
        tokio::time::sleep(Duration::from_millis(500)).await;
        self.idle = process::memory(self.running.pid)?;
        Ok(self)
    }

    /// Measures one cell.
    pub async fn cell(&mut self, kind: Kind, clients: usize, time: Duration) -> anyhow::Result<Measured> {
        if self.token.1.elapsed() > TOKEN_TIME {
            self.token = (sign_in(self.running.port).await?.0, Instant::now());
        }
        let needed = time.as_secs_f64() * 500.0;
        if kind == Kind::Transition && (self.pool.waiting() as f64) < needed {
            self.load(Kind::Create, 64, time).await?;
        }
        self.load(kind, clients, time).await
    }

    async fn load(&self, kind: Kind, clients: usize, time: Duration) -> anyhow::Result<Measured> {
        let target = Target { port: self.running.port, pid: self.running.pid, clients, time };
        let measured = load::run(target, Arc::new(Load { kind, desk: self.desk() })).await;
        measured.with_context(|| format!("{} on {}", kind.name(), self.side.name()))
    }

    fn desk(&self) -> Desk {
        Desk {
            token: self.token.0.clone(),
            staff_id: self.staff_id.clone(),
            assignees: self.assignees.clone(),
            tickets: self.tickets,
            pool: self.pool.clone(),
        }
    }

    /// Calls once what pages and reads rely on.
    async fn check_page(&self) -> anyhow::Result<()> {
        let mut client = Client::connect(self.running.port).await?;
        let page: Value = serde_json::from_slice(client.send(&self.desk().page(0).bytes).await?.body)?;
        match page["items"].as_array().map(Vec::len) {
            Some(50) => Ok(()),
            _ => bail!("no page of 50: {page}"),
        }
    }

    /// Registers one ticket whose rows pgbench writes again.
    async fn leave_example(&self) -> anyhow::Result<()> {
        let mut client = Client::connect(self.running.port).await?;
        let answer = client.send(&self.desk().create().bytes).await?;
        let id = created_id(answer.body).context("the example was not created")?;
        let db = Database::connect(&self.url).await?;
        pgbench::keep_example(&db, &id).await?;
        db.close().await?;
        Ok(())
    }

    /// The bytes of one read, for the bare handler.
    pub async fn example(&self) -> anyhow::Result<Vec<u8>> {
        let mut client = Client::connect(self.running.port).await?;
        Ok(client.send(&self.desk().read(1).bytes).await?.body.to_vec())
    }

    /// A handler that answers the same bytes to the same requests.
    pub async fn bare(&self) -> anyhow::Result<Running> {
        let file = self.folder.path().join("bytes");
        std::fs::write(&file, self.example().await?)?;
        let port = process::free_port()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--bare").arg(&file).arg("--bare-port").arg(port.to_string()).arg("--postgres=none");
        Running::start(&mut command, port, "/").await
    }

    /// Measures the bare handler with the reads of this service.
    pub async fn bare_cell(&self, bare: &Running, clients: usize, time: Duration) -> anyhow::Result<Measured> {
        let target = Target { port: bare.port, pid: bare.pid, clients, time };
        load::run(target, Arc::new(Load { kind: Kind::Read, desk: self.desk() })).await
    }

    /// Asks once for a report over every ticket: seconds, and resident MiB after it.
    pub async fn whole(&self) -> anyhow::Result<(f64, f64)> {
        let mut client = Client::connect(self.running.port).await?;
        let (asked, began) = (self.desk().whole(), Instant::now());
        let status = client.send(&asked.bytes).await?.status;
        if status != 200 {
            bail!("the report over all tickets: {status}");
        }
        Ok((began.elapsed().as_secs_f64(), process::memory(self.running.pid)?))
    }

    /// Loads more tickets, so that there are so many.
    pub async fn grow(self, options: &Options, tickets: u32) -> anyhow::Result<Self> {
        let from = self.tickets + 1;
        eprintln!("{}: loading {tickets} tickets …", self.side.name());
        let more = async move |url: &str| {
            let db = Database::connect(url).await?;
            data::add_tickets(&db, from, tickets).await?;
            Ok(db.close().await?)
        };
        Ok(Self { tickets, ..self.restart(options, more).await? })
    }

    /// Stops it and removes what it wrote.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.running.stop().await
    }
}

fn said(folder: &Folder) -> String {
    std::fs::read_to_string(folder.path().join("said")).unwrap_or_default()
}

fn command(options: &Options, folder: &Folder, url: &str, port: u16) -> anyhow::Result<Command> {
    let said = std::fs::File::create(folder.path().join("said"))?;
    let mut command = Command::new(&options.server);
    command
        .env("HEARTHDESK_DATA", folder.path())
        .env("DATABASE_URL", url)
        .env("HEARTHDESK_LISTEN", format!("127.0.0.1:{port}"))
        .env("HEARTHDESK_RATE_LIMIT", "off")
        // As the service files of deploy/ set it.
        .env("MIMALLOC_PURGE_DELAY", "10")
        .env("HEARTHDESK_DEMO_PASSWORD", PASSWORD)
        .stdout(Stdio::null())
        .stderr(said);
    Ok(command)
}

async fn start(options: &Options, folder: &Folder, url: &str) -> anyhow::Result<Running> {
    let port = process::free_port()?;
    let mut command = command(options, folder, url, port)?;
    let running = Running::start(command.arg("serve"), port, "/readyz").await;
    running.with_context(|| format!("the service did not start: {}", said(folder)))
}

/// A token, and whose it is.
async fn sign_in(port: u16) -> anyhow::Result<(String, String)> {
    let mut client = Client::connect(port).await?;
    let body = format!(r#"{{"login":"{LOGIN}","password":"{PASSWORD}"}}"#);
    let tokens: Value =
        serde_json::from_slice(client.send(&request("POST", "/v1/auth/login", "", None, &body)).await?.body)?;
    let token = tokens["access_token"].as_str().with_context(|| format!("no token: {tokens}"))?;
    let me: Value = serde_json::from_slice(client.send(&request("GET", "/v1/me", token, None, "")).await?.body)?;
    let staff_id = me["staff_id"].as_str().with_context(|| format!("nobody: {me}"))?;
    Ok((token.to_owned(), staff_id.to_owned()))
}
