//! What the tests stand on: a house on a database of its own.

use std::sync::Arc;

use access::JobRole;
use chrono::NaiveDate;
use identity::account::commands::{Owner, open};
use identity::{Config, Identity, hash_password, sign_in};
use kernel::fault::Fault;
use kernel::time::FixedClock;
use registers::org_unit::commands::CreateOrgUnit;
use registers::org_unit::entity::Kind;
use registers::staff::commands::{CreateStaff, StartPost, start_post};
use registers::{org_unit, staff};
use serde_json::Value;
use store::{Answer, Context, Done, Options, Store, Work};
use tokio::task::LocalSet;
use uuid::Uuid;

pub const PASSWORD: &str = "heron lamp 42 quilt";

/// A database of its own, a clock that stands, and who signs in.
pub struct House {
    pub store: Store,
    pub clock: Arc<FixedClock>,
    pub identity: Arc<Identity>,
    file: std::path::PathBuf,
    pub unit: Uuid,
}

impl Drop for House {
    fn drop(&mut self) {
        for tail in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{tail}", self.file.display()));
        }
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl House {
    pub async fn at(now: &str) -> Self {
        let clock = Arc::new(FixedClock::at(now));
        let file = std::env::temp_dir().join(format!("hearthdesk-identity-{}.db", Uuid::now_v7()));
        let options = Options {
            url: format!("sqlite://{}", file.display()),
            clock: clock.clone(),
            master_key: [7; 32],
            pool: 4,
            durable: false,
            catalogue: &[store::parameters::PLATFORM],
            offers: &[],
        };
        let store = Store::open(options).await.unwrap();
        store.migrate().await.unwrap();
        let config = Config { issuer: "https://here".to_owned(), audience: "hearthdesk".to_owned(), outside: None };
        let identity = Arc::new(Identity::new(config));
        identity.prepare(&store).await.unwrap();
        let mut house = Self { store, clock, identity, file, unit: Uuid::nil() };
        house.unit = house.new_unit("HQ", None).await;
        house
    }

    pub async fn new_unit(&self, code: &str, parent_id: Option<Uuid>) -> Uuid {
        let input = CreateOrgUnit {
            code: code.to_owned(),
            name: code.to_owned(),
            kind: Kind::Department,
            parent_id,
            external_ids: Vec::new(),
        };
        self.write(async move |work| Ok(org_unit::commands::create(work, &input).await?.id)).await.unwrap()
    }

    pub async fn write<T: serde::Serialize + serde::de::DeserializeOwned>(
        &self,
        command: impl AsyncFn(&Work) -> Result<T, Fault> + 'static,
    ) -> Result<T, Fault> {
        let run = async move |work: &Work| Answer::json(Done::Ok, &command(work).await?);
        let answer = self.store.write(Context::system("test"), run).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap())
    }

    pub async fn person(&self, login: &str, posts: &[JobRole]) -> Uuid {
        let hash = hash_password(PASSWORD).await.unwrap();
        let (login, posts, unit) = (login.to_owned(), posts.to_vec(), self.unit);
        self.write(async move |work| {
            let input = CreateStaff {
                number: login.clone(),
                name: login.clone(),
                email: None,
                phone: None,
                org_unit_id: unit,
                skills: Vec::new(),
                daily_capacity: None,
                external_ids: Vec::new(),
            };
            let person = staff::commands::create(work, &input).await?.id;
            for role in &posts {
                start_post(work, person, &post(*role, "2020-01-01", None)).await?;
            }
            open(work, &login, &hash, Owner::Staff(person), false).await?;
            Ok(person)
        })
        .await
        .unwrap()
    }

    pub fn move_to(&self, at: &str) {
        self.clock.set(at.parse::<chrono::DateTime<chrono::FixedOffset>>().unwrap().to_utc());
    }

    pub async fn login(&self, login: &str, password: &str, role: Option<&str>) -> Result<Value, Fault> {
        let ctx = Arc::new(Context::of(access::Actor::nobody(), "login"));
        let wanted = sign_in::Wanted { role: role.map(str::to_owned), on_behalf_of: None };
        let answer = self.identity.login(&self.store, ctx, login, password, wanted).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap())
    }

    pub async fn refresh(&self, token: &Value) -> Result<Value, Fault> {
        let ctx = Arc::new(Context::of(access::Actor::nobody(), "token"));
        let answer = self.identity.refresh(&self.store, ctx, token["refresh_token"].as_str().unwrap(), None).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap())
    }

    pub async fn read(&self, token: &Value) -> Result<access::Actor, Fault> {
        self.identity.actor(&self.store, token["access_token"].as_str().unwrap(), false, None).await
    }
}

pub fn post(role: JobRole, from: &str, to: Option<&str>) -> StartPost {
    StartPost {
        role,
        org_unit_id: None,
        project_ids: Vec::new(),
        discipline: None,
        scope: None,
        from: day(from),
        to: to.map(day),
    }
}

pub fn run<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test);
}
