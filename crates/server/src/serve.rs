//! Serving: the HTTP server, the jobs beside it, and a stop that finishes what was accepted.

use std::time::Duration;

use actix_web::{App, HttpServer, web};
use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::{jobs, setup};

/// Serves until the process is told to stop.
pub async fn serve(config: Config) -> anyhow::Result<()> {
    start_logging(&config)?;
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
    let server = HttpServer::new(move || App::new().configure(|app| api::configure(app, state.clone())))
        .workers(config.workers)
        .max_connections(2048)
        .backlog(1024)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(2))
        .shutdown_timeout(15)
        .bind(config.listen)?;
    eprintln!("hearthdesk listens on http://{}", config.listen);
    server.run().await?;
    running.stop();
    store.seal_now().await?;
    jobs::sign_off(&store, &config.checkpoints).await;
    store.close().await?;
    Ok(())
}

/// JSON lines without personal data: route templates and codes, never bodies or query strings.
pub fn start_logging(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| anyhow::anyhow!("HEARTHDESK_LOG: {error}"))?;
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    Ok(())
}
