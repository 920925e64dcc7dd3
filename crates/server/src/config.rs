//! Configuration: every key has a default and a description; wrong ones are refused at start.
//!
//! Command line before environment before file.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use documents::file::Bucket;
use outbound::client::Allowed;
use serde::Deserialize;

use crate::outside_keys::Source;

/// The keys of the configuration, as given on the command line, in the environment or in the file.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[command(next_help_heading = "Configuration")]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A TOML file with these keys, `_` for `-`: `database_url = "postgres://…"`
    #[arg(long, env = "HEARTHDESK_CONFIG", global = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// `sqlite://path` or `postgres://…` [default: a SQLite file in the data folder]
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// Folder of the SQLite file, uploaded files and the master key [default: ./data]
    #[arg(long, env = "HEARTHDESK_DATA", global = true)]
    pub data: Option<PathBuf>,
    /// Bucket of an S3-compatible store that keeps uploaded files [default: a folder in the data folder]
    #[arg(long, env = "HEARTHDESK_S3_BUCKET", global = true)]
    pub s3_bucket: Option<String>,
    /// Address of the store when it is not Amazon's, e.g. https://s3.example.com
    #[arg(long, env = "HEARTHDESK_S3_ENDPOINT", global = true)]
    pub s3_endpoint: Option<String>,
    /// Region of the bucket [default: us-east-1]
    #[arg(long, env = "HEARTHDESK_S3_REGION", global = true)]
    pub s3_region: Option<String>,
    /// Access key of the bucket [default: the machine's role]
    #[arg(long, env = "HEARTHDESK_S3_ACCESS_KEY", global = true)]
    pub s3_access_key: Option<String>,
    /// Secret of the access key
    #[arg(long, env = "HEARTHDESK_S3_SECRET_KEY", global = true, hide_env_values = true)]
    pub s3_secret_key: Option<String>,
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "HEARTHDESK_LISTEN", global = true)]
    pub listen: Option<String>,
    /// Offer PUT /v1/sandbox/clock [default: false]
    #[arg(long, env = "HEARTHDESK_SANDBOX", global = true)]
    pub sandbox: Option<bool>,
    /// Limit requests per caller and per address: on or off [default: on]
    #[arg(long, env = "HEARTHDESK_RATE_LIMIT", global = true)]
    pub rate_limit: Option<String>,
    /// Log filter, e.g. info or hearthdesk=debug [default: warn]
    #[arg(long, env = "HEARTHDESK_LOG", global = true)]
    pub log: Option<String>,
    /// Second place of the journal's signed checkpoints, better on another disk [default: checkpoints.jsonl in the data folder]
    #[arg(long, env = "HEARTHDESK_CHECKPOINTS", global = true)]
    pub checkpoints: Option<PathBuf>,
    /// 64 hex digits that wrap every key in the database [default: made in the data folder]
    #[arg(long, env = "HEARTHDESK_MASTER_KEY", global = true, hide_env_values = true)]
    pub master_key: Option<String>,
    /// Worker threads [default: number of cores]
    #[arg(long, env = "HEARTHDESK_WORKERS", global = true)]
    pub workers: Option<usize>,
    /// Pooled connections for reading and as many for writing [default: 12 on PostgreSQL; 4 readers on SQLite]
    #[arg(long, env = "HEARTHDESK_POOL", global = true)]
    pub pool: Option<u32>,
    /// Addresses of proxies whose X-Forwarded-For is believed, comma-separated
    #[arg(long, env = "HEARTHDESK_TRUSTED_PROXIES", global = true)]
    pub trusted_proxies: Option<String>,
    /// Networks webhooks may reach although they are not public, comma-separated, e.g. 10.1.0.0/16 [default: none]
    #[arg(long, env = "HEARTHDESK_WEBHOOK_ALLOW", global = true)]
    pub webhook_allow: Option<String>,
    /// Mail server, smtps://user:password@host or smtp://host?tls=required [default: none, no mail]
    #[arg(long, env = "HEARTHDESK_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// Who writes the mails, e.g. Desk <desk@example.com>
    #[arg(long, env = "HEARTHDESK_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// Gateway for SMS and WeCom [default: none, neither is sent]
    #[arg(long, env = "HEARTHDESK_GATEWAY_URL", global = true)]
    pub gateway_url: Option<String>,
    /// Secret the gateway verifies our signature with, whsec_…
    #[arg(long, env = "HEARTHDESK_GATEWAY_SECRET", global = true, hide_env_values = true)]
    pub gateway_secret: Option<String>,
    /// Collector that takes traces as OTLP over HTTP, e.g. http://127.0.0.1:4318 [default: none, no traces]
    #[arg(long, env = "HEARTHDESK_OTLP_ENDPOINT", global = true)]
    pub otlp_endpoint: Option<String>,
    /// The part of new traces that is kept, 0 to 1 [default: 1]
    #[arg(long, env = "HEARTHDESK_TRACE_RATIO", global = true)]
    pub trace_ratio: Option<f64>,
    /// Serve /metrics: on or off [default: on]
    #[arg(long, env = "HEARTHDESK_METRICS", global = true)]
    pub metrics: Option<String>,
    /// `iss` of our tokens [default: hearthdesk]
    #[arg(long, env = "HEARTHDESK_ISSUER", global = true)]
    pub issuer: Option<String>,
    /// `aud` of our tokens [default: hearthdesk-api]
    #[arg(long, env = "HEARTHDESK_AUDIENCE", global = true)]
    pub audience: Option<String>,
    /// An outside issuer whose tokens are accepted for staff
    #[arg(long, env = "HEARTHDESK_OUTSIDE_ISSUER", global = true)]
    pub outside_issuer: Option<String>,
    /// Audience outside tokens must name
    #[arg(long, env = "HEARTHDESK_OUTSIDE_AUDIENCE", global = true)]
    pub outside_audience: Option<String>,
    /// Address or file of the outside issuer's JSON Web Key Set, read again while the service runs
    #[arg(long, env = "HEARTHDESK_OUTSIDE_JWKS", global = true)]
    pub outside_jwks: Option<String>,
    /// Claim of outside tokens that names the job role [default: role]
    #[arg(long, env = "HEARTHDESK_OUTSIDE_ROLE_CLAIM", global = true)]
    pub outside_role_claim: Option<String>,
    /// Claim of outside tokens that holds the staff number [default: sub]
    #[arg(long, env = "HEARTHDESK_OUTSIDE_STAFF_CLAIM", global = true)]
    pub outside_staff_claim: Option<String>,
}

/// The configuration in force.
#[derive(Clone)]
pub struct Config {
    pub database_url: String,
    pub data: PathBuf,
    /// Keeps uploaded files instead of a folder.
    pub bucket: Option<Bucket>,
    pub listen: SocketAddr,
    pub sandbox: bool,
    pub rate_limit: bool,
    pub metrics: bool,
    /// Where traces go; nowhere when absent.
    pub traces: Option<crate::traces::Settings>,
    pub log: String,
    pub checkpoints: PathBuf,
    pub master_key: [u8; 32],
    pub workers: usize,
    pub pool: u32,
    pub trusted_proxies: Vec<IpAddr>,
    pub webhook_allow: Allowed,
    /// Mail server and sender.
    pub mail: Option<(String, String)>,
    /// Address and secret of the gateway.
    pub gateway: Option<(String, String)>,
    pub identity: identity::Config,
    /// Where the keys of the outside issuer come from.
    pub outside_keys: Option<Source>,
}

impl Config {
    /// Reads and checks the configuration; without a master key one is made in the data folder.
    pub fn load(given: Settings) -> anyhow::Result<Self> {
        Self::read(given, true)
    }

    /// As [`Config::load`], but the master key must be given or lie in the data folder.
    pub fn load_with_key(given: Settings) -> anyhow::Result<Self> {
        Self::read(given, false)
    }

    fn read(given: Settings, make_key: bool) -> anyhow::Result<Self> {
        let file = match &given.config {
            Some(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
                toml::from_str::<Settings>(&text).with_context(|| format!("in {}", path.display()))?
            }
            None => Settings::default(),
        };
        let data = given.data.or(file.data).unwrap_or_else(|| PathBuf::from("data"));
        std::fs::create_dir_all(&data).with_context(|| format!("making the data folder {}", data.display()))?;
        let default_url = || format!("sqlite://{}", data.join("hearthdesk.db").display());
        let database_url = given.database_url.or(file.database_url).unwrap_or_else(default_url);
        let sqlite = database_url.starts_with("sqlite:");
        if !sqlite && !database_url.starts_with("postgres://") && !database_url.starts_with("postgresql://") {
            bail!("DATABASE_URL must begin with sqlite:// or postgres://");
        }
        let listen = given.listen.or(file.listen).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let proxies = given.trusted_proxies.or(file.trusted_proxies).unwrap_or_default();
        let proxy =
            |text: &str| text.trim().parse::<IpAddr>().with_context(|| format!("HEARTHDESK_TRUSTED_PROXIES: {text}"));
        let mail = match given.smtp_url.or(file.smtp_url) {
            Some(url) => Some((url, given.mail_from.or(file.mail_from).context("HEARTHDESK_MAIL_FROM is missing")?)),
            None => None,
        };
        let gateway = match given.gateway_url.or(file.gateway_url) {
            Some(url) => {
                let secret = given.gateway_secret.or(file.gateway_secret);
                Some((url, secret.context("HEARTHDESK_GATEWAY_SECRET is missing")?))
            }
            None => None,
        };
        let bucket = bucket(Settings {
            s3_bucket: given.s3_bucket.or(file.s3_bucket),
            s3_endpoint: given.s3_endpoint.or(file.s3_endpoint),
            s3_region: given.s3_region.or(file.s3_region),
            s3_access_key: given.s3_access_key.or(file.s3_access_key),
            s3_secret_key: given.s3_secret_key.or(file.s3_secret_key),
            ..Settings::default()
        })?;
        let webhook_allow = given.webhook_allow.or(file.webhook_allow).unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let jwks = given.outside_jwks.or(file.outside_jwks).map(|text| Source::of(&text));
        let outside = match given.outside_issuer.or(file.outside_issuer) {
            None => None,
            Some(issuer) => {
                let source = jwks.as_ref().context("HEARTHDESK_OUTSIDE_JWKS is missing")?;
                let audience = given.outside_audience.or(file.outside_audience);
                Some(identity::OutsideIssuer {
                    issuer,
                    audience: audience.context("HEARTHDESK_OUTSIDE_AUDIENCE is missing")?,
                    keys: source.first()?,
                    role_claim: given
                        .outside_role_claim
                        .or(file.outside_role_claim)
                        .unwrap_or_else(|| "role".to_owned()),
                    staff_number_claim: given
                        .outside_staff_claim
                        .or(file.outside_staff_claim)
                        .unwrap_or_else(|| "sub".to_owned()),
                })
            }
        };
        Ok(Self {
            listen: listen.parse().with_context(|| format!("HEARTHDESK_LISTEN: {listen} is no address and port"))?,
            sandbox: given.sandbox.or(file.sandbox).unwrap_or(false),
            rate_limit: switch("HEARTHDESK_RATE_LIMIT", given.rate_limit.or(file.rate_limit))?,
            metrics: switch("HEARTHDESK_METRICS", given.metrics.or(file.metrics))?,
            traces: traces(
                given.otlp_endpoint.or(file.otlp_endpoint),
                given.trace_ratio.or(file.trace_ratio).unwrap_or(1.0),
            )?,
            log: given.log.or(file.log).unwrap_or_else(|| "warn".to_owned()),
            checkpoints: given.checkpoints.or(file.checkpoints).unwrap_or_else(|| data.join("checkpoints.jsonl")),
            master_key: master_key(given.master_key.or(file.master_key), &data, make_key)?,
            workers: given.workers.or(file.workers).unwrap_or(cores).max(1),
            pool: given.pool.or(file.pool).unwrap_or(if sqlite { 4 } else { 12 }).max(1),
            trusted_proxies: proxies
                .split(',')
                .filter(|text| !text.trim().is_empty())
                .map(proxy)
                .collect::<Result<_, _>>()?,
            webhook_allow: webhook_allow
                .parse()
                .map_err(|error| anyhow::anyhow!("HEARTHDESK_WEBHOOK_ALLOW: {error}"))?,
            mail,
            gateway,
            identity: identity::Config {
                issuer: given.issuer.or(file.issuer).unwrap_or_else(|| "hearthdesk".to_owned()),
                audience: given.audience.or(file.audience).unwrap_or_else(|| "hearthdesk-api".to_owned()),
                outside,
            },
            outside_keys: jwks,
            bucket,
            database_url,
            data,
        })
    }

    /// Folder of uploaded files, unless a bucket keeps them.
    pub fn files(&self) -> PathBuf {
        self.data.join("files")
    }
}

/// The bucket the settings name; what belongs together is given together.
fn bucket(given: Settings) -> anyhow::Result<Option<Bucket>> {
    let Some(name) = given.s3_bucket else {
        let alone = [&given.s3_endpoint, &given.s3_region, &given.s3_access_key, &given.s3_secret_key];
        if alone.into_iter().any(Option::is_some) {
            bail!("HEARTHDESK_S3_BUCKET is missing");
        }
        return Ok(None);
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)) {
        bail!("HEARTHDESK_S3_BUCKET: {name} is no name of a bucket");
    }
    if given.s3_endpoint.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        bail!("HEARTHDESK_S3_ENDPOINT must begin with https:// or http://");
    }
    let credentials = match (given.s3_access_key, given.s3_secret_key) {
        (Some(key), Some(secret)) => Some((key, secret)),
        (None, None) => None,
        (Some(_), None) => bail!("HEARTHDESK_S3_SECRET_KEY is missing"),
        (None, Some(_)) => bail!("HEARTHDESK_S3_ACCESS_KEY is missing"),
    };
    Ok(Some(Bucket { name, endpoint: given.s3_endpoint, region: given.s3_region, credentials }))
}

fn switch(key: &str, value: Option<String>) -> anyhow::Result<bool> {
    match value.as_deref() {
        None | Some("on" | "true") => Ok(true),
        Some("off" | "false") => Ok(false),
        Some(other) => bail!("{key} must be on or off, not {other}"),
    }
}

fn traces(endpoint: Option<String>, ratio: f64) -> anyhow::Result<Option<crate::traces::Settings>> {
    let Some(endpoint) = endpoint else { return Ok(None) };
    if !endpoint.starts_with("http://") && !endpoint.starts_with("https://") {
        bail!("HEARTHDESK_OTLP_ENDPOINT must begin with http:// or https://");
    }
    if !(0.0..=1.0).contains(&ratio) {
        bail!("HEARTHDESK_TRACE_RATIO must be between 0 and 1");
    }
    Ok(Some(crate::traces::Settings { endpoint, ratio }))
}

/// The configured key, or the one in the data folder, made on first start.
fn master_key(given: Option<String>, data: &Path, make: bool) -> anyhow::Result<[u8; 32]> {
    let path = data.join("master.key");
    let text = match given {
        Some(text) => text,
        None if path.exists() => std::fs::read_to_string(&path)?,
        None if !make => bail!("no master key: set HEARTHDESK_MASTER_KEY or put it at {}", path.display()),
        None => {
            let text = hex::encode(store::protected::random::<32>()?);
            write_private(&path, &text)?;
            text
        }
    };
    let bytes = hex::decode(text.trim()).context("the master key is not hexadecimal")?;
    let key = <[u8; 32]>::try_from(bytes.as_slice())
        .map_err(|_| anyhow::anyhow!("the master key must have 64 hex digits"))?;
    if key.iter().all(|byte| *byte == key[0]) {
        bail!("the master key is a sample, not a secret");
    }
    Ok(key)
}

/// Writes a file only its owner may read.
pub fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_named_whole_or_not_at_all() {
        let text = |text: &str| Some(text.to_owned());
        let check = |given: Settings, wanted: Result<bool, &str>| match (bucket(given), wanted) {
            (Ok(found), Ok(there)) => assert_eq!(found.is_some(), there),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, wanted) => panic!("{found:?} instead of {wanted:?}"),
        };
        let named = || Settings { s3_bucket: text("papers"), ..Settings::default() };
        check(Settings::default(), Ok(false));
        check(named(), Ok(true));
        check(Settings { s3_region: text("cn-north-1"), ..Settings::default() }, Err("S3_BUCKET is missing"));
        check(Settings { s3_bucket: text("a b"), ..Settings::default() }, Err("no name"));
        check(Settings { s3_endpoint: text("s3.example.com"), ..named() }, Err("S3_ENDPOINT"));
        check(Settings { s3_access_key: text("key"), ..named() }, Err("SECRET_KEY is missing"));
        check(Settings { s3_secret_key: text("secret"), ..named() }, Err("ACCESS_KEY is missing"));
        check(Settings { s3_access_key: text("key"), s3_secret_key: text("secret"), ..named() }, Ok(true));
    }
}
