//! The year in figures (HS-R80): what the records yield, beside what was printed.

use std::collections::HashMap;

use heating_service::annual::figures::{self, Figure};
use heating_service::annual::{Key, Qualifier, is_whole};
use heating_service::published_figure::entity::Model as Printed;
use heating_service::published_figure::{PublishedFigure, printed};
use kernel::fault::Fault;
use kernel::fixed::{Fixed, Percent};
use kernel::lang::Lang;
use kernel::report::column::{number, text};
use kernel::report::{Cell, Chart, Note, Period, Shape, Value};
use store::reports::{Ask, Definition, Figures, Slice, Span};
use store::{Reading, parameters};

use super::READ;
use crate::service_limits::{self, Limits};

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/annual-summary",
    title_zh: "年度工作总结数字",
    title_en: "The year in figures",
    summary: "Shows each figure of the annual summary for the days of a year: value, unit and list, and where one was \
              printed its text, the difference and whether the records bear it out; a branch or a station sees its part, \
              which is not compared.",
    permission: READ,
    span: Span::Year,
    by: &[],
    chart: Chart { shape: Shape::Tiles, label: "title", series: &["value"] },
    run: |at, ask| Box::pin(summary(at, ask)),
}];

async fn summary(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let days = ask.period;
    let tolerance = parameters::value_on(at, "heating.summary.tolerance_percent", days.to, None).await?;
    let tolerance = tolerance.as_str().and_then(|text| Percent::parse(text).ok()).map_or(0, Percent::units);
    let printed = printed(at, days).await?;
    let limits = service_limits::at(at, days.ends_at().min(at.now)).await?;
    let mut rows = Vec::new();
    for &key in Key::ALL {
        let figure = figure(at, key, days, ask.area.as_deref(), &limits, &printed).await?;
        let tolerance = (is_whole(at) || of_the_company(key)).then_some(tolerance);
        rows.push(row(at.lang(), key, &figure, printed.get(&key), tolerance));
    }
    let columns = vec![
        text("key", "代码", "Key"),
        text("title", "项目", "Title"),
        number("value", "数值", "Value"),
        text("unit", "单位", "Unit"),
        number("published", "公布数", "Published"),
        text("text", "公布文字", "Published text"),
        text("qualifier", "表述", "Qualifier"),
        number("difference", "差额", "Difference"),
        text("verdict", "核对", "Verdict"),
    ];
    let part = (!is_whole(at)).then(|| Note {
        zh: "数值只含本单位;公布数为全公司,不作核对".to_owned(),
        en: "Values of this part alone; what was printed is of the whole company and is not compared".to_owned(),
    });
    Ok(Figures { columns, rows, notes: part.into_iter().collect(), ..Figures::default() })
}

/// Whether a figure is the company's, whoever looks.
fn of_the_company(key: Key) -> bool {
    key.by_hand() || matches!(key, Key::LeakHours | Key::ComplaintHours)
}

/// The figure of a key: from the records, from the desk's policies, or as it was entered by hand.
async fn figure(
    at: &Reading,
    key: Key,
    days: Period,
    area: Option<&str>,
    limits: &Limits,
    printed: &HashMap<Key, Printed>,
) -> Result<Figure, Fault> {
    let hours = |seconds: Option<i64>| {
        let units = seconds.map(|seconds| seconds * 100 / 3_600);
        Figure { units, drill: Some("/v1/sla-policy-sets?status=active".to_owned()) }
    };
    match key {
        Key::LeakHours => Ok(hours(limits.leak)),
        Key::ComplaintHours => Ok(hours(limits.complaint)),
        key if key.by_hand() => {
            let list = Slice::default().with("key", key.code()).on_days("as_of", days);
            let units = printed.get(&key).map(|printed| printed.value_units);
            Ok(Figure { units, drill: Some(list.url::<PublishedFigure>()) })
        }
        key => figures::of(at, key, days, area).await,
    }
}

/// `tolerance`: of a figure that is compared.
fn row(lang: Lang, key: Key, figure: &Figure, printed: Option<&Printed>, tolerance: Option<i64>) -> Vec<Cell> {
    let (zh, en) = key.labels();
    let value = figure.units.map_or(Value::Nothing, hundredths);
    let compared = figure.units.zip(printed).zip(tolerance);
    let verdict =
        compared.map(|((units, printed), tolerance)| printed.qualifier.judge(units, printed.value_units, tolerance));
    let text = |text: Option<&str>| text.map_or(Value::Nothing, Value::from);
    vec![
        Value::from(key.code()).into(),
        Value::from(if lang == Lang::Zh { zh } else { en }).into(),
        Cell { value, drill: figure.drill.clone() },
        Value::from(key.unit()).into(),
        printed.map_or(Value::Nothing, |printed| hundredths(printed.value_units)).into(),
        text(printed.map(|printed| printed.wording.as_str())).into(),
        text(printed.map(|printed| Qualifier::code(printed.qualifier))).into(),
        compared.map_or(Value::Nothing, |((units, printed), _)| hundredths(units - printed.value_units)).into(),
        text(verdict.map(|verdict| verdict.code())).into(),
    ]
}

fn hundredths(units: i64) -> Value {
    Fixed::from_units(units).map_or(Value::Nothing, Value::Number)
}
