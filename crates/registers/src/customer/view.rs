//! What callers see of a customer: masked, but for the person himself.

use kernel::fault::Fault;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use store::Reading;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entity::{CustomerKind, CustomerStatus, IdType, Model};
use super::personal::{Personal, texts};
use crate::external_ids::{self, ExternalId};

/// A customer (客户, PF-04). Names, phones, addresses and id numbers are masked to everybody but himself.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustomerView {
    pub id: Uuid,
    /// `KH-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub kind: CustomerKind,
    pub name: String,
    pub phones: Vec<String>,
    pub addresses: Vec<String>,
    pub id_document: Option<IdDocumentView>,
    /// Unified social credit code of a company.
    pub uscc: Option<String>,
    pub category: Option<String>,
    pub source: Option<String>,
    pub tags: Vec<String>,
    pub consents: Consents,
    /// The consultant or officer whose customer he is.
    pub owner_staff_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub status: CustomerStatus,
    pub merged_into_id: Option<Uuid>,
    pub external_ids: Vec<ExternalId>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// The paper a person shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdDocumentView {
    #[serde(rename = "type")]
    pub kind: IdType,
    pub number: String,
}

/// What a customer agreed to (授权).
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerConsents)]
pub struct Consents {
    #[serde(default)]
    pub marketing: bool,
    /// Channels he does not want to be reached by: `sms`, `call`, `email`, `wecom` …
    #[serde(default)]
    #[schema(max_items = 10)]
    pub opted_out_channels: Vec<String>,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<CustomerView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut external = external_ids::list_for(at, "customer", &ids).await?;
    let actor = at.actor();
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let himself = actor.is_customer() && actor.customer_id == Some(row.id);
        let clear = if himself { Some(Personal::of(at, &row).await?) } else { None };
        views.push(view(row, clear, &mut external));
    }
    Ok(views)
}

fn view(
    row: Model,
    clear: Option<Personal>,
    external: &mut std::collections::HashMap<Uuid, Vec<ExternalId>>,
) -> CustomerView {
    let shown = clear.unwrap_or_else(|| Personal {
        name: Some(row.name_masked.clone()),
        phones: texts(&row.phones_masked),
        addresses: texts(&row.addresses_masked),
        id_number: row.id_number_masked.clone(),
    });
    CustomerView {
        external_ids: external.remove(&row.id).unwrap_or_default(),
        name: shown.name.unwrap_or_default(),
        phones: shown.phones,
        addresses: shown.addresses,
        id_document: row.id_type.zip(shown.id_number).map(|(kind, number)| IdDocumentView { kind, number }),
        tags: texts(&row.tags),
        consents: Consents { marketing: row.marketing, opted_out_channels: texts(&row.opted_out_channels) },
        id: row.id,
        number: row.number,
        kind: row.kind,
        uscc: row.uscc,
        category: row.category,
        source: row.source,
        owner_staff_id: row.owner_staff_id,
        project_id: row.project_id,
        status: row.status,
        merged_into_id: row.merged_into_id,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}
