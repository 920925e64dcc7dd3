//! Procedures (办理规程): what must be done before a ticket counts as resolved (TK-02, TK-R07).

use access::Actor;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::{insert_new, json, text};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "ticket_procedure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub code: String,
    pub name: String,
    /// JSON array of [`Item`].
    pub checklist: String,
    /// JSON array of document kinds.
    pub required_document_kinds: String,
    pub approval_route: Option<String>,
    pub active: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The steps of the checklist, in order.
    pub fn checklist_items(&self) -> Vec<Item> {
        json(&self.checklist)
    }
    /// The codes of the steps: what may be ticked.
    pub fn items(&self) -> Vec<String> {
        self.checklist_items().into_iter().map(|item| item.code).collect()
    }
    /// The codes of the steps without which nothing is resolved.
    pub fn mandatory_items(&self) -> Vec<String> {
        self.checklist_items().into_iter().filter(|item| item.mandatory).map(|item| item.code).collect()
    }
}

/// One step of a checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProcedureStep)]
pub struct Item {
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 200)]
    pub text: String,
    /// Resolving needs it ticked.
    pub mandatory: bool,
}

/// Procedures as a resource (TK-02).
pub struct Procedure;

impl Resource for Procedure {
    type Entity = Entity;
    type Row = Model;
    type View = TicketProcedureView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "ticket_procedure";
    const PATH: &'static str = "/v1/ticket-procedures";
    const REMEMBERED: bool = true;

    fn visible_to(_actor: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .by("code", Column::Code)
            .by("active", Column::Active)
            .sort("code", Column::Code)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(_row: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_at: &Reading, rows: Vec<Model>) -> Result<Vec<TicketProcedureView>, Fault> {
        Ok(rows.into_iter().map(TicketProcedureView::from).collect())
    }
}

/// A procedure (办理规程).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketProcedureView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub code: String,
    pub name: String,
    pub checklist: Vec<Item>,
    /// Kinds of documents that must be attached.
    pub required_document_kinds: Vec<String>,
    pub approval_route: Option<String>,
    pub active: bool,
}

impl From<Model> for TicketProcedureView {
    fn from(row: Model) -> Self {
        Self {
            checklist: row.checklist_items(),
            required_document_kinds: json(&row.required_document_kinds),
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            code: row.code,
            name: row.name,
            approval_route: row.approval_route,
            active: row.active,
        }
    }
}

/// A new procedure.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTicketProcedure {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub checklist: Vec<Item>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub required_document_kinds: Vec<String>,
    #[schema(max_length = 40)]
    pub approval_route: Option<String>,
    /// True when absent.
    pub active: Option<bool>,
}

/// What may change of a procedure; its code stays.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TicketProcedureFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(max_items = 50)]
    pub checklist: Vec<Item>,
    #[schema(max_items = 20)]
    pub required_document_kinds: Vec<String>,
    #[schema(max_length = 40)]
    pub approval_route: Option<String>,
    pub active: bool,
}

impl From<&Model> for TicketProcedureFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            checklist: row.checklist_items(),
            required_document_kinds: json(&row.required_document_kinds),
            approval_route: row.approval_route.clone(),
            active: row.active,
        }
    }
}

/// Creates a procedure; its code is never used again.
pub async fn create(work: &Work, cmd: &CreateTicketProcedure) -> Result<Model, Fault> {
    check_items(&cmd.checklist)?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        code: Set(cmd.code.clone()),
        name: Set(cmd.name.trim().to_owned()),
        checklist: Set(text(&cmd.checklist)?),
        required_document_kinds: Set(text(&cmd.required_document_kinds)?),
        approval_route: Set(cmd.approval_route.clone()),
        active: Set(cmd.active.unwrap_or(true)),
    };
    insert_new::<Procedure>(work, row, "code").await
}

/// Changes a procedure, or takes it out of use.
pub async fn update(work: &Work, row: &Model, fields: TicketProcedureFields) -> Result<Model, Fault> {
    check_items(&fields.checklist)?;
    let mut next = row.clone().into_active_model();
    next.name = Set(fields.name.trim().to_owned());
    next.checklist = Set(text(&fields.checklist)?);
    next.required_document_kinds = Set(text(&fields.required_document_kinds)?);
    next.approval_route = Set(fields.approval_route);
    next.active = Set(fields.active);
    work.change::<Procedure>(row, next, "updated", |fact| fact).await
}

/// Refuses two steps of one code: a tick would not tell which was done.
fn check_items(items: &[Item]) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    for (n, item) in items.iter().enumerate() {
        let repeated = items[..n].iter().any(|earlier| earlier.code == item.code);
        errors.add_if(repeated, &format!("/checklist/{n}/code"), "repeated_items");
    }
    errors.finish()
}
