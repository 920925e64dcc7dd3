//! The real binary, killed and doubled: nothing acknowledged is lost, nothing happens twice.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use access::JobRole;
use identity::account::commands::{Owner, open};
use kernel::fault::Fault;
use registers::org_unit::{self, commands::CreateOrgUnit, entity::Kind};
use registers::staff::{
    self,
    commands::{CreateStaff, StartPost},
};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use server::cli::Cli;
use server::config::Config;
use server::setup;
use store::{Answer, Context, Work};
use uuid::Uuid;

const PASSWORD: &str = "heron lamp 42 quilt";
const MASTER_KEY: &str = "30313233343536373839616263646566303132333435363738394142434445ff";

/// A database, a folder, and what the binary is told of them.
struct House {
    folder: PathBuf,
    url: String,
}

impl House {
    async fn sqlite() -> Self {
        let folder = scratch();
        let url = format!("sqlite://{}", folder.join("crash.db").display());
        Self::furnish(Self { folder, url }).await
    }

    async fn postgres() -> Self {
        let base = std::env::var("TEST_PG_URL")
            .expect("TEST_PG_URL names no PostgreSQL: run the tests through scripts/with-postgres.sh");
        let name = format!("crash_{}", Uuid::now_v7().simple());
        let admin = Database::connect(&base).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        let (head, query) = base.split_once('?').map_or((base.as_str(), ""), |(head, query)| (head, query));
        let url = format!("{}/{name}?{query}", head.rsplit_once('/').unwrap().0);
        Self::furnish(Self { folder: scratch(), url }).await
    }

    async fn furnish(self) -> Self {
        let store = setup::open(&self.config()).await.unwrap();
        setup::prepare(&store, &setup::identity(&self.config())).await.unwrap();
        let hash = identity::hash_password(PASSWORD).await.unwrap();
        let people = async move |work: &Work| {
            let desk = CreateOrgUnit {
                code: "DESK".into(),
                name: "客户服务部".into(),
                kind: Kind::Department,
                parent_id: None,
            };
            let desk = org_unit::commands::create(work, &desk).await?;
            for role in [JobRole::CsSpecialist, JobRole::CsAgent, JobRole::TeamLeader] {
                let row = CreateStaff {
                    number: role.code().into(),
                    name: role.title_zh().into(),
                    phone: None,
                    email: None,
                    org_unit_id: desk.id,
                    skills: Vec::new(),
                    daily_capacity: None,
                };
                let row = staff::commands::create(work, &row).await?;
                let from = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
                let post =
                    StartPost { role, org_unit_id: None, project_ids: Vec::new(), discipline: None, from, to: None };
                staff::commands::start_post(work, row.id, &post).await?;
                open(work, role.code(), &hash, Owner::Staff(row.id), false).await?;
            }
            Ok::<_, Fault>(Answer::no_content())
        };
        store.write(Context::system("furnish"), people).await.unwrap();
        store.seal_now().await.unwrap();
        store.close().await.unwrap();
        self
    }

    fn config(&self) -> Config {
        use clap::Parser;
        let folder = self.folder.display().to_string();
        let words = ["hearthdesk", "--database-url", &self.url, "--data", &folder, "--master-key", MASTER_KEY, "serve"];
        Config::load(Cli::parse_from(words).settings).unwrap()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hearthdesk"));
        command
            .args(words)
            .env("DATABASE_URL", &self.url)
            .env("HEARTHDESK_DATA", &self.folder)
            .env("HEARTHDESK_MASTER_KEY", MASTER_KEY)
            .env("HEARTHDESK_RATE_LIMIT", "off")
            .env("HEARTHDESK_LOG", "error")
            .stderr(Stdio::null());
        command
    }

    fn serve(&self) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = self.command(&["serve"]).env("HEARTHDESK_LISTEN", format!("127.0.0.1:{port}")).spawn().unwrap();
        let server = Server { child, port };
        let begun = Instant::now();
        while server.call("GET", "/readyz", &[], None).map(|answer| answer.0) != Some(200) {
            assert!(begun.elapsed() < Duration::from_secs(30), "the service does not become ready");
            thread::sleep(Duration::from_millis(50));
        }
        server
    }

    fn assert_journal_whole(&self) {
        let output = self.command(&["journal", "verify"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = base.join(format!("hearthdesk-crash-{}", Uuid::now_v7().simple()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A running binary; killed when dropped.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Option<(u16, Value)> {
        call(self.port, method, path, headers, body)
    }

    fn token(&self, login: &str) -> String {
        let body = json!({ "login": login, "password": PASSWORD });
        let (status, body) = self.call("POST", "/v1/auth/login", &[], Some(&body)).unwrap();
        assert_eq!(status, 200, "{body}");
        format!("Bearer {}", body["access_token"].as_str().unwrap())
    }
}

/// One HTTP call; `None` when the connection broke before an answer was whole.
fn call(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let body = body.map(Value::to_string).unwrap_or_default();
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    if !body.is_empty() {
        request.push_str("Content-Type: application/json\r\n");
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(&body);
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let text = String::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length: usize =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.trim().parse().ok())?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() == length).then(|| (status, serde_json::from_str(body).unwrap_or(Value::Null)))
}

fn create(port: u16, token: &str, n: usize) -> Option<(u16, Value)> {
    let body = json!({ "kind": "person", "name": "王小明", "phones": [format!("139{n:08}")] });
    let key = format!("customer-{n}");
    call(port, "POST", "/v1/customers", &[("Authorization", token), ("Idempotency-Key", &key)], Some(&body))
}

/// Kills the binary in the middle of writes, again and again.
async fn nothing_is_lost_and_nothing_doubled(house: House) {
    let mut acknowledged: HashMap<usize, String> = HashMap::new();
    let next = Arc::new(AtomicUsize::new(1));
    for _ in 0..3 {
        let mut server = house.serve();
        let (port, token) = (server.port, server.token("cs_specialist"));
        let stop = Arc::new(AtomicBool::new(false));
        let writer = || {
            let (next, stop, token) = (next.clone(), stop.clone(), token.clone());
            thread::spawn(move || {
                let mut seen = Vec::new();
                while !stop.load(Ordering::SeqCst) {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    let answer = create(port, &token, n);
                    seen.push((n, answer));
                }
                seen
            })
        };
        let writers: Vec<_> = (0..4).map(|_| writer()).collect();
        thread::sleep(Duration::from_millis(500));
        server.child.kill().unwrap();
        stop.store(true, Ordering::SeqCst);
        let seen: Vec<_> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        drop(server);

        let server = house.serve();
        let token = server.token("cs_specialist");
        for (n, answer) in seen {
            let (status, body) = create(server.port, &token, n).unwrap();
            assert_eq!(status, 201, "{body}");
            let id = body["id"].as_str().unwrap().to_owned();
            if let Some((status, first)) = answer {
                assert_eq!((status, &first["id"]), (201, &body["id"]), "an acknowledged write was lost");
            }
            acknowledged.insert(n, id);
        }
        drop(server);
    }
    let server = house.serve();
    let token = server.token("cs_specialist");
    let path = "/v1/customers?include_total=true&limit=1";
    let (_, page) = server.call("GET", path, &[("Authorization", &token)], None).unwrap();
    assert!(acknowledged.len() > 20, "too few writes to mean anything: {}", acknowledged.len());
    assert_eq!(page["total"], acknowledged.len());
    drop(server);
    house.assert_journal_whole();
}

#[actix_web::test]
async fn a_killed_service_on_sqlite_loses_and_doubles_nothing() {
    nothing_is_lost_and_nothing_doubled(House::sqlite().await).await;
}

#[actix_web::test]
async fn a_killed_service_on_postgres_loses_and_doubles_nothing() {
    nothing_is_lost_and_nothing_doubled(House::postgres().await).await;
}

/// Two processes on one PostgreSQL: one effect a key, one winner a transition, one chain without gaps.
#[actix_web::test]
async fn two_services_on_one_database_agree() {
    let house = House::postgres().await;
    let servers = [house.serve(), house.serve()];
    let ports = servers.each_ref().map(|server| server.port);
    let token = servers[0].token("cs_specialist");
    let together = |count: usize, run: Arc<dyn Fn(usize) -> (u16, Value) + Send + Sync>| -> Vec<(u16, Value)> {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                let run = run.clone();
                thread::spawn(move || run(n))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    };
    let same = {
        let token = token.clone();
        Arc::new(move |n: usize| create(ports[n % 2], &token, 7).unwrap())
    };
    let answers = together(16, same);
    assert!(answers.iter().all(|answer| answer.0 == 201 && answer.1["id"] == answers[0].1["id"]), "{answers:?}");

    let (agent, leader) = (servers[0].token("cs_agent"), servers[1].token("team_leader"));
    let report = json!({ "channel_code": "walk_in", "kind": "consultation", "category_code": "other", "place_kind": "none",
        "description": "咨询物业费如何缴纳", "requester": { "name": "李雷", "phone": "13900001111" } });
    let (status, ticket) = servers[0].call("POST", "/v1/tickets", &[("Authorization", &agent)], Some(&report)).unwrap();
    assert_eq!(status, 201, "{ticket}");
    let path = format!("/v1/tickets/{}", ticket["id"].as_str().unwrap());
    let unit = json!({ "org_unit_id": ticket["received_org_unit_id"] });
    let assigned =
        servers[1].call("POST", &format!("{path}/assign"), &[("Authorization", &leader)], Some(&unit)).unwrap();
    assert_eq!(assigned.0, 200, "{}", assigned.1);
    let start = {
        let (agent, path) = (agent.clone(), format!("{path}/start"));
        Arc::new(move |n: usize| {
            call(ports[n % 2], "POST", &path, &[("Authorization", &agent)], Some(&json!({}))).unwrap()
        })
    };
    let answers = together(16, start);
    assert_eq!(answers.iter().filter(|answer| answer.0 == 200).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.0 == 409).count(), 15, "{answers:?}");
    drop(servers);
    house.assert_journal_whole();
}
