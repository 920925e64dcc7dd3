//! How a member of staff is reached: sealed with his key, opened only to reach him.

use std::fmt;

use kernel::fault::Fault;
use kernel::validation::{Email, Phone, mask_email, mask_phone};
use sea_orm::Set;
use store::{Reading, Work, protected};
use uuid::Uuid;

use super::entity::{ActiveModel, Model};

/// Phone and e-mail in clear. `Debug` shows nothing of them.
#[derive(Clone, Default)]
pub struct Contact {
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(…)")
    }
}

fn place(id: Uuid, column: &str) -> String {
    format!("staff|{id}|{column}")
}

/// Writes the sealed and the masked columns of what is given.
pub(super) async fn seal(
    work: &Work,
    id: Uuid,
    phone: Option<&Phone>,
    email: Option<&Email>,
    row: &mut ActiveModel,
) -> Result<(), Fault> {
    if phone.is_none() && email.is_none() {
        return Ok(());
    }
    let key = match protected::person_key(work, id).await? {
        Some(key) => key,
        None => protected::create_person_key(work, id).await?,
    };
    if let Some(phone) = phone {
        row.phone_sealed = Set(Some(key.seal(&place(id, "phone"), phone.as_str())?));
        row.phone_masked = Set(Some(mask_phone(phone.as_str())));
    }
    if let Some(email) = email {
        row.email_sealed = Set(Some(key.seal(&place(id, "email"), email.as_str())?));
        row.email_masked = Set(Some(mask_email(email.as_str())));
    }
    Ok(())
}

/// As [`seal`], where null removes what there is.
pub(super) async fn change(
    work: &Work,
    id: Uuid,
    phone: Option<&Option<Phone>>,
    email: Option<&Option<Email>>,
    row: &mut ActiveModel,
) -> Result<(), Fault> {
    if phone == Some(&None) {
        (row.phone_sealed, row.phone_masked) = (Set(None), Set(None));
    }
    if email == Some(&None) {
        (row.email_sealed, row.email_masked) = (Set(None), Set(None));
    }
    seal(work, id, phone.and_then(Option::as_ref), email.and_then(Option::as_ref), row).await
}

/// Opens what is sealed in a row.
pub async fn of(at: &Reading, row: &Model) -> Result<Contact, Fault> {
    let Some(key) = protected::person_key(at, row.id).await? else { return Ok(Contact::default()) };
    let open = |column: &str, sealed: &Option<String>| {
        sealed.as_deref().map(|sealed| key.open(&place(row.id, column), sealed)).transpose()
    };
    Ok(Contact { phone: open("phone", &row.phone_sealed)?, email: open("email", &row.email_sealed)? })
}
