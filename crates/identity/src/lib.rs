//! Identity (身份, PF-01): accounts, sessions, clients, keys and tokens; who a token's bearer is.
//!
//! The job role travels in the token; whether its bearer still holds that post is asked of the registers.

pub mod account;
pub mod client;
pub mod customer_code;
mod keys;
mod password;
pub mod principal;
pub mod problems;
pub mod purge;
pub mod session;
pub mod sign_in;
mod token;

use std::collections::HashMap;
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use kernel::time::business_day;
use store::{Context, Reading, Store};
use uuid::Uuid;

pub use password::{check_strength, hash_password};
pub use token::{Claims, OutsideIssuer};

/// How tokens are made and whom else to trust.
#[derive(Clone, Debug)]
pub struct Config {
    pub issuer: String,
    pub audience: String,
    pub outside: Option<OutsideIssuer>,
}

/// Signs tokens in and callers on.
pub struct Identity {
    config: Config,
    keys: RwLock<keys::Known>,
    /// One reading of the keys at a time.
    reading_keys: tokio::sync::Mutex<()>,
    /// Actors seen lately, by session and role.
    seen: Mutex<HashMap<(Uuid, String), Seen>>,
    /// Claims of own tokens whose signature was right, by the digest of the token.
    verified: Mutex<HashMap<[u8; 32], Claims>>,
}

struct Seen {
    at: Instant,
    epoch: u64,
    /// Posts and delegations begin and end with the day.
    day: NaiveDate,
    address: Option<String>,
    actor: Actor,
}

/// How long a read may trust what was seen before.
const TRUST: Duration = Duration::from_secs(30);
const MANY: usize = 10_000;

impl Identity {
    pub fn new(config: Config) -> Self {
        Self {
            config,
            keys: RwLock::default(),
            reading_keys: tokio::sync::Mutex::default(),
            seen: Mutex::default(),
            verified: Mutex::default(),
        }
    }

    /// Makes the first signing key where there is none, and reads those there are.
    pub async fn prepare(&self, store: &Store) -> Result<(), Fault> {
        keys::ensure(store).await?;
        self.reload_keys(store).await
    }

    /// Who calls. A read trusts what was seen within 30 seconds; a write always asks the database.
    ///
    /// # Errors
    /// 401 for a bad or expired token or an ended session, 403 when the post is no longer held.
    pub async fn actor(&self, store: &Store, token: &str, writes: bool, address: Option<&str>) -> Result<Actor, Fault> {
        let claims = self.verify(store, token).await?;
        let key = (claims.sid.unwrap_or(claims.sub), claims.role.clone());
        let epoch = registers::people_epoch();
        let at = store.reading(Context::system("authenticate"));
        let day = business_day(at.now);
        if !writes && let Some(actor) = self.remembered(&key, epoch, day, address) {
            return Ok(actor);
        }
        let actor = session::actor_of(&at, &claims, address).await?;
        if let Ok(mut seen) = self.seen.lock() {
            if seen.len() >= MANY {
                seen.clear();
            }
            let address = address.map(str::to_owned);
            seen.insert(key, Seen { at: Instant::now(), epoch, day, address, actor: actor.clone() });
        }
        Ok(actor)
    }

    fn remembered(&self, key: &(Uuid, String), epoch: u64, day: NaiveDate, address: Option<&str>) -> Option<Actor> {
        let seen = self.seen.lock().ok()?;
        let found = seen.get(key)?;
        let same = found.epoch == epoch && found.day == day && found.address.as_deref() == address;
        (same && found.at.elapsed() < TRUST).then(|| found.actor.clone())
    }

    /// The public keys, for `/.well-known/jwks.json`.
    pub async fn jwks(&self, at: &Reading) -> Result<serde_json::Value, Fault> {
        keys::jwks(at).await
    }

    /// Makes a new signing key; tokens of the old ones stay valid until they expire.
    pub async fn rotate_keys(&self, store: &Store) -> Result<String, Fault> {
        let kid = keys::rotate(store).await?;
        self.reload_keys(store).await?;
        Ok(kid)
    }
}

pub(crate) fn unauthenticated() -> Fault {
    Fault::new(&fault::UNAUTHENTICATED)
}
