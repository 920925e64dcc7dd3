//! Signed checkpoints of the journal: a rewritten chain, a cut tail or an old backup shows against them.
//!
//! The chain's hashes are keyed and convince only the house. A checkpoint therefore also signs the root of a
//! tree over plain digests of the entries, which a third party can check with the public key alone.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use kernel::fault::Fault;
use kernel::ids::new_id;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::entity::{Column as Entry, Entity as Entries};
use super::{merkle, seal};
use crate::list::Columns;
use crate::protected::Keyring;
use crate::resource::{Placement, Resource};
use crate::{Answer, Context, Reading, Store, Work};

const FORMAT: &str = "hearthdesk-checkpoint-1";
/// Purpose the signing seed is derived for.
const KEY: &str = "journal.checkpoint";
const BATCH: u64 = 1000;

/// A checkpoint as it is signed, listed and kept in the second place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Checkpoint {
    /// The last entry it covers.
    pub position: i64,
    /// The first entry since the checkpoint before.
    pub first_position: i64,
    /// Hash of the entry at the position.
    pub head: String,
    /// Root of the tree over the digests of the entries it covers.
    pub root: String,
    #[schema(value_type = String, format = "date-time")]
    pub at: String,
    /// Digest of the checkpoint before; empty for the first.
    pub previous: String,
    /// The first half of the digest of the public key.
    pub key_id: String,
    /// Ed25519 over the fields above, hexadecimal.
    pub signature: String,
}

mod entity {
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "journal_checkpoint")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub position: i64,
        pub first_position: i64,
        pub head: String,
        pub root: String,
        pub at: DateTimeUtc,
        pub previous: String,
        pub key_id: String,
        pub signature: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
use entity::{ActiveModel, Column, Entity, Model};

/// The checkpoints resource.
pub struct JournalCheckpoint;

impl Resource for JournalCheckpoint {
    type Entity = Entity;
    type Row = Model;
    type View = Checkpoint;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "journal_checkpoint";
    const PATH: &'static str = "/v1/journal-checkpoints";

    fn visible_to(_: &access::Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-position").sort("position", Column::Position).range("at", Column::At)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<Checkpoint>, Fault> {
        Ok(rows.into_iter().map(Checkpoint::from).collect())
    }
}

impl From<Model> for Checkpoint {
    fn from(row: Model) -> Self {
        Self {
            position: row.position,
            first_position: row.first_position,
            head: row.head,
            root: row.root,
            at: Timestamp::from(row.at).to_string(),
            previous: row.previous,
            key_id: row.key_id,
            signature: row.signature,
        }
    }
}

impl Checkpoint {
    /// What is signed: one line a field, in this order.
    fn text(&self) -> String {
        let Self { position, first_position, head, root, at, previous, key_id, .. } = self;
        format!("{FORMAT}\n{first_position}\n{position}\n{head}\n{root}\n{at}\n{previous}\n{key_id}\n")
    }

    /// Its digest, which the next one names as `previous`.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.text() + &self.signature))
    }

    /// Whether the signature is that of the key.
    pub fn is_signed_by(&self, public_key: &[u8]) -> bool {
        let Ok(signature) = hex::decode(&self.signature) else { return false };
        UnparsedPublicKey::new(&ED25519, public_key).verify(self.text().as_bytes(), &signature).is_ok()
    }
}

/// The key that signs checkpoints; derived from the master key, the same in every replica.
struct Signer(Ed25519KeyPair);

impl Signer {
    fn of(keys: &Keyring) -> Result<Self, Fault> {
        let seed = keys.mac(KEY, b"seed");
        Ed25519KeyPair::from_seed_unchecked(&seed).map(Self).map_err(Fault::internal)
    }
    fn public(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }
}

impl Store {
    /// The public key of checkpoints, hexadecimal: give it to whoever shall check proofs.
    pub fn checkpoint_key(&self) -> Result<String, Fault> {
        Ok(hex::encode(Signer::of(self.keys())?.public()))
    }

    /// Signs a checkpoint over what was sealed since the last one; none when nothing was.
    pub async fn checkpoint(&self) -> Result<Option<Checkpoint>, Fault> {
        let slot = std::rc::Rc::new(std::cell::RefCell::new(None));
        let made = slot.clone();
        let write = async move |work: &Work| {
            *made.borrow_mut() = make(work).await?;
            work.unchanged();
            Ok::<_, Fault>(Answer::no_content())
        };
        self.write(Context::system("checkpoint_journal"), write).await?;
        Ok(slot.take())
    }

    /// Checkpoints after a position, in order.
    pub async fn checkpoints_after(&self, position: i64) -> Result<Vec<Checkpoint>, Fault> {
        let rows = Entity::find().filter(Column::Position.gt(position)).order_by_asc(Column::Position);
        Ok(rows.all(self.reader()).await?.into_iter().map(Checkpoint::from).collect())
    }

    /// Time since the last checkpoint, for `/metrics`; none before the first.
    pub async fn checkpoint_age(&self) -> Result<Option<chrono::TimeDelta>, Fault> {
        let last = Entity::find().order_by_desc(Column::Position).one(self.reader()).await?;
        Ok(last.map(|last| self.now() - last.at))
    }

    /// The checkpoint that covers a position.
    pub(super) async fn checkpoint_over(&self, position: i64) -> Result<Option<Checkpoint>, Fault> {
        let row = Entity::find().filter(Column::Position.gte(position)).order_by_asc(Column::Position);
        Ok(row.one(self.reader()).await?.map(Checkpoint::from))
    }
}

/// Brings the second place up to date: one JSON line a checkpoint, flushed to the disk. A line torn by a crash
/// is written anew.
pub async fn copy_to(store: &Store, path: &Path) -> Result<(), Fault> {
    let known = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Fault::unavailable(error)),
    };
    let last = read_copies(&known)?.last().map_or(0, |last| last.position);
    let fresh = store.checkpoints_after(last).await?;
    if fresh.is_empty() {
        return Ok(());
    }
    let mut lines = String::new();
    for checkpoint in &fresh {
        lines += &serde_json::to_string(checkpoint).map_err(Fault::internal)?;
        lines.push('\n');
    }
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().create(true).write(true).truncate(false).open(path)?;
        let end = whole_lines(&known).len() as u64;
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        file.write_all(lines.as_bytes())?;
        file.sync_all()
    };
    write().map_err(Fault::unavailable)
}

/// The checkpoints of a second place.
pub fn read_copies(text: &str) -> Result<Vec<Checkpoint>, Fault> {
    whole_lines(text).lines().map(|line| serde_json::from_str(line).map_err(Fault::internal)).collect()
}

fn whole_lines(text: &str) -> &str {
    text.rfind('\n').map_or("", |end| &text[..=end])
}

async fn make(work: &Work) -> Result<Option<Checkpoint>, Fault> {
    let last = Entity::find().order_by_desc(Column::Position).one(&work.db()).await?.map(Checkpoint::from);
    let first_position = last.as_ref().map_or(1, |last| last.position + 1);
    let mut digests = Vec::new();
    let mut head = String::new();
    let mut position = first_position - 1;
    loop {
        let page = Entries::find()
            .filter(Entry::Position.gt(position))
            .order_by_asc(Entry::Position)
            .limit(BATCH)
            .all(&work.db())
            .await?;
        for entry in &page {
            position = entry.position.unwrap_or(position);
            digests.push(seal::digest(entry));
            head = entry.hash.clone().unwrap_or_default();
        }
        if (page.len() as u64) < BATCH {
            break;
        }
    }
    if digests.is_empty() {
        return Ok(None);
    }
    let signer = Signer::of(work.store.keys())?;
    let mut checkpoint = Checkpoint {
        position,
        first_position,
        head,
        root: hex::encode(merkle::root(&digests)),
        at: Timestamp::from(work.now).to_string(),
        previous: last.map(|last| last.digest()).unwrap_or_default(),
        key_id: hex::encode(&Sha256::digest(signer.public())[..16]),
        signature: String::new(),
    };
    checkpoint.signature = hex::encode(signer.0.sign(checkpoint.text().as_bytes()));
    let kept = checkpoint.clone();
    let row = ActiveModel {
        id: Set(new_id(work.now)),
        position: Set(kept.position),
        first_position: Set(kept.first_position),
        head: Set(kept.head),
        root: Set(kept.root),
        at: Set(work.now),
        previous: Set(kept.previous),
        key_id: Set(kept.key_id),
        signature: Set(kept.signature),
    };
    work.insert(row).await?;
    Ok(Some(checkpoint))
}
