//! When a row is due: an instant, a whole day, or never.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::fault::Fault;
use kernel::time::{business_day, end_of_day};
use sea_orm::QueryResult;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnType, ExprTrait};

/// The due instant of what has none: sorts after all others.
pub fn never() -> DateTime<Utc> {
    DateTime::from_timestamp(253_370_764_800, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// The last second of a day: when something is due that has the whole day.
pub fn last_second(day: NaiveDate) -> DateTime<Utc> {
    end_of_day(day) - TimeDelta::seconds(1)
}

/// What the rows of a source are due by.
#[derive(Clone, Debug)]
pub enum Due {
    /// An instant; null counts as never.
    At(Expr),
    /// The last second of a day; null counts as never.
    On(Expr),
    /// So long after an instant, or before it.
    After(Expr, TimeDelta),
    /// It only waits.
    Never,
}

impl Due {
    /// By a column that holds an instant or a day.
    pub fn by<C: ColumnTrait>(column: C) -> Self {
        let own = column.into_expr();
        match (column.def().get_column_type(), column.def().is_null()) {
            (ColumnType::Date, _) => Self::on(own),
            (_, true) => Self::at(own),
            // Bare, so that an index serves it.
            (_, false) => Self::At(own),
        }
    }

    /// So long after the instant in a column that is never null; negative: before it.
    pub fn after_column<C: ColumnTrait>(column: C, by: TimeDelta) -> Self {
        Self::After(column.into_expr(), by)
    }

    /// By an instant computed in the query.
    pub fn at(instant: impl Into<Expr>) -> Self {
        Self::At(instant.into().if_null(never()))
    }

    fn on(day: impl Into<Expr>) -> Self {
        Self::On(day.into().if_null(business_day(never())))
    }

    pub(super) fn expression(&self) -> Expr {
        match self {
            Self::At(due) | Self::On(due) | Self::After(due, _) => due.clone(),
            Self::Never => Expr::value(never()),
        }
    }

    /// Due at this instant or later.
    pub(super) fn from(&self, instant: DateTime<Utc>) -> Expr {
        match self {
            Self::At(due) => due.clone().gte(instant),
            Self::After(due, by) => due.clone().gte(instant - *by),
            Self::On(due) => due.clone().gte(first_day(instant)),
            Self::Never => Expr::value(never() >= instant),
        }
    }

    /// Due before this instant.
    pub(super) fn before(&self, instant: DateTime<Utc>) -> Expr {
        match self {
            Self::At(due) => due.clone().lt(instant),
            Self::After(due, by) => due.clone().lt(instant - *by),
            Self::On(due) => due.clone().lt(first_day(instant)),
            Self::Never => Expr::value(never() < instant),
        }
    }

    /// Due after this instant.
    pub(super) fn after(&self, instant: DateTime<Utc>) -> Expr {
        match self {
            Self::At(due) => due.clone().gt(instant),
            Self::After(due, by) => due.clone().gt(instant - *by),
            Self::On(_) if instant >= never() => Expr::value(false),
            Self::On(due) => due.clone().gte(first_day(instant + TimeDelta::microseconds(1))),
            Self::Never => Expr::value(never() > instant),
        }
    }

    /// The due instant of a row; none for never.
    pub(super) fn read(&self, row: &QueryResult, name: &str) -> Result<Option<DateTime<Utc>>, Fault> {
        let due = match self {
            Self::At(_) => row.try_get::<DateTime<Utc>>("", name)?,
            Self::After(_, by) => row.try_get::<DateTime<Utc>>("", name)? + *by,
            Self::On(_) => last_second(row.try_get::<NaiveDate>("", name)?),
            Self::Never => never(),
        };
        Ok(Some(due).filter(|due| business_day(*due) < business_day(never())))
    }
}

/// The first day whose last second is not before an instant.
fn first_day(instant: DateTime<Utc>) -> NaiveDate {
    let day = business_day(instant);
    if last_second(day) < instant { day.succ_opt().unwrap_or(day) } else { day }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_day_is_due_at_its_last_second() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(last_second(day("2024-05-05")), at("2024-05-05T23:59:59+08:00"));
        for (instant, first) in [
            ("2024-05-05T00:00:00+08:00", "2024-05-05"),
            ("2024-05-05T23:59:59+08:00", "2024-05-05"),
            ("2024-05-05T23:59:59.5+08:00", "2024-05-06"),
            ("2024-05-06T00:00:00+08:00", "2024-05-06"),
        ] {
            assert_eq!(first_day(at(instant)), day(first), "{instant}");
        }
    }
}
