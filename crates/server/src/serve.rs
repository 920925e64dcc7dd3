//! Serving: the HTTP server, the jobs beside it, and a stop that finishes what was accepted.

use std::time::Duration;

use actix_web::{App, HttpServer, web};
use anyhow::Context;
use identity::account;
use opentelemetry_sdk::trace::SdkTracerProvider;
use sea_orm::EntityTrait;
use store::Store;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::Config;
use crate::{jobs, outside_keys, setup, traces};

async fn has_accounts(store: &Store) -> anyhow::Result<bool> {
    let at = store.reading(store::Context::system("serve"));
    Ok(account::entity::Entity::find().one(&at.db()).await?.is_some())
}

/// Serves until the process is told to stop.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    let traces = start_logging(&config)?;
    let store = setup::open(&config).await?;
    let identity = setup::identity(&config);
    setup::prepare(&store, &identity).await?;
    if config.sandbox {
        store.restore_clock().await?;
    }
    let state = web::Data::new(setup::state(&config, store.clone(), identity)?);
    state.files.check().await.context("the store of uploaded files does not take files")?;
    let channels = setup::channels(&config, state.caller.clone())?;
    let running = jobs::start(state.clone().into_inner(), channels, config.checkpoints.clone());
    if let (Some(source), Some(outside)) = (config.outside_keys.clone(), &config.identity.outside) {
        actix_rt::spawn(outside_keys::run(source, outside.keys.clone(), state.caller.clone()));
    }
    let server = HttpServer::new(move || App::new().configure(|app| api::configure(app, state.clone())))
        .workers(config.workers)
        .max_connections(2048)
        .backlog(1024)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(2))
        .shutdown_timeout(15)
        .bind(config.listen)
        .with_context(|| format!("HEARTHDESK_LISTEN: {}", config.listen))?;
    eprintln!("hearthdesk listens on http://{}", config.listen);
    if config.identity.outside.is_none() && !has_accounts(&store).await? {
        eprintln!("nobody can sign in yet: hearthdesk admin create makes the first administrator");
    }
    server.run().await?;
    running.stop();
    store.seal_now().await?;
    jobs::sign_off(&store, &config.checkpoints).await;
    store.close().await?;
    if let Some(traces) = traces {
        // Sending what waits blocks until the collector has it.
        let _ = tokio::task::spawn_blocking(move || traces.shutdown()).await;
    }
    Ok(())
}

/// JSON lines without personal data – route templates and codes, never bodies or query strings – and traces, when
/// they are configured.
pub fn start_logging(config: &Config) -> anyhow::Result<Option<SdkTracerProvider>> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| anyhow::anyhow!("HEARTHDESK_LOG: {error}"))?;
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr).with_filter(filter);
    let (layer, provider) = match config.traces.as_ref().map(traces::start).transpose()? {
        Some((tracer, provider)) => {
            let layer = tracing_opentelemetry::layer()
                .with_tracer(tracer)
                .with_location(false)
                .with_threads(false)
                .with_target(false)
                .with_filter(Targets::new().with_target(api::SPANS, LevelFilter::INFO));
            (Some(layer), Some(provider))
        }
        None => (None, None),
    };
    let _ = tracing_subscriber::registry().with(lines).with(layer).try_init();
    Ok(provider)
}
