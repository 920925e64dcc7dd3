//! Customers (客户): persons and companies with protected personal data (PF-04).

pub mod commands;
pub mod contact;
mod duplicates;
pub mod entity;
pub mod erase;
mod input;
pub mod key;
mod life_cycle;
pub mod merge;
pub mod personal;
pub mod rekey;
pub mod reveal;
mod view;

use access::{Actor, JobRole};
use kernel::fault::{self, Fault};
use kernel::validation::{Phone, Uscc};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition};
use store::life_cycle::{Allowed, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};

use crate::matching::holds_any;
use crate::property::owner;
pub use commands::{create, put, set_owner, update};
pub use contact::{
    MaskedContact, by_phone, clear_contact, clear_phones, find_for_ticket, is_named, living, masked_contact,
    with_phones,
};
use entity::Column;
pub use entity::{CustomerKind, CustomerStatus, Entity, IdType, Model};
pub use input::{CreateCustomer, CustomerFields, IdDocument};
use key::KeyKind;
use life_cycle::File;
pub use view::{Consents, CustomerView, IdDocumentView};

/// The customers (PF-04).
pub struct Customer;

impl Resource for Customer {
    type Entity = Entity;
    type Row = Model;
    type View = CustomerView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "customer";
    const PATH: &'static str = "/v1/customers";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        let all = Condition::all();
        if actor.is_customer() {
            return all.add(Column::Id.is_in(actor.customer_id));
        }
        if actor.is_system() {
            return all;
        }
        if actor.role == JobRole::PropertyConsultant {
            let made = Column::CreatedBy.is_in(actor.persons());
            return all.add(Condition::any().add(made).add(Column::OwnerStaffId.is_in(actor.persons())));
        }
        let projects = &actor.scope.project_ids;
        if projects.is_empty() && !actor.role.is_client() {
            return all;
        }
        // A machine and a post of some projects know the customers of these, and those of none.
        let named = Column::ProjectId.is_in(projects.iter().copied());
        all.add(Condition::any().add(Column::ProjectId.is_null()).add(named))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .custom("q", "string", found_by)
            .custom("phone", "string", |at, text| match text.split(',').all(|one| Phone::parse(one).is_ok()) {
                true => Ok(with_keys(at, KeyKind::Phone, text)),
                false => Err(bad("phone")),
            })
            .custom("id_number", "string", |at, text| Ok(with_keys(at, KeyKind::IdNumber, text)))
            .custom("uscc", "string", |at, text| match text.split(',').all(|one| Uscc::parse(one).is_ok()) {
                true => Ok(with_keys(at, KeyKind::Uscc, text)),
                false => Err(bad("uscc")),
            })
            .custom("tag", "string", |_, tags| Ok(holds_any(Column::Tags, tags, ("", ""))))
            .custom("unit_id", "uuid", owns)
            .code("kind", Column::Kind, entity::CustomerKind::CODES)
            .code("status", Column::Status, entity::CustomerStatus::CODES)
            .by("category", Column::Category)
            .by("source", Column::Source)
            .by("number", Column::Number)
            .by("owner_staff_id", Column::OwnerStaffId)
            .by("project_id", Column::ProjectId)
            .range("created_at", Column::CreatedAt)
            .sort("created_at", Column::CreatedAt)
            .sort("number", Column::Number)
    }
    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, customer_id: Some(row.id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<CustomerView>, Fault> {
        view::of(at, rows).await
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        if at.actor().is_customer() {
            return Ok(None);
        }
        let file = File::load(at, row.clone()).await?;
        let subject = Subject::of(at, &file);
        Ok(Some(life_cycle::MOVES.allowed_under(life_cycle::permission, &subject, at.lang())))
    }
}

fn bad(parameter: &str) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter)
}

/// Exactly this full name, phone, id number, credit code or customer number.
fn found_by(at: &Reading, text: &str) -> Result<Condition, Fault> {
    let keyed = Column::Id.in_subquery(key::holders(key::meanings(at, text)));
    Ok(Condition::any().add(keyed).add(Column::Number.eq(text.trim())))
}

/// Whose file has one of these, comma-separated.
fn with_keys(at: &Reading, kind: KeyKind, texts: &str) -> Condition {
    let values = texts.split(',').map(|text| key::blind(at.store.keys(), kind, text)).collect();
    Condition::all().add(Column::Id.in_subquery(key::holders(values)))
}

/// Who owns or owned one of these units, comma-separated.
fn owns(_at: &Reading, units: &str) -> Result<Condition, Fault> {
    let units: Vec<_> = units.split(',').map(|unit| list::uuid("unit_id", unit)).collect::<Result<_, _>>()?;
    let owners = Query::select()
        .column(owner::entity::Column::CustomerId)
        .from(owner::entity::Entity)
        .and_where(owner::entity::Column::UnitId.is_in(units))
        .to_owned();
    Ok(Condition::all().add(Column::Id.in_subquery(owners)))
}
