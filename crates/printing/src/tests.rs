use kernel::lang::Lang;
use kernel::money::Money;
use kernel::report::{Cell, Chart, Column, ColumnKind, Note, Report, Shape, Value};
use kernel::time::{Clock, FixedClock};

fn report(shape: Shape) -> Report {
    let row = |unit: &str, count: i64| -> Vec<Cell> {
        vec![Value::Text(unit.into()).into(), Value::Count(count).into(), Value::Nothing.into()]
    };
    let mut report = Report {
        name: "tickets/sample",
        title_zh: "样表",
        title_en: "Sample",
        period: None,
        as_of: FixedClock::at("2026-01-15T08:00:00+08:00").now().into(),
        columns: vec![
            Column::new("unit", "单位", "Unit", ColumnKind::Text),
            Column::new("count", "件数", "Count", ColumnKind::Count),
            Column::new("paid", "已收", "Paid", ColumnKind::Money),
        ],
        rows: vec![row("南岗<站>", 3), row("=1+1", 12)],
        totals: Some(vec![Cell::default(), Value::Count(15).into(), Value::Money(Money::ZERO).into()]),
        notes: vec![Note { zh: "说明".into(), en: "Note".into() }],
        chart: Chart { shape, label: "unit", series: &["count", "paid"] },
    };
    report.rows[0][2] = Value::Money(Money::ZERO).into();
    report
}

#[test]
fn csv_has_a_bom_and_no_formulas() {
    let text = String::from_utf8(crate::csv(&report(Shape::Bars), Lang::Zh).unwrap()).unwrap();
    assert_eq!(text, "\u{feff}单位,件数,已收\r\n南岗<站>,3,0.00\r\n'=1+1,12,\r\n,15,0.00\r\n");
}

#[test]
fn a_workbook_is_a_zip_with_one_sheet() {
    let bytes = crate::xlsx(&report(Shape::Bars), Lang::En).unwrap();
    assert_eq!(&bytes[..4], b"PK\x03\x04");
    assert!(bytes.len() > 3_000);
}

#[test]
fn every_shape_draws_escaped_text_and_all_its_figures() {
    for shape in [Shape::Tiles, Shape::Bars, Shape::Stacked, Shape::Lines, Shape::Pareto, Shape::HeatMap] {
        let svg = crate::svg(&report(shape), Lang::Zh);
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{shape:?}");
        assert!(svg.contains("样表") && svg.contains("南岗&lt;站&gt;") && !svg.contains("<站>"), "{shape:?}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{shape:?}");
    }
}

#[test]
fn the_picture_holds_every_row_of_tiles() {
    let tiles = |count: usize| {
        let mut report = report(Shape::Tiles);
        report.rows = vec![report.rows[0].clone(); count];
        crate::svg(&report, Lang::Zh)
    };
    assert!(tiles(5).contains(r#"viewBox="0 0 960 156""#));
    let many = tiles(26);
    assert!(many.contains(r#"viewBox="0 0 960 656""#) && many.contains(r#"y="556.0""#));
}

#[test]
fn a_report_without_rows_still_draws_its_frame() {
    let mut empty = report(Shape::Lines);
    empty.rows.clear();
    let svg = crate::svg(&empty, Lang::En);
    assert!(svg.contains("Sample") && !svg.contains("NaN"));
}

fn day(text: &str) -> Cell {
    Value::Date(text.parse().unwrap()).into()
}

/// A report of these columns and rows, to be drawn in this shape.
fn drawn(
    shape: Shape,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    label: &'static str,
    series: &'static [&'static str],
) -> String {
    let base = report(shape);
    let report = Report { columns, rows, totals: None, chart: Chart { shape, label, series }, ..base };
    assert!(report.is_well_formed());
    let svg = crate::svg(&report, Lang::Zh);
    // Pictures for whoever wants to look at them.
    if let Ok(folder) = std::env::var("CHARTS") {
        std::fs::write(format!("{folder}/{shape:?}-{}.svg", series.len()), &svg).unwrap();
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{shape:?}");
    svg
}

const WHAT: Column = Column::new("what", "事项", "What", ColumnKind::Text);

#[test]
fn long_names_and_many_rows_neither_overlap_nor_leave_the_picture() {
    let columns = vec![
        WHAT,
        Column::new("orders", "维修单", "Orders", ColumnKind::Count),
        Column::new("punctual", "准时上门", "Punctual", ColumnKind::Count),
    ];
    let row = |name: String, n: i64| vec![name.into(), (n % 9 + 2).into(), (n % 5).into()];
    let few = (1..=6).map(|n| row(format!("沈阳市和平区便民维修服务有限公司第{n}分部"), n)).collect();
    let svg = drawn(Shape::Bars, columns.clone(), few, "what", &["orders", "punctual"]);
    assert!(
        svg.contains("rotate(-40") && svg.contains(">沈阳市…第1分部<") && !svg.contains("服务有限公司第1分部</text>")
    );
    let many = (1..=120).map(|n| row(format!("客服专员{n}"), n)).collect();
    let svg = drawn(Shape::Lines, columns, many, "what", &["orders"]);
    assert!(svg.contains(">客服专员1<") && !svg.contains(">客服专员2<"), "labels without room are left out");
}

#[test]
fn columns_by_hour_stand_on_a_whole_day() {
    let columns = vec![
        Column::new("hour", "时段", "Hour", ColumnKind::Text),
        Column::new("within", "及时接听", "Within", ColumnKind::Count),
        Column::new("lost", "未接", "Lost", ColumnKind::Count),
    ];
    let row = |hour: &str, within: i64, lost: i64| vec![hour.into(), within.into(), lost.into()];
    let rows = vec![row("09:00", 12, 1), row("10:00", 18, 0), row("14:00", 9, 4), row("21:00", 3, 2)];
    let svg = drawn(Shape::Hours, columns, rows, "hour", &["within", "lost"]);
    for label in [">00<", ">13<", ">23<", "21:00 未接: 2", "14:00 及时接听: 9"] {
        assert!(svg.contains(label), "{label}");
    }
}

#[test]
fn a_pareto_shows_bars_and_their_cumulative_share() {
    let columns = vec![
        WHAT,
        Column::new("count", "件数", "Count", ColumnKind::Count),
        Column::new("cumulative_share", "累计占比%", "Cumulative %", ColumnKind::Percent),
    ];
    let row =
        |name: &str, count: i64, so_far: i64| vec![name.into(), count.into(), kernel::report::share(so_far, 20).into()];
    let rows = vec![row("施工质量", 11, 11), row("老化", 5, 16), row("使用不当", 3, 19), row("其他", 1, 20)];
    let svg = drawn(Shape::Pareto, columns, rows, "what", &["count", "cumulative_share"]);
    for label in ["施工质量 件数: 11", ">55%<", ">100%<", "累计占比%"] {
        assert!(svg.contains(label), "{label}");
    }
}

#[test]
fn a_heat_map_of_days_is_a_calendar_and_of_rows_a_grid() {
    let columns = vec![
        Column::new("day", "日期", "Day", ColumnKind::Date),
        Column::new("coverage", "覆盖率%", "Coverage %", ColumnKind::Percent),
    ];
    let rows = (1..=31).map(|n: i64| {
        let full = if n % 6 == 0 { 62 } else { 100 };
        vec![day(&format!("2026-03-{n:02}")), kernel::report::share(full, 100).into()]
    });
    let svg = drawn(Shape::HeatMap, columns, rows.collect(), "day", &["coverage"]);
    for label in ["周一", "周日", "2026-03-12: 62", ">02-23<"] {
        assert!(svg.contains(label), "{label}");
    }
    let columns = vec![
        WHAT,
        Column::new("use", "使用", "Use", ColumnKind::Count),
        Column::new("missing", "缺失", "Missing", ColumnKind::Count),
    ];
    let rows = vec![
        vec!["南岗站".into(), 120_i64.into(), 3_i64.into()],
        vec!["道里站".into(), 64_i64.into(), 9_i64.into()],
        vec!["香坊站".into(), 8_i64.into(), Cell::default()],
    ];
    let svg = drawn(Shape::HeatMap, columns, rows, "what", &["use", "missing"]);
    assert!(svg.contains("道里站 缺失: 9") && svg.contains("rgb(31,95,168)"));
}

#[test]
fn a_plan_shows_stretches_milestones_and_what_became_of_them() {
    let date = |key, zh| Column::new(key, zh, key, ColumnKind::Date);
    let columns = vec![
        WHAT,
        date("from", "计划开始"),
        date("to", "计划完成"),
        date("begun", "实际开始"),
        date("done", "实际完成"),
    ];
    let rows = vec![
        vec!["用地规划许可".into(), day("2025-10-08"), day("2025-11-20"), day("2025-10-10"), day("2025-11-28")],
        vec!["工程规划许可".into(), day("2025-11-21"), day("2026-01-10"), day("2025-12-01"), Cell::default()],
        vec!["施工许可".into(), day("2026-01-12"), day("2026-02-28"), Cell::default(), Cell::default()],
        vec!["预售许可证取得".into(), day("2026-04-30"), day("2026-04-30"), Cell::default(), Cell::default()],
        vec!["不适用".into(), Cell::default(), Cell::default(), Cell::default(), Cell::default()],
    ];
    let svg = drawn(Shape::Gantt, columns, rows, "what", &["from", "to", "begun", "done"]);
    for label in [
        "施工许可 2026-01-12 … 2026-02-28",
        "2025-11",
        "2026-04",
        "今日",
        "<path d=",
        "里程碑",
        "工程规划许可 2025-12-01 … 2026-01-15",
    ] {
        assert!(svg.contains(label), "{label}");
    }
}

#[test]
fn every_shape_draws_a_report_without_rows() {
    for shape in [Shape::Hours, Shape::Pareto, Shape::HeatMap, Shape::Gantt] {
        let mut empty = report(shape);
        empty.rows.clear();
        let svg = crate::svg(&empty, Lang::Zh);
        assert!(svg.contains("样表") && !svg.contains("NaN") && !svg.contains("inf"), "{shape:?}");
    }
}
