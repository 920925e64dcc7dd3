//! What waits in the heating service (PF-16, heating §10): a declaration a kind, derived from the rows themselves.

mod complaints;
mod evaluations;
mod inspection;
mod instruments;
mod laboratory;
mod money;
mod outages;
mod proposals;
mod rectifications;
mod seasons;
mod stops;
mod temperature;
mod valves;
mod visits;

use std::collections::HashMap;

use access::JobRole;
use kernel::fault::Fault;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use store::Reading;
use store::work_list::{Asked, Reminder, Source, Told, Waiting};
use uuid::Uuid;

use crate::household::entity as homes;
use crate::season;

pub(crate) use visits::weekly;

const TEMPERATURE: &str = "heating.temperature:read";
const VISIT: &str = "heating.visit:read";
const OUTAGE: &str = "heating.outage:read";
const SAMPLE: &str = "heating.sample:read";
const DETERMINATION: &str = "heating.determination:read";

/// Whether whoever is asked for may take what this permission does, of rows that lie in no unit: a season is the
/// company's, and of a sample the unit would tell the analyst where it comes from.
fn may(at: &Reading, asked: &Asked, permission: &str) -> bool {
    match asked.waiting {
        Waiting::Me => at.actor().holds(permission),
        Waiting::Units(_) => false,
        Waiting::Anybody => true,
    }
}

/// Rows that anybody with this permission may take; nothing when the caller does not hold it. Whose stations he knows
/// he works for, wherever his own unit lies (heating §3): the hotline for all of them.
fn open_to<C: ColumnTrait>(at: &Reading, asked: &Asked, permission: &str, unit: C) -> Option<Condition> {
    match asked.waiting {
        Waiting::Me => at.actor().holds(permission).then(Condition::all),
        Waiting::Units(_) | Waiting::Anybody => asked.open_to(at.actor(), permission, unit),
    }
}

/// Rows that anybody with this permission may take, by the column that names their household; nothing when the caller
/// does not hold it.
fn of_homes<C: ColumnTrait>(at: &Reading, asked: &Asked, permission: &str, household: C) -> Option<Condition> {
    let units = open_to(at, asked, permission, homes::Column::OrgUnitId)?;
    if asked.waiting == Waiting::Me {
        return Some(Condition::all());
    }
    let there = Query::select().column(homes::Column::Id).from(homes::Entity).cond_where(units).to_owned();
    Some(Condition::all().add(household.in_subquery(there)))
}

/// Bills of every season, by the column that names it. There are few seasons and few supplements: with it they are
/// looked up, not looked for among all bills of their status.
fn of_seasons<C: ColumnTrait>(column: C) -> Condition {
    let every = Query::select().column(season::entity::Column::Id).from(season::entity::Entity).to_owned();
    Condition::all().add(column.in_subquery(every))
}

/// The unit of the station of each of these households: its people are reminded.
async fn units_of(at: &Reading, households: impl Iterator<Item = Uuid>) -> Result<HashMap<Uuid, Uuid>, Fault> {
    let rows: Vec<(Uuid, Uuid)> = homes::Entity::find()
        .select_only()
        .columns([homes::Column::Id, homes::Column::OrgUnitId])
        .filter(homes::Column::Id.is_in(households))
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok(rows.into_iter().collect())
}

/// Every kind of this domain.
pub const SOURCES: &[Source] = &[
    Source::new("temperature_visit", ("入户测温", "Home to measure"), TEMPERATURE, |at, asked| {
        Box::pin(temperature::visits(at, asked))
    }),
    Source::new("temperature_remeasure", ("整改后复测", "Home to measure again"), TEMPERATURE, |at, asked| {
        Box::pin(temperature::remeasures(at, asked))
    }),
    Source::new("temperature_call_back", ("测温回访", "Measured home to call back"), TEMPERATURE, |at, asked| {
        Box::pin(temperature::call_backs(at, asked))
    }),
    Source::new("outage_branch", ("停缓供待报分公司", "Outage to tell the branch"), OUTAGE, |at, asked| {
        Box::pin(outages::to_branch(at, asked))
    }),
    Source::new("outage_company", ("停缓供待报公司", "Outage to tell the company"), OUTAGE, |at, asked| {
        Box::pin(outages::to_company(at, asked))
    }),
    Source::new("outage_acknowledge", ("停缓供待公司确认", "Outage to acknowledge"), OUTAGE, |at, asked| {
        Box::pin(outages::to_acknowledge(at, asked))
    }),
    Source::new("outage_forecast", ("停缓供预计恢复到期", "Outage due back"), OUTAGE, |at, asked| {
        Box::pin(outages::forecasts(at, asked))
    }),
    Source::new(
        "complaint_to_decide",
        ("投诉待核定", "Complaint to decide"),
        "heating.complaint:read",
        |at, asked| Box::pin(complaints::to_decide(at, asked)),
    ),
    Source::new("season_to_close", ("供暖季待关闭", "Season to close"), "heating.season:read", |at, asked| {
        Box::pin(seasons::to_close(at, asked))
    }),
    Source::new(
        "heat_price_to_approve",
        ("热价待批准", "Heat price to approve"),
        "heating.price:read",
        |at, asked| Box::pin(money::prices_to_approve(at, asked)),
    ),
    Source::new(
        "heating_proposal",
        ("登记建议待确认", "Proposal to the register to confirm"),
        "heating.proposal:read",
        |at, asked| Box::pin(proposals::to_confirm(at, asked)),
    ),
    Source::new("stop_to_accept", ("报停待受理", "Stop to accept"), "heating.stop:read", |at, asked| {
        Box::pin(stops::to_accept(at, asked))
    }),
    Source::new(
        "stop_to_approve",
        ("报停、恢复待批准", "Stop or resumption to approve"),
        "heating.stop:read",
        |at, asked| Box::pin(stops::to_approve(at, asked)),
    ),
    Source::new("stop_to_seal", ("报停待封栓", "Stop to seal"), "heating.stop:read", |at, asked| {
        Box::pin(stops::to_seal(at, asked))
    }),
    Source::new("visit_week", ("本周尚无有效走访", "Week without a credited visit"), VISIT, |at, asked| {
        Box::pin(visits::weeks(at, asked))
    }),
    Source::new("visit_month", ("当月走访不足", "Month with too few visits"), VISIT, |at, asked| {
        Box::pin(visits::months(at, asked))
    }),
    Source::new("visit_summary", ("月度走访小结", "Month of visits to sum up"), VISIT, |at, asked| {
        Box::pin(visits::summaries(at, asked))
    }),
    Source::new(
        "visit_summary_to_accept",
        ("走访小结待接收", "Month of visits to accept"),
        VISIT,
        |at, asked| Box::pin(visits::summaries_to_accept(at, asked)),
    ),
    Source::new(
        "evaluation_to_confirm",
        ("检查评比待确认", "Evaluation to confirm"),
        "heating.evaluation:read",
        |at, asked| Box::pin(evaluations::to_confirm(at, asked)),
    ),
    Source::new(
        "evaluation_to_publish",
        ("检查评比待公布", "Evaluation to publish"),
        "heating.evaluation:read",
        |at, asked| Box::pin(evaluations::to_publish(at, asked)),
    ),
    Source::new("rectification", ("待整改", "To put right"), "heating.rectification:read", |at, asked| {
        Box::pin(rectifications::open(at, asked))
    }),
    Source::new(
        "rectification_to_verify",
        ("待验收整改", "Rectification to verify"),
        "heating.rectification:read",
        |at, asked| Box::pin(rectifications::done(at, asked)),
    ),
    Source::new(
        "inspection_term",
        ("通知期限届满", "Notice whose term ends"),
        "heating.inspection:read",
        |at, asked| Box::pin(inspection::terms(at, asked)),
    ),
    Source::new(
        "agreement_to_approve",
        ("协议待批准", "Agreement to approve"),
        "heating.agreement:read",
        |at, asked| Box::pin(inspection::to_approve(at, asked)),
    ),
    Source::new("agreement_to_sign", ("待签协议", "Agreement to sign"), "heating.agreement:read", |at, asked| {
        Box::pin(inspection::to_sign(at, asked))
    }),
    Source::new(
        "supplement_to_approve",
        ("追缴账单待批准", "Supplement to approve"),
        "heating.bill:read",
        |at, asked| Box::pin(money::supplements_to_approve(at, asked)),
    ),
    Source::new(
        "supplement_to_issue",
        ("追缴账单待开具", "Supplement to issue"),
        "heating.bill:read",
        |at, asked| Box::pin(money::supplements_to_issue(at, asked)),
    ),
    Source::new("refund_to_approve", ("退费待批准", "Refund to approve"), "heating.refund:read", |at, asked| {
        Box::pin(money::refunds_to_approve(at, asked))
    }),
    Source::new("refund_to_credit", ("退费待抵账", "Refund to credit"), "heating.refund:read", |at, asked| {
        Box::pin(money::refunds_to_credit(at, asked))
    }),
    Source::new("supplement_unpaid", ("追缴未缴清", "Supplement not paid"), "heating.bill:read", |at, asked| {
        Box::pin(inspection::unpaid(at, asked))
    }),
    Source::new("valve_to_rectify", ("待关栓整改", "Valve to close"), "heating.valve:read", |at, asked| {
        Box::pin(valves::to_rectify(at, asked))
    }),
    Source::new("valve_to_reopen", ("待恢复开栓", "Valve to open again"), "heating.valve:read", |at, asked| {
        Box::pin(valves::to_reopen(at, asked))
    }),
    Source::new(
        "instrument_due",
        ("仪器到期检定", "Instrument to calibrate"),
        "heating.instrument:read",
        |at, asked| Box::pin(instruments::due(at, asked)),
    ),
    Source::new("lab_receive", ("待接收样品", "Sample to receive"), SAMPLE, |at, asked| {
        Box::pin(laboratory::to_receive(at, asked))
    }),
    Source::new("lab_begin", ("待化验样品", "Sample to determine"), DETERMINATION, |at, asked| {
        Box::pin(laboratory::to_begin(at, asked))
    }),
    Source::new("lab_duplicate", ("待平行测定", "Value to repeat"), DETERMINATION, |at, asked| {
        Box::pin(laboratory::to_determine(at, asked))
    }),
    Source::new("lab_review", ("化验结果待审核", "Sample to review"), DETERMINATION, |at, asked| {
        Box::pin(laboratory::to_review(at, asked))
    }),
    Source::new("lab_report", ("化验报告待签发", "Sample to report"), DETERMINATION, |at, asked| {
        Box::pin(laboratory::to_report(at, asked))
    }),
    Source::new(
        "lab_cross_check",
        ("比对超差待处理", "Comparison that failed"),
        "heating.cross_check:read",
        |at, asked| Box::pin(laboratory::failed_checks(at, asked)),
    ),
    Source::new("lab_doubted", ("已报告结果待复核", "Reported value in doubt"), DETERMINATION, |at, asked| {
        Box::pin(laboratory::doubted(at, asked))
    }),
    Source::new(
        "lab_retention",
        ("存查样到期待处置", "Retained sample to dispose of"),
        "heating.retention:read",
        |at, asked| Box::pin(laboratory::to_dispose(at, asked)),
    ),
];

const STATION: Told = Told::Roles(&[JobRole::HeatingStationHead]);
const BRANCH: Told = Told::Roles(&[JobRole::HeatingBranchManager]);
const MANAGER: Told = Told::Roles(&[JobRole::HeatingServiceManager]);
const INSPECTOR: Told = Told::Roles(&[JobRole::HeatingInspector]);
const COLLECTOR: Told = Told::Roles(&[JobRole::HeatingFeeCollector]);
const HOTLINE: Told = Told::Roles(&[JobRole::HeatingHotlineAgent]);
const ANALYST: Told = Told::Roles(&[JobRole::CoalAnalyst]);
const REVIEWER: Told = Told::Roles(&[JobRole::CoalReviewer]);
const LEAD: &str = "heating.remind.lead";

/// Told ahead by the lead of the kind, and at the due instant.
const fn reminder(kind: &'static str, before: &'static [Told], at_due: &'static [Told]) -> Reminder {
    Reminder { kind, lead: (LEAD, kind), before, at_due, daily: &[] }
}

/// Who is reminded of what.
pub const REMINDERS: &[Reminder] = &[
    reminder("temperature_visit", &[STATION], &[BRANCH, MANAGER]),
    reminder("temperature_remeasure", &[STATION], &[MANAGER]),
    reminder("temperature_call_back", &[HOTLINE], &[MANAGER]),
    // The next level hears at once; the level itself stays open.
    reminder("outage_branch", &[], &[BRANCH]),
    reminder("outage_company", &[], &[MANAGER]),
    reminder("outage_forecast", &[], &[BRANCH, MANAGER]),
    reminder("stop_to_seal", &[STATION], &[STATION, BRANCH]),
    Reminder { daily: &[MANAGER], ..reminder("visit_week", &[Told::Holder], &[Told::Holder, BRANCH]) },
    Reminder { daily: &[MANAGER], ..reminder("visit_month", &[Told::Holder], &[Told::Holder, BRANCH]) },
    reminder("visit_summary", &[Told::Holder], &[Told::Holder, MANAGER]),
    reminder("rectification", &[STATION], &[BRANCH, MANAGER]),
    reminder("inspection_term", &[Told::Holder], &[Told::Holder, MANAGER]),
    reminder("agreement_to_sign", &[Told::Holder], &[Told::Holder, MANAGER]),
    reminder("supplement_unpaid", &[COLLECTOR], &[INSPECTOR, MANAGER]),
    reminder("valve_to_rectify", &[STATION], &[BRANCH, MANAGER]),
    reminder("valve_to_reopen", &[STATION], &[BRANCH, MANAGER]),
    reminder("lab_duplicate", &[REVIEWER], &[MANAGER]),
    reminder("lab_review", &[REVIEWER], &[MANAGER]),
    reminder("lab_report", &[REVIEWER], &[MANAGER]),
    Reminder {
        lead: ("heating.instrument.remind_days", ""),
        ..reminder("instrument_due", &[ANALYST], &[ANALYST, MANAGER])
    },
    reminder("lab_retention", &[], &[ANALYST, MANAGER]),
];
