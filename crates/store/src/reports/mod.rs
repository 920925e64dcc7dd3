//! The declaration of a report (PF-15): what it is called, what may be asked of it, and who computes it.

mod slice;

use chrono::NaiveDate;
use futures_util::future::LocalBoxFuture;
use kernel::fault::Fault;
use kernel::report::{Cell, Chart, Column, Note, Period, Report};

pub use slice::Slice;

use crate::Reading;

/// What a report covers.
#[codes::code(name = "ReportSpan", stored = false)]
pub enum Span {
    /// 当前: the instant of asking.
    Now,
    /// 期间: the days from `from` to `to`, or a `month`, or a `year`; the running month when nothing is named.
    Period,
    /// 期间或供暖季: a period, or a heating season by its number.
    PeriodOrSeason,
    /// 期间或截止月: a period, where a `month` ends on its cut-off day and begins the day after the one before.
    PeriodOrCutoffMonth,
    /// 某日: as it was at the end of the day `as_of`; today when nothing is named.
    Day,
    /// 供暖季: a heating season by its number, up to `as_of`; when none is named that of the day, or the last before it.
    Season,
    /// 供暖季或年度: a season, or a calendar `year` up to `as_of`.
    SeasonOrYear,
    /// 年度: a calendar year up to `as_of`; the running one when none is named.
    Year,
}

impl Span {
    /// Whether days may be named.
    pub fn takes_days(self) -> bool {
        matches!(self, Self::Period | Self::PeriodOrSeason | Self::PeriodOrCutoffMonth)
    }
    /// Whether a heating season may be named.
    pub fn takes_season(self) -> bool {
        matches!(self, Self::Season | Self::PeriodOrSeason | Self::SeasonOrYear)
    }
    /// Whether a calendar year may be named.
    pub fn takes_year(self) -> bool {
        matches!(self, Self::Year | Self::SeasonOrYear) || self.takes_days()
    }
    /// Whether the last day that counts may be named.
    pub fn takes_as_of(self) -> bool {
        matches!(self, Self::Day | Self::Season | Self::SeasonOrYear | Self::Year)
    }
}

/// The way to group of a report of a season or year that covers a calendar year.
pub const BY_YEAR: &str = "year";

/// What the caller asked.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The days asked for; of a year its days up to `as_of`; the running month where a report has no period.
    pub period: Period,
    /// The last day that counts.
    pub as_of: NaiveDate,
    /// A season by its number.
    pub season: Option<String>,
    /// A district, where a figure is of one only.
    pub area: Option<String>,
    /// One of the declared ways to group; the first when the caller names none, empty where there is none.
    pub by: &'static str,
}

impl Ask {
    /// Everything within a period.
    pub fn of(period: Period, by: &'static str) -> Self {
        Self { period, as_of: period.to, season: None, area: None, by }
    }

    /// Whether the period says what a report of this span covers.
    fn has_period(&self, span: Span) -> bool {
        match span {
            Span::Period | Span::PeriodOrCutoffMonth | Span::Year => true,
            Span::PeriodOrSeason => self.season.is_none(),
            Span::SeasonOrYear => self.by == BY_YEAR,
            Span::Now | Span::Day | Span::Season => false,
        }
    }
}

type Run = for<'a> fn(&'a Reading, &'a Ask) -> LocalBoxFuture<'a, Result<Figures, Fault>>;

/// What a report computes; its declaration adds the rest.
#[derive(Debug, Default)]
pub struct Figures {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    pub totals: Option<Vec<Cell>>,
    pub notes: Vec<Note>,
}

/// A report as it is declared, once.
pub struct Definition {
    /// `<domain>/<name>`; the path below `/v1/reports`.
    pub name: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    /// For the contract: what the figures are.
    pub summary: &'static str,
    /// Who may read it.
    pub permission: &'static str,
    pub span: Span,
    pub by: &'static [&'static str],
    pub chart: Chart,
    pub run: Run,
}

impl Definition {
    /// Computes it as of this instant.
    pub async fn report(&self, at: &Reading, ask: &Ask) -> Result<Report, Fault> {
        let figures = (self.run)(at, ask).await?;
        let report = Report {
            name: self.name,
            title_zh: self.title_zh,
            title_en: self.title_en,
            period: ask.has_period(self.span).then_some(ask.period),
            as_of: at.now.into(),
            columns: figures.columns,
            rows: figures.rows,
            totals: figures.totals,
            notes: figures.notes,
            chart: self.chart,
        };
        debug_assert!(report.is_well_formed(), "cells that do not fit their columns: {}", self.name);
        Ok(report)
    }
}
