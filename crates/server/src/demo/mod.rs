//! Demo data: one developer group with its heating company, generated and repeatable.
//!
//! Everything goes through the commands of the domains, with a clock that walks through the last weeks, so
//! every history, deadline and breach is genuine. What is told one by one is an act a transaction; the mass of cases
//! that are over is told in scenes, many acts a transaction, which spares a commit and a seal for each.

mod calls;
mod care;
mod cases;
mod counter;
mod desk;
mod duty;
mod files;
mod filing;
mod heating;
mod incidents;
mod laboratory;
mod network;
mod papers;
mod people;
mod places;
mod quality;
mod repairs;
mod scene;
mod submissions;
pub mod year_2011;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use access::{Actor, JobRole, Scope};
use chrono::{DateTime, TimeDelta, Utc};
use documents::document::UploadDocument;
use documents::{Files, Receiving};
use kernel::fault::Fault;
use kernel::time::{Clock, FixedClock, SystemClock, business_day, start_of_day};
use registers::{org_unit, staff};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Answer, Context, Store, Work};
use uuid::Uuid;

use crate::cli::{DemoOptions, DemoSet};
use crate::config::Config;
use crate::{serve, setup};

/// Days of history the demo tells.
const DAYS: i64 = 90;
/// Acts between two checkpoints of the journal.
const STRETCH: u32 = 40;

/// A store whose clock the demo moves.
pub(crate) struct Stage {
    pub store: Store,
    pub clock: Arc<FixedClock>,
    pub now: DateTime<Utc>,
    actors: RefCell<HashMap<String, Actor>>,
    acts: Cell<u32>,
}

/// What a caller would have sent.
pub(crate) fn body<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(Fault::internal)
}

impl Stage {
    fn new(store: Store, clock: Arc<FixedClock>, now: DateTime<Utc>) -> Self {
        Self { store, clock, now, actors: RefCell::default(), acts: Cell::new(0) }
    }

    /// So many minutes after midnight, some days ago; never later than now.
    pub fn at(&self, days_ago: i64, minutes: i64) -> DateTime<Utc> {
        let day = business_day(self.now - TimeDelta::days(days_ago));
        (start_of_day(day) + TimeDelta::minutes(minutes)).min(self.now)
    }

    /// Runs one command as somebody, at an instant.
    pub async fn act<F, T>(&self, at: DateTime<Utc>, login: &str, command: F) -> anyhow::Result<T>
    where
        F: AsyncFn(&Work) -> Result<T, Fault> + 'static,
        T: 'static,
    {
        self.clock.set(at);
        let actor = match login {
            "system" => Actor::system(),
            login => self.actor(login).await?,
        };
        let made = Rc::new(Cell::new(None));
        let place = made.clone();
        let run = async move |work: &Work| {
            place.set(Some(command(work).await?));
            Ok::<_, Fault>(Answer::no_content())
        };
        self.store.write(Arc::new(Context::of(actor, "demo")), run).await?;
        self.go_on(1).await?;
        made.take().ok_or_else(|| anyhow::anyhow!("a demo command answered nothing"))
    }

    /// So many acts more; the journal has a checkpoint now and then.
    async fn go_on(&self, acts: u32) -> anyhow::Result<()> {
        let acts = self.acts.get() + acts;
        self.acts.set(acts % STRETCH);
        if acts >= STRETCH {
            self.store.seal_now().await?;
            self.store.checkpoint().await?;
        }
        Ok(())
    }

    /// Runs a command that makes something of a body.
    pub async fn make<I, T, F>(&self, at: DateTime<Utc>, login: &str, said: Value, command: F) -> anyhow::Result<T>
    where
        I: DeserializeOwned + 'static,
        F: AsyncFn(&Work, &I) -> Result<T, Fault> + 'static,
        T: 'static,
    {
        let run = async move |work: &Work| command(work, &body(said.clone())?).await;
        self.act(at, login, run).await
    }

    /// Runs a command on a row, with a body.
    pub async fn on<I, T, F>(
        &self,
        at: DateTime<Utc>,
        login: &str,
        id: Uuid,
        said: Value,
        command: F,
    ) -> anyhow::Result<T>
    where
        I: DeserializeOwned + 'static,
        F: AsyncFn(&Work, Uuid, &I) -> Result<T, Fault> + 'static,
        T: 'static,
    {
        let run = async move |work: &Work| command(work, id, &body(said.clone())?).await;
        self.act(at, login, run).await
    }

    /// Uploads a small text of somebody, named by its document's name; answers the document.
    pub async fn paper(&self, files: &Files, at: DateTime<Utc>, login: &str, said: Value) -> anyhow::Result<Uuid> {
        let text = format!("{}\n", said["name"].as_str().unwrap_or_default());
        self.upload(files, at, login, said, ("正文.txt", "text/plain", text.as_bytes())).await
    }

    /// Uploads a file – its name, its type, its bytes – of somebody; answers the document.
    pub async fn upload(
        &self,
        files: &Files,
        at: DateTime<Utc>,
        login: &str,
        said: Value,
        (file_name, media_type, bytes): (&'static str, &str, &[u8]),
    ) -> anyhow::Result<Uuid> {
        let mut receiving = Receiving::start(files, 1 << 20).await?;
        receiving.write(bytes).await?;
        let received = receiving.finish(Some(media_type)).await?;
        let upload = async move |work: &Work| {
            let input: UploadDocument = body(said.clone())?;
            Ok(documents::document::create(work, &received, file_name, &input).await?.id)
        };
        self.act(at, login, upload).await
    }

    /// The person with this staff number.
    pub async fn person(&self, number: &str) -> anyhow::Result<Uuid> {
        let row = staff::Entity::find().filter(staff::Column::Number.eq(number)).one(self.store.reader()).await?;
        row.map(|row| row.id).ok_or_else(|| anyhow::anyhow!("nobody has the number {number}"))
    }

    /// The unit with this code.
    pub async fn unit(&self, code: &str) -> anyhow::Result<Uuid> {
        let row = org_unit::Entity::find().filter(org_unit::Column::Code.eq(code)).one(self.store.reader()).await?;
        row.map(|row| row.id).ok_or_else(|| anyhow::anyhow!("no unit has the code {code}"))
    }

    /// Lets somebody act in the post of another; answers the name by which he does.
    pub async fn substitute(&self, login: &str, principal: &str) -> anyhow::Result<String> {
        let (himself, lent) = (self.actor(login).await?, self.actor(principal).await?);
        let name = format!("{login} for {principal}");
        let actor = Actor {
            sub: himself.sub,
            staff_id: himself.staff_id,
            name: himself.name,
            on_behalf_of: Some(lent.sub),
            ..lent
        };
        self.actors.borrow_mut().insert(name.clone(), actor);
        Ok(name)
    }

    /// The person with this staff number, in his post.
    async fn actor(&self, login: &str) -> anyhow::Result<Actor> {
        if let Some(known) = self.actors.borrow().get(login) {
            return Ok(known.clone());
        }
        let actor = self.look_up(login).await?;
        self.actors.borrow_mut().insert(login.to_owned(), actor.clone());
        Ok(actor)
    }

    async fn look_up(&self, login: &str) -> anyhow::Result<Actor> {
        let at = self.store.reading(Context::system("demo"));
        let row = staff::Entity::find().filter(staff::Column::Number.eq(login)).one(&at.db()).await?;
        let row = row.ok_or_else(|| anyhow::anyhow!("nobody has the number {login}"))?;
        let role: JobRole = login.trim_end_matches(char::is_numeric).parse()?;
        let scope = Scope {
            all: role.sees_all(),
            org_unit_id: Some(row.org_unit_id),
            org_unit_ids: org_unit::subtree(&at, row.org_unit_id).await?,
            ..Scope::default()
        };
        Ok(Actor { sub: row.id, staff_id: Some(row.id), name: row.name, role, scope, ..Actor::nobody() })
    }
}

/// Migrates, loads demo data once, serves.
pub async fn run(config: Config, options: DemoOptions) -> anyhow::Result<()> {
    let known = config.data.join("demo-password");
    let now = SystemClock.now();
    let clock = Arc::new(FixedClock::new(now));
    let store = setup::open_with(&config, clock.clone()).await?;
    store.migrate().await?;
    let empty = identity::account::entity::Entity::find().one(store.reader()).await?.is_none();
    if empty {
        let password = match options.password {
            Some(password) => password,
            None => identity::client::commands::new_secret()?,
        };
        let stage = Stage::new(store.clone(), clock.clone(), now);
        clock.set(now - TimeDelta::days(DAYS));
        setup::prepare(&store, &setup::identity(&config)).await?;
        eprintln!("loading demo data …");
        people::load(&stage, &password).await?;
        let homes = places::load(&stage, &password).await?;
        let secrets = people::clients(&stage).await?;
        let files = setup::files(&config)?;
        cases::load(&stage, &files, &homes).await?;
        let network = network::open(&stage).await?;
        let done = repairs::load(&stage, &files, &homes, &network).await?;
        network::settle(&stage, &files, &network, &done).await?;
        incidents::load(&stage, &homes).await?;
        let company = heating::load(&stage, &files, &homes).await?;
        duty::load(&stage).await?;
        calls::load(&stage, &files).await?;
        quality::load(&stage).await?;
        counter::load(&stage, &homes).await?;
        papers::load(&stage, &files).await?;
        filing::load(&stage).await?;
        care::load(&stage, &homes).await?;
        files::load(&stage, &config.files()).await?;
        self::submissions::load(&stage).await?;
        laboratory::load(&stage).await?;
        heating::warmth(&stage, &company).await?;
        if options.with.contains(&DemoSet::Heating2011) {
            heating::history::load(&stage, &files).await?;
        }
        clock.set(now);
        crate::config::write_private(&known, &password)?;
        crate::config::write_private(&config.data.join("demo-clients"), &secrets)?;
    }
    store.seal_now().await?;
    store.close().await?;
    announce(&config);
    if options.no_serve { Ok(()) } else { serve::serve(config).await }
}

/// Tells who may sign in, and what to try first.
fn announce(config: &Config) {
    let read = |name: &str| std::fs::read_to_string(config.data.join(name)).unwrap_or_default();
    let (password, url) = (read("demo-password"), format!("http://{}", config.listen));
    println!("Accounts, one a job role – the login is the role's code – and cs_agent2, finance_officer2:");
    let roles: Vec<JobRole> = JobRole::all().filter(|role| !role.is_client()).collect();
    for line in roles.chunks(3) {
        let shown: Vec<String> = line.iter().map(|role| format!("{} {}", role.code(), role.title_zh())).collect();
        println!("  {}", shown.join(" · "));
    }
    println!("Password of all: {password}\n");
    println!("Clients (POST /v1/auth/token, client_credentials):\n{}", read("demo-clients"));
    println!("Try:");
    println!("  export HEARTHDESK_URL={url} HEARTHDESK_DEMO_PASSWORD='{password}'");
    println!("  TOKEN=$(curl -s $HEARTHDESK_URL/v1/auth/login -H 'Content-Type: application/json' \\");
    println!(
        "    -d '{{\"login\":\"cs_manager\",\"password\":\"'\"$HEARTHDESK_DEMO_PASSWORD\"'\"}}' | jq -r .access_token)"
    );
    println!(
        "  curl -s \"$HEARTHDESK_URL/v1/tickets?overdue=true&sort=effective_due_at&limit=3\" -H \"Authorization: Bearer $TOKEN\" | jq"
    );
    println!("  curl -s $HEARTHDESK_URL/v1/reports/tickets/desk-now -H \"Authorization: Bearer $TOKEN\" | jq");
    println!("  examples/first-case.sh          # a leak and a major complaint, from the call to the closed file");
    println!("  examples/day-at-the-desk.sh     # a day, from the roster to the evening's figures");
    println!("  open {url}/docs");
}
