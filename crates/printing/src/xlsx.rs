//! Spreadsheets with real types: a frozen heading, figures as numbers, dates as dates, pages as wide as the table.

use kernel::lang::Lang;
use kernel::report::{Cell, Column, ColumnKind, Report, Value};
use rust_xlsxwriter::{ExcelDateTime, Format, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::{Unprintable, cells, failed};

/// Sheet names end here.
const SHEET_NAME: usize = 31;
/// Columns are no wider, however long a text.
const WIDEST: usize = 60;

/// The report as a workbook of one sheet: title, period, heading, rows, totals, notes.
pub fn xlsx(report: &Report, lang: Lang) -> Result<Vec<u8>, Unprintable> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, report, lang).map_err(failed)?;
    book.save_to_buffer().map_err(failed)
}

fn fill(sheet: &mut Worksheet, report: &Report, lang: Lang) -> Result<(), XlsxError> {
    let title = report.title(lang);
    let name: String = title.chars().map(|c| if "[]:*?/\\".contains(c) { ' ' } else { c }).take(SHEET_NAME).collect();
    sheet.set_name(name)?;
    sheet.write_string_with_format(0, 0, title, &Format::new().set_bold().set_font_size(14))?;
    sheet.write_string(1, 0, report.covers())?;
    let heading = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
    for (n, column) in (0..).zip(&report.columns) {
        sheet.write_string_with_format(2, n, column.title(lang), &heading)?;
        sheet.set_column_width(n, width(report, usize::from(n), column, lang))?;
    }
    sheet.set_freeze_panes(3, 0)?;
    // On paper: across, as wide as a sheet, the heading on each.
    sheet.set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(2, 2)?;
    let mut line = 3;
    for row in &report.rows {
        write_row(sheet, line, row, &report.columns, &Format::new())?;
        line += 1;
    }
    if let Some(totals) = &report.totals {
        write_row(sheet, line, totals, &report.columns, &Format::new().set_bold().set_border_top(FormatBorder::Thin))?;
        line += 1;
    }
    for note in &report.notes {
        line += 1;
        sheet.write_string(line, 0, note.text(lang))?;
    }
    Ok(())
}

fn write_row(
    sheet: &mut Worksheet,
    line: u32,
    row: &[Cell],
    columns: &[Column],
    look: &Format,
) -> Result<(), XlsxError> {
    for ((n, cell), column) in (0..).zip(row).zip(columns) {
        // Where figures of several kinds stand below each other, a count is still a whole number.
        let kind = if matches!(cell.value, Value::Count(_)) { ColumnKind::Count } else { column.kind };
        let look = look.clone().set_num_format(number_format(kind));
        match &cell.value {
            Value::Nothing => sheet.write_blank(line, n, &look)?,
            Value::Text(text) => sheet.write_string_with_format(line, n, text, &look)?,
            Value::Date(_) | Value::Instant(_) => {
                let text = cells::text(&cell.value);
                // The sheet knows no time zones: the business time, without its offset.
                match ExcelDateTime::parse_from_str(text.get(..19).unwrap_or(&text)) {
                    Ok(date) => sheet.write_datetime_with_format(line, n, date, &look)?,
                    Err(_) => sheet.write_string_with_format(line, n, text, &look)?,
                }
            }
            figure => match cells::number(figure) {
                Some(number) => sheet.write_number_with_format(line, n, number, &look)?,
                None => sheet.write_string_with_format(line, n, cells::text(figure), &look)?,
            },
        };
    }
    Ok(())
}

fn number_format(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "@",
        ColumnKind::Count | ColumnKind::Seconds => "#,##0",
        ColumnKind::Money => "#,##0.00",
        ColumnKind::Percent | ColumnKind::Number => "0.00",
        ColumnKind::Quantity => "0.000",
        ColumnKind::Date => "yyyy-mm-dd",
        ColumnKind::Instant => "yyyy-mm-dd hh:mm:ss",
    }
}

/// Wide enough for the longest cell; a Chinese character takes two places.
#[expect(clippy::cast_precision_loss, reason = "a width of at most 60 places")]
fn width(report: &Report, n: usize, column: &Column, lang: Lang) -> f64 {
    let places = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let rows = report.rows.iter().chain(&report.totals).filter_map(|row| row.get(n));
    let widest = rows.map(|cell| places(&cells::text(&cell.value))).max().unwrap_or(0);
    (widest.max(places(column.title(lang))) + 2).min(WIDEST) as f64
}
