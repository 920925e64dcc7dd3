//! What waits in the heating service (PF-16, heating §10): a declaration a kind, derived from the rows themselves.

mod rectifications;
mod stops;
mod temperature;
mod visits;
mod inspection;
mod valves;

use access::JobRole;
use store::work_list::{Reminder, Source, Told};

const TEMPERATURE: &str = "heating.temperature:read";
const VISIT: &str = "heating.visit:read";

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
    Source::new("rectification", ("待整改", "To put right"), "heating.rectification:read", |at, asked| {
        Box::pin(rectifications::open(at, asked))
    }),
    Source::new(
        "rectification_to_verify",
        ("待验收整改", "Rectification to verify"),
        "heating.rectification:read",
        |at, asked| Box::pin(rectifications::done(at, asked)),
    ),
    Source::new("inspection_term", ("通知期限届满", "Notice whose term ends"), "heating.inspection:read", |at, asked| {
        Box::pin(inspection::terms(at, asked))
    }),
    Source::new("agreement_to_sign", ("待签协议", "Agreement to sign"), "heating.agreement:read", |at, asked| {
        Box::pin(inspection::to_sign(at, asked))
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
];

const STATION: Told = Told::Roles(&[JobRole::HeatingStationHead]);
const BRANCH: Told = Told::Roles(&[JobRole::HeatingBranchManager]);
const MANAGER: Told = Told::Roles(&[JobRole::HeatingServiceManager]);
const INSPECTOR: Told = Told::Roles(&[JobRole::HeatingInspector]);
const COLLECTOR: Told = Told::Roles(&[JobRole::HeatingFeeCollector]);
const HOTLINE: Told = Told::Roles(&[JobRole::HeatingHotlineAgent]);
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
];
