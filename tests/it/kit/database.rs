//! A database a test: a copied file on SQLite, a database from a template on PostgreSQL.
//!
//! The template – migrated, with people of every role – is made once and named by a hash of what makes it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernel::time::{Clock, FixedClock};
use sea_orm::{ConnectionTrait, Database as Sea};
use sha2::{Digest, Sha256};
use store::{Options, Store};
use uuid::Uuid;

use super::fixture;

const MASTER_KEY: [u8; 32] = *b"0123456789abcdef0123456789ABCDEF";

/// A database that goes away with the test.
pub struct Database {
    url: String,
    folder: PathBuf,
    postgres: Option<String>,
}

/// What the template is made from: schema, fixture and the binary's own defaults.
fn fingerprint() -> String {
    let mut hash = Sha256::new();
    for text in migrations::TEXTS {
        hash.update(text);
    }
    hash.update(include_str!("fixture.rs"));
    let program = std::env::current_exe().unwrap();
    let built = std::fs::metadata(program).unwrap().modified().unwrap();
    hash.update(format!("{built:?}"));
    hex::encode(&hash.finalize()[..8])
}

fn scratch() -> PathBuf {
    let memory = Path::new("/dev/shm");
    let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    base.join(format!("hearthdesk-test-{}", fingerprint()))
}

async fn store(url: &str, clock: Arc<dyn Clock>) -> Store {
    let (catalogue, offers) = (server::setup::CATALOGUE, server::setup::OFFERS);
    let options =
        Options { url: url.to_owned(), clock, master_key: MASTER_KEY, pool: 3, durable: false, catalogue, offers };
    Store::open(options).await.unwrap()
}

async fn fill(url: &str) {
    let clock = Arc::new(FixedClock::at("2010-01-01T00:00:00+08:00"));
    let store = store(url, clock).await;
    store.migrate().await.unwrap();
    fixture::make(&store).await;
    store.seal_now().await.unwrap();
    store.close().await.unwrap();
}

impl Database {
    pub async fn sqlite() -> Self {
        let base = scratch();
        std::fs::create_dir_all(&base).unwrap();
        let template = base.join("template.db");
        let lock = std::fs::File::create(base.join("lock")).unwrap();
        lock.lock().unwrap();
        if !template.exists() {
            let unfinished = base.join("unfinished.db");
            let _ = std::fs::remove_file(&unfinished);
            fill(&format!("sqlite://{}", unfinished.display())).await;
            std::fs::rename(&unfinished, &template).unwrap();
        }
        lock.unlock().unwrap();
        let folder = base.join(Uuid::now_v7().to_string());
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("test.db");
        std::fs::copy(&template, &file).unwrap();
        Self { url: format!("sqlite://{}", file.display()), folder, postgres: None }
    }

    pub async fn postgres() -> Self {
        let base = std::env::var("TEST_PG_URL")
            .expect("TEST_PG_URL names no PostgreSQL: run the tests through scripts/with-postgres.sh");
        let template = format!("template_{}", fingerprint());
        let admin = Sea::connect(&base).await.unwrap();
        let folder = scratch().join(Uuid::now_v7().to_string());
        std::fs::create_dir_all(&folder).unwrap();
        let lock = std::fs::File::create(scratch().join("lock-postgres")).unwrap();
        lock.lock().unwrap();
        let known = format!("SELECT 1 AS n FROM pg_database WHERE datname = '{template}'");
        let known = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, known);
        if admin.query_one_raw(known).await.unwrap().is_none() {
            let unfinished = format!("{template}_unfinished");
            admin.execute_unprepared(&format!("DROP DATABASE IF EXISTS {unfinished}")).await.unwrap();
            admin.execute_unprepared(&format!("CREATE DATABASE {unfinished}")).await.unwrap();
            fill(&with_database(&base, &unfinished)).await;
            admin.execute_unprepared(&format!("ALTER DATABASE {unfinished} RENAME TO {template}")).await.unwrap();
        }
        lock.unlock().unwrap();
        let name = format!("test_{}", Uuid::now_v7().simple());
        let create = format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY");
        admin.execute_unprepared(&create).await.unwrap();
        admin.close().await.unwrap();
        Self { url: with_database(&base, &name), folder, postgres: Some(name) }
    }

    pub async fn open(&self, clock: Arc<FixedClock>) -> Store {
        store(&self.url, clock).await
    }

    pub fn files(&self) -> PathBuf {
        self.folder.join("files")
    }
}

fn with_database(url: &str, name: &str) -> String {
    let (head, query) = url.split_once('?').map_or((url, String::new()), |(head, query)| (head, format!("?{query}")));
    let (server, _) = head.rsplit_once('/').unwrap();
    format!("{server}/{name}{query}")
}

impl Drop for Database {
    fn drop(&mut self) {
        // The throw-away cluster takes its databases along.
        let _ = (std::fs::remove_dir_all(&self.folder), self.postgres.take());
    }
}
