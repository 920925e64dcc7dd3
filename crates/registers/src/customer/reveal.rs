//! Plain reads of personal data: with a reason, and in the journal.

use kernel::fault::Fault;
use serde::{Deserialize, Serialize};
use store::acts::ReasonedAct;
use store::journal::Fact;
use store::{Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::Customer;
use super::entity::{IdType, Model};
use super::personal::Personal;
use super::view::{self, CustomerView};
use crate::property::owner::{self, UnitOwner, UnitOwnerView};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::Resource;

/// A personal field that may be asked for in clear.
#[codes::code(stored = false)]
pub enum PersonalField {
    /// 姓名
    Name,
    /// 电话
    Phones,
    /// 地址
    Addresses,
    /// 证件: 证件号码
    #[label("Identity document")]
    IdDocument,
}

/// Which fields of one customer, and why (PF-E07).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = RevealCustomer)]
pub struct Reveal {
    #[schema(min_items = 1, max_items = 4)]
    pub fields: Vec<PersonalField>,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Which fields of up to 50 customers, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = RevealCustomers)]
pub struct RevealMany {
    #[schema(min_items = 1, max_items = 50)]
    pub ids: Vec<Uuid>,
    #[schema(min_items = 1, max_items = 4)]
    pub fields: Vec<PersonalField>,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Personal data in clear; fields that were not asked for are absent.
#[derive(Clone, Serialize, ToSchema)]
pub struct RevealedCustomer {
    pub id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phones: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_document: Option<RevealedId>,
}

/// An id number in clear.
#[derive(Clone, Serialize, ToSchema)]
pub struct RevealedId {
    #[serde(rename = "type")]
    pub kind: IdType,
    pub number: String,
}

/// The list of a reveal.
#[derive(Clone, Serialize, ToSchema)]
pub struct RevealedCustomers {
    pub items: Vec<RevealedCustomer>,
}

/// Everything kept about a person.
#[derive(Clone, Serialize, ToSchema)]
pub struct CustomerExport {
    pub customer: CustomerView,
    pub personal: RevealedCustomer,
    pub units: Vec<UnitOwnerView>,
}

/// One customer's data in clear; the fact is `customer.revealed`.
pub async fn one(work: &Work, id: Uuid, cmd: &Reveal) -> Result<RevealedCustomer, Fault> {
    let row = resource::find::<Customer>(work, id).await?;
    reveal(work, &row, &cmd.fields, &cmd.reason).await
}

/// Several customers' data in clear; one fact each. A foreign id among them is 404 for all.
pub async fn many(work: &Work, cmd: &RevealMany) -> Result<RevealedCustomers, Fault> {
    let mut items = Vec::with_capacity(cmd.ids.len());
    for id in &cmd.ids {
        let row = resource::find::<Customer>(work, *id).await?;
        items.push(reveal(work, &row, &cmd.fields, &cmd.reason).await?);
    }
    Ok(RevealedCustomers { items })
}

/// Hands out everything kept about a person; the fact is `customer.exported`.
pub async fn export(work: &Work, id: Uuid, cmd: &ReasonedAct) -> Result<CustomerExport, Fault> {
    let row = resource::find::<Customer>(work, id).await?;
    let fields = [PersonalField::Name, PersonalField::Phones, PersonalField::Addresses, PersonalField::IdDocument];
    let personal = shown(&row, Personal::of(work, &row).await?, &fields);
    let owned = owner::entity::Entity::find().filter(owner::entity::Column::CustomerId.eq(id)).all(&work.db()).await?;
    let units = UnitOwner::views(work, owned).await?;
    work.record(Fact::of::<Customer>("exported", &row).reason(cmd.reason.as_str()));
    let mut views = view::of(work, vec![row]).await?;
    let customer = views.pop().ok_or_else(|| Fault::internal("a row without a view"))?;
    Ok(CustomerExport { customer, personal, units })
}

async fn reveal(work: &Work, row: &Model, fields: &[PersonalField], reason: &str) -> Result<RevealedCustomer, Fault> {
    let personal = Personal::of(work, row).await?;
    let names: Vec<&str> = fields.iter().map(|field| field.code()).collect();
    work.record(Fact::of::<Customer>("revealed", row).reason(reason).with("fields", names));
    Ok(shown(row, personal, fields))
}

fn shown(row: &Model, personal: Personal, fields: &[PersonalField]) -> RevealedCustomer {
    let asked = |field| fields.contains(&field);
    let number = personal.id_number.filter(|_| asked(PersonalField::IdDocument));
    RevealedCustomer {
        id: row.id,
        name: personal.name.filter(|_| asked(PersonalField::Name)),
        phones: asked(PersonalField::Phones).then_some(personal.phones),
        addresses: asked(PersonalField::Addresses).then_some(personal.addresses),
        id_document: row.id_type.zip(number).map(|(kind, number)| RevealedId { kind, number }),
    }
}
