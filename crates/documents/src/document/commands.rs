//! Entering documents whose file is stored, changing and linking them.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::time;
use kernel::validation::{clean_name, clean_text};
use registers::customer::Customer;
use registers::property::project::Project;
use registers::referenced;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, Set};
use serde::{Deserialize, Serialize};
use store::{Work, resource, search};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::entity::{ActiveModel, ApprovalStatus, Entity, Model, share};
use super::view::DocumentLink;
use super::{Document, approving, versions};
use crate::attached;
use crate::file::Received;

/// What is said about an uploaded file (PF-07).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UploadDocument {
    /// What it is: `photo`, `contract`, `policy` …
    #[schema(min_length = 1, max_length = 40)]
    pub kind: String,
    /// The file's name when absent.
    #[schema(min_length = 1, max_length = 200)]
    pub name: Option<String>,
    #[schema(min_length = 1, max_length = 80)]
    pub number: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    pub issued_by: Option<String>,
    pub issued_on: Option<NaiveDate>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub keywords: Vec<String>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub links: Vec<DocumentLink>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub shared_with: Vec<Uuid>,
    pub project_id: Option<Uuid>,
}

/// What may be changed of a document (PF-07); its content never.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DocumentFields {
    #[schema(min_length = 1, max_length = 40)]
    pub kind: String,
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[schema(min_length = 1, max_length = 80)]
    pub number: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    pub issued_by: Option<String>,
    pub issued_on: Option<NaiveDate>,
    #[schema(max_items = 20)]
    pub keywords: Vec<String>,
    #[schema(max_items = 50)]
    pub shared_with: Vec<Uuid>,
}

impl From<&Model> for DocumentFields {
    fn from(row: &Model) -> Self {
        Self {
            kind: row.kind.clone(),
            name: row.name.clone(),
            number: row.number.clone(),
            issued_by: row.issued_by.clone(),
            issued_on: row.issued_on,
            keywords: serde_json::from_str(&row.keywords).unwrap_or_default(),
            shared_with: serde_json::from_str(&row.shared_with).unwrap_or_default(),
        }
    }
}

/// Enters a document for a stored file.
pub async fn create(work: &Work, file: &Received, file_name: &str, cmd: &UploadDocument) -> Result<Model, Fault> {
    let actor = work.actor();
    let file_name = clean_text(file_name, false).map_err(|code| Fault::field("/file", code))?;
    let name = clean_name(cmd.name.as_deref().unwrap_or(&file_name), "/name")?;
    check(work, cmd).await?;
    let row = ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        kind: Set(cmd.kind.clone()),
        name: Set(name),
        number: Set(cmd.number.clone()),
        issued_by: Set(cmd.issued_by.clone()),
        issued_on: Set(cmd.issued_on),
        keywords: Set(json(&cmd.keywords)?),
        shared_with: Set(json(&cmd.shared_with)?),
        sha256: Set(file.sha256.clone()),
        size: Set(i64::try_from(file.size).map_err(Fault::internal)?),
        media_type: Set(file.media_type.clone()),
        file_name: Set(file_name),
        file_version: Set(1),
        direction: Set(None),
        approval_status: Set(ApprovalStatus::Draft),
        created_by: Set(actor.sub),
        org_unit_id: Set(actor.scope.org_unit_id),
        project_id: Set(cmd.project_id),
        customer_id: Set(actor.customer_id.filter(|_| actor.is_customer())),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
    };
    let row = work.create::<Document>(row, |fact| fact, "uploaded").await?;
    versions::keep(work, &row, None).await?;
    write_links(work, row.id, &cmd.links).await?;
    write_shares(work, row.id, &cmd.shared_with).await?;
    index(work, &row).await?;
    Ok(row)
}

/// Changes what is said about a document; signatures on the paper are void.
pub async fn update(work: &Work, row: &Model, fields: DocumentFields) -> Result<Model, Fault> {
    let name = clean_name(&fields.name, "/name")?;
    let mut errors = FieldErrors::default();
    let policy = Policy { number: &fields.number, issued_by: &fields.issued_by, issued_on: fields.issued_on };
    policy.check(work, &fields.kind, &mut errors);
    keywords(&fields.keywords, &mut errors);
    customers(work, &fields.shared_with, &mut errors).await?;
    errors.finish()?;
    let mut next = row.clone().into_active_model();
    next.approval_status = Set(approving::void(work, row).await?);
    next.kind = Set(fields.kind);
    next.name = Set(name);
    next.number = Set(fields.number);
    next.issued_by = Set(fields.issued_by);
    next.issued_on = Set(fields.issued_on);
    next.keywords = Set(json(&fields.keywords)?);
    next.shared_with = Set(json(&fields.shared_with)?);
    let row = work.change::<Document>(row, next, "updated", |fact| fact).await?;
    write_shares(work, row.id, &fields.shared_with).await?;
    index(work, &row).await?;
    Ok(row)
}

/// Links a document to something; whoever sees that sees the document from now on.
///
/// # Errors
/// 422 `not_found` when the caller may not know of it.
pub async fn link(work: &Work, id: Uuid, cmd: &DocumentLink) -> Result<Model, Fault> {
    let check = async |_: &Model| {
        let mut errors = FieldErrors::default();
        attached::check(work, &mut errors, &cmd.resource, cmd.id, "/id").await?;
        errors.finish()
    };
    let row = resource::take_checked::<Document>(work, id, check).await?;
    write_links(work, id, std::slice::from_ref(cmd)).await?;
    let next = row.clone().into_active_model();
    work.change::<Document>(&row, next, "linked", |fact| {
        fact.with("resource", cmd.resource.as_str()).with("id", cmd.id.to_string()).with("role", cmd.role.as_str())
    })
    .await
}

/// Lets a customer read these documents from now on: somebody showed them to him.
pub async fn show(work: &Work, documents: &[Uuid], customer: Uuid) -> Result<(), Fault> {
    for id in documents {
        let Some(row) = Entity::find_by_id(*id).one(&work.db()).await? else { continue };
        let mut shared: Vec<Uuid> = serde_json::from_str(&row.shared_with).unwrap_or_default();
        if row.customer_id == Some(customer) || shared.contains(&customer) {
            continue;
        }
        shared.push(customer);
        let mut next = row.clone().into_active_model();
        next.shared_with = Set(json(&shared)?);
        let row = work.change::<Document>(&row, next, "updated", |fact| fact).await?;
        write_shares(work, row.id, &shared).await?;
    }
    Ok(())
}

async fn check(work: &Work, cmd: &UploadDocument) -> Result<(), Fault> {
    let actor = work.actor();
    let mut errors = FieldErrors::default();
    let policy = Policy { number: &cmd.number, issued_by: &cmd.issued_by, issued_on: cmd.issued_on };
    policy.check(work, &cmd.kind, &mut errors);
    keywords(&cmd.keywords, &mut errors);
    errors.add_if(actor.is_customer() && !cmd.shared_with.is_empty(), "/shared_with", "computed_field");
    errors.add_if(actor.is_customer() && cmd.project_id.is_some(), "/project_id", "computed_field");
    if !actor.is_customer() {
        customers(work, &cmd.shared_with, &mut errors).await?;
    }
    if let Some(project) = cmd.project_id.filter(|_| !actor.is_customer()) {
        errors.add_if(referenced::known::<Project>(work, project, "").await.is_err(), "/project_id", "not_found");
    }
    for (n, link) in cmd.links.iter().enumerate() {
        attached::check(work, &mut errors, &link.resource, link.id, &format!("/links/{n}/id")).await?;
    }
    errors.finish()
}

/// What a paper says of itself; the policy register (政策登记簿) holds only papers that say all of it.
struct Policy<'a> {
    number: &'a Option<String>,
    issued_by: &'a Option<String>,
    issued_on: Option<NaiveDate>,
}

impl Policy<'_> {
    fn check(&self, work: &Work, kind: &str, errors: &mut FieldErrors) {
        if kind == "policy" {
            errors.add_if(self.number.is_none(), "/number", "required");
            errors.add_if(self.issued_by.is_none(), "/issued_by", "required");
            errors.add_if(self.issued_on.is_none(), "/issued_on", "required");
        }
        let today = time::business_day(work.now);
        errors.add_if(self.issued_on.is_some_and(|on| on > today), "/issued_on", "date_in_future");
    }
}

fn keywords(keywords: &[String], errors: &mut FieldErrors) {
    for (n, keyword) in keywords.iter().enumerate() {
        errors.add_if(keyword.chars().count() > 40, &format!("/keywords/{n}"), "too_long");
    }
}

async fn customers(work: &Work, shared_with: &[Uuid], errors: &mut FieldErrors) -> Result<(), Fault> {
    for (n, customer) in shared_with.iter().enumerate() {
        let known = referenced::known::<Customer>(work, *customer, "").await.is_ok();
        errors.add_if(!known, &format!("/shared_with/{n}"), "not_found");
    }
    Ok(())
}

async fn write_links(work: &Work, document: Uuid, list: &[DocumentLink]) -> Result<(), Fault> {
    for link in list {
        attached::attach(work, &[document], &link.resource, link.id, &link.role).await?;
    }
    Ok(())
}

async fn write_shares(work: &Work, document: Uuid, customers: &[Uuid]) -> Result<(), Fault> {
    share::Entity::delete_many().filter(share::Column::DocumentId.eq(document)).exec(&work.db()).await?;
    let distinct = customers.iter().enumerate().filter(|(n, customer)| !customers[..*n].contains(customer));
    for (_, customer) in distinct {
        let row = share::ActiveModel {
            id: Set(kernel::ids::new_id(work.now)),
            document_id: Set(document),
            customer_id: Set(*customer),
        };
        share::Entity::insert(row).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}

async fn index(work: &Work, row: &Model) -> Result<(), Fault> {
    let number = row.number.as_deref().unwrap_or_default();
    let issued_by = row.issued_by.as_deref().unwrap_or_default();
    search::index(work, "document", row.id, &[&row.name, number, issued_by, &row.keywords]).await
}

fn json(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}
