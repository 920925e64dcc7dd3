//! Blind keys: a customer is found by his full name, phone or number without either being readable.

use std::collections::BTreeSet;

use kernel::fault::Fault;
use kernel::text::folded;
use kernel::validation::{IdCard, Phone, Uscc, clean_text};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Set};
use store::protected::Keyring;
use store::{Reading, Work};
use uuid::Uuid;

use super::personal::Personal;

/// What a blind key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    Name,
    Phone,
    IdNumber,
    Uscc,
}

impl KeyKind {
    fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Phone => "phone",
            Self::IdNumber => "id_number",
            Self::Uscc => "uscc",
        }
    }
}

/// A kind and the blind value.
pub type Key = (KeyKind, String);

/// The blind value of what somebody typed, in whatever form it may be written.
pub fn blind(keys: &Keyring, kind: KeyKind, text: &str) -> String {
    let text = &clean_text(text, false).unwrap_or_else(|_| text.to_owned());
    let plain: String = folded(text).chars().filter(|c| !c.is_whitespace()).collect();
    let normal = match kind {
        KeyKind::Name => plain,
        KeyKind::Phone => Phone::parse(text).map_or(plain, |phone| phone.as_str().to_owned()),
        KeyKind::IdNumber => IdCard::parse(text).map_or(plain, |card| card.as_str().to_lowercase()),
        KeyKind::Uscc => Uscc::parse(text).map_or(plain, |code| code.as_str().to_lowercase()),
    };
    keys.blind(&format!("customer.{}", kind.code()), &normal)
}

/// Every key a person is found by.
pub fn of(keys: &Keyring, personal: &Personal, uscc: Option<&str>) -> Vec<Key> {
    let key = |kind, text: &str| (kind, blind(keys, kind, text));
    let mut list: Vec<Key> = personal.name.iter().map(|name| key(KeyKind::Name, name)).collect();
    list.extend(personal.phones.iter().map(|phone| key(KeyKind::Phone, phone)));
    list.extend(personal.id_number.iter().map(|number| key(KeyKind::IdNumber, number)));
    list.extend(uscc.map(|code| key(KeyKind::Uscc, code)));
    list.sort_by(|a, b| a.1.cmp(&b.1));
    list.dedup_by(|a, b| a.1 == b.1);
    list
}

/// The customers who answer for any of these values, as a subquery.
pub fn holders(values: Vec<String>) -> SelectStatement {
    Query::select()
        .column(entity::Column::CustomerId)
        .from(entity::Entity)
        .and_where(entity::Column::Value.is_in(values))
        .to_owned()
}

/// Who answers for which of these values.
pub async fn of_values(at: &Reading, values: &BTreeSet<String>) -> Result<Vec<(String, Uuid)>, Fault> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let rows = entity::Entity::find()
        .select_only()
        .columns([entity::Column::Value, entity::Column::CustomerId])
        .filter(entity::Column::Value.is_in(values.iter().map(String::as_str)));
    Ok(rows.into_tuple().all(&at.db()).await?)
}

/// The values `q` may mean: a full name, a phone, an id number, a credit code.
pub fn meanings(at: &Reading, text: &str) -> Vec<String> {
    let kinds = [KeyKind::Name, KeyKind::Phone, KeyKind::IdNumber, KeyKind::Uscc];
    kinds.into_iter().map(|kind| blind(at.store.keys(), kind, text)).collect()
}

/// Replaces the keys on a customer's own file.
pub async fn write(work: &Work, customer: Uuid, keys: Vec<Key>) -> Result<(), Fault> {
    forget(work, customer).await?;
    write_new(work, customer, keys).await
}

/// Writes the keys on a new customer's file.
pub async fn write_new(work: &Work, customer: Uuid, keys: Vec<Key>) -> Result<(), Fault> {
    if keys.is_empty() {
        return Ok(());
    }
    let rows = keys.into_iter().map(|(kind, value)| entity::ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        customer_id: Set(customer),
        origin_id: Set(customer),
        kind: Set(kind.code().to_owned()),
        value: Set(value),
    });
    entity::Entity::insert_many(rows).exec_without_returning(&work.db()).await?;
    Ok(())
}

/// Deletes the keys on a customer's own file.
pub async fn forget(work: &Work, customer: Uuid) -> Result<(), Fault> {
    entity::Entity::delete_many().filter(entity::Column::OriginId.eq(customer)).exec(&work.db()).await?;
    Ok(())
}

/// Lets `to` answer for every key `from` answered for.
pub async fn hand_over(work: &Work, from: Uuid, to: Uuid) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::CustomerId, to.into())
        .filter(entity::Column::CustomerId.eq(from))
        .exec(&work.db())
        .await?;
    Ok(())
}

/// Lets `to` answer again for the keys on these files.
pub async fn take_back(work: &Work, origins: &[Uuid], to: Uuid) -> Result<(), Fault> {
    entity::Entity::update_many()
        .col_expr(entity::Column::CustomerId, to.into())
        .filter(entity::Column::OriginId.is_in(origins.iter().copied()))
        .exec(&work.db())
        .await?;
    Ok(())
}

pub(super) mod entity {
    //! A blind key: on whose file it stands and who answers for it since merges.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "contact_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub customer_id: Uuid,
        pub origin_id: Uuid,
        pub kind: String,
        pub value: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
