//! What waits in the heating service (PF-16, heating §10): a declaration a kind, derived from the rows themselves.

mod stops;
mod temperature;

use access::JobRole;
use store::work_list::{Reminder, Source, Told};

const TEMPERATURE: &str = "heating.temperature:read";

/// Every kind of this domain.
pub const SOURCES: &[Source] = &[
    Source {
        domain: "heating",
        kind: "temperature_visit",
        title_zh: "入户测温",
        title_en: "Home to measure",
        permission: TEMPERATURE,
        items: |at, asked| Box::pin(temperature::visits(at, asked)),
    },
    Source {
        domain: "heating",
        kind: "temperature_remeasure",
        title_zh: "整改后复测",
        title_en: "Home to measure again",
        permission: TEMPERATURE,
        items: |at, asked| Box::pin(temperature::remeasures(at, asked)),
    },
    Source {
        domain: "heating",
        kind: "temperature_call_back",
        title_zh: "测温回访",
        title_en: "Measured home to call back",
        permission: TEMPERATURE,
        items: |at, asked| Box::pin(temperature::call_backs(at, asked)),
    },
    Source {
        domain: "heating",
        kind: "stop_to_seal",
        title_zh: "报停待封栓",
        title_en: "Stop to seal",
        permission: "heating.stop:read",
        items: |at, asked| Box::pin(stops::to_seal(at, asked)),
    },
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
    Reminder {
        kind: "stop_to_seal",
        lead: (LEAD, "stop_to_seal"),
        before: &[Told::Roles(STATION)],
        at_due: &[Told::Roles(STATION), Told::Roles(BRANCH)],
        daily: &[],
    },
];
