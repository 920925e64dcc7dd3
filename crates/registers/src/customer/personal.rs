//! A person's data in clear, for the moment it is needed; sealed with his key otherwise.

use std::fmt;

use kernel::fault::Fault;
use kernel::validation::{Phone, PhoneKind, mask_address, mask_id, mask_name, mask_phone};
use sea_orm::Set;
use store::Reading;
use store::protected::{self, PersonKey};
use uuid::Uuid;

use super::entity::{ActiveModel, CustomerKind, Model};

/// Name, phones, addresses and id number in clear. `Debug` shows nothing of them.
#[derive(Clone, Default)]
pub struct Personal {
    pub name: Option<String>,
    pub phones: Vec<String>,
    pub addresses: Vec<String>,
    pub id_number: Option<String>,
}

impl fmt::Debug for Personal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal(…)")
    }
}

fn place(id: Uuid, column: &str) -> String {
    format!("customer|{id}|{column}")
}

/// A list of texts as a column holds it.
pub(super) fn json(list: &[String]) -> String {
    serde_json::Value::from(list.to_vec()).to_string()
}

/// A column's list of texts.
pub(super) fn texts(column: &str) -> Vec<String> {
    serde_json::from_str(column).unwrap_or_default()
}

impl Personal {
    /// The number messages go to: the first mobile, else the first.
    pub fn sms_number(&self) -> Option<&str> {
        let mobile = |phone: &&String| Phone::parse(phone).is_ok_and(|phone| phone.kind() == PhoneKind::Mobile);
        self.phones.iter().find(mobile).or(self.phones.first()).map(String::as_str)
    }

    /// Opens what is sealed in a row; nothing when the person was erased.
    pub async fn of(at: &Reading, row: &Model) -> Result<Self, Fault> {
        match protected::person_key(at, row.id).await? {
            Some(key) => Self::open(&key, row),
            None => Ok(Self::default()),
        }
    }

    /// Opens what is sealed in a row with the person's key.
    pub fn open(key: &PersonKey, row: &Model) -> Result<Self, Fault> {
        let open = |column: &str, sealed: &Option<String>| {
            sealed.as_deref().map(|sealed| key.open(&place(row.id, column), sealed)).transpose()
        };
        let list = |column: &str, sealed: &Option<String>| -> Result<Vec<String>, Fault> {
            Ok(open(column, sealed)?.map(|text| texts(&text)).unwrap_or_default())
        };
        Ok(Self {
            name: open("name", &row.name_sealed)?,
            phones: list("phones", &row.phones_sealed)?,
            addresses: list("addresses", &row.addresses_sealed)?,
            id_number: open("id_number", &row.id_number_sealed)?,
        })
    }

    /// Writes the sealed and the masked columns.
    pub fn seal(&self, key: &PersonKey, id: Uuid, kind: CustomerKind, row: &mut ActiveModel) -> Result<(), Fault> {
        let seal = |column: &str, text: &str| key.seal(&place(id, column), text);
        let list = |column: &str, list: &[String]| match list {
            [] => Ok(None),
            _ => seal(column, &json(list)).map(Some),
        };
        let masked =
            |list: &[String], mask: fn(&str) -> String| json(&list.iter().map(|text| mask(text)).collect::<Vec<_>>());
        row.name_sealed = Set(self.name.as_deref().map(|name| seal("name", name)).transpose()?);
        row.phones_sealed = Set(list("phones", &self.phones)?);
        row.addresses_sealed = Set(list("addresses", &self.addresses)?);
        row.id_number_sealed = Set(self.id_number.as_deref().map(|number| seal("id_number", number)).transpose()?);
        row.name_masked = Set(self.name.as_deref().map(|name| shown_name(kind, name)).unwrap_or_default());
        row.phones_masked = Set(masked(&self.phones, mask_phone));
        row.addresses_masked = Set(masked(&self.addresses, mask_address));
        row.id_number_masked = Set(self.id_number.as_deref().map(mask_id));
        Ok(())
    }
}

/// A company's name is public; a person's is masked.
fn shown_name(kind: CustomerKind, name: &str) -> String {
    match kind {
        CustomerKind::Company => name.to_owned(),
        CustomerKind::Person => mask_name(name),
    }
}
