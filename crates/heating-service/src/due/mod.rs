//! What waits in the heating service (PF-16, heating §10): a declaration a kind, derived from the rows themselves.

mod instruments;
mod laboratory;
mod stops;
mod temperature;

use access::JobRole;
use store::work_list::{Reminder, Source, Told};

const TEMPERATURE: &str = "heating.temperature:read";
const SAMPLE: &str = "heating.sample:read";
const DETERMINATION: &str = "heating.determination:read";

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

const STATION: &[JobRole] = &[JobRole::HeatingStationHead];
const BRANCH: &[JobRole] = &[JobRole::HeatingBranchManager];
const MANAGER: &[JobRole] = &[JobRole::HeatingServiceManager];
const ANALYST: &[JobRole] = &[JobRole::CoalAnalyst];
const REVIEWER: &[JobRole] = &[JobRole::CoalReviewer];
const LEAD: &str = "heating.remind.lead";

/// Work of the laboratory: the reviewer beforehand, the manager when it is over.
const fn of_laboratory(kind: &'static str) -> Reminder {
    Reminder { kind, lead: (LEAD, kind), before: &[Told::Roles(REVIEWER)], at_due: &[Told::Roles(MANAGER)], daily: &[] }
}

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
    of_laboratory("lab_duplicate"),
    of_laboratory("lab_review"),
    of_laboratory("lab_report"),
    Reminder {
        kind: "instrument_due",
        lead: ("heating.instrument.remind_days", ""),
        before: &[Told::Roles(ANALYST)],
        at_due: &[Told::Roles(ANALYST), Told::Roles(MANAGER)],
        daily: &[],
    },
    Reminder {
        kind: "lab_retention",
        lead: (LEAD, "lab_retention"),
        before: &[],
        at_due: &[Told::Roles(ANALYST)],
        daily: &[],
    },
];
