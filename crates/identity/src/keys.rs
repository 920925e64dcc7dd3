//! Signing keys: Ed25519, made on first start, kept wrapped in the database, shared by replicas.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, Set};
use serde_json::{Value, json};
use store::journal::Fact;
use store::{Answer, Context, Reading, Store, Work, protected};

use crate::Identity;

/// How long a process may trust the keys it read.
pub(crate) const TRUST: Duration = Duration::from_secs(30);
/// An unknown key makes a process read them again, this often at most.
pub(crate) const UNKNOWN: Duration = Duration::from_secs(1);
/// After this the last token of a retired key is over, a difference of clocks included.
const LONGEST_TOKEN: TimeDelta = TimeDelta::minutes(16);

pub mod entity {
    //! A signing key; the private half is sealed.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "signing_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kid: String,
        pub private_sealed: String,
        pub public_x: String,
        pub created_at: DateTimeUtc,
        pub retired_at: Option<DateTimeUtc>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The keys this process knows.
#[derive(Default)]
pub(crate) struct Known {
    pub newest: Option<(String, EncodingKey)>,
    pub public: HashMap<String, DecodingKey>,
    pub read_at: Option<Instant>,
}

async fn add(work: &Work) -> Result<String, Fault> {
    let random = aws_lc_rs::rand::SystemRandom::new();
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).map_err(Fault::internal)?;
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).map_err(Fault::internal)?;
    let kid = hex::encode(protected::random::<8>()?);
    let row = entity::ActiveModel {
        id: Set(ids::new_id(work.now)),
        kid: Set(kid.clone()),
        private_sealed: Set(work.store.keys().seal(&place(&kid), pkcs8.as_ref())?),
        public_x: Set(BASE64.encode(pair.public_key().as_ref())),
        created_at: Set(work.now),
        retired_at: Set(None),
    };
    work.insert(row).await?;
    work.record(Fact::new("signing_key.created", "signing_key", None).with("kid", kid.as_str()));
    Ok(kid)
}

fn place(kid: &str) -> String {
    format!("signing_key|{kid}")
}

/// Makes a key if there is none.
pub(crate) async fn ensure(store: &Store) -> Result<(), Fault> {
    let command = async |work: &Work| {
        match entity::Entity::find().one(&work.db()).await? {
            Some(_) => work.unchanged(),
            None => {
                add(work).await?;
            }
        }
        Ok::<_, Fault>(Answer::no_content())
    };
    store.write(Context::system("prepare_keys"), command).await.map(drop)
}

/// Adds a key that signs from now on.
pub(crate) async fn rotate(store: &Store) -> Result<String, Fault> {
    let command = async |work: &Work| {
        let kid = add(work).await?;
        entity::Entity::update_many()
            .col_expr(entity::Column::RetiredAt, Expr::value(Some(work.now)))
            .filter(entity::Column::Kid.ne(kid.as_str()))
            .filter(entity::Column::RetiredAt.is_null())
            .exec(&work.db())
            .await?;
        Answer::json(store::Done::Ok, &kid)
    };
    let answer = store.write(Context::system("rotate_keys"), command).await?;
    serde_json::from_slice(&answer.body).map_err(Fault::internal)
}

/// The keys whose tokens may still be valid, the one that signs first.
async fn valid(at: &Reading) -> Result<Vec<entity::Model>, Fault> {
    let over = at.now - LONGEST_TOKEN;
    let valid = Condition::any().add(entity::Column::RetiredAt.is_null()).add(entity::Column::RetiredAt.gt(over));
    let mut keys = entity::Entity::find().filter(valid).order_by_desc(entity::Column::CreatedAt).all(&at.db()).await?;
    keys.sort_by_key(|key| key.retired_at.is_some());
    Ok(keys)
}

/// The public halves.
pub(crate) async fn jwks(at: &Reading) -> Result<Value, Fault> {
    let keys = valid(at).await?.into_iter().map(|key| {
        json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": key.kid, "x": key.public_x })
    });
    Ok(json!({ "keys": keys.collect::<Vec<_>>() }))
}

impl Identity {
    fn keys_read_within(&self, time: Duration) -> bool {
        self.keys.read().is_ok_and(|keys| keys.read_at.is_some_and(|at| at.elapsed() < time))
    }

    /// Reads the keys again unless that was done within `time`; whoever comes meanwhile waits for it.
    pub(crate) async fn fresh_keys(&self, store: &Store, time: Duration) -> Result<(), Fault> {
        if self.keys_read_within(time) {
            return Ok(());
        }
        let _turn = self.reading_keys.lock().await;
        if self.keys_read_within(time) { Ok(()) } else { self.reload_keys(store).await }
    }

    /// Reads the keys again.
    pub(crate) async fn reload_keys(&self, store: &Store) -> Result<(), Fault> {
        let at = store.reading(Context::system("read_keys"));
        let mut known = Known { read_at: Some(Instant::now()), ..Known::default() };
        for key in valid(&at).await? {
            let public = DecodingKey::from_ed_components(&key.public_x).map_err(Fault::internal)?;
            known.public.insert(key.kid.clone(), public);
            if known.newest.is_none() {
                let private = store.keys().open(&place(&key.kid), &key.private_sealed)?;
                known.newest = Some((key.kid, EncodingKey::from_ed_der(&private)));
            }
        }
        if let Ok(mut keys) = self.keys.write() {
            *keys = known;
        }
        Ok(())
    }
}
