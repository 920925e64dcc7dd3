//! A database, a folder, and the real binary serving on them.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use access::JobRole;
use clap::Parser;
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

pub const PASSWORD: &str = "heron lamp 42 quilt";
pub const MASTER_KEY: &str = "30313233343536373839616263646566303132333435363738394142434445ff";

/// A database, a folder, and what the binary is told of them.
pub struct House {
    pub folder: PathBuf,
    pub url: String,
}

impl House {
    pub async fn sqlite() -> Self {
        Self::empty_sqlite().furnish().await
    }

    /// A folder without anything.
    pub fn empty_sqlite() -> Self {
        let folder = scratch();
        let url = format!("sqlite://{}", folder.join("hearthdesk.db").display());
        Self { folder, url }
    }

    pub async fn postgres() -> Self {
        Self::empty_postgres().await.furnish().await
    }

    /// A database without a table.
    pub async fn empty_postgres() -> Self {
        let base = std::env::var("TEST_PG_URL")
            .expect("TEST_PG_URL names no PostgreSQL: run the tests through scripts/with-postgres.sh");
        let name = format!("process_{}", Uuid::now_v7().simple());
        let admin = Database::connect(&base).await.unwrap();
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        admin.close().await.unwrap();
        let (head, query) = base.split_once('?').map_or((base.as_str(), ""), |(head, query)| (head, query));
        let url = format!("{}/{name}?{query}", head.rsplit_once('/').unwrap().0);
        Self { folder: scratch(), url }
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
                external_ids: Vec::new(),
            };
            let desk = org_unit::commands::create(work, &desk).await?;
            for role in [JobRole::CsSpecialist, JobRole::CsAgent, JobRole::TeamLeader, JobRole::SystemAdmin] {
                let row = CreateStaff {
                    number: role.code().into(),
                    name: role.title_zh().into(),
                    phone: None,
                    email: None,
                    org_unit_id: desk.id,
                    skills: Vec::new(),
                    daily_capacity: None,
                    external_ids: Vec::new(),
                };
                let row = staff::commands::create(work, &row).await?;
                let from = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
                let post = StartPost {
                    role,
                    org_unit_id: None,
                    project_ids: Vec::new(),
                    discipline: None,
                    scope: None,
                    from,
                    to: None,
                };
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

    pub fn config(&self) -> Config {
        let folder = self.folder.display().to_string();
        let words = ["hearthdesk", "--database-url", &self.url, "--data", &folder, "--master-key", MASTER_KEY, "serve"];
        Config::load(Cli::parse_from(words).settings).unwrap()
    }

    pub fn command(&self, words: &[&str]) -> Command {
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

    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// As [`House::serve`] with a clock that can be moved.
    pub fn serve_in_sandbox(&self) -> Server {
        self.serve_with(&[("HEARTHDESK_SANDBOX", "true")])
    }

    /// As [`House::serve`] with settings of its own.
    pub fn serve_with(&self, settings: &[(&str, &str)]) -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = self.command(&["serve"]);
        command.env("HEARTHDESK_WEBHOOK_ALLOW", "127.0.0.0/8").envs(settings.iter().copied());
        let child = command.env("HEARTHDESK_LISTEN", format!("127.0.0.1:{port}")).spawn().unwrap();
        let server = Server { child, port };
        let begun = Instant::now();
        while server.call("GET", "/readyz", &[], None).map(|answer| answer.0) != Some(200) {
            assert!(begun.elapsed() < Duration::from_secs(30), "the service does not become ready");
            thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// Runs a subcommand to its end; answers its exit code and all it said.
    pub fn run(&self, words: &[&str]) -> (i32, String) {
        said(self.command(words).stderr(Stdio::piped()).output().unwrap())
    }

    /// As [`House::run`] under another master key.
    pub fn run_with_key(&self, key: &str, words: &[&str]) -> (i32, String) {
        said(self.command(words).env("HEARTHDESK_MASTER_KEY", key).stderr(Stdio::piped()).output().unwrap())
    }

    pub fn assert_journal_whole(&self) {
        let output = self.command(&["journal", "verify"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

fn said(output: Output) -> (i32, String) {
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

pub fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = base.join(format!("hearthdesk-process-{}", Uuid::now_v7().simple()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A running binary; killed when dropped.
pub struct Server {
    pub child: Child,
    pub port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Option<(u16, Value)> {
        call(self.port, method, path, headers, body)
    }

    /// A call whose body and answer are text.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<(u16, String)> {
        send(self.port, method, path, headers, body)
    }

    pub fn token(&self, login: &str) -> String {
        let body = json!({ "login": login, "password": PASSWORD });
        let (status, body) = self.call("POST", "/v1/auth/login", &[], Some(&body)).unwrap();
        assert_eq!(status, 200, "{body}");
        format!("Bearer {}", body["access_token"].as_str().unwrap())
    }
}

/// One HTTP call with a JSON body; `None` when the connection broke before an answer was whole.
pub fn call(
    port: u16,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Option<(u16, Value)> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let json = [headers, &[("Content-Type", "application/json")]].concat();
    let (status, text) = send(port, method, path, if body.is_empty() { headers } else { &json }, &body)?;
    Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
}

fn send(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let text = String::from_utf8(answer).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length: usize =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.trim().parse().ok())?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    (body.len() == length).then(|| (status, body.to_owned()))
}
