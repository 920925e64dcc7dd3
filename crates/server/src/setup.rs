//! Putting the parts together: store, identity, state; and asking whether all is well.

use std::process::ExitCode;
use std::sync::Arc;

use documents::Files;
use identity::Identity;
use kernel::time::{Clock, SystemClock};
use outbound::channel::{Channels, Gateway, Mail};
use outbound::client::Caller;
use store::parameters::Parameter;
use store::{Answer, Context, Offers, Options, Store, Work};

use crate::config::Config;

/// The parameter keys of every crate.
pub static CATALOGUE: &[&[Parameter]] = &[
    store::parameters::PLATFORM,
    submissions::parameters::PARAMETERS,
    tickets::parameters::PARAMETERS,
    heating_service::parameters::PARAMETERS,
];

/// What the domains offer each other.
pub static OFFERS: Offers = flows::OFFERS;

/// Opens the configured database with the system's clock.
pub async fn open(config: &Config) -> anyhow::Result<Store> {
    open_with(config, Arc::new(SystemClock)).await
}

/// Whether the database lacks migrations; one that cannot be asked does not tell.
pub async fn is_behind(config: &Config) -> bool {
    match open(config).await {
        Ok(store) => store.has_pending_migrations().await.unwrap_or(false),
        Err(_) => false,
    }
}

/// Opens the configured database with a given clock.
pub async fn open_with(config: &Config, clock: Arc<dyn Clock>) -> anyhow::Result<Store> {
    let options = Options {
        url: config.database_url.clone(),
        clock,
        master_key: config.master_key,
        pool: config.pool,
        durable: true,
        catalogue: CATALOGUE,
        offers: OFFERS,
    };
    Ok(Store::open(options).await?)
}

/// The configured identity.
pub fn identity(config: &Config) -> Arc<Identity> {
    Arc::new(Identity::new(config.identity.clone()))
}

/// Migrates and installs what the service needs before its first call.
pub async fn prepare(store: &Store, identity: &Identity) -> anyhow::Result<()> {
    store.migrate().await?;
    if let Some(theirs) = store.foreign_key().await? {
        anyhow::bail!("{}", wrong_key(store, &theirs));
    }
    let defaults = async |work: &Work| {
        documents::install_routes(work).await?;
        tickets::install_defaults(work).await?;
        outbound::notifications::install_defaults(work).await?;
        work.unchanged();
        Ok::<_, kernel::fault::Fault>(Answer::no_content())
    };
    store.write(Context::system("install_defaults"), defaults).await?;
    identity.prepare(store).await?;
    store.remember_key().await?;
    Ok(())
}

fn wrong_key(store: &Store, theirs: &str) -> String {
    format!("wrong master key: the database was made under {theirs}, this one is {}", store.keys().fingerprint())
}

/// Where uploaded files are kept.
pub fn files(config: &Config) -> anyhow::Result<Files> {
    Ok(match &config.bucket {
        Some(bucket) => Files::bucket(bucket)?,
        None => Files::folder(config.files()),
    })
}

/// The configured ways out to people.
pub fn channels(config: &Config, caller: Arc<Caller>) -> anyhow::Result<Arc<Channels>> {
    let mail = config.mail.as_ref().map(|(url, from)| Mail::new(url, from)).transpose().map_err(anyhow::Error::msg)?;
    let gateway = config.gateway.as_ref().map(|(url, secret)| Gateway::new(url, secret)).transpose();
    Ok(Arc::new(Channels { mail, gateway: gateway.map_err(anyhow::Error::msg)?, sandbox: config.sandbox, caller }))
}

/// What every endpoint uses.
pub fn state(config: &Config, store: Store, identity: Arc<Identity>) -> anyhow::Result<api::State> {
    let render = match config.metrics {
        true => crate::figures::install()
            .map(|handle| -> Box<dyn Fn() -> String + Send + Sync> { Box::new(move || handle.render()) }),
        false => None,
    };
    Ok(api::State {
        store,
        identity,
        api: api::build(config.sandbox).map_err(anyhow::Error::msg)?,
        limits: api::Limits::new(config.rate_limit),
        files: files(config)?,
        folder: config.files(),
        sandbox: config.sandbox,
        caller: Arc::new(Caller::new(config.webhook_allow.clone(), config.sandbox)?),
        trusted_proxies: config.trusted_proxies.clone(),
        metrics: render,
        follow: config.traces.as_ref().map(|_| crate::traces::follow as api::Follow),
    })
}

/// Checks configuration, database, migrations, keys and the journal's head; says what it finds.
pub async fn doctor(config: &Config) -> anyhow::Result<ExitCode> {
    let store = open(config).await?;
    let kind = if store.is_sqlite() { "sqlite" } else { "postgresql" };
    let pending = match store.has_pending_migrations().await {
        Ok(pending) => pending,
        Err(fault) => {
            println!("database    {kind}: does not answer: {fault}");
            return Ok(ExitCode::FAILURE);
        }
    };
    println!("database    {kind}");
    println!("migrations  {}", if pending { "pending: run hearthdesk migrate" } else { "applied" });
    if pending {
        return Ok(ExitCode::FAILURE);
    }
    if let Some(theirs) = store.foreign_key().await? {
        println!("keys        {}", wrong_key(&store, &theirs));
        return Ok(ExitCode::FAILURE);
    }
    match identity(config).prepare(&store).await {
        Ok(()) => println!("keys        open with this master key, {}", store.keys().fingerprint()),
        Err(fault) => {
            println!("keys        do not open: {fault}");
            return Ok(ExitCode::FAILURE);
        }
    }
    let place = if config.bucket.is_some() { "bucket" } else { "folder" };
    match files(config)?.check().await {
        Ok(()) => println!("files       {place}: can be written, read and removed"),
        Err(fault) => {
            println!("files       {place}: does not take files: {fault}");
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}
