//! What is found at a station or in a home becomes a ticket of the desk (links 38): a problem of a visit, an item that
//! failed an evaluation. One ticket a finding, linked both ways by ids.

use heating_service::evaluation::commands::{self as evaluations, ScoreEvaluation};
use heating_service::evaluation::entity::Model as Evaluation;
use heating_service::household::entity as homes;
use heating_service::rectification::commands as rectifications;
use heating_service::rectification::entity::Model as Rectification;
use heating_service::visit::commands::{self as visits, RecordVisit};
use heating_service::visit::entity::Model as Visit;
use heating_service::visit_problem::commands::{self as problems, CreateVisitProblem};
use heating_service::visit_problem::entity::{Kind as ProblemKind, Model as Problem};
use kernel::fault::Fault;
use registers::external_ids::{self, ExternalId};
use sea_orm::EntityTrait;
use store::Work;
use tickets::catalogue::Kind;
use uuid::Uuid;

use crate::opening::{Asks, Opening, open};
use crate::{ticket, visit_work};

/// Something that was found, as the desk takes it down.
struct Finding {
    /// The system whose ids such tickets carry, and what was found: one ticket for each.
    source: (&'static str, Uuid),
    kind: Kind,
    category: &'static str,
    unit_id: Option<Uuid>,
    /// The station's org unit.
    station: Uuid,
    asks: Asks,
    title: String,
    text: String,
}

/// The shortest description the desk takes.
const SHORTEST: usize = 5;

/// Opens the ticket of a finding, or finds the one that was.
async fn found(work: &Work, finding: Finding) -> Result<Uuid, Fault> {
    let (system, source) = finding.source;
    let key = ExternalId { system: system.to_owned(), id: source.to_string() };
    if let Some(known) = external_ids::lookup(work, "ticket", &key).await? {
        return Ok(known);
    }
    let short = finding.text.trim().chars().count() < SHORTEST;
    let opening = Opening {
        channel: "system",
        kind: finding.kind,
        category: finding.category,
        unit_id: finding.unit_id,
        station: Some(finding.station),
        asks: finding.asks,
        text: if short { format!("{}:{}", finding.title, finding.text) } else { finding.text },
        title: Some(finding.title),
        tags: Vec::new(),
        key: Some(key),
    };
    let row = open(work, opening).await?;
    ticket::registered(work, &row).await?;
    Ok(row.id)
}

/// How the desk calls a problem of a visit.
fn classified(kind: ProblemKind) -> (Kind, &'static str) {
    match kind {
        ProblemKind::Temperature => (Kind::Repair, "heating.room_temperature"),
        ProblemKind::Leak => (Kind::Repair, "heating.leak"),
        ProblemKind::Fee => (Kind::Consultation, "heating.fee"),
        ProblemKind::Service | ProblemKind::Network | ProblemKind::Other => (Kind::Consultation, "heating.other"),
    }
}

async fn of_problem(work: &Work, row: &Problem) -> Result<Problem, Fault> {
    let home = homes::Entity::find_by_id(row.household_id).one(&work.db()).await?;
    let home = home.ok_or_else(|| Fault::internal("a problem without a household"))?;
    let (kind, category) = classified(row.kind);
    let what = row.kind.labels().0;
    let finding = Finding {
        source: ("heating_visit_problem", row.id),
        kind,
        category,
        unit_id: home.unit_id,
        station: home.org_unit_id,
        asks: Asks::of(work, &home).await?,
        title: format!("走访发现:{what}问题({})", home.number),
        text: row.text.clone().unwrap_or_else(|| format!("走访发现{what}问题,用热户 {}", home.number)),
    };
    let ticket = found(work, finding).await?;
    problems::link(work, row, ticket).await
}

/// Records a visit; each problem it names gets its ticket.
pub async fn record_visit(work: &Work, input: &RecordVisit) -> Result<Visit, Fault> {
    let (row, found) = visits::record(work, input, &visit_work::kinds()).await?;
    for problem in &found {
        of_problem(work, problem).await?;
    }
    Ok(row)
}

/// Tells a problem of a visit that was recorded before, with its ticket.
pub async fn tell_problem(work: &Work, input: &CreateVisitProblem) -> Result<Problem, Fault> {
    let row = problems::create(work, input).await?;
    of_problem(work, &row).await
}

async fn of_rectification(work: &Work, row: &Rectification, of: &Evaluation) -> Result<(), Fault> {
    let finding = Finding {
        source: ("heating_rectification", row.id),
        kind: Kind::Suggestion,
        category: "heating.other",
        unit_id: None,
        station: row.org_unit_id,
        asks: Asks::Station(row.org_unit_id),
        title: format!("检查评比整改 {}", row.number),
        text: format!("{} 月检查评比 {}:{}", of.month, of.number, row.text),
    };
    let ticket = found(work, finding).await?;
    rectifications::link(work, row, ticket).await?;
    Ok(())
}

/// Scores an evaluation; each item that failed gets its rectification and its ticket.
pub async fn score(work: &Work, id: Uuid, input: &ScoreEvaluation) -> Result<Evaluation, Fault> {
    let (row, opened) = evaluations::score(work, id, input).await?;
    for rectification in &opened {
        of_rectification(work, rectification, &row).await?;
    }
    Ok(row)
}
