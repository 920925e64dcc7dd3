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
    for shape in [Shape::Tiles, Shape::Bars, Shape::Stacked, Shape::Lines] {
        let svg = crate::svg(&report(shape), Lang::Zh);
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>"), "{shape:?}");
        assert!(svg.contains("样表") && svg.contains("南岗&lt;站&gt;") && !svg.contains("<站>"), "{shape:?}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{shape:?}");
    }
}

#[test]
fn a_report_without_rows_still_draws_its_frame() {
    let mut empty = report(Shape::Lines);
    empty.rows.clear();
    let svg = crate::svg(&empty, Lang::En);
    assert!(svg.contains("Sample") && !svg.contains("NaN"));
}
