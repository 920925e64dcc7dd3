//! The service and the bare handler, each started as a process of its own.

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, bail};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::http::{Client, request};
use crate::load::{self, Measured, Next};
use crate::{Line, Options, WORKLOADS};

const PORT: u16 = 18_311;
const BARE_PORT: u16 = 18_312;
const PASSWORD: &str = "Measure-me-2026";
/// Sampled rows that are read.
const SAMPLE: usize = 500;
/// Tickets a transition cell moves.
const MOVED: usize = 400;

/// Serves the same bytes at every path.
pub fn bare(bytes: Vec<u8>) -> anyhow::Result<()> {
    let body = web::Bytes::from(bytes);
    let serve = async move {
        let app = move || {
            let body = body.clone();
            App::new().default_service(web::to(move || {
                let body = body.clone();
                async move { HttpResponse::Ok().content_type("application/json").body(body) }
            }))
        };
        HttpServer::new(app).workers(2).bind(("127.0.0.1", BARE_PORT))?.run().await
    };
    Ok(actix_web::rt::System::new().block_on(serve)?)
}

/// Loads data, starts the service and measures every workload; answers the database's URL.
pub async fn measure(side: &'static str, options: &Options, lines: &mut Vec<Line>) -> anyhow::Result<String> {
    let data = std::env::temp_dir().join(format!("hearthdesk-bench-{}-{side}", std::process::id()));
    std::fs::create_dir_all(&data)?;
    let url = match side {
        "sqlite" => format!("sqlite://{}", data.join("hearthdesk.db").display()),
        _ => own_database(&options.postgres).await?,
    };
    let status =
        command(options, &data, &url).args(["demo", "--no-serve"]).stdout(std::process::Stdio::null()).status().await?;
    if !status.success() {
        bail!("the demo data could not be loaded");
    }
    let db = Database::connect(&url).await?;
    fill(&db, options.tickets).await?;
    db.close().await?;
    let began = Instant::now();
    let mut child = command(options, &data, &url).arg("serve").kill_on_drop(true).spawn()?;
    let mut client = answering(PORT, "/livez").await?;
    eprintln!("{side}: first answer after {} ms", began.elapsed().as_millis());
    let pid = child.id().context("no pid")?;
    tokio::time::sleep(Duration::from_millis(500)).await;
    eprintln!("{side}: idle memory {} MiB", load::memory(pid)?);
    let work = Work::prepare(&mut client).await?;
    for workload in WORKLOADS.iter().filter(|workload| options.wants(workload)) {
        for clients in &options.clients {
            if *workload == "aggregate" && *clients > 1 {
                continue;
            }
            let fresh = Work { token: sign_in(&mut client, "cs_supervisor").await?, ..work.clone() };
            let measured = fresh.run(workload, pid, *clients, options).await?;
            lines.push(Line { side, workload, clients: *clients, measured });
            if *clients == 256 {
                eprintln!("{side}: {workload} at 256 clients, memory {} MiB", load::memory(pid)?);
            }
        }
    }
    if side == "sqlite" && options.wants("read") {
        bare_side(&work, &data, options, lines).await?;
    }
    stop(&mut child).await?;
    if side == "sqlite" {
        std::fs::remove_dir_all(&data)?;
    }
    Ok(url)
}

fn command(options: &Options, data: &Path, url: &str) -> Command {
    let mut command = Command::new(&options.server);
    command
        .env("HEARTHDESK_DATA", data)
        .env("DATABASE_URL", url)
        .env("HEARTHDESK_LISTEN", format!("127.0.0.1:{PORT}"))
        .env("HEARTHDESK_RATE_LIMIT", "off")
        .env("HEARTHDESK_DEMO_PASSWORD", PASSWORD)
        .stderr(std::process::Stdio::null());
    command
}

async fn stop(child: &mut Child) -> anyhow::Result<()> {
    if let Some(pid) = child.id() {
        Command::new("kill").arg(pid.to_string()).status().await?;
    }
    tokio::time::timeout(Duration::from_secs(20), child.wait()).await??;
    Ok(())
}

async fn own_database(postgres: &str) -> anyhow::Result<String> {
    let db = Database::connect(postgres).await?;
    db.execute_unprepared("DROP DATABASE IF EXISTS bench").await?;
    db.execute_unprepared("CREATE DATABASE bench").await?;
    db.close().await?;
    Ok(postgres.replacen("/postgres?", "/bench?", 1))
}

async fn answering(port: u16, path: &str) -> anyhow::Result<Client> {
    for _ in 0..2_000 {
        if let Ok(mut client) = Client::connect(port).await
            && client.send(&request("GET", path, "", None, "")).await.is_ok_and(|answer| answer.status == 200)
        {
            return Ok(client);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bail!("nothing answers on port {port}")
}

/// Copies an assigned ticket many times: other ids, numbers, due instants and assignees.
async fn fill(db: &DatabaseConnection, tickets: u32) -> anyhow::Result<()> {
    let backend = db.get_database_backend();
    let columns = match backend {
        DbBackend::Postgres => {
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'ticket' ORDER BY ordinal_position"
        }
        _ => "SELECT name FROM pragma_table_info('ticket')",
    };
    let rows = db.query_all_raw(Statement::from_string(backend, columns)).await?;
    let columns: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?;
    let expression = |column: &String| match (column.as_str(), backend) {
        ("id", DbBackend::Postgres) => "gen_random_uuid()".to_owned(),
        ("id", _) => "randomblob(16)".to_owned(),
        ("number", _) => "'BN-' || n.n".to_owned(),
        ("assignee_id", _) => "s.id".to_owned(),
        ("due_sort" | "due_at", DbBackend::Postgres) => format!("t.{column} + n.n * interval '1 second'"),
        ("due_sort" | "due_at", _) => format!(
            "strftime('%Y-%m-%d', t.{column}, '+' || n.n || ' seconds') || substr(t.{column}, 11, 1) || strftime('%H:%M:%S', t.{column}, '+' || n.n || ' seconds') || substr(t.{column}, 20)"
        ),
        (column, _) => format!("t.{column}"),
    };
    let expressions: Vec<String> = columns.iter().map(expression).collect();
    let numbers = match backend {
        DbBackend::Postgres => format!("(SELECT generate_series(1, {tickets}) AS n)"),
        _ => format!(
            "(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {tickets}) SELECT n FROM c)"
        ),
    };
    let sql = format!(
        "INSERT INTO ticket ({}) SELECT {} FROM (SELECT * FROM ticket WHERE status = 'assigned' LIMIT 1) t, {numbers} n \
         JOIN (SELECT id, row_number() OVER (ORDER BY number) - 1 AS place FROM staff) s ON s.place = n.n % 50",
        columns.join(", "),
        expressions.join(", ")
    );
    db.execute_unprepared(&sql).await?;
    db.execute_unprepared("ANALYZE").await?;
    Ok(())
}

async fn sign_in(client: &mut Client, login: &str) -> anyhow::Result<String> {
    let body = format!(r#"{{"login":"{login}","password":"{PASSWORD}"}}"#);
    let answer = client.send(&request("POST", "/v1/auth/login", "", None, &body)).await?;
    let body: Value = serde_json::from_slice(&answer.body)?;
    body["access_token"].as_str().map(str::to_owned).with_context(|| format!("no token: {body}"))
}

/// What the requests are made from.
#[derive(Clone)]
struct Work {
    token: String,
    ids: Rc<Vec<String>>,
    assignees: Rc<Vec<String>>,
    bodies: Rc<Vec<Value>>,
    assign: Rc<String>,
}

impl Work {
    async fn prepare(client: &mut Client) -> anyhow::Result<Self> {
        let token = sign_in(client, "cs_supervisor").await?;
        let mut ids = Vec::new();
        let mut assignees = Vec::new();
        let mut sample = None;
        let mut path = "/v1/tickets?status=assigned&sort=number&limit=200".to_owned();
        while ids.len() < SAMPLE {
            let page = client.send(&request("GET", &path, &token, None, "")).await?;
            let page: Value = serde_json::from_slice(&page.body)?;
            let items = page["items"].as_array().with_context(|| format!("no list: {page}"))?;
            let text = |item: &Value, name: &str| item[name].as_str().map(str::to_owned);
            ids.extend(items.iter().filter_map(|item| text(item, "id")));
            assignees.extend(items.iter().filter_map(|item| text(item, "assignee_id")));
            sample = sample.or_else(|| items.first().cloned());
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/tickets?status=assigned&sort=number&limit=200&cursor={cursor}"),
                None => break,
            }
        }
        assignees.sort();
        assignees.dedup();
        let sample = sample.context("no ticket to copy")?;
        let units = client.send(&request("GET", "/v1/units?limit=200", &token, None, "")).await?;
        let units: Value = serde_json::from_slice(&units.body)?;
        let body = |unit: &Value| {
            serde_json::json!({
                "channel_code": "walk_in", "kind": "repair", "category_code": "house_quality.door_window",
                "place_kind": "unit", "description": "卧室窗户关不严,夜里漏风", "unit_id": unit["id"],
                "requester": { "name": "王小明", "phone": "13800135678" },
            })
        };
        let bodies = units["items"].as_array().context("no units")?.iter().map(body).collect();
        let assign = serde_json::json!({ "org_unit_id": sample["responsible_org_unit_id"] });
        let (ids, assignees) = (Rc::new(ids), Rc::new(assignees));
        Ok(Self { token, ids, assignees, bodies: Rc::new(bodies), assign: Rc::new(assign.to_string()) })
    }

    fn read(&self, n: usize) -> Vec<u8> {
        let id = &self.ids[n % self.ids.len()];
        request("GET", &format!("/v1/tickets/{id}"), &self.token, None, "")
    }
    fn page(&self, n: usize) -> Vec<u8> {
        let who = &self.assignees[n % self.assignees.len()];
        let path = format!("/v1/tickets?status=assigned&assignee_id={who}&sort=due_at&limit=50");
        request("GET", &path, &self.token, None, "")
    }
    fn create(&self) -> Vec<u8> {
        let n = unique();
        let mut body = self.bodies[usize::try_from(n).unwrap_or_default() % self.bodies.len()].clone();
        body["requester"]["phone"] = format!("138{n:08}").into();
        request("POST", "/v1/tickets", &self.token, Some(&format!("bench-{n}")), &body.to_string())
    }

    async fn run(self, workload: &str, pid: u32, clients: usize, options: &Options) -> anyhow::Result<Measured> {
        let moved = match workload {
            "transition" => self.registered().await?,
            _ => Vec::new(),
        };
        let kind = workload.to_owned();
        let next: Next = Rc::new(move |n| {
            Some(match kind.as_str() {
                "read" => self.read(n),
                "page" => self.page(n),
                "create" => self.create(),
                "aggregate" => request("GET", "/v1/reports/tickets/monthly-statistics", &self.token, None, ""),
                "transition" => {
                    let id = moved.get(n - 1)?;
                    let key = format!("assign-{id}");
                    request("POST", &format!("/v1/tickets/{id}/assign"), &self.token, Some(&key), &self.assign)
                }
                _ => match n % 10 {
                    0 => self.create(),
                    1 | 2 => self.page(n),
                    _ => self.read(n),
                },
            })
        });
        load::run(PORT, Some(pid), clients, options.cell(), next).await.with_context(|| workload.to_owned())
    }

    /// Fresh tickets to move.
    async fn registered(&self) -> anyhow::Result<Vec<String>> {
        let mut client = Client::connect(PORT).await?;
        let mut ids = Vec::new();
        for _ in 0..MOVED {
            let answer = client.send(&self.create()).await?;
            let body: Value = serde_json::from_slice(&answer.body)?;
            ids.push(body["id"].as_str().with_context(|| format!("not created: {body}"))?.to_owned());
        }
        Ok(ids)
    }
}

/// A number no other request of this process has.
fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

async fn bare_side(work: &Work, data: &Path, options: &Options, lines: &mut Vec<Line>) -> anyhow::Result<()> {
    let mut client = Client::connect(PORT).await?;
    let file: PathBuf = data.join("bytes");
    std::fs::write(&file, client.send(&work.read(0)).await?.body)?;
    let mut child = Command::new(std::env::current_exe()?)
        .arg("--bare")
        .arg(&file)
        .arg("--postgres=none")
        .kill_on_drop(true)
        .spawn()?;
    answering(BARE_PORT, "/").await?;
    let pid = child.id();
    for clients in &options.clients {
        let work = work.clone();
        let measured =
            load::run(BARE_PORT, pid, *clients, options.cell(), Rc::new(move |n| Some(work.read(n)))).await?;
        lines.push(Line { side: "bare", workload: "read", clients: *clients, measured });
    }
    stop(&mut child).await
}
