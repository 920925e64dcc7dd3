//! What waits in the heating service (PF-16, heating §10): a declaration a kind, derived from the rows themselves.

mod complaints;
mod outages;
mod stops;
mod temperature;

use access::JobRole;
use store::work_list::{Reminder, Source, Told};

const TEMPERATURE: &str = "heating.temperature:read";
const OUTAGE: &str = "heating.outage:read";

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
    Source::new("outage_forecast", ("停缓供预计恢复到期", "Outage due back"), OUTAGE, |at, asked| {
        Box::pin(outages::forecasts(at, asked))
    }),
    Source::new(
        "complaint_to_decide",
        ("投诉待核定", "Complaint to decide"),
        "heating.complaint:read",
        |at, asked| Box::pin(complaints::to_decide(at, asked)),
    ),
    Source::new("stop_to_seal", ("报停待封栓", "Stop to seal"), "heating.stop:read", |at, asked| {
        Box::pin(stops::to_seal(at, asked))
    }),
];

const STATION: &[JobRole] = &[JobRole::HeatingStationHead];
const BRANCH: &[JobRole] = &[JobRole::HeatingBranchManager];
const MANAGER: &[JobRole] = &[JobRole::HeatingServiceManager];
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
    // The next level hears at once; the level itself stays open.
    Reminder {
        kind: "outage_branch",
        lead: (LEAD, "outage_branch"),
        before: &[],
        at_due: &[Told::Roles(BRANCH)],
        daily: &[],
    },
    Reminder {
        kind: "outage_company",
        lead: (LEAD, "outage_company"),
        before: &[],
        at_due: &[Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "outage_forecast",
        lead: (LEAD, "outage_forecast"),
        before: &[],
        at_due: &[Told::Roles(BRANCH), Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "stop_to_seal",
        lead: (LEAD, "stop_to_seal"),
        before: &[Told::Roles(STATION)],
        at_due: &[Told::Roles(STATION), Told::Roles(BRANCH)],
        daily: &[],
    },
];
