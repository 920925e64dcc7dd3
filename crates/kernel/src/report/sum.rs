//! Adding figures up: money and quantities that stay what they are, and the totals of a table.

use super::{Cell, Column, ColumnKind, Value};
use crate::fixed::Stock;
use crate::money::Money;

/// An amount of fen; nothing where it leaves the range of money.
pub fn money(fen: i64) -> Value {
    Money::from_fen(fen).map_or(Value::Nothing, Value::Money)
}

/// A quantity of thousandths; nothing where it leaves the range of quantities.
pub fn quantity(milli: i64) -> Value {
    Stock::from_units(milli).map_or(Value::Nothing, Value::Quantity)
}

/// Counts, money and quantities added up; a level, a rate and a mean are not.
pub fn totals(columns: &[Column], rows: &[Vec<Cell>]) -> Vec<Cell> {
    columns.iter().enumerate().map(|(place, column)| total(column, rows.iter().map(|row| &row[place].value))).collect()
}

fn total<'a>(column: &Column, values: impl Iterator<Item = &'a Value>) -> Cell {
    let units = values.map(|value| match value {
        Value::Count(n) => *n,
        Value::Money(money) => money.fen(),
        Value::Quantity(quantity) => quantity.units(),
        _ => 0,
    });
    match column.kind {
        ColumnKind::Count if column.key != "level" => units.sum::<i64>().into(),
        ColumnKind::Money => money(units.sum()).into(),
        ColumnKind::Quantity => quantity(units.sum()).into(),
        _ => Cell::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_added_is_added() {
        let column = |key, kind| Column::new(key, key, key, kind);
        let columns = [
            column("who", ColumnKind::Text),
            column("level", ColumnKind::Count),
            column("cases", ColumnKind::Count),
            column("paid", ColumnKind::Money),
            column("used", ColumnKind::Quantity),
            column("rate", ColumnKind::Percent),
        ];
        let row = |who: &str, cases: i64, fen: i64, milli: i64| -> Vec<Cell> {
            vec![who.into(), 3_i64.into(), cases.into(), money(fen).into(), quantity(milli).into(), Cell::default()]
        };
        let sums = totals(&columns, &[row("a", 2, 1050, 500), row("b", 5, -50, 1500)]);
        let nothing = Cell::default();
        assert_eq!(
            sums,
            [nothing.clone(), nothing.clone(), 7_i64.into(), money(1000).into(), quantity(2000).into(), nothing]
        );
    }
}
