//! The figures of `/metrics` (PF-17): what each is, and those that nobody counts by the way – pools, the sealer's lag,
//! what waits. Labels never carry ids.

use std::time::Duration;

use kernel::fault::Fault;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use store::Store;

use crate::jobs::JOBS;

/// How often they are looked at.
const LOOK: Duration = Duration::from_secs(5);
/// Upper bounds of the histograms, in seconds.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0];

/// How a figure moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only up.
    Counter,
    /// Up and down.
    Gauge,
    /// Seconds in buckets.
    Histogram,
}

/// Every figure by its name, and what it tells.
pub const FIGURES: &[(&str, Kind, &str)] = &[
    ("hearthdesk_requests_total", Kind::Counter, "Requests answered, by operation and status"),
    ("hearthdesk_request_seconds", Kind::Histogram, "Time from a request's head to its answer, by operation"),
    ("hearthdesk_requests_in_flight", Kind::Gauge, "Requests under way"),
    ("hearthdesk_pool_connections", Kind::Gauge, "Database connections, by pool and state (idle, used)"),
    ("hearthdesk_journal_sealed_total", Kind::Counter, "Journal entries sealed by this process"),
    ("hearthdesk_journal_unsealed", Kind::Gauge, "Committed journal entries that wait for the sealer"),
    ("hearthdesk_journal_seal_lag_seconds", Kind::Gauge, "Age of the oldest entry that waits for the sealer"),
    ("hearthdesk_journal_checkpoint_age_seconds", Kind::Gauge, "Time since the last signed checkpoint"),
    ("hearthdesk_job_runs_total", Kind::Counter, "Runs of periodic jobs, by job and outcome (done, failed)"),
    ("hearthdesk_job_seconds", Kind::Histogram, "Time a run of a job took, by job"),
    ("hearthdesk_jobs_overdue", Kind::Gauge, "Jobs that should have begun a period ago"),
    ("hearthdesk_webhook_backlog", Kind::Gauge, "Webhook messages that wait"),
    ("hearthdesk_webhook_attempts_total", Kind::Counter, "Attempts to deliver webhooks, by outcome"),
    ("hearthdesk_notification_backlog", Kind::Gauge, "Notifications that wait"),
    ("hearthdesk_notification_attempts_total", Kind::Counter, "Attempts to notify, by channel and outcome"),
];

/// Collects figures from now on; none when another collector was there first.
pub fn install() -> Option<PrometheusHandle> {
    let builder = FIGURES
        .iter()
        .filter(|figure| figure.1 == Kind::Histogram)
        .try_fold(PrometheusBuilder::new(), |builder, (name, _, _)| {
            builder.set_buckets_for_metric(Matcher::Full((*name).to_owned()), BUCKETS)
        });
    let handle = builder.ok()?.install_recorder().ok()?;
    for (name, kind, text) in FIGURES {
        match kind {
            Kind::Counter => metrics::describe_counter!(*name, *text),
            Kind::Gauge => metrics::describe_gauge!(*name, *text),
            Kind::Histogram => metrics::describe_histogram!(*name, metrics::Unit::Seconds, *text),
        }
    }
    Some(handle)
}

/// Looks for as long as the service runs.
pub async fn run(store: Store) {
    let mut tick = tokio::time::interval(LOOK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        if let Err(fault) = look(&store).await {
            tracing::warn!(%fault, "figures could not be read");
        }
    }
}

async fn look(store: &Store) -> Result<(), Fault> {
    for pool in store.pools() {
        let used = pool.size.saturating_sub(pool.idle);
        metrics::gauge!("hearthdesk_pool_connections", "pool" => pool.name, "state" => "idle").set(pool.idle as f64);
        metrics::gauge!("hearthdesk_pool_connections", "pool" => pool.name, "state" => "used").set(used as f64);
    }
    let lag = store.seal_lag().await?;
    metrics::gauge!("hearthdesk_journal_unsealed").set(lag.waiting as f64);
    metrics::gauge!("hearthdesk_journal_seal_lag_seconds").set(lag.oldest.as_seconds_f64().max(0.0));
    let age = store.checkpoint_age().await?.unwrap_or_default();
    metrics::gauge!("hearthdesk_journal_checkpoint_age_seconds").set(age.as_seconds_f64().max(0.0));
    metrics::gauge!("hearthdesk_jobs_overdue").set(store::jobs::overdue(store, JOBS).await? as f64);
    metrics::gauge!("hearthdesk_webhook_backlog").set(outbound::delivery::backlog(store).await? as f64);
    metrics::gauge!("hearthdesk_notification_backlog").set(outbound::notification::backlog(store).await? as f64);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const DASHBOARD: &str = include_str!("../../../deploy/grafana-dashboard.json");

    /// Names of figures in the dashboard's expressions, without what a histogram adds.
    fn shown() -> BTreeSet<String> {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let board: serde_json::Value = serde_json::from_str(DASHBOARD).unwrap();
        let panels = board["panels"].as_array().unwrap();
        let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
        let words: Vec<String> = targets
            .flat_map(|target| target["expr"].as_str().unwrap().split(|c| !word(c)))
            .filter(|name| name.starts_with("hearthdesk_"))
            .map(str::to_owned)
            .collect();
        let histogram = |name: &str| FIGURES.iter().any(|figure| figure.0 == name && figure.1 == Kind::Histogram);
        let bare = |name: String| {
            let cut = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            cut.filter(|cut| histogram(cut)).map_or(name.clone(), str::to_owned)
        };
        words.into_iter().map(bare).collect()
    }

    #[test]
    fn the_dashboard_shows_exactly_the_figures_there_are() {
        let known: BTreeSet<String> = FIGURES.iter().map(|figure| figure.0.to_owned()).collect();
        assert_eq!(shown(), known);
    }
}
