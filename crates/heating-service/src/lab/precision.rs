//! The precision of the methods (HS-R40): repeatability T within a laboratory, critical difference R between two, by
//! item, method and range. Data, valid from a day; the parameter `heating.lab.precision` is the whole table as CSV.

use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use kernel::fault::Fault;
use serde_json::Value;
use store::{Reading, parameters};

use super::exact;
use super::item::Item;

/// The table as it ships.
pub const SHIPPED: &str = include_str!("../../data/lab-precision.csv");

/// The methods used when nobody names one.
pub const METHODS: &str = r#"{"Mt": "GB/T 211", "Mad": "GB/T 212", "Aad": "GB/T 212", "Vad": "GB/T 212",
    "St": "GB/T 214 coulomb", "Qgr": "GB/T 213", "Had": "GB/T 476", "C_slag": "DL/T 567.6"}"#;

static DEFAULT: LazyLock<Arc<Table>> = LazyLock::new(|| Arc::new(Table::parse(SHIPPED).unwrap_or_default()));

/// One range of a method. Figures are units of the item's last decimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Precision {
    pub item: Item,
    pub method: String,
    lower: i64,
    lower_inclusive: bool,
    upper: i64,
    upper_inclusive: bool,
    /// Repeatability limit T (重复性限).
    pub repeatability: i64,
    /// Critical difference R (再现性临界差); some items have none.
    pub reproducibility: Option<i64>,
    valid_from: NaiveDate,
}

/// All ranges of all methods.
#[derive(Clone, Debug, Default)]
pub struct Table(Vec<Precision>);

impl Table {
    /// Reads the CSV, headings first. Errors: the line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = text.lines().skip(1).filter(|line| !line.trim().is_empty());
        lines.map(|line| row(line).ok_or_else(|| line.to_owned())).collect::<Result<_, _>>().map(Self)
    }

    /// The range a mean falls into: the sum of so many values, by a method, on a day.
    pub fn of_mean(&self, item: Item, method: &str, (sum, count): (i64, i64), day: NaiveDate) -> Option<&Precision> {
        let known = || self.0.iter().filter(|row| row.item == item && row.method == method && row.valid_from <= day);
        let edition = known().map(|row| row.valid_from).max()?;
        known().filter(|row| row.valid_from == edition).find(|row| row.holds(sum, count))
    }

    /// Whether an item is determined by this method.
    pub fn knows(&self, item: Item, method: &str) -> bool {
        self.0.iter().any(|row| row.item == item && row.method == method)
    }
}

impl Precision {
    fn holds(&self, sum: i64, count: i64) -> bool {
        let (lower, upper) = (self.lower * count, self.upper * count);
        let above = if self.lower_inclusive { sum >= lower } else { sum > lower };
        let below = if self.upper_inclusive { sum <= upper } else { sum < upper };
        above && below
    }
}

fn row(line: &str) -> Option<Precision> {
    let cells: Vec<&str> = line.splitn(15, ',').map(str::trim).collect();
    let [item, _, method, _, _, lower, lower_inclusive, upper, upper_inclusive, t, _, r, _, valid_from, ..] =
        cells.as_slice()
    else {
        return None;
    };
    let item = Item::of_code(item)?;
    let figure = |text: &str| exact::read_up_to(text, item.decimals()).ok();
    Some(Precision {
        item,
        method: (*method).to_owned(),
        lower: figure(lower)?,
        lower_inclusive: lower_inclusive.parse().ok()?,
        upper: figure(upper)?,
        upper_inclusive: upper_inclusive.parse().ok()?,
        repeatability: figure(t)?,
        reproducibility: if r.is_empty() { None } else { Some(figure(r)?) },
        valid_from: valid_from.parse().ok()?,
    })
}

/// The table in force on a day.
pub async fn table(at: &Reading, day: NaiveDate) -> Result<Arc<Table>, Fault> {
    match parameters::value_on(at, "heating.lab.precision", day, None).await? {
        Value::String(text) if text == SHIPPED => Ok(DEFAULT.clone()),
        Value::String(text) => Table::parse(&text).map(Arc::new).map_err(Fault::internal),
        other => Err(Fault::internal(format!("heating.lab.precision is no table: {other}"))),
    }
}

/// The method of an item when nobody names one.
///
/// # Errors
/// 422 `required` at `/method` where `heating.lab.methods` has none either.
pub async fn usual_method(at: &Reading, item: Item, day: NaiveDate) -> Result<String, Fault> {
    let methods = parameters::value_on(at, "heating.lab.methods", day, None).await?;
    let method = methods[item.code()].as_str().map(str::to_owned);
    method.ok_or_else(|| Fault::field("/method", "required"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_shipped_line_is_read_and_every_item_has_its_usual_method() {
        let table = Table::parse(SHIPPED).unwrap();
        assert_eq!(table.0.len(), SHIPPED.lines().count() - 1);
        let methods: Value = serde_json::from_str(METHODS).unwrap();
        for item in Item::ALL {
            assert!(table.knows(*item, methods[item.code()].as_str().unwrap()), "{}", item.code());
        }
    }

    #[test]
    fn a_range_holds_the_limits_that_belong_to_it() {
        let table = Table::parse(SHIPPED).unwrap();
        let on = day("2011-12-01");
        for (item, method, sum, count, t) in [
            (Item::Aad, "GB/T 212", 2 * 1499, 2, Some(20)),
            (Item::Aad, "GB/T 212", 2 * 1500, 2, Some(30)),
            // The mean of 14.99 and 15.00 is below 15.00.
            (Item::Aad, "GB/T 212", 1499 + 1500, 2, Some(20)),
            (Item::Aad, "GB/T 212", 2 * 3000, 2, Some(30)),
            (Item::Aad, "GB/T 212", 3000 + 3001, 2, Some(50)),
            (Item::Mad, "GB/T 212", 2 * 1000, 2, Some(30)),
            (Item::St, "GB/T 214 coulomb", 2 * 150, 2, Some(5)),
            (Item::St, "GB/T 214 coulomb", 150 + 151, 2, Some(10)),
            (Item::St, "GB/T 212", 2 * 150, 2, None),
            (Item::Mt, "GB/T 211", 2 * 100, 2, Some(5)),
            (Item::Mt, "GB/T 211", 99 + 100, 2, Some(4)),
            (Item::Qgr, "GB/T 213", 40_001, 1, None),
            (Item::CSlag, "DL/T 567.6", 2 * 500, 2, Some(30)),
        ] {
            let found = table.of_mean(item, method, (sum, count), on).map(|row| row.repeatability);
            assert_eq!(found, t, "{} {sum}/{count}", item.code());
        }
        assert!(table.of_mean(Item::Aad, "GB/T 212", (988, 1), day("2008-12-31")).is_none(), "not yet in force");
    }

    #[test]
    fn a_newer_edition_replaces_the_older_one() {
        let head = SHIPPED.lines().next().unwrap();
        let line = |t: &str, from: &str| format!("Had,氢,M,%,2,0.00,true,100.00,true,{t},ad,,,{from},\n");
        let table =
            Table::parse(&format!("{head}\n{}{}", line("0.15", "2008-01-01"), line("0.10", "2020-01-01"))).unwrap();
        for (on, t) in [("2019-12-31", 15), ("2020-01-01", 10)] {
            assert_eq!(table.of_mean(Item::Had, "M", (365, 1), day(on)).unwrap().repeatability, t);
        }
        assert!(Table::parse(&format!("{head}\nHad,氢\n")).is_err());
    }
}
