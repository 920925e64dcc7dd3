//! Entering and changing customers.

use kernel::fault::{self, Fault};
use kernel::time;
use sea_orm::sea_query::LockType;
use sea_orm::{EntityTrait, IntoActiveModel, QuerySelect, Set};
use store::imports::same;
use store::{Work, numbers, protected, resource};
use uuid::Uuid;

use super::entity::{ActiveModel, CustomerStatus, Entity, Model};
use super::input::{CreateCustomer, CustomerFields};
use super::personal::{Personal, json};
use super::{Customer, duplicates, key};
use crate::external_ids::{self, ExternalId};
use crate::property::Project;
use crate::{locks, referenced, staff};

/// Enters a customer. A phone or number already on file needs `force_reason`.
pub async fn create(work: &Work, cmd: &CreateCustomer) -> Result<Model, Fault> {
    entered(work, cmd, cmd.force_reason.is_none()).await
}

/// As [`create`], of somebody whose phones and numbers are held and were found on no file.
pub(crate) async fn create_unknown(work: &Work, cmd: &CreateCustomer) -> Result<Model, Fault> {
    entered(work, cmd, false).await
}

async fn entered(work: &Work, cmd: &CreateCustomer, refuses_duplicates: bool) -> Result<Model, Fault> {
    let fields = CustomerFields::from(cmd).cleaned(time::business_day(work.now))?;
    let personal = Personal {
        name: fields.name.clone(),
        phones: fields.phones(),
        addresses: fields.addresses(),
        id_number: fields.document().map(|document| document.number.clone()),
    };
    let keys = key::of(work.store.keys(), &personal, fields.uscc.as_ref().map(|code| code.as_str()));
    let project_id = project(work, fields.project_id).await?;
    owner_known(work, fields.owner_staff_id).await?;
    duplicates::hold(work, &keys).await?;
    if refuses_duplicates {
        duplicates::refuse(work, &keys).await?;
    }
    let id = kernel::ids::new_id(work.now);
    let person_key = protected::create_person_key(work, id).await?;
    let mut row = ActiveModel {
        id: Set(id),
        number: Set(numbers::next(work, "KH").await?),
        created_by: Set(work.actor().sub),
        project_id: Set(project_id),
        status: Set(CustomerStatus::Active),
        merged_into_id: Set(None),
        merged_at: Set(None),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        ..plain(&fields)
    };
    row.owner_staff_id = Set(fields.owner_staff_id.or_else(|| consultant(work)));
    row.id_type = Set(fields.document().map(|document| document.kind));
    personal.seal(&person_key, id, fields.kind, &mut row)?;
    let reason = cmd.force_reason.clone();
    let row = work.create::<Customer>(row, |fact| store::journal::Fact { reason, ..fact }, "created").await?;
    key::write_new(work, id, keys).await?;
    for external in &cmd.external_ids {
        external_ids::attach(work, "customer", id, external).await?;
    }
    Ok(row)
}

/// Changes a customer. Personal fields that are not sent stay as they are.
pub async fn update(work: &Work, row: &Model, fields: CustomerFields) -> Result<Model, Fault> {
    refuse_unless_active(row, "update")?;
    let fields = fields.cleaned(time::business_day(work.now))?;
    if fields.project_id != row.project_id {
        project(work, fields.project_id).await?;
    }
    if fields.owner_staff_id != row.owner_staff_id {
        owner_known(work, fields.owner_staff_id).await?;
    }
    let person_key = protected::person_key(work, row.id).await?;
    let person_key = person_key.ok_or_else(|| Fault::internal("an active customer without a key"))?;
    let mut personal = Personal::open(&person_key, row)?;
    let mut next = ActiveModel { project_id: Set(fields.project_id), ..row.clone().into_active_model() };
    let changes = plain(&fields);
    (next.kind, next.uscc, next.category, next.source) = (changes.kind, changes.uscc, changes.category, changes.source);
    (next.tags, next.marketing, next.opted_out_channels) =
        (changes.tags, changes.marketing, changes.opted_out_channels);
    next.owner_staff_id = changes.owner_staff_id;
    if takes_personal(&mut personal, &fields, &mut next) || fields.kind != row.kind {
        personal.seal(&person_key, row.id, fields.kind, &mut next)?;
    }
    let keys = key::of(work.store.keys(), &personal, fields.uscc.as_ref().map(|code| code.as_str()));
    duplicates::hold(work, &keys).await?;
    key::write(work, row.id, keys).await?;
    work.change::<Customer>(row, next, "updated", |fact| fact).await
}

/// Enters the customer another system knows by this id, or changes the one already known by it; what says nothing new
/// changes nothing. The flag tells that he is new.
pub async fn put(work: &Work, external: &ExternalId, cmd: &CreateCustomer) -> Result<(Model, bool), Fault> {
    match locks::known_as(work, "customer", external).await? {
        Some(id) => {
            let row = resource::take::<Customer>(work, id).await?;
            refuse_unless_active(&row, "update")?;
            let known = CustomerFields::from(&row);
            // What the other system does not say it does not know: it stays.
            let fields = CustomerFields {
                phones: cmd.phones.clone().map(Some),
                addresses: cmd.addresses.clone().map(Some),
                uscc: cmd.uscc.clone().or(known.uscc),
                category: cmd.category.clone().or(known.category),
                source: cmd.source.clone().or(known.source),
                tags: cmd.tags.clone().unwrap_or(known.tags),
                consents: cmd.consents.clone().unwrap_or(known.consents),
                owner_staff_id: cmd.owner_staff_id.or(known.owner_staff_id),
                project_id: cmd.project_id.or(known.project_id),
                ..CustomerFields::from(cmd)
            };
            let said = fields.cleaned(time::business_day(work.now))?;
            let fields = without_known(said, &row, &Personal::of(work, &row).await?);
            let nothing_new = same(&CustomerFields::from(&row), &fields)?;
            if nothing_new && external_ids::has_all(work, "customer", id, &cmd.external_ids).await? {
                work.unchanged();
                return Ok((row, false));
            }
            let row = update(work, &row, fields).await?;
            external_ids::attach_all(work, "customer", row.id, &cmd.external_ids).await?;
            Ok((row, false))
        }
        None => {
            let row = create(work, cmd).await?;
            external_ids::attach(work, "customer", row.id, external).await?;
            Ok((row, true))
        }
    }
}

/// Without the personal fields that say what is on file already.
fn without_known(mut said: CustomerFields, row: &Model, on_file: &Personal) -> CustomerFields {
    said.name = said.name.filter(|name| on_file.name.as_ref() != Some(name));
    if said.phones() == on_file.phones {
        said.phones = None;
    }
    if said.addresses() == on_file.addresses {
        said.addresses = None;
    }
    let same_paper = said.document().is_some_and(|document| {
        row.id_type == Some(document.kind) && on_file.id_number.as_ref() == Some(&document.number)
    });
    if same_paper {
        said.id_document = None;
    }
    said
}

/// Notes whose customer somebody is; the portfolio of the desk decides it.
///
/// # Errors
/// 409 `invalid_state` for a merged or erased file.
pub async fn set_owner(work: &Work, id: Uuid, owner: Option<Uuid>) -> Result<Model, Fault> {
    // Beside what is just being written of him: who writes a contact down waits for the entry of the portfolio.
    let row = Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&work.db()).await?;
    let row = row.ok_or_else(|| Fault::new(&fault::NOT_FOUND))?;
    if owner.is_some() {
        refuse_unless_active(&row, "assign")?;
    }
    if row.owner_staff_id == owner {
        return Ok(row);
    }
    let mut next = row.clone().into_active_model();
    next.owner_staff_id = Set(owner);
    work.change::<Customer>(&row, next, "updated", |fact| fact).await
}

/// Refuses an act on a merged or erased file.
pub(super) fn refuse_unless_active(row: &Model, action: &str) -> Result<(), Fault> {
    match row.status {
        CustomerStatus::Active => Ok(()),
        other => Err(Fault::new(&fault::INVALID_STATE)
            .with("action", action)
            .with("state", other.code())
            .with("allowed_from", vec!["active"])),
    }
}

fn plain(fields: &CustomerFields) -> ActiveModel {
    ActiveModel {
        kind: Set(fields.kind),
        uscc: Set(fields.uscc.as_ref().map(|code| code.as_str().to_owned())),
        category: Set(fields.category.clone()),
        source: Set(fields.source.clone()),
        tags: Set(json(&fields.tags)),
        marketing: Set(fields.consents.marketing),
        opted_out_channels: Set(json(&fields.consents.opted_out_channels)),
        owner_staff_id: Set(fields.owner_staff_id),
        ..Default::default()
    }
}

/// Takes over the personal fields that were sent; whether any was.
fn takes_personal(personal: &mut Personal, fields: &CustomerFields, row: &mut ActiveModel) -> bool {
    if let Some(name) = &fields.name {
        personal.name = Some(name.clone());
    }
    if fields.phones.is_some() {
        personal.phones = fields.phones();
    }
    if fields.addresses.is_some() {
        personal.addresses = fields.addresses();
    }
    if fields.id_document.is_some() {
        personal.id_number = fields.document().map(|document| document.number.clone());
        row.id_type = Set(fields.document().map(|document| document.kind));
    }
    fields.name.is_some() || fields.phones.is_some() || fields.addresses.is_some() || fields.id_document.is_some()
}

/// The consultant who enters a customer, or for whom it is done.
fn consultant(work: &Work) -> Option<Uuid> {
    let actor = work.actor();
    let person = actor.on_behalf_of.or(actor.staff_id);
    person.filter(|_| actor.is(access::JobRole::PropertyConsultant))
}

/// The project a customer is entered for: known to the caller; a client with one project means that one.
async fn project(work: &Work, named: Option<Uuid>) -> Result<Option<Uuid>, Fault> {
    let actor = work.actor();
    match (named, actor.scope.project_ids.as_slice()) {
        (Some(id), _) => Ok(Some(referenced::known::<Project>(work, id, "/project_id").await?.id)),
        (None, [only]) if actor.role.is_client() => Ok(Some(*only)),
        (None, _) => Ok(None),
    }
}

async fn owner_known(work: &Work, staff_id: Option<Uuid>) -> Result<(), Fault> {
    let Some(id) = staff_id else { return Ok(()) };
    match staff::Entity::find_by_id(id).one(&work.db()).await? {
        Some(person) if person.is_active() => Ok(()),
        _ => Err(Fault::field("/owner_staff_id", "not_found")),
    }
}
