//! Protected data: one master key outside the database, everything else wrapped inside it.
//!
//! Sealed text is base64 of version ‖ algorithm ‖ nonce ‖ ciphertext, XChaCha20-Poly1305 with
//! associated data that names the place, so a value copied to another row or column does not open.
//! Personal fields use a key a person; forgetting that key erases the person (PIPL).

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Reading, Work};

const FORMAT: u8 = 1;
const XCHACHA20_POLY1305: u8 = 1;
const NONCE: usize = 24;

/// Keys derived from the master key; they never leave the process.
pub struct Keyring {
    master: Zeroizing<[u8; 32]>,
}

/// The key of one person; made with the person, deleted to erase him.
#[derive(Clone)]
pub struct PersonKey(Zeroizing<[u8; 32]>);

impl Keyring {
    pub fn new(master: [u8; 32]) -> Self {
        Self { master: Zeroizing::new(master) }
    }

    /// Names the master key without telling it.
    pub fn fingerprint(&self) -> String {
        hex::encode(&self.mac("master_key.fingerprint", b"")[..8])
    }

    fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(hmac(&*self.master, purpose.as_bytes()))
    }

    /// Seals bytes that belong to no person under the key derived for `place`.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<String, Fault> {
        seal_with(&self.derive(place), place, plain)
    }

    /// Opens what [`Keyring::seal`] sealed for the same place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, Fault> {
        open_with(&self.derive(place), place, sealed)
    }

    /// The blind index of a normalised value: equality without knowledge. Each column has its own key.
    pub fn blind(&self, column: &str, normalised: &str) -> String {
        hex::encode(&hmac(&*self.derive(&format!("blind:{column}")), normalised.as_bytes())[..16])
    }

    /// A keyed hash for signed cursors, the journal chain and the like.
    pub fn mac(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        hmac(&*self.derive(purpose), data)
    }
}

/// Name of the setting that keeps the fingerprint of the key a database was made under.
const FINGERPRINT: &str = "master_key.fingerprint";

impl crate::Store {
    /// The fingerprint of another master key this database was made under; none when it is ours or not known yet.
    pub async fn foreign_key(&self) -> Result<Option<String>, Fault> {
        let known = crate::settings::get(self.reader(), FINGERPRINT).await?;
        Ok(known.filter(|known| *known != self.keys().fingerprint()))
    }

    /// Remembers which master key this database was made under.
    pub async fn remember_key(&self) -> Result<(), Fault> {
        if crate::settings::get(self.reader(), FINGERPRINT).await?.is_some() {
            return Ok(());
        }
        let keep = async |work: &Work| {
            work.unchanged();
            crate::settings::put(work, FINGERPRINT, &work.store.keys().fingerprint()).await?;
            Ok::<_, Fault>(crate::Answer::no_content())
        };
        crate::jobs::tidy(self, "remember_master_key", keep).await
    }
}

impl PersonKey {
    /// Seals a personal field; `place` is `table|row id|column`.
    pub fn seal(&self, place: &str, plain: &str) -> Result<String, Fault> {
        seal_with(&self.0, place, plain.as_bytes())
    }
    /// Opens a personal field of this person.
    pub fn open(&self, place: &str, sealed: &str) -> Result<String, Fault> {
        String::from_utf8(open_with(&self.0, place, sealed)?).map_err(Fault::internal)
    }
}

pub mod person_key {
    //! The wrapped keys of persons.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "person_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub wrapped: String,
        pub created_at: DateTimeUtc,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Makes the key of a new person (a customer, a staff member, the requester of a ticket).
pub async fn create_person_key(work: &Work, person: Uuid) -> Result<PersonKey, Fault> {
    let key = Zeroizing::new(random::<32>()?);
    let wrapped = work.store.keys().seal(&format!("person_key|{person}"), &*key)?;
    work.insert_later(&person_key::Model { id: person, wrapped, created_at: work.now }).await;
    let key = PersonKey(key);
    work.made_key.replace(Some((person, key.clone())));
    Ok(key)
}

/// The key of a person, or none when he was erased.
pub async fn person_key(at: &Reading, person: Uuid) -> Result<Option<PersonKey>, Fault> {
    let made = at.made_key.borrow().as_ref().filter(|(made, _)| *made == person).map(|(_, key)| key.clone());
    if made.is_some() {
        return Ok(made);
    }
    let Some(row) = person_key::Entity::find_by_id(person).one(&at.db()).await? else { return Ok(None) };
    let bytes = at.store.keys().open(&format!("person_key|{person}"), &row.wrapped)?;
    let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(Fault::internal)?;
    Ok(Some(PersonKey(Zeroizing::new(key))))
}

/// The keys of several persons; who was erased has none.
pub async fn person_keys(at: &Reading, persons: &[Uuid]) -> Result<HashMap<Uuid, PersonKey>, Fault> {
    let mut keys = HashMap::with_capacity(persons.len());
    for part in persons.chunks(500) {
        let rows = person_key::Entity::find().filter(person_key::Column::Id.is_in(part.iter().copied()));
        for row in rows.all(&at.db()).await? {
            let bytes = at.store.keys().open(&format!("person_key|{}", row.id), &row.wrapped)?;
            let key = <[u8; 32]>::try_from(bytes.as_slice()).map_err(Fault::internal)?;
            keys.insert(row.id, PersonKey(Zeroizing::new(key)));
        }
    }
    Ok(keys)
}

/// Forgets a person's key: what was sealed with it can never be read again.
pub async fn shred_person_key(work: &Work, person: Uuid) -> Result<(), Fault> {
    work.made_key.take();
    person_key::Entity::delete_by_id(person).exec(&work.db()).await?;
    Ok(())
}

/// `N` bytes of the operating system's randomness.
pub fn random<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).map_err(Fault::unavailable)?;
    Ok(bytes)
}

fn hmac(key: &[u8], data: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length, so the fallback never happens.
    match <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(data);
            mac.finalize().into_bytes().into()
        }
        Err(_) => [0; 32],
    }
}

fn seal_with(key: &[u8; 32], place: &str, plain: &[u8]) -> Result<String, Fault> {
    let nonce = random::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload { msg: plain, aad: place.as_bytes() };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(Fault::internal)?;
    let mut bytes = Vec::with_capacity(2 + NONCE + sealed.len());
    bytes.extend([FORMAT, XCHACHA20_POLY1305]);
    bytes.extend(nonce);
    bytes.extend(sealed);
    Ok(BASE64.encode(bytes))
}

fn open_with(key: &[u8; 32], place: &str, sealed: &str) -> Result<Vec<u8>, Fault> {
    let bytes = BASE64.decode(sealed).map_err(Fault::internal)?;
    let (head, sealed) = bytes.split_at_checked(2 + NONCE).ok_or_else(|| Fault::internal("sealed value cut short"))?;
    if head[..2] != [FORMAT, XCHACHA20_POLY1305] {
        return Err(Fault::internal("sealed value of an unknown format"));
    }
    let nonce = <[u8; NONCE]>::try_from(&head[2..]).map_err(Fault::internal)?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: place.as_bytes() }).map_err(Fault::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let keys = Keyring::new([7; 32]);
        let sealed = keys.seal("customer|1|name", "王小明".as_bytes()).unwrap();
        assert_eq!(keys.open("customer|1|name", &sealed).unwrap(), "王小明".as_bytes());
        assert!(keys.open("customer|2|name", &sealed).is_err());
        assert!(Keyring::new([8; 32]).open("customer|1|name", &sealed).is_err());
    }

    #[test]
    fn a_blind_index_is_equal_for_equal_values_of_one_column_only() {
        let keys = Keyring::new([7; 32]);
        assert_eq!(keys.blind("phone", "13800135678"), keys.blind("phone", "13800135678"));
        assert_ne!(keys.blind("phone", "13800135678"), keys.blind("name", "13800135678"));
        assert_ne!(keys.blind("phone", "13800135678"), keys.blind("phone", "13800135679"));
    }
}
