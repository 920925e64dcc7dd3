//! Rows of suppliers: by credit code, else by name.

use kernel::fault::Fault;
use kernel::validation::{Phone, Uscc, clean_name, clean_text};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow, same};
use store::{Work, resource};
use utoipa::ToSchema;

use crate::supplier::entity::Column as Of;
use crate::supplier::{
    BankAccount, CreateSupplier, Entity, Model, Supplier, SupplierContact, SupplierFields, SupplierKind, create,
    opened, update,
};

/// A row of `suppliers`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedSupplier)]
pub struct SupplierRow {
    #[schema(min_items = 1, max_items = 10)]
    kinds: Vec<SupplierKind>,
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    uscc: Option<Uscc>,
    #[schema(min_length = 1, max_length = 80)]
    contact_name: Option<String>,
    contact_phone: Option<Phone>,
    #[schema(max_length = 80)]
    contact_title: Option<String>,
    #[schema(min_length = 1, max_length = 80)]
    bank: Option<String>,
    #[schema(min_length = 1, max_length = 80)]
    bank_holder: Option<String>,
    #[schema(min_length = 4, max_length = 40)]
    bank_number: Option<String>,
}

impl ImportRow for SupplierRow {
    const KIND: &'static str = "suppliers";
    const TITLE: (&'static str, &'static str) = ("供应商", "Suppliers");
    const PERMISSION: &'static str = "platform.supplier:manage";
    const COLUMNS: &'static [Column] = &[
        Column::new("kinds", "供应商类别", Cell::Codes).or("kind"),
        Column::text("name", "名称"),
        Column::text("uscc", "统一社会信用代码"),
        Column::text("contact_name", "联系人").or("contacts.0.name"),
        Column::text("contact_phone", "联系电话").or("contacts.0.phone"),
        Column::text("contact_title", "联系人职务").or("contacts.0.title"),
        Column::text("bank", "开户行").or("bank_account.bank"),
        Column::text("bank_holder", "账户名").or("bank_account.holder"),
        Column::text("bank_number", "账号").or("bank_account.number"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let contact = self.contact()?;
        let bank_account = self.bank_account()?;
        let Some(known) = self.known(work).await? else {
            let input = CreateSupplier {
                kinds: self.kinds.clone(),
                name: self.name.clone(),
                uscc: self.uscc.clone(),
                contacts: contact.into_iter().collect(),
                bank_account,
                qualifications: Vec::new(),
                external_ids: Vec::new(),
            };
            return Ok(Applied::changed("supplier", create(work, &input).await?.id));
        };
        let row = resource::take::<Supplier>(work, known.id).await?;
        let (contacts, account) = opened(work, &row).await?;
        let before = SupplierFields::from(&row);
        let mut after = before.clone();
        after.kinds.clone_from(&self.kinds);
        after.name = clean_name(&self.name, "/name")?;
        after.uscc = self.uscc.clone().or(before.uscc.clone());
        // The first contact is the one a file knows; others stay.
        if let Some(contact) = contact
            && !contacts.first().map_or(Ok(false), |first| same(first, &contact))?
        {
            after.contacts = Some(Some(std::iter::once(contact).chain(contacts.into_iter().skip(1)).collect()));
        }
        if let Some(said) = bank_account
            && !account.as_ref().map_or(Ok(false), |account| same(account, &said))?
        {
            after.bank_account = Some(Some(said));
        }
        if same(&before, &after)? {
            return Ok(Applied::unchanged("supplier", row.id));
        }
        Ok(Applied::changed("supplier", update(work, &row, after).await?.id))
    }
}

/// The supplier of this credit code or name.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn known_supplier(work: &Work, text: &str, pointer: &str) -> Result<Model, Fault> {
    let text = text.trim();
    let column = if Uscc::parse(text).is_ok() { Of::Uscc } else { Of::Name };
    super::by_code::<Supplier>(work, column, text, pointer).await
}

impl SupplierRow {
    fn contact(&self) -> Result<Option<SupplierContact>, Fault> {
        match (&self.contact_name, &self.contact_phone) {
            (None, None) => Ok(None),
            (Some(name), Some(phone)) => Ok(Some(SupplierContact {
                name: name.clone(),
                phone: phone.clone(),
                title: self.contact_title.clone(),
            })),
            (None, _) => Err(Fault::field("/contact_name", "required")),
            (_, None) => Err(Fault::field("/contact_phone", "required")),
        }
    }

    fn bank_account(&self) -> Result<Option<BankAccount>, Fault> {
        let all = [("/bank", &self.bank), ("/bank_holder", &self.bank_holder), ("/bank_number", &self.bank_number)];
        match (&self.bank, &self.bank_holder, &self.bank_number) {
            (None, None, None) => Ok(None),
            (Some(bank), Some(holder), Some(number)) => {
                Ok(Some(BankAccount { bank: bank.clone(), holder: holder.clone(), number: number.clone() }))
            }
            _ => {
                let missing = all.iter().find(|(_, value)| value.is_none()).map_or("", |(pointer, _)| pointer);
                Err(Fault::field(missing, "required"))
            }
        }
    }

    async fn known(&self, work: &Work) -> Result<Option<Model>, Fault> {
        let by = match &self.uscc {
            Some(code) => Of::Uscc.eq(code.as_str()),
            None => Of::Name.eq(clean_text(&self.name, false).unwrap_or_default()),
        };
        Ok(Entity::find().filter(by).one(&work.db()).await?)
    }
}
