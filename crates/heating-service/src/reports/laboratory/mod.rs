//! Reports of the laboratory (heating §8): what coal and ash came to, how well was determined, the archives.

mod archives;
mod instruments;
mod quality;
mod results;

use kernel::report::{Chart, Shape};
use store::reports::{Definition, Span};

/// Read by whoever leads, and the reviewer.
const REVIEWED: &str = "heating.report:read_laboratory";
/// As [`REVIEWED`], and by the analyst: nothing in them tells where a sample comes from.
const BLIND: &str = "heating.report:read_analysis";

/// A report without a chart of its own worth drawing: bars of one column.
const fn bars(label: &'static str, series: &'static [&'static str]) -> Chart {
    Chart { shape: Shape::Bars, label, series }
}

/// The reports of the laboratory.
pub(super) const REPORTS: &[Definition] = &[
    Definition {
        name: "heating/coal-report",
        title_zh: "煤质化验汇总",
        title_en: "Coal",
        summary: "Shows the figures of each sample of coal reported in the period by basis, with the rule of each mean; \
                  notes name samples below the net calorific value supply demands.",
        permission: REVIEWED,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Lines, label: "number", series: &["qnet_ar_mj", "aad"] },
        run: |at, ask| Box::pin(results::coal(at, ask)),
    },
    Definition {
        name: "heating/ash-report",
        title_zh: "灰渣含碳量汇总",
        title_en: "Carbon in ash",
        summary: "Shows the carbon of each sample of slag and fly ash reported in the period, with the rule of the mean.",
        permission: REVIEWED,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Lines, label: "number", series: &["c_slag"] },
        run: |at, ask| Box::pin(results::ash(at, ask)),
    },
    Definition {
        name: "heating/lab-quality",
        title_zh: "化验质量",
        title_en: "Quality of determinations",
        summary: "Counts by item what was determined in the period: samples, values, first pairs that agreed, third and \
                  fourth values, rounds discarded, deviations from other laboratories.",
        permission: BLIND,
        span: Span::Period,
        by: &[],
        chart: Chart { shape: Shape::Lines, label: "item", series: &["first_pair_rate"] },
        run: |at, ask| Box::pin(quality::figures(at, ask)),
    },
    Definition {
        name: "heating/sample-archive",
        title_zh: "煤样、灰渣样接收档案目录",
        title_en: "Catalogue of samples",
        summary: "Lists the samples of the year by number, without a gap; those refused are marked.",
        permission: REVIEWED,
        span: Span::Year,
        by: &["all", "coal", "ash"],
        chart: bars("number", &["mass_g"]),
        run: |at, ask| Box::pin(archives::samples(at, ask)),
    },
    Definition {
        name: "heating/report-archive",
        title_zh: "煤质化验分析报告文件档案目录",
        title_en: "Catalogue of laboratory reports",
        summary: "Lists the reports of the year by number, with receiver and archive number.",
        permission: REVIEWED,
        span: Span::Year,
        by: &[],
        chart: bars("number", &["samples"]),
        run: |at, ask| Box::pin(archives::reports(at, ask)),
    },
    Definition {
        name: "heating/equipment-archive",
        title_zh: "化验设备档案目录",
        title_en: "Catalogue of instruments",
        summary: "Lists the instruments there were in the year.",
        permission: REVIEWED,
        span: Span::Year,
        by: &[],
        chart: bars("number", &["calibrations"]),
        run: |at, ask| Box::pin(archives::equipment(at, ask)),
    },
    Definition {
        name: "heating/glassware-archive",
        title_zh: "化验器皿档案目录",
        title_en: "Catalogue of glassware",
        summary: "Lists what glassware came in, went out and broke in the year, with what was left.",
        permission: REVIEWED,
        span: Span::Year,
        by: &[],
        chart: bars("name", &["balance"]),
        run: |at, ask| Box::pin(archives::glassware(at, ask)),
    },
    Definition {
        name: "heating/instrument-due",
        title_zh: "仪器检定到期",
        title_en: "Instruments to calibrate",
        summary: "Lists the instruments that need calibration as of a day: the last one, its last day, the days left, how \
                  many values are held for each.",
        permission: BLIND,
        span: Span::Day,
        by: &[],
        chart: bars("number", &["days_left"]),
        run: |at, ask| Box::pin(instruments::due(at, ask)),
    },
];
