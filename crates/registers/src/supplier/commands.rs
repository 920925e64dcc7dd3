//! Entering, changing and blacklisting suppliers.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors, POSSIBLE_DUPLICATE};
use kernel::time;
use kernel::validation::{Uscc, clean_name};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use store::acts::ReasonedAct;
use store::{Resource, Work, numbers, protected, resource, search};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, SupplierKind, of_kind};
use super::personal::{BankAccount, SupplierContact, clean_account, clean_contacts, seal_account, seal_contacts};
use super::{Qualification, Supplier, life_cycle};
use crate::external_ids::{self, ExternalId};
use crate::locks;
use crate::property::Status;
use crate::said::said;

/// A new supplier (PF-06).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateSupplier {
    #[schema(min_items = 1, max_items = 10)]
    pub kinds: Vec<SupplierKind>,
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    pub uscc: Option<Uscc>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub contacts: Vec<SupplierContact>,
    pub bank_account: Option<BankAccount>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub qualifications: Vec<Qualification>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What may be changed of a supplier (PF-06). Contacts and account that are absent stay as they are; null removes them.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SupplierFields {
    #[schema(min_items = 1, max_items = 10)]
    pub kinds: Vec<SupplierKind>,
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    pub uscc: Option<Uscc>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<SupplierContact>>, max_items = 10)]
    pub contacts: Option<Option<Vec<SupplierContact>>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BankAccount>)]
    pub bank_account: Option<Option<BankAccount>>,
    #[schema(max_items = 50)]
    pub qualifications: Vec<Qualification>,
    pub status: Status,
}

/// Why nobody may choose him anew.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Blacklist {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Today when absent.
    pub since: Option<NaiveDate>,
}

impl From<&Model> for SupplierFields {
    fn from(row: &Model) -> Self {
        Self {
            kinds: serde_json::from_str(&row.kinds).unwrap_or_default(),
            name: row.name.clone(),
            uscc: row.uscc.as_deref().and_then(|code| Uscc::parse(code).ok()),
            contacts: None,
            bank_account: None,
            qualifications: serde_json::from_str(&row.qualifications).unwrap_or_default(),
            status: row.status,
        }
    }
}

/// Enters a supplier; his credit code is unique.
pub async fn create(work: &Work, cmd: &CreateSupplier) -> Result<Model, Fault> {
    let name = clean_name(&cmd.name, "/name")?;
    let contacts = clean_contacts(&cmd.contacts)?;
    let account = cmd.bank_account.as_ref().map(clean_account).transpose()?;
    refuse_duplicate(work, cmd.uscc.as_ref(), None).await?;
    let id = kernel::ids::new_id(work.now);
    let key = protected::create_person_key(work, id).await?;
    let mut row = ActiveModel {
        id: Set(id),
        number: Set(numbers::next(work, "GYS").await?),
        kinds: Set(json(&cmd.kinds)?),
        name: Set(name),
        uscc: Set(cmd.uscc.as_ref().map(|code| code.as_str().to_owned())),
        bank_account_sealed: Set(None),
        bank_account_masked: Set(None),
        qualifications: Set(json(&cmd.qualifications)?),
        qualified_until: Set(earliest_end(&cmd.qualifications)),
        status: Set(Status::Active),
        blacklisted_on: Set(None),
        blacklist_reason: Set(None),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        ..Default::default()
    };
    seal_contacts(&key, id, &contacts, &mut row)?;
    if let Some(account) = &account {
        seal_account(&key, id, account, &mut row)?;
    }
    let row = work.create::<Supplier>(row, |fact| fact, "created").await?;
    external_ids::attach_all(work, Supplier::NAME, id, &cmd.external_ids).await?;
    after(work, &row, &cmd.kinds).await?;
    Ok(row)
}

/// Changes a supplier.
pub async fn update(work: &Work, row: &Model, fields: SupplierFields) -> Result<Model, Fault> {
    let name = clean_name(&fields.name, "/name")?;
    let contacts = fields.contacts.as_ref().map(|said| clean_contacts(said.as_deref().unwrap_or_default()));
    let contacts = contacts.transpose()?;
    let account = fields.bank_account.as_ref().map(|said| said.as_ref().map(clean_account).transpose()).transpose()?;
    refuse_duplicate(work, fields.uscc.as_ref(), Some(row.id)).await?;
    let key = protected::person_key(work, row.id).await?.ok_or_else(|| Fault::internal("a supplier without a key"))?;
    let mut next = row.clone().into_active_model();
    next.kinds = Set(json(&fields.kinds)?);
    next.name = Set(name);
    next.uscc = Set(fields.uscc.as_ref().map(|code| code.as_str().to_owned()));
    next.qualifications = Set(json(&fields.qualifications)?);
    next.qualified_until = Set(earliest_end(&fields.qualifications));
    next.status = Set(fields.status);
    if let Some(contacts) = &contacts {
        seal_contacts(&key, row.id, contacts, &mut next)?;
    }
    match &account {
        Some(Some(account)) => seal_account(&key, row.id, account, &mut next)?,
        Some(None) => (next.bank_account_sealed, next.bank_account_masked) = (Set(None), Set(None)),
        None => {}
    }
    let row = work.change::<Supplier>(row, next, "updated", |fact| fact).await?;
    after(work, &row, &fields.kinds).await?;
    Ok(row)
}

/// Puts a supplier on the blacklist (黑名单): nobody chooses him anew; what runs with him stays.
pub async fn blacklist(work: &Work, id: Uuid, cmd: &Blacklist) -> Result<Model, Fault> {
    let today = time::business_day(work.now);
    let judge = |_: &Model| {
        let mut errors = FieldErrors::default();
        errors.add_if(cmd.since.is_some_and(|day| day > today), "/since", "date_in_future");
        errors.finish()
    };
    let row = resource::take_judged::<Supplier>(work, id, judge).await?;
    life_cycle::take(work, "blacklist", &row)?;
    let mut next = row.clone().into_active_model();
    next.blacklisted_on = Set(Some(cmd.since.unwrap_or(today)));
    next.blacklist_reason = Set(Some(cmd.reason.clone()));
    work.change::<Supplier>(&row, next, "blacklisted", |fact| fact.reason(cmd.reason.as_str())).await
}

/// Takes a supplier off the blacklist.
pub async fn unblacklist(work: &Work, id: Uuid, cmd: &ReasonedAct) -> Result<Model, Fault> {
    let row = resource::take::<Supplier>(work, id).await?;
    life_cycle::take(work, "unblacklist", &row)?;
    let mut next = row.clone().into_active_model();
    next.blacklisted_on = Set(None);
    next.blacklist_reason = Set(None);
    work.change::<Supplier>(&row, next, "unblacklisted", |fact| fact.reason(cmd.reason.as_str())).await
}

async fn refuse_duplicate(work: &Work, uscc: Option<&Uscc>, but: Option<Uuid>) -> Result<(), Fault> {
    let Some(uscc) = uscc else { return Ok(()) };
    locks::hold(work, vec![format!("supplier|{uscc}")]).await?;
    let same = Entity::find().filter(Column::Uscc.eq(uscc.as_str())).one(&work.db()).await?;
    match same.filter(|row| Some(row.id) != but) {
        Some(row) => Err(Fault::new(&POSSIBLE_DUPLICATE)
            .rule("PF-E20")
            .with("resource", "supplier")
            .with("resource_id", row.id.to_string())),
        None => Ok(()),
    }
}

/// Writes what a supplier is found by.
async fn after(work: &Work, row: &Model, kinds: &[SupplierKind]) -> Result<(), Fault> {
    of_kind::Entity::delete_many().filter(of_kind::Column::SupplierId.eq(row.id)).exec(&work.db()).await?;
    let distinct = kinds.iter().enumerate().filter(|(n, kind)| !kinds[..*n].contains(kind));
    let rows = distinct.map(|(_, kind)| of_kind::ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        supplier_id: Set(row.id),
        kind: Set(*kind),
    });
    of_kind::Entity::insert_many(rows).exec_without_returning(&work.db()).await?;
    search::index(work, "supplier", row.id, &[&row.number, &row.name, row.uscc.as_deref().unwrap_or_default()]).await
}

fn earliest_end(list: &[Qualification]) -> Option<NaiveDate> {
    list.iter().filter_map(|one| one.valid_until).min()
}

fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}
