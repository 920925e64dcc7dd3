//! What callers send of a customer, and what of it is wrong.

use std::fmt;

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::validation::{IdCard, Phone, Uscc, clean_text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::entity::{CustomerKind, IdType, Model};
use super::personal::texts;
use super::view::Consents;
use crate::external_ids::ExternalId;
use crate::said::said;

/// The paper a person shows: an identity card is checked, other kinds are taken as they are.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdDocument {
    #[serde(rename = "type")]
    pub kind: IdType,
    #[schema(min_length = 1, max_length = 40)]
    pub number: String,
}

impl fmt::Debug for IdDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdDocument({:?})", self.kind)
    }
}

/// A new customer (PF-04). What another system does not say of one already known stays; an empty list takes away.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCustomer {
    pub kind: CustomerKind,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Kept encrypted and shown masked; a number already on file is 409 `possible_duplicate`.
    #[schema(max_items = 10)]
    pub phones: Option<Vec<Phone>>,
    #[schema(max_items = 10)]
    pub addresses: Option<Vec<String>>,
    /// Of persons; kept encrypted and shown masked.
    pub id_document: Option<IdDocument>,
    /// Unified social credit code, of companies.
    pub uscc: Option<Uscc>,
    #[schema(max_length = 40)]
    pub category: Option<String>,
    #[schema(max_length = 40)]
    pub source: Option<String>,
    #[schema(max_items = 20)]
    pub tags: Option<Vec<String>>,
    /// None given when absent.
    pub consents: Option<Consents>,
    /// Whose customer he is.
    pub owner_staff_id: Option<Uuid>,
    /// The project whose staff and clients may know of him.
    pub project_id: Option<Uuid>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
    /// Why the customer is entered although a file with the same phone or number exists.
    #[schema(min_length = 1, max_length = 500)]
    pub force_reason: Option<String>,
}

/// What may be changed of a customer (PF-04). A personal field that is absent stays as it is; null removes it, but never
/// the name.
#[derive(Clone, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CustomerFields {
    pub kind: CustomerKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, min_length = 1, max_length = 80)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Phone>>, max_items = 10)]
    pub phones: Option<Option<Vec<Phone>>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, max_items = 10)]
    pub addresses: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<IdDocument>)]
    pub id_document: Option<Option<IdDocument>>,
    pub uscc: Option<Uscc>,
    #[schema(max_length = 40)]
    pub category: Option<String>,
    #[schema(max_length = 40)]
    pub source: Option<String>,
    #[schema(max_items = 20)]
    pub tags: Vec<String>,
    pub consents: Consents,
    pub owner_staff_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
}

impl From<&Model> for CustomerFields {
    fn from(row: &Model) -> Self {
        Self {
            kind: row.kind,
            name: None,
            phones: None,
            addresses: None,
            id_document: None,
            uscc: row.uscc.as_deref().and_then(|code| Uscc::parse(code).ok()),
            category: row.category.clone(),
            source: row.source.clone(),
            tags: texts(&row.tags),
            consents: Consents { marketing: row.marketing, opted_out_channels: texts(&row.opted_out_channels) },
            owner_staff_id: row.owner_staff_id,
            project_id: row.project_id,
        }
    }
}

impl From<&CreateCustomer> for CustomerFields {
    fn from(cmd: &CreateCustomer) -> Self {
        Self {
            kind: cmd.kind,
            name: Some(cmd.name.clone()),
            phones: Some(Some(cmd.phones.clone().unwrap_or_default())),
            addresses: Some(Some(cmd.addresses.clone().unwrap_or_default())),
            id_document: cmd.id_document.clone().map(Some),
            uscc: cmd.uscc.clone(),
            category: cmd.category.clone(),
            source: cmd.source.clone(),
            tags: cmd.tags.clone().unwrap_or_default(),
            consents: cmd.consents.clone().unwrap_or_default(),
            owner_staff_id: cmd.owner_staff_id,
            project_id: cmd.project_id,
        }
    }
}

impl CustomerFields {
    /// The phones that are said.
    pub(super) fn phones(&self) -> Vec<String> {
        self.phones.iter().flatten().flatten().map(|phone| phone.as_str().to_owned()).collect()
    }

    /// The addresses that are said.
    pub(super) fn addresses(&self) -> Vec<String> {
        self.addresses.clone().flatten().unwrap_or_default()
    }

    /// The paper that is said.
    pub(super) fn document(&self) -> Option<&IdDocument> {
        self.id_document.as_ref().and_then(Option::as_ref)
    }

    /// Brings texts to one form; every wrong field is told.
    pub(super) fn cleaned(mut self, today: NaiveDate) -> Result<Self, Fault> {
        let mut errors = FieldErrors::default();
        if let Some(name) = &mut self.name {
            clean(name, "/name", 80, &mut errors);
        }
        for (n, address) in self.addresses.iter_mut().flatten().flatten().enumerate() {
            clean(address, &format!("/addresses/{n}"), 200, &mut errors);
        }
        for (n, tag) in self.tags.iter_mut().enumerate() {
            clean(tag, &format!("/tags/{n}"), 40, &mut errors);
        }
        for (n, channel) in self.consents.opted_out_channels.iter_mut().enumerate() {
            clean(channel, &format!("/consents/opted_out_channels/{n}"), 20, &mut errors);
        }
        if let Some(Some(document)) = &mut self.id_document {
            match document.kind {
                IdType::IdCard => match IdCard::parse_on(&document.number, today) {
                    Ok(card) => document.number = card.as_str().to_owned(),
                    Err(code) => drop(errors.add("/id_document/number", code)),
                },
                _ => clean(&mut document.number, "/id_document/number", 40, &mut errors),
            }
        }
        errors.finish().map(|()| self)
    }
}

fn clean(text: &mut String, pointer: &str, limit: usize, errors: &mut FieldErrors) {
    match clean_text(text, false) {
        Ok(cleaned) => {
            errors.add_if(cleaned.is_empty(), pointer, "required");
            errors.add_if(cleaned.chars().count() > limit, pointer, "too_long");
            *text = cleaned;
        }
        Err(code) => drop(errors.add(pointer, code)),
    }
}
