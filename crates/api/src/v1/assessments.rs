//! The monthly staff assessment: rules, violations, assessments (spec tickets §7, TK-15).

use std::sync::Arc;

use actix_web::http::Method;
use kernel::fault::Fault;
use serde::Serialize;
use store::{Answer, Done, Resource, Work};
use tickets::assessment_rule::{self, AssessmentRule};
use tickets::monthly_assessment::commands::{self, BuildMonthlyAssessments};
use tickets::monthly_assessment::{MonthlyAssessment, MonthlyAssessmentView};
use tickets::violation::Violation;
use tickets::violation::commands as violations;
use utoipa::ToSchema;

use crate::call::{Call, Reply};
use crate::router::{Api, Key};

const TAG: &str = "assessments";

/// Declares the assessment.
pub fn routes(api: &mut Api) {
    api.resource::<AssessmentRule>(TAG, "assessment_rules")
        .list()
        .get()
        .history()
        .create_with("tickets.assessment_rule:manage", assessment_rule::create);
    api.resource::<Violation>(TAG, "violations")
        .list()
        .get()
        .history()
        .create_with("tickets.violation:record", violations::record)
        .act("dispute", "Objects to a violation recorded against oneself.", violations::dispute)
        .act("confirm", "Confirms a violation; its penalty counts.", violations::confirm)
        .act("drop", "Drops a violation; nothing counts.", violations::drop);
    api.resource::<MonthlyAssessment>(TAG, "monthly_assessments").list().get().history().act(
        "publish",
        "Publishes a person's month.",
        commands::publish,
    );
    api.operation(
        Method::POST,
        MonthlyAssessment::PATH,
        "build_monthly_assessments",
        "tickets.monthly_assessment:build",
        build,
    )
    .tag(TAG)
    .summary("Drafts the month of everybody of a unit; drafts are computed anew, what is published stays.")
    .key(Key::Required)
    .dry_run()
    .status(201)
    .takes::<BuildMonthlyAssessments>()
    .answers::<BuiltAssessments>();
}

/// The month of a unit.
#[derive(Serialize, ToSchema)]
pub struct BuiltAssessments {
    pub items: Vec<MonthlyAssessmentView>,
}

async fn build(call: Call) -> Result<Reply, Fault> {
    let input = Arc::new(call.read::<BuildMonthlyAssessments>()?);
    let write = async move |work: &Work| {
        let rows = commands::build(work, &input).await?;
        let items = MonthlyAssessment::views(work, rows).await?;
        Answer::json(Done::Created, &BuiltAssessments { items })
    };
    Ok(Reply::Answer(call.write(write).await?))
}
