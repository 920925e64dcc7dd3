//! Contacts and bank account of a supplier: sealed, with a masked form beside.

use std::fmt;

use kernel::fault::Fault;
use kernel::validation::{Phone, clean_name, mask_id, mask_name, mask_phone};
use sea_orm::Set;
use serde::{Deserialize, Serialize};
use store::Reading;
use store::protected::{self, PersonKey};
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{ActiveModel, Model};

/// Somebody to talk to at the supplier's.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplierContact {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub phone: Phone,
    /// What he is there.
    #[schema(max_length = 80)]
    pub title: Option<String>,
}

/// The account payments go to (收款账户).
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAccount {
    #[schema(min_length = 1, max_length = 80)]
    pub bank: String,
    #[schema(min_length = 1, max_length = 80)]
    pub holder: String,
    #[schema(min_length = 4, max_length = 40)]
    pub number: String,
}

/// A contact as everybody may see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SupplierContactView {
    pub name: String,
    pub phone: String,
    pub title: Option<String>,
}

/// An account as everybody may see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BankAccountView {
    pub bank: String,
    pub holder: String,
    pub number: String,
}

impl fmt::Debug for SupplierContact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SupplierContact(…)")
    }
}

impl fmt::Debug for BankAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BankAccount(…)")
    }
}

fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}

/// The contacts with their names in one form.
pub(super) fn clean_contacts(contacts: &[SupplierContact]) -> Result<Vec<SupplierContact>, Fault> {
    let clean = |(n, contact): (usize, &SupplierContact)| -> Result<SupplierContact, Fault> {
        let name = clean_name(&contact.name, &format!("/contacts/{n}/name"))?;
        Ok(SupplierContact { name, ..contact.clone() })
    };
    contacts.iter().enumerate().map(clean).collect()
}

/// The account with its texts in one form.
pub(super) fn clean_account(account: &BankAccount) -> Result<BankAccount, Fault> {
    Ok(BankAccount {
        bank: clean_name(&account.bank, "/bank_account/bank")?,
        holder: clean_name(&account.holder, "/bank_account/holder")?,
        number: clean_name(&account.number, "/bank_account/number")?,
    })
}

/// Writes the columns of the contacts.
pub(super) fn seal_contacts(
    key: &PersonKey,
    id: Uuid,
    contacts: &[SupplierContact],
    row: &mut ActiveModel,
) -> Result<(), Fault> {
    let masked: Vec<SupplierContactView> = contacts
        .iter()
        .map(|contact| SupplierContactView {
            name: mask_name(&contact.name),
            phone: mask_phone(contact.phone.as_str()),
            title: contact.title.clone(),
        })
        .collect();
    row.contacts_sealed = Set(Some(key.seal(&format!("supplier|{id}|contacts"), &json(&contacts)?)?));
    row.contacts_masked = Set(json(&masked)?);
    Ok(())
}

/// Writes the columns of the account.
pub(super) fn seal_account(
    key: &PersonKey,
    id: Uuid,
    account: &BankAccount,
    row: &mut ActiveModel,
) -> Result<(), Fault> {
    let masked = BankAccountView {
        bank: account.bank.clone(),
        holder: mask_name(&account.holder),
        number: mask_id(&account.number),
    };
    row.bank_account_sealed = Set(Some(key.seal(&format!("supplier|{id}|bank_account"), &json(account)?)?));
    row.bank_account_masked = Set(Some(json(&masked)?));
    Ok(())
}

/// Contacts and account in clear, to compare them with what a file says.
pub(crate) async fn opened(at: &Reading, row: &Model) -> Result<(Vec<SupplierContact>, Option<BankAccount>), Fault> {
    let Some(key) = protected::person_key(at, row.id).await? else { return Ok((Vec::new(), None)) };
    let open = |column: &str, sealed: &Option<String>| -> Result<Option<String>, Fault> {
        sealed.as_deref().map(|sealed| key.open(&format!("supplier|{}|{column}", row.id), sealed)).transpose()
    };
    let contacts = open("contacts", &row.contacts_sealed)?;
    let account = open("bank_account", &row.bank_account_sealed)?;
    Ok((
        contacts.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default(),
        account.and_then(|text| serde_json::from_str(&text).ok()),
    ))
}
