//! Classifications (分类组合): which kind, category and place go together, and who answers for them (TK-R01).

use access::{Actor, JobRole};
use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{self, Timestamp};
use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue, Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    Kind, PlaceKind, Severity, category_known, check_dates, date, insert_new, json, procedure, subtree, text, valid_on,
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "ticket_classification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub kind: Kind,
    /// Serves this category and those below it that have no row of their own.
    pub category_code: String,
    pub place_kind: PlaceKind,
    pub unit_required: bool,
    pub default_severity: Severity,
    pub responsible_rule: Rule,
    pub responsible_org_unit_id: Option<Uuid>,
    /// JSON array of role codes.
    pub handler_roles: String,
    pub procedure_code: Option<String>,
    pub warranty_part_code: Option<String>,
    pub active: bool,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The roles that handle such a ticket.
    pub fn handler_roles(&self) -> Vec<String> {
        json(&self.handler_roles)
    }
}

/// How the responsible unit is found (责任部门规则).
#[codes::code(name = "ResponsibleRule")]
pub enum Rule {
    /// 指定部门: the named unit.
    #[label("A named unit")]
    OrgUnit,
    /// 项目部: the team of the project.
    ProjectTeam,
    /// 所站: the heating station of the place.
    Station,
    /// 受理客服台: the desk that received it.
    #[label("The desk that took it")]
    Desk,
}

impl Rule {
    /// The code on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrgUnit => "org_unit",
            Self::ProjectTeam => "project_team",
            Self::Station => "station",
            Self::Desk => "desk",
        }
    }
}

/// Classifications as a resource (TK-01).
pub struct Classification;

impl Resource for Classification {
    type Entity = Entity;
    type Row = Model;
    type View = TicketClassificationView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "ticket_classification";
    const PATH: &'static str = "/v1/ticket-classifications";
    const REMEMBERED: bool = true;

    fn visible_to(_actor: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("category_code,kind")
            .code("kind", Column::Kind, Kind::CODES)
            .custom("category_code", "string", |_, value| Ok(subtree(Column::CategoryCode, value)))
            .code("place_kind", Column::PlaceKind, PlaceKind::CODES)
            .custom("on", "date", |_, value| Ok(valid_on(Column::ValidFrom, Column::ValidTo, date("on", value)?)))
            .by("active", Column::Active)
            .sort("category_code", Column::CategoryCode)
            .sort("kind", Column::Kind)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.responsible_org_unit_id, ..Placement::default() }
    }
    async fn views(_at: &Reading, rows: Vec<Model>) -> Result<Vec<TicketClassificationView>, Fault> {
        Ok(rows.into_iter().map(TicketClassificationView::from).collect())
    }
}

/// Who answers for tickets of a classification.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Responsible {
    pub rule: Rule,
    /// The unit, with rule `org_unit` only.
    pub org_unit_id: Option<Uuid>,
}

/// Who is to answer: a rule, or a named unit, which needs no rule beside it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponsibleChoice {
    /// `org_unit` when absent and a unit is named.
    pub rule: Option<Rule>,
    /// The unit, with rule `org_unit` only.
    pub org_unit_id: Option<Uuid>,
}

impl ResponsibleChoice {
    fn rule(&self) -> Option<Rule> {
        self.rule.or(self.org_unit_id.map(|_| Rule::OrgUnit))
    }
}

/// A valid combination of kind, category and place (分类组合).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketClassificationView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub kind: Kind,
    /// Serves this category and those below it that have no row of their own.
    pub category_code: String,
    pub place_kind: PlaceKind,
    pub unit_required: bool,
    pub default_severity: Severity,
    pub responsible: Responsible,
    pub handler_roles: Vec<String>,
    pub procedure_code: Option<String>,
    pub warranty_part_code: Option<String>,
    pub active: bool,
    pub valid_from: NaiveDate,
    /// Its last day.
    pub valid_to: Option<NaiveDate>,
}

impl From<Model> for TicketClassificationView {
    fn from(row: Model) -> Self {
        Self {
            handler_roles: row.handler_roles(),
            responsible: Responsible { rule: row.responsible_rule, org_unit_id: row.responsible_org_unit_id },
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            kind: row.kind,
            category_code: row.category_code,
            place_kind: row.place_kind,
            unit_required: row.unit_required,
            default_severity: row.default_severity,
            procedure_code: row.procedure_code,
            warranty_part_code: row.warranty_part_code,
            active: row.active,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        }
    }
}

/// A new combination.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateTicketClassification {
    pub kind: Kind,
    #[schema(min_length = 1, max_length = 120)]
    pub category_code: String,
    pub place_kind: PlaceKind,
    /// With place kind `unit` true when absent, else false.
    pub unit_required: Option<bool>,
    /// `normal` when absent.
    pub default_severity: Option<Severity>,
    pub responsible: ResponsibleChoice,
    #[schema(min_items = 1, max_items = 20)]
    pub handler_roles: Vec<String>,
    #[schema(max_length = 40)]
    pub procedure_code: Option<String>,
    #[schema(max_length = 40)]
    pub warranty_part_code: Option<String>,
    /// Today when absent.
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// What may change of a combination; kind, category and place stay.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct TicketClassificationFields {
    pub unit_required: bool,
    pub default_severity: Severity,
    pub responsible: ResponsibleChoice,
    #[schema(min_items = 1, max_items = 20)]
    pub handler_roles: Vec<String>,
    #[schema(max_length = 40)]
    pub procedure_code: Option<String>,
    #[schema(max_length = 40)]
    pub warranty_part_code: Option<String>,
    pub active: bool,
    pub valid_from: NaiveDate,
    pub valid_to: Option<NaiveDate>,
}

impl From<&Model> for TicketClassificationFields {
    fn from(row: &Model) -> Self {
        Self {
            unit_required: row.unit_required,
            default_severity: row.default_severity,
            responsible: ResponsibleChoice {
                rule: Some(row.responsible_rule),
                org_unit_id: row.responsible_org_unit_id,
            },
            handler_roles: row.handler_roles(),
            procedure_code: row.procedure_code.clone(),
            warranty_part_code: row.warranty_part_code.clone(),
            active: row.active,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        }
    }
}

/// Creates a combination; each exists once.
pub async fn create(work: &Work, cmd: &CreateTicketClassification) -> Result<Model, Fault> {
    let fields = TicketClassificationFields {
        unit_required: cmd.unit_required.unwrap_or(cmd.place_kind == PlaceKind::Unit),
        default_severity: cmd.default_severity.unwrap_or(Severity::Normal),
        responsible: cmd.responsible.clone(),
        handler_roles: cmd.handler_roles.clone(),
        procedure_code: cmd.procedure_code.clone(),
        warranty_part_code: cmd.warranty_part_code.clone(),
        active: true,
        valid_from: cmd.valid_from.unwrap_or_else(|| time::business_day(work.now)),
        valid_to: cmd.valid_to,
    };
    category_known(work, &cmd.category_code, "/category_code").await?;
    check(work, &fields).await?;
    let mut row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        kind: Set(cmd.kind),
        category_code: Set(cmd.category_code.clone()),
        place_kind: Set(cmd.place_kind),
        ..Default::default()
    };
    write(&mut row, fields)?;
    insert_new::<Classification>(work, row, "category_code").await
}

/// Changes a combination; tickets registered before keep what they were given.
pub async fn update(work: &Work, row: &Model, fields: TicketClassificationFields) -> Result<Model, Fault> {
    check(work, &fields).await?;
    let mut next = row.clone().into_active_model();
    write(&mut next, fields)?;
    work.change::<Classification>(row, next, "updated", |fact| fact).await
}

async fn check(work: &Work, fields: &TicketClassificationFields) -> Result<(), Fault> {
    check_dates(fields.valid_from, fields.valid_to)?;
    let mut errors = FieldErrors::default();
    let responsible = &fields.responsible;
    match (responsible.rule(), responsible.org_unit_id) {
        (None, None) => {
            errors.add("/responsible/rule", "required");
        }
        (Some(Rule::OrgUnit), None) => {
            errors.add("/responsible/org_unit_id", "required");
        }
        (Some(Rule::OrgUnit), Some(unit)) => registers::org_unit_known(work, unit, "/responsible/org_unit_id").await?,
        (_, Some(_)) => {
            errors.add("/responsible/org_unit_id", "invalid");
        }
        (_, None) => {}
    }
    for (n, role) in fields.handler_roles.iter().enumerate() {
        errors.add_if(role.parse::<JobRole>().is_err(), &format!("/handler_roles/{n}"), "invalid_enum");
    }
    if let Some(code) = &fields.procedure_code {
        let known = procedure::Entity::find().filter(procedure::Column::Code.eq(code)).count(&work.db()).await? > 0;
        errors.add_if(!known, "/procedure_code", "invalid_enum");
    }
    errors.finish()
}

fn write(row: &mut ActiveModel, fields: TicketClassificationFields) -> Result<(), Fault> {
    row.unit_required = Set(fields.unit_required);
    row.default_severity = Set(fields.default_severity);
    // `check` has seen that there is one.
    row.responsible_rule = fields.responsible.rule().map_or(ActiveValue::NotSet, Set);
    row.responsible_org_unit_id = Set(fields.responsible.org_unit_id);
    row.handler_roles = Set(text(&fields.handler_roles)?);
    row.procedure_code = Set(fields.procedure_code);
    row.warranty_part_code = Set(fields.warranty_part_code);
    row.active = Set(fields.active);
    row.valid_from = Set(fields.valid_from);
    row.valid_to = Set(fields.valid_to);
    Ok(())
}
