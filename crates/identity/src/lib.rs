//! Identity (身份, PF-01): accounts, sessions, clients, keys and tokens; who a token's bearer is.
//!
//! The job role travels in the token; whether its bearer still holds that post is asked of the registers.

pub mod account;
mod bearer;
pub mod client;
pub mod customer_code;
mod keys;
mod lockout;
mod outside;
mod password;
pub mod principal;
pub mod problems;
pub mod purge;
pub mod session;
pub mod sign_in;
mod token;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock};

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use kernel::time::business_day;
use store::{Context, Reading, Store};
use uuid::Uuid;

pub use outside::{OutsideIssuer, OutsideKeys};
pub use password::{check_strength, hash_password};
pub use token::Claims;

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
    /// Who asks the database for a caller.
    asking: Arc<Context>,
    /// Claims of own tokens whose signature was right, by the digest of the token.
    verified: Mutex<HashMap<[u8; 32], Claims>>,
}

/// Actors seen lately, by session and role: what a read may trust.
#[derive(Default)]
struct Lately(Mutex<HashMap<(Uuid, String), Seen>>);

struct Seen {
    /// Posts and delegations begin and end with the day.
    day: NaiveDate,
    address: Option<String>,
    actor: Actor,
}

impl Lately {
    fn find(&self, key: &(Uuid, String), day: NaiveDate, address: Option<&str>) -> Option<Actor> {
        let list = self.0.lock().ok()?;
        let found = list.get(key)?;
        (found.day == day && found.address.as_deref() == address).then(|| found.actor.clone())
    }

    fn keep(&self, key: (Uuid, String), seen: Seen) {
        if let Ok(mut list) = self.0.lock() {
            if list.len() >= MANY {
                list.clear();
            }
            list.insert(key, seen);
        }
    }
}

async fn seen(at: &Reading) -> Result<Arc<Lately>, Fault> {
    at.remembered(async |_| Ok(Lately::default())).await
}

const MANY: usize = 10_000;

impl Identity {
    pub fn new(config: Config) -> Self {
        Self {
            config,
            keys: RwLock::default(),
            reading_keys: tokio::sync::Mutex::default(),
            asking: Context::system("authenticate"),
            verified: Mutex::default(),
        }
    }

    /// Makes the first signing key where there is none, and reads those there are.
    pub async fn prepare(&self, store: &Store) -> Result<(), Fault> {
        keys::ensure(store).await?;
        self.reload_keys(store).await
    }

    /// Who calls. A read trusts what is remembered; a write always asks the database.
    ///
    /// # Errors
    /// 401 for a bad or expired token or an ended session, 403 when the post is no longer held.
    pub async fn actor(&self, store: &Store, token: &str, writes: bool, address: Option<&str>) -> Result<Actor, Fault> {
        let claims = self.verify(store, token).await?;
        let key = (claims.sid.unwrap_or(claims.sub), claims.role.clone());
        let at = store.reading(self.asking.clone());
        let day = business_day(at.now);
        // Taken before the database is asked: what changes meanwhile drops it together with the answer.
        let seen = seen(&at).await?;
        if !writes && let Some(actor) = seen.find(&key, day, address) {
            return Ok(actor);
        }
        let actor = session::actor_of(&at, &claims, address).await?;
        seen.keep(key, Seen { day, address: address.map(str::to_owned), actor: actor.clone() });
        Ok(actor)
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
