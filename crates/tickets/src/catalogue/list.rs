//! Word lists (选项目录): reasons and causes as data, pause limits among them (TK-R14).

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

use super::insert_new;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "ticket_catalogue")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub list: List,
    pub code: String,
    pub name: String,
    /// Pause reasons only: the longest pause.
    pub max_hours: Option<i32>,
    /// Pause reasons only: who approves.
    pub approver_group: Option<String>,
    /// Pause reasons only: also for urgent policies.
    pub allowed_when_urgent: bool,
    pub active: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The lists there are.
#[codes::code(name = "TicketCatalogueList")]
pub enum List {
    /// 暂停原因
    PauseReason,
    /// 根本原因
    RootCause,
    /// 超时原因
    DelayReason,
    /// 不予受理原因
    #[label("Reason of dismissal")]
    DismissReason,
    /// 退换原因
    #[label("Reason of a return")]
    ReturnReason,
}

/// Who approves a pause (审批人组).
#[codes::code(name = "PauseApprovers", stored = false)]
pub enum Approvers {
    /// 班长、客服主管
    #[code("LEAD")]
    #[label("Lead")]
    Lead,
    /// 客服部门负责人
    #[code("HEAD")]
    #[label("Head")]
    Head,
}

impl Model {
    /// Who approves a pause for this reason.
    pub fn approvers(&self) -> Option<Approvers> {
        [Approvers::Lead, Approvers::Head]
            .into_iter()
            .find(|group| self.approver_group.as_deref() == Some(group.code()))
    }
}

/// Word lists as a resource (TK-02).
pub struct Catalogue;

impl Resource for Catalogue {
    type Entity = Entity;
    type Row = Model;
    type View = TicketCatalogueView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "ticket_catalogue";
    const PATH: &'static str = "/v1/ticket-catalogues";

    fn visible_to(_actor: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("list,code")
            .code("list", Column::List, List::CODES)
            .by("code", Column::Code)
            .by("active", Column::Active)
            .sort("list", Column::List)
            .sort("code", Column::Code)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(_row: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_at: &Reading, rows: Vec<Model>) -> Result<Vec<TicketCatalogueView>, Fault> {
        Ok(rows.into_iter().map(TicketCatalogueView::from).collect())
    }
}

/// An entry of a word list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketCatalogueView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub list: List,
    pub code: String,
    pub name: String,
    /// Pause reasons only: the longest pause in hours.
    pub max_hours: Option<i32>,
    /// Pause reasons only: who approves.
    pub approver_group: Option<Approvers>,
    /// Pause reasons only: whether urgent tickets may pause for it.
    pub allowed_when_urgent: bool,
    pub active: bool,
}

impl From<Model> for TicketCatalogueView {
    fn from(row: Model) -> Self {
        Self {
            approver_group: row.approvers(),
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            list: row.list,
            code: row.code,
            name: row.name,
            max_hours: row.max_hours,
            allowed_when_urgent: row.allowed_when_urgent,
            active: row.active,
        }
    }
}

/// A new entry of a word list.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTicketCatalogue {
    pub list: List,
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    /// Required for pause reasons, absent for others.
    #[schema(minimum = 1, maximum = 8760)]
    pub max_hours: Option<i32>,
    /// Required for pause reasons, absent for others.
    pub approver_group: Option<Approvers>,
    #[serde(default)]
    pub allowed_when_urgent: bool,
    /// True when absent.
    pub active: Option<bool>,
}

/// What may change of an entry; list and code stay.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TicketCatalogueFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    #[schema(minimum = 1, maximum = 8760)]
    pub max_hours: Option<i32>,
    pub approver_group: Option<Approvers>,
    pub allowed_when_urgent: bool,
    pub active: bool,
}

impl From<&Model> for TicketCatalogueFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            max_hours: row.max_hours,
            approver_group: row.approvers(),
            allowed_when_urgent: row.allowed_when_urgent,
            active: row.active,
        }
    }
}

/// Creates an entry; its code is never used again in its list.
pub async fn create(work: &Work, cmd: &CreateTicketCatalogue) -> Result<Model, Fault> {
    check(cmd.list, cmd.max_hours, cmd.approver_group)?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        list: Set(cmd.list),
        code: Set(cmd.code.clone()),
        name: Set(cmd.name.trim().to_owned()),
        max_hours: Set(cmd.max_hours),
        approver_group: Set(cmd.approver_group.map(|group| group.code().to_owned())),
        allowed_when_urgent: Set(cmd.allowed_when_urgent),
        active: Set(cmd.active.unwrap_or(true)),
    };
    insert_new::<Catalogue>(work, row, "code").await
}

/// Changes an entry, or takes it out of use.
pub async fn update(work: &Work, row: &Model, fields: TicketCatalogueFields) -> Result<Model, Fault> {
    check(row.list, fields.max_hours, fields.approver_group)?;
    let mut next = row.clone().into_active_model();
    next.name = Set(fields.name.trim().to_owned());
    next.max_hours = Set(fields.max_hours);
    next.approver_group = Set(fields.approver_group.map(|group| group.code().to_owned()));
    next.allowed_when_urgent = Set(fields.allowed_when_urgent);
    next.active = Set(fields.active);
    work.change::<Catalogue>(row, next, "updated", |fact| fact).await
}

/// Pause reasons have a limit and an approver; the other lists have neither.
fn check(list: List, max_hours: Option<i32>, approvers: Option<Approvers>) -> Result<(), Fault> {
    let pause = list == List::PauseReason;
    let code = if pause { "required" } else { "invalid" };
    let mut errors = FieldErrors::default();
    errors.add_if(max_hours.is_some() != pause, "/max_hours", code);
    errors.add_if(approvers.is_some() != pause, "/approver_group", code);
    errors.finish()
}
