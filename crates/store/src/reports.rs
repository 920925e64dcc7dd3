//! The declaration of a report (PF-15): what it is called, what may be asked of it, and who computes it.

use futures_util::future::LocalBoxFuture;
use kernel::fault::Fault;
use kernel::report::{Cell, Chart, Column, Period, Report};

use crate::Reading;

/// What a report covers.
#[codes::code(name = "ReportSpan", stored = false)]
pub enum Span {
    /// 当前: the instant of asking.
    Now,
    /// 期间: the days from `from` to `to`, or a `month`; the running month when nothing is named.
    Period,
}

/// What the caller asked.
#[derive(Clone, Debug)]
pub struct Ask {
    pub period: Period,
    /// One of the declared ways to group; the first when the caller names none, empty where there is none.
    pub by: &'static str,
}

type Run = for<'a> fn(&'a Reading, &'a Ask) -> LocalBoxFuture<'a, Result<Figures, Fault>>;

/// What a report computes; its declaration adds the rest.
#[derive(Debug, Default)]
pub struct Figures {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    pub totals: Option<Vec<Cell>>,
}

/// A report as it is declared, once.
pub struct Definition {
    /// `<domain>/<name>`; the path below `/v1/reports`.
    pub name: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    /// For the contract: what the figures are.
    pub summary: &'static str,
    pub span: Span,
    pub by: &'static [&'static str],
    pub chart: Chart,
    pub run: Run,
}

impl Definition {
    /// Its domain, the first part of its permission.
    pub fn domain(&self) -> &'static str {
        self.name.split_once('/').map_or(self.name, |(domain, _)| domain)
    }

    /// Computes it as of this instant.
    pub async fn report(&self, at: &Reading, ask: &Ask) -> Result<Report, Fault> {
        let figures = (self.run)(at, ask).await?;
        let report = Report {
            name: self.name,
            title_zh: self.title_zh,
            title_en: self.title_en,
            period: (self.span == Span::Period).then_some(ask.period),
            as_of: at.now.into(),
            columns: figures.columns,
            rows: figures.rows,
            totals: figures.totals,
            notes: Vec::new(),
            chart: self.chart,
        };
        debug_assert!(report.is_well_formed(), "cells that do not fit their columns: {}", self.name);
        Ok(report)
    }
}
