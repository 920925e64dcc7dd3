//! Suppliers (供应商): contractors, consultants, outlets, banks, authorities, utilities, laboratories (PF-06).

pub mod commands;
pub mod entity;
mod life_cycle;
mod personal;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use kernel::time::Timestamp;
use sea_orm::sea_query::Query;
use sea_orm::{ActiveEnum, ColumnTrait, Condition, EntityTrait, Iterable};
use serde::{Deserialize, Serialize};
use store::life_cycle::{Allowed, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::external_ids::{self, ExternalId};
use crate::problems::SUPPLIER_NOT_ACTIVE;
use crate::property::Status;
pub use commands::{Blacklist, CreateSupplier, SupplierFields, blacklist, create, unblacklist, update};
use entity::{Column, of_kind};

pub use entity::{Entity, Model, SupplierKind};
pub(crate) use personal::opened;
pub use personal::{BankAccount, BankAccountView, SupplierContact, SupplierContactView};

/// A supplier (供应商, PF-06). Contacts and account are masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SupplierView {
    pub id: Uuid,
    /// `GYS-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub kinds: Vec<SupplierKind>,
    pub name: String,
    pub uscc: Option<String>,
    pub contacts: Vec<SupplierContactView>,
    pub bank_account: Option<BankAccountView>,
    pub qualifications: Vec<Qualification>,
    pub status: Status,
    /// None while he is not on the blacklist.
    pub blacklist: Option<BlacklistView>,
    pub external_ids: Vec<ExternalId>,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Since when nobody may choose him anew, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BlacklistView {
    pub since: NaiveDate,
    pub reason: String,
}

/// A licence or rating (资质).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Qualification {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(max_length = 80)]
    pub number: Option<String>,
    pub valid_until: Option<NaiveDate>,
}

/// The suppliers (PF-06).
pub struct Supplier;

impl Resource for Supplier {
    type Entity = Entity;
    type Row = Model;
    type View = SupplierView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "supplier";
    const PATH: &'static str = "/v1/suppliers";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        match actor.is_customer() {
            true => Condition::all().add(Column::Id.is_null()),
            false => Condition::all(),
        }
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("name")
            .custom("kind", "string", of_kinds)
            .by("uscc", Column::Uscc)
            .by("number", Column::Number)
            .custom("blacklisted", "boolean", |_, text| {
                let listed = list::truth("blacklisted", text)?;
                let test = if listed { Column::BlacklistedOn.is_not_null() } else { Column::BlacklistedOn.is_null() };
                Ok(Condition::all().add(test))
            })
            .range("qualification_until", Column::QualifiedUntil)
            .code("status", Column::Status, Status::CODES)
            .searched()
            .sort("name", Column::Name)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(_row: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<SupplierView>, Fault> {
        let mut external = external_ids::by_row::<Self>(at, &rows).await?;
        Ok(rows.into_iter().map(|row| view(external.remove(&row.id).unwrap_or_default(), row)).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let subject = Subject::of(at, row);
        let blacklist = |_: &str| "platform.supplier:blacklist".to_owned();
        Ok(Some(life_cycle::MOVES.allowed_under(blacklist, &subject, at.lang())))
    }
}

fn of_kinds(_at: &Reading, text: &str) -> Result<Condition, Fault> {
    let known = |code: &str| SupplierKind::iter().find(|kind| kind.to_value() == code);
    let kinds: Option<Vec<SupplierKind>> = text.split(',').map(known).collect();
    let kinds = kinds.ok_or_else(|| Fault::new(&fault::INVALID_PARAMETER).with("parameter", "kind"))?;
    let suppliers = Query::select()
        .column(of_kind::Column::SupplierId)
        .from(of_kind::Entity)
        .and_where(of_kind::Column::Kind.is_in(kinds))
        .to_owned();
    Ok(Condition::all().add(Column::Id.in_subquery(suppliers)))
}

fn view(external_ids: Vec<ExternalId>, row: Model) -> SupplierView {
    SupplierView {
        external_ids,
        kinds: serde_json::from_str(&row.kinds).unwrap_or_default(),
        contacts: serde_json::from_str(&row.contacts_masked).unwrap_or_default(),
        bank_account: row.bank_account_masked.as_deref().and_then(|text| serde_json::from_str(text).ok()),
        qualifications: serde_json::from_str(&row.qualifications).unwrap_or_default(),
        blacklist: row
            .blacklisted_on
            .map(|since| BlacklistView { since, reason: row.blacklist_reason.unwrap_or_default() }),
        id: row.id,
        number: row.number,
        name: row.name,
        uscc: row.uscc,
        status: row.status,
        version: row.version,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}

/// The supplier, if he may be chosen for something new (PF-E20).
///
/// # Errors
/// 404 when there is none, 409 `supplier_not_active` when he is blacklisted or inactive.
pub async fn ensure_active(at: &Reading, id: Uuid) -> Result<Model, Fault> {
    let row = Entity::find_by_id(id).one(&at.db()).await?;
    let row = row.ok_or_else(|| Fault::new(&fault::NOT_FOUND))?;
    match row.status == Status::Active && row.blacklisted_on.is_none() {
        true => Ok(row),
        false => Err(Fault::new(&SUPPLIER_NOT_ACTIVE).rule("PF-E20")),
    }
}
