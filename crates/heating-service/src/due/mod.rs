//! What waits in the heating service (PF-16, heating §10): a declaration a kind, derived from the rows themselves.

mod rectifications;
mod stops;
mod temperature;
mod visits;
mod inspection;
mod stops;
mod temperature;
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

const STATION: &[JobRole] = &[JobRole::HeatingStationHead];
const BRANCH: &[JobRole] = &[JobRole::HeatingBranchManager];
const MANAGER: &[JobRole] = &[JobRole::HeatingServiceManager];
const INSPECTOR: &[JobRole] = &[JobRole::HeatingInspector];
const COLLECTOR: &[JobRole] = &[JobRole::HeatingFeeCollector];
const LEAD: &str = "heating.remind.lead";

/// Who is reminded of what.
pub const REMINDERS: &[Reminder] = &[
    Reminder {
        kind: "temperature_visit",
        lead: (LEAD, "temperature_visit"),
        before: &[Told::Roles(STATION)],
        at_due: &[Told::Roles(BRANCH), Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "temperature_remeasure",
        lead: (LEAD, "temperature_remeasure"),
        before: &[Told::Roles(STATION)],
        at_due: &[Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "temperature_call_back",
        lead: (LEAD, "temperature_call_back"),
        before: &[Told::Roles(&[JobRole::HeatingHotlineAgent])],
        at_due: &[Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "stop_to_seal",
        lead: (LEAD, "stop_to_seal"),
        before: &[Told::Roles(STATION)],
        at_due: &[Told::Roles(STATION), Told::Roles(BRANCH)],
        daily: &[],
    },
    Reminder {
        kind: "visit_week",
        lead: (LEAD, "visit_week"),
        before: &[Told::Holder],
        at_due: &[Told::Holder, Told::Roles(BRANCH)],
        daily: &[Told::Roles(MANAGER)],
    },
    Reminder {
        kind: "visit_month",
        lead: (LEAD, "visit_month"),
        before: &[Told::Holder],
        at_due: &[Told::Holder, Told::Roles(BRANCH)],
        daily: &[Told::Roles(MANAGER)],
    },
    Reminder {
        kind: "visit_summary",
        lead: (LEAD, "visit_summary"),
        kind: "inspection_term",
        lead: (LEAD, "inspection_term"),
        before: &[Told::Holder],
        at_due: &[Told::Holder, Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "rectification",
        lead: (LEAD, "rectification"),
        kind: "agreement_to_sign",
        lead: (LEAD, "agreement_to_sign"),
        before: &[Told::Holder],
        at_due: &[Told::Holder, Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "supplement_unpaid",
        lead: (LEAD, "supplement_unpaid"),
        before: &[Told::Roles(COLLECTOR)],
        at_due: &[Told::Roles(INSPECTOR), Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "valve_to_rectify",
        lead: (LEAD, "valve_to_rectify"),
        before: &[Told::Roles(STATION)],
        at_due: &[Told::Roles(BRANCH), Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "valve_to_reopen",
        lead: (LEAD, "valve_to_reopen"),
        before: &[Told::Roles(STATION)],
        at_due: &[Told::Roles(BRANCH), Told::Roles(MANAGER)],
        daily: &[],
    },
];
