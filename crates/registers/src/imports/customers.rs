//! Rows of customers: by their key in another system, else by id number, credit code, or phone and name.

use kernel::fault::Fault;
use kernel::validation::{Phone, Uscc, clean_text};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow, same};
use store::{Resource, Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::customer::key::{self, KeyKind};
use crate::customer::personal::Personal;
use crate::customer::{
    self, CreateCustomer, Customer, CustomerFields, CustomerKind, CustomerStatus, IdDocument, IdType, Model,
};
use crate::external_ids::{self, ExternalId};
use crate::locks;

/// A row of `customers`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedCustomer)]
pub struct CustomerRow {
    kind: CustomerKind,
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    #[serde(default)]
    #[schema(max_items = 10)]
    phones: Vec<Phone>,
    #[serde(default)]
    #[schema(max_items = 10)]
    addresses: Vec<String>,
    /// An identity card when only the number is there.
    id_type: Option<IdType>,
    #[schema(min_length = 1, max_length = 40)]
    id_number: Option<String>,
    uscc: Option<Uscc>,
    #[schema(max_length = 40)]
    category: Option<String>,
    #[schema(max_length = 40)]
    source: Option<String>,
    #[serde(default)]
    #[schema(max_items = 20)]
    tags: Vec<String>,
    /// Code of the project he is entered for.
    project_code: Option<String>,
    /// Number of the member of staff he belongs to.
    owner_staff_number: Option<String>,
    #[schema(min_length = 1, max_length = 40)]
    external_system: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    external_id: Option<String>,
    /// Why he is entered although a file with the same phone or number exists.
    #[schema(min_length = 1, max_length = 500)]
    force_reason: Option<String>,
}

impl ImportRow for CustomerRow {
    const KIND: &'static str = "customers";
    const TITLE: (&'static str, &'static str) = ("客户", "Customers");
    const PERMISSION: &'static str = "platform.customer:create";
    const COLUMNS: &'static [Column] = &[
        Column::text("kind", "客户类型"),
        Column::text("name", "姓名或名称"),
        Column::new("phones", "电话", Cell::Codes).or("phone"),
        Column::new("addresses", "地址", Cell::List).or("address"),
        Column::text("id_type", "证件类型").or("id_document.type"),
        Column::text("id_number", "证件号码").or("id_document.number"),
        Column::text("uscc", "统一社会信用代码"),
        Column::text("category", "客户类别"),
        Column::text("source", "来源"),
        Column::new("tags", "标签", Cell::Codes),
        Column::text("project_code", "项目编码").or("project_id"),
        Column::text("owner_staff_number", "归属人工号").or("owner_staff_id"),
        Column::text("external_system", "外部系统"),
        Column::text("external_id", "外部编号"),
        Column::text("force_reason", "重复录入理由"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let external = super::external(self.external_system.as_ref(), self.external_id.as_ref());
        let input = self.input(work, external.clone()).await?;
        match self.known(work, external.as_ref()).await? {
            None => Ok(Applied::changed("customer", customer::create(work, &input).await?.id)),
            Some(id) => {
                let row = resource::take::<Customer>(work, id).await?;
                let changed = change(work, &row, &input).await?;
                if let Some(external) = &external {
                    external_ids::attach(work, "customer", id, external).await?;
                }
                let applied = if changed { Applied::changed } else { Applied::unchanged };
                Ok(applied("customer", id))
            }
        }
    }
}

impl CustomerRow {
    async fn input(&self, work: &Work, external: Option<ExternalId>) -> Result<CreateCustomer, Fault> {
        let project_id = match &self.project_code {
            Some(code) => Some(super::known_project(work, code, "/project_code").await?.id),
            None => None,
        };
        let owner_staff_id = match &self.owner_staff_number {
            Some(number) => Some(super::known_staff(work, number, "/owner_staff_number").await?),
            None => None,
        };
        let id_document = self
            .id_number
            .as_ref()
            .map(|number| IdDocument { kind: self.id_type.unwrap_or(IdType::IdCard), number: number.clone() });
        Ok(CreateCustomer {
            kind: self.kind,
            name: self.name.clone(),
            phones: Some(self.phones.clone()),
            addresses: Some(self.addresses.clone()),
            id_document,
            uscc: self.uscc.clone(),
            category: self.category.clone(),
            source: self.source.clone(),
            tags: Some(self.tags.clone()),
            consents: None,
            owner_staff_id,
            project_id,
            external_ids: external.into_iter().collect(),
            force_reason: self.force_reason.clone(),
        })
    }

    /// Whose row it is, among the customers the caller may know of.
    async fn known(&self, work: &Work, external: Option<&ExternalId>) -> Result<Option<Uuid>, Fault> {
        if let Some(external) = external
            && let Some(id) = locks::known_as(work, "customer", external).await?
        {
            return Ok(Some(id));
        }
        let unique = [
            (KeyKind::IdNumber, self.id_number.as_deref()),
            (KeyKind::Uscc, self.uscc.as_ref().map(|code| code.as_str())),
        ];
        for (kind, text) in unique {
            let Some(text) = text else { continue };
            if let Some(row) = holders(work, kind, text).await?.into_iter().next() {
                return Ok(Some(row.id));
            }
        }
        // Phones are shared in a family: only with the same name it is the same person.
        let name = clean_text(&self.name, false).unwrap_or_default();
        for phone in &self.phones {
            for row in holders(work, KeyKind::Phone, phone.as_str()).await? {
                if Personal::of(work, &row).await?.name.as_deref() == Some(name.as_str()) {
                    return Ok(Some(row.id));
                }
            }
        }
        Ok(None)
    }
}

async fn holders(work: &Work, kind: KeyKind, text: &str) -> Result<Vec<Model>, Fault> {
    let value = key::blind(work.store.keys(), kind, text);
    let found = customer::Entity::find()
        .filter(customer::entity::Column::Id.in_subquery(key::holders(vec![value])))
        .filter(customer::entity::Column::Status.eq(CustomerStatus::Active))
        .filter(Customer::visible_to(work.actor()))
        .order_by_asc(customer::entity::Column::CreatedAt);
    Ok(found.all(&work.db()).await?)
}

/// Changes what the row says otherwise; whether anything was.
async fn change(work: &Work, row: &Model, input: &CreateCustomer) -> Result<bool, Fault> {
    let personal = Personal::of(work, row).await?;
    let before = CustomerFields::from(row);
    let said = CustomerFields::from(input);
    let mut after = before.clone();
    after.kind = input.kind;
    after.uscc = said.uscc.or(before.uscc.clone());
    after.category = said.category.or(before.category.clone());
    after.source = said.source.or(before.source.clone());
    after.owner_staff_id = said.owner_staff_id.or(before.owner_staff_id);
    after.project_id = said.project_id.or(before.project_id);
    if !said.tags.is_empty() {
        after.tags = said.tags;
    }
    let clean = |text: &String| clean_text(text, false).unwrap_or_else(|_| text.clone());
    after.name = said.name.filter(|name| personal.name.as_deref() != Some(clean(name).as_str()));
    let phones: Vec<String> = input.phones.iter().flatten().map(|phone| phone.as_str().to_owned()).collect();
    after.phones = said.phones.filter(|_| !phones.is_empty() && phones != personal.phones);
    let addresses: Vec<String> = input.addresses.iter().flatten().map(clean).collect();
    after.addresses = said.addresses.filter(|_| !addresses.is_empty() && addresses != personal.addresses);
    after.id_document = said.id_document.filter(|said| {
        let Some(document) = said else { return false };
        let number = document.number.trim().to_uppercase();
        personal.id_number.as_deref().map(str::to_uppercase) != Some(number) || row.id_type != Some(document.kind)
    });
    if same(&before, &after)? {
        return Ok(false);
    }
    customer::update(work, row, after).await?;
    Ok(true)
}

/// The customer with this number.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn known_customer(work: &Work, number: &str, pointer: &str) -> Result<Uuid, Fault> {
    Ok(super::by_code::<Customer>(work, customer::entity::Column::Number, number, pointer).await?.id)
}

/// The person of this name and phone: the one on file, else entered now.
///
/// # Errors
/// 422 where the name cannot be one; 409 `possible_duplicate` when the phone is another's.
pub(super) async fn holder(work: &Work, name: &str, phone: Option<&Phone>) -> Result<Uuid, Fault> {
    match person(name, phone).known(work, None).await? {
        Some(id) => Ok(id),
        None => enter(work, name, phone, true).await,
    }
}

/// Enters a person; unless his phone is `taken`, it is held and was found on no file.
pub(super) async fn enter(work: &Work, name: &str, phone: Option<&Phone>, taken: bool) -> Result<Uuid, Fault> {
    let input = person(name, phone).input(work, None).await?;
    let row = match taken {
        true => customer::create(work, &input).await?,
        false => customer::commands::create_unknown(work, &input).await?,
    };
    Ok(row.id)
}

fn person(name: &str, phone: Option<&Phone>) -> CustomerRow {
    CustomerRow {
        kind: CustomerKind::Person,
        name: name.to_owned(),
        phones: phone.cloned().into_iter().collect(),
        addresses: Vec::new(),
        id_type: None,
        id_number: None,
        uscc: None,
        category: None,
        source: None,
        tags: Vec::new(),
        project_code: None,
        owner_staff_number: None,
        external_system: None,
        external_id: None,
        force_reason: None,
    }
}
