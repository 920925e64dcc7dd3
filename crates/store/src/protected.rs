//! Protected data: one master key outside the database, everything else wrapped inside it.
//!
//! Sealed text is base64 of version ‖ algorithm ‖ key id ‖ nonce ‖ ciphertext, XChaCha20-Poly1305 with
//! associated data that names the place, so a value copied to another row or column does not open.
//! Personal fields use keys a person; forgetting them erases the person (PIPL). Which of his keys sealed a value is its
//! key id: a new one seals from then on, and the former open what was sealed before.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use kernel::fault::Fault;
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Reading, Work};

const FORMAT: u8 = 2;
/// As [`FORMAT`], without a key id: it was the first key.
const FORMAT_OF_FIRST: u8 = 1;
const XCHACHA20_POLY1305: u8 = 1;
/// The id of the first key of a person, and of what is derived from the master key.
const FIRST: u8 = 0;
const NONCE: usize = 24;

/// Keys derived from the master key; they never leave the process.
pub struct Keyring {
    master: Zeroizing<[u8; 32]>,
}

/// The keys of one person; made with the person, deleted to erase him. The newest seals.
#[derive(Clone)]
pub struct PersonKey {
    newest: Zeroizing<[u8; 32]>,
    /// The former ones, oldest first; a key's place is its id.
    former: Vec<Zeroizing<[u8; 32]>>,
}

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
        seal_with(&self.derive(place), FIRST, place, plain)
    }

    /// Opens what [`Keyring::seal`] sealed for the same place.
    pub fn open(&self, place: &str, sealed: &str) -> Result<Vec<u8>, Fault> {
        Sealed::read(sealed)?.open(&self.derive(place), place)
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
        let id = u8::try_from(self.former.len()).map_err(Fault::internal)?;
        seal_with(&self.newest, id, place, plain.as_bytes())
    }
    /// Opens a personal field of this person.
    pub fn open(&self, place: &str, sealed: &str) -> Result<String, Fault> {
        let sealed = Sealed::read(sealed)?;
        let key = self.former.get(usize::from(sealed.key_id)).unwrap_or(&self.newest);
        String::from_utf8(sealed.open(key, place)?).map_err(Fault::internal)
    }

    /// Unwraps the keys of a row.
    fn of(keys: &Keyring, row: &person_key::Model) -> Result<Self, Fault> {
        let mut former = Vec::new();
        for (n, wrapped) in row.wrapped.split(BETWEEN).enumerate() {
            let bytes = Zeroizing::new(keys.open(&wrapped_at(row.id, n), wrapped)?);
            former.push(Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).map_err(Fault::internal)?));
        }
        let newest = former.pop().ok_or_else(|| Fault::internal("a person without a key"))?;
        Ok(Self { newest, former })
    }
}

/// Stands between the wrapped keys of a person, oldest first.
const BETWEEN: char = ' ';

/// The place of a person's n-th wrapped key.
fn wrapped_at(person: Uuid, n: usize) -> String {
    if n == 0 { format!("person_key|{person}") } else { format!("person_key|{person}|{n}") }
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
    let wrapped = work.store.keys().seal(&wrapped_at(person, 0), &*key)?;
    work.insert_later(&person_key::Model { id: person, wrapped, created_at: work.now }).await;
    let key = PersonKey { newest: key, former: Vec::new() };
    work.made_key.replace(Some((person, key.clone())));
    Ok(key)
}

/// Gives a person a new key and answers it with the former ones; none when he was erased. What is his and stays sealed
/// with a former one can be read until he is erased.
pub async fn renew_person_key(work: &Work, person: Uuid) -> Result<Option<PersonKey>, Fault> {
    let row = person_key::Entity::find_by_id(person).lock(LockType::Update).one(&work.db()).await?;
    let Some(row) = row else { return Ok(None) };
    let PersonKey { newest, mut former } = PersonKey::of(work.store.keys(), &row)?;
    former.push(newest);
    // An id is one byte: the key that would not fit is not made.
    u8::try_from(former.len()).map_err(Fault::internal)?;
    let newest = Zeroizing::new(random::<32>()?);
    let wrapped = work.store.keys().seal(&wrapped_at(person, former.len()), &*newest)?;
    person_key::Entity::update_many()
        .col_expr(person_key::Column::Wrapped, Expr::value(format!("{}{BETWEEN}{wrapped}", row.wrapped)))
        .filter(person_key::Column::Id.eq(person))
        .exec(&work.db())
        .await?;
    work.made_key.take();
    Ok(Some(PersonKey { newest, former }))
}

/// The key of a person, or none when he was erased.
pub async fn person_key(at: &Reading, person: Uuid) -> Result<Option<PersonKey>, Fault> {
    let made = at.made_key.borrow().as_ref().filter(|(made, _)| *made == person).map(|(_, key)| key.clone());
    if made.is_some() {
        return Ok(made);
    }
    let Some(row) = person_key::Entity::find_by_id(person).one(&at.db()).await? else { return Ok(None) };
    PersonKey::of(at.store.keys(), &row).map(Some)
}

/// The keys of several persons; who was erased has none.
pub async fn person_keys(at: &Reading, persons: &[Uuid]) -> Result<HashMap<Uuid, PersonKey>, Fault> {
    let mut keys = HashMap::with_capacity(persons.len());
    for part in persons.chunks(500) {
        let rows = person_key::Entity::find().filter(person_key::Column::Id.is_in(part.iter().copied()));
        for row in rows.all(&at.db()).await? {
            keys.insert(row.id, PersonKey::of(at.store.keys(), &row)?);
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

fn seal_with(key: &[u8; 32], key_id: u8, place: &str, plain: &[u8]) -> Result<String, Fault> {
    let nonce = random::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    let payload = Payload { msg: plain, aad: place.as_bytes() };
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(Fault::internal)?;
    let mut bytes = Vec::with_capacity(3 + NONCE + sealed.len());
    bytes.extend([FORMAT, XCHACHA20_POLY1305, key_id]);
    bytes.extend(nonce);
    bytes.extend(sealed);
    Ok(BASE64.encode(bytes))
}

/// A sealed value, taken apart.
struct Sealed {
    key_id: u8,
    nonce: [u8; NONCE],
    ciphertext: Vec<u8>,
}

impl Sealed {
    fn read(sealed: &str) -> Result<Self, Fault> {
        let bytes = BASE64.decode(sealed).map_err(Fault::internal)?;
        let (key_id, rest) = match bytes.as_slice() {
            [FORMAT, XCHACHA20_POLY1305, key_id, rest @ ..] => (*key_id, rest),
            [FORMAT_OF_FIRST, XCHACHA20_POLY1305, rest @ ..] => (FIRST, rest),
            _ => return Err(Fault::internal("sealed value of an unknown format")),
        };
        let cut = rest.split_at_checked(NONCE);
        let (nonce, ciphertext) = cut.ok_or_else(|| Fault::internal("sealed value cut short"))?;
        let nonce = <[u8; NONCE]>::try_from(nonce).map_err(Fault::internal)?;
        Ok(Self { key_id, nonce, ciphertext: ciphertext.to_vec() })
    }

    fn open(&self, key: &[u8; 32], place: &str) -> Result<Vec<u8>, Fault> {
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let payload = Payload { msg: self.ciphertext.as_slice(), aad: place.as_bytes() };
        cipher.decrypt(&XNonce::from(self.nonce), payload).map_err(Fault::internal)
    }
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

    fn keys_of(list: &[u8]) -> PersonKey {
        let mut former: Vec<_> = list.iter().map(|byte| Zeroizing::new([*byte; 32])).collect();
        PersonKey { newest: former.pop().unwrap(), former }
    }

    #[test]
    fn a_new_key_seals_and_the_former_open_what_was_sealed_before() {
        let (first, renewed) = (keys_of(&[1]), keys_of(&[1, 2]));
        let (before, after) = (first.seal("p", "王").unwrap(), renewed.seal("p", "王").unwrap());
        assert_eq!([&before, &after].map(|sealed| renewed.open("p", sealed).unwrap()), ["王", "王"]);
        assert_eq!([&before, &after].map(|sealed| Sealed::read(sealed).unwrap().key_id), [0, 1]);
        assert!(first.open("p", &after).is_err());
        assert!(keys_of(&[2, 1]).open("p", &after).is_err(), "the id names the key");
    }

    #[test]
    fn a_value_without_a_key_id_is_of_the_first_key() {
        let sealed = keys_of(&[1]).seal("p", "王").unwrap();
        let mut bytes = BASE64.decode(sealed).unwrap();
        bytes.remove(2);
        bytes[0] = FORMAT_OF_FIRST;
        assert_eq!(keys_of(&[1, 2]).open("p", &BASE64.encode(bytes)).unwrap(), "王");
        assert!(Sealed::read("AgE=").is_err() && Sealed::read("AwEA").is_err() && Sealed::read("?").is_err());
    }
}
