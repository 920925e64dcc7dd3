//! Approval routes (审批路线): ordered steps per subject kind, valid from a date.

use access::{Actor, JobRole};
use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::money::Money;
use kernel::time::{self, Timestamp};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use crate::problems;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "approval_route")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub subject_kind: String,
    pub valid_from: Date,
    /// JSON array of [`Step`].
    pub steps: String,
    pub document_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// One signature of a route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApprovalStep)]
pub struct Step {
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub title: String,
    /// Job roles that may sign; one of them does.
    pub roles: Vec<String>,
    /// The step is asked for only when all of this holds; left out: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<StepCondition>,
    /// Whoever took part in the subject before does not sign this step. The applicant never signs, and nobody
    /// signs twice, whatever stands here.
    #[serde(default = "always")]
    pub excludes_earlier_actors: bool,
}

/// When a step is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApprovalStepCondition)]
pub struct StepCondition {
    /// The subject's amount is greater, yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_above: Option<Money>,
    /// The subject's amount is not greater, yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_upto: Option<Money>,
    /// The subject carries this flag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 40)]
    pub flag: Option<String>,
}

fn always() -> bool {
    true
}

impl Step {
    /// A step that is always asked for.
    pub fn new(code: &str, title: &str, roles: &[JobRole]) -> Self {
        Self {
            code: code.to_owned(),
            title: title.to_owned(),
            roles: roles.iter().map(|role| role.code().to_owned()).collect(),
            condition: None,
            excludes_earlier_actors: true,
        }
    }

    /// Asked for only when the subject carries this flag.
    pub fn when(self, flag: &str) -> Self {
        let condition = StepCondition { flag: Some(flag.to_owned()), ..StepCondition::default() };
        Self { condition: Some(condition), ..self }
    }
}

impl StepCondition {
    /// Whether a subject of this amount (0 when it has none) with these flags asks for the step.
    fn holds(&self, amount: Money, flags: &[&str]) -> bool {
        self.amount_above.is_none_or(|above| amount > above)
            && self.amount_upto.is_none_or(|upto| amount <= upto)
            && self.flag.as_deref().is_none_or(|flag| flags.contains(&flag))
    }
}

/// The steps that hold for a subject on a day.
///
/// # Errors
/// 409 `no_step_asked` when the route asks for none of its steps.
pub async fn steps(
    at: &Reading,
    subject_kind: &str,
    on: NaiveDate,
    amount: Money,
    flags: &[&str],
) -> Result<Vec<Step>, Fault> {
    let row = Entity::find()
        .filter(Column::SubjectKind.eq(subject_kind))
        .filter(Column::ValidFrom.lte(on))
        .order_by_desc(Column::ValidFrom)
        .one(&at.db())
        .await?;
    let row = row.ok_or_else(|| Fault::internal(format!("no approval route for {subject_kind}")))?;
    let steps: Vec<Step> = serde_json::from_str(&row.steps).map_err(Fault::internal)?;
    let asked = |step: &Step| step.condition.as_ref().is_none_or(|condition| condition.holds(amount, flags));
    let steps: Vec<Step> = steps.into_iter().filter(asked).collect();
    match steps.is_empty() {
        true => Err(Fault::new(&problems::NO_STEP_ASKED).with("subject_kind", subject_kind)),
        false => Ok(steps),
    }
}

/// Installs a route if there is none for its kind and day.
pub async fn install(work: &Work, subject_kind: &str, valid_from: NaiveDate, steps: &[Step]) -> Result<(), Fault> {
    let known = Entity::find()
        .filter(Column::SubjectKind.eq(subject_kind))
        .filter(Column::ValidFrom.eq(valid_from))
        .one(&work.db())
        .await?;
    if known.is_some() {
        return Ok(());
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        subject_kind: Set(subject_kind.to_owned()),
        valid_from: Set(valid_from),
        steps: Set(serde_json::to_string(steps).map_err(Fault::internal)?),
        document_id: Set(None),
    };
    let row = work.insert(row).await?;
    let fact = store::journal::Fact::new("approval_route.installed", "approval_route", Some(row.id));
    work.record(fact.with("subject_kind", subject_kind).with("valid_from", valid_from.to_string()));
    Ok(())
}

/// The approval routes resource.
pub struct ApprovalRoute;

/// A route as callers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApprovalRouteView {
    pub id: Uuid,
    pub version: i32,
    pub subject_kind: String,
    pub valid_from: NaiveDate,
    pub steps: Vec<Step>,
    /// The order of the general manager it was made on.
    pub document_id: Option<Uuid>,
    pub created_at: Timestamp,
}

impl Resource for ApprovalRoute {
    type Entity = Entity;
    type Row = Model;
    type View = ApprovalRouteView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "approval_route";
    const PATH: &'static str = "/v1/approval-routes";

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("subject_kind,-valid_from")
            .sort("subject_kind", Column::SubjectKind)
            .sort("valid_from", Column::ValidFrom)
            .by("subject_kind", Column::SubjectKind)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ApprovalRouteView>, Fault> {
        let view = |row: Model| {
            Ok(ApprovalRouteView {
                steps: serde_json::from_str(&row.steps).map_err(Fault::internal)?,
                id: row.id,
                version: row.version,
                subject_kind: row.subject_kind,
                valid_from: row.valid_from,
                document_id: row.document_id,
                created_at: row.created_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// A new version of a route, from a day on.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateApprovalRoute {
    /// A kind that has a route already, e.g. `ticket_opinion`.
    #[schema(min_length = 1, max_length = 64)]
    pub subject_kind: String,
    /// Not before today.
    pub valid_from: NaiveDate,
    #[schema(min_items = 1, max_items = 10)]
    pub steps: Vec<Step>,
    /// The written order of the general manager.
    pub document_id: Uuid,
}

/// Adds a version of a route; approvals that run keep the steps they started with.
///
/// # Errors
/// 422 for an unknown kind or role, a day in the past, a document out of sight; 409 for a second version
/// from the same day.
pub async fn create(work: &Work, input: &CreateApprovalRoute) -> Result<Model, Fault> {
    registers::locks::hold(work, vec![format!("approval_route|{}", input.subject_kind)]).await?;
    let known = Entity::find().filter(Column::SubjectKind.eq(input.subject_kind.as_str())).all(&work.db()).await?;
    let mut errors = FieldErrors::default();
    errors.add_if(known.is_empty(), "/subject_kind", "invalid_enum").add_if(
        input.valid_from < time::business_day(work.now),
        "/valid_from",
        "date_order",
    );
    for (n, step) in input.steps.iter().enumerate() {
        let signs = |role: &String| role.parse::<JobRole>().is_ok_and(JobRole::is_staff);
        errors.add_if(step.roles.is_empty(), &format!("/steps/{n}/roles"), "required");
        errors.add_if(!step.roles.iter().all(signs), &format!("/steps/{n}/roles"), "invalid_enum");
        let repeated = input.steps[..n].iter().any(|earlier| earlier.code == step.code);
        errors.add_if(repeated, &format!("/steps/{n}/code"), "repeated_items");
        let condition = step.condition.clone().unwrap_or_default();
        let never =
            matches!((condition.amount_above, condition.amount_upto), (Some(above), Some(upto)) if above >= upto);
        errors.add_if(never, &format!("/steps/{n}/condition/amount_upto"), "out_of_range");
        // Subjects have no amount below zero.
        let below = condition.amount_above.is_some_and(Money::is_negative);
        errors.add_if(below, &format!("/steps/{n}/condition/amount_above"), "out_of_range");
    }
    errors.finish()?;
    if known.iter().any(|row| row.valid_from == input.valid_from) {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "valid_from"));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        subject_kind: Set(input.subject_kind.clone()),
        valid_from: Set(input.valid_from),
        steps: Set(serde_json::to_string(&input.steps).map_err(Fault::internal)?),
        document_id: Set(Some(input.document_id)),
    };
    work.create::<ApprovalRoute>(row, |fact| fact, "created").await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_asked_for_by_amount_and_flag() {
        let yuan = |text: &str| Some(text.parse::<Money>().unwrap());
        let check = |above: Option<Money>, upto: Option<Money>, flag: Option<&str>, amount: &str, wanted: bool| {
            let condition = StepCondition { amount_above: above, amount_upto: upto, flag: flag.map(str::to_owned) };
            assert_eq!(condition.holds(amount.parse().unwrap(), &["urgent"]), wanted, "{condition:?} {amount}");
        };
        check(None, None, None, "0.00", true);
        check(yuan("5000.00"), None, None, "5000.00", false);
        check(yuan("5000.00"), None, None, "5000.01", true);
        check(None, yuan("5000.00"), None, "5000.00", true);
        check(None, yuan("5000.00"), None, "5000.01", false);
        check(yuan("100.00"), yuan("200.00"), None, "200.00", true);
        check(None, None, Some("urgent"), "1.00", true);
        check(None, None, Some("major"), "1.00", false);
        check(yuan("100.00"), None, Some("urgent"), "1.00", false);
    }

    #[test]
    fn a_step_written_without_the_newer_words_still_reads() {
        let step: Step = serde_json::from_str(r#"{"code":"head","title":"负责人","roles":["cs_manager"]}"#).unwrap();
        assert_eq!(step, Step::new("head", "负责人", &[JobRole::CsManager]));
    }
}
