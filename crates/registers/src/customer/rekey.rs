//! Personal data under new keys (PF-04): `hearthdesk keys reencrypt`.

use kernel::fault::Fault;
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use store::journal::{Audience, Fact};
use store::{Work, protected};
use uuid::Uuid;

use super::entity::{Column, Entity, Model};
use super::personal::Personal;

/// Files that are taken in one transaction.
const PART: u64 = 200;

/// How far the way through all files has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rekeyed {
    /// Files whose data is sealed with a new key.
    pub files: u64,
    /// The last file looked at; none when all were.
    pub last: Option<Uuid>,
}

/// Gives the persons of the next files a new key each and seals with it what stands in their files. Nobody sees another
/// value, so no version moves; letters and archives written before stay sealed as they were.
pub async fn part(work: &Work, so_far: Rekeyed) -> Result<Rekeyed, Fault> {
    let mut next = Entity::find().order_by_asc(Column::Id).limit(PART).lock(LockType::Update);
    if let Some(last) = so_far.last {
        next = next.filter(Column::Id.gt(last));
    }
    let rows = next.all(&work.db()).await?;
    let mut files = 0;
    for row in &rows {
        files += u64::from(renew(work, row).await?);
    }
    if files == 0 {
        work.unchanged();
    } else {
        work.record(Fact::new("person_key.renewed", "person_key", None).audience(Audience::Audit).with("files", files));
    }
    Ok(Rekeyed { files: so_far.files + files, last: rows.last().map(|row| row.id) })
}

/// Seals one file anew; whether there was something to seal: who was erased has no key.
async fn renew(work: &Work, row: &Model) -> Result<bool, Fault> {
    let Some(key) = protected::renew_person_key(work, row.id).await? else { return Ok(false) };
    let mut change = row.clone().into_active_model();
    Personal::open(&key, row)?.seal(&key, row.id, row.kind, &mut change)?;
    Entity::update(change).validate()?.exec(&work.db()).await?;
    Ok(true)
}
