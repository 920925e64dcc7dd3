//! Demo data: one developer group with its heating company, generated and repeatable.
//!
//! Everything goes through the commands of the domains, with a clock that walks through the last weeks, so
//! every history, deadline and breach is genuine.

mod care;
mod cases;
mod filing;
mod papers;
mod people;
mod places;
mod submissions;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use access::{Actor, JobRole, Scope};
use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use kernel::time::{Clock, FixedClock, SystemClock};
use registers::{org_unit, staff};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::{Answer, Context, Store, Work};

use crate::cli::DemoOptions;
use crate::config::Config;
use crate::{serve, setup};

/// Days of history the demo tells.
const DAYS: i64 = 60;

/// A store whose clock the demo moves.
pub(crate) struct Stage {
    pub store: Store,
    pub clock: Arc<FixedClock>,
    pub now: DateTime<Utc>,
}

impl Stage {
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
        made.take().ok_or_else(|| anyhow::anyhow!("a demo command answered nothing"))
    }

    /// The person with this staff number, in his post.
    async fn actor(&self, login: &str) -> anyhow::Result<Actor> {
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
        let stage = Stage { store: store.clone(), clock: clock.clone(), now };
        clock.set(now - chrono::TimeDelta::days(DAYS));
        setup::prepare(&store, &setup::identity(&config)).await?;
        eprintln!("loading demo data …");
        let secrets = people::load(&stage, &password).await?;
        let homes = places::load(&stage, &password).await?;
        let files = setup::files(&config)?;
        cases::load(&stage, &files, &homes).await?;
        papers::load(&stage, &files).await?;
        filing::load(&stage).await?;
        care::load(&stage, &homes).await?;
        self::submissions::load(&stage).await?;
        clock.set(now);
        crate::config::write_private(&known, &password)?;
        crate::config::write_private(&config.data.join("demo-clients"), &secrets)?;
    }
    store.seal_now().await?;
    store.close().await?;
    announce(&config);
    if options.no_serve { Ok(()) } else { serve::serve(config).await }
}

fn announce(config: &Config) {
    let read = |name: &str| std::fs::read_to_string(config.data.join(name)).unwrap_or_default();
    let password = read("demo-password");
    let roles: Vec<&str> = JobRole::all().filter(|role| !role.is_client()).map(JobRole::code).collect();
    println!("Accounts, one a job role (login = role), and cs_agent2, finance_officer2:");
    for line in roles.chunks(6) {
        println!("  {}", line.join(" "));
    }
    println!("Password of all: {password}\n");
    println!("Clients (POST /v1/auth/token, client_credentials):\n{}", read("demo-clients"));
    let url = format!("http://{}", config.listen);
    println!("Try:");
    println!("  export HEARTHDESK_DEMO_PASSWORD='{password}'");
    println!("  TOKEN=$(curl -s {url}/v1/auth/login -H 'Content-Type: application/json' \\");
    println!("    -d '{{\"login\":\"cs_agent\",\"password\":\"'$HEARTHDESK_DEMO_PASSWORD'\"}}' | jq -r .access_token)");
    println!(
        "  curl -s '{url}/v1/tickets?overdue=true&sort=effective_due_at' -H \"Authorization: Bearer $TOKEN\" | jq"
    );
    println!("  HEARTHDESK_URL={url} examples/first-case.sh");
    println!("  open {url}/docs");
}
