//! The table of what was measured, and how it stands to the aims.

use std::fmt::Write;

use crate::load::Measured;
use crate::work::Kind;
use crate::{Side, median};

/// A cell of the table: the middle of its rounds.
pub struct Line {
    pub kind: Kind,
    pub clients: usize,
    pub side: &'static str,
    pub rounds: Vec<Measured>,
}

impl Line {
    fn middle(&self, figure: impl Fn(&Measured) -> f64) -> f64 {
        median(self.rounds.iter().map(figure).collect())
    }
    fn optional(&self, figure: impl Fn(&Measured) -> Option<f64>) -> Option<f64> {
        let known: Vec<f64> = self.rounds.iter().filter_map(figure).collect();
        (!known.is_empty()).then(|| median(known))
    }
    fn rate(&self) -> f64 {
        self.middle(Measured::rate)
    }
}

/// What was noted of a service besides its cells.
pub struct Noted {
    pub side: Side,
    pub first_answer: f64,
    pub idle: f64,
    /// CPU µs of a page with the tickets loaded at first and with a million.
    pub million: Option<(f64, f64)>,
    /// Seconds of a report over all of a million tickets, and resident MiB after it.
    pub whole: Option<(f64, f64)>,
}

/// Everything that was measured.
#[derive(Default)]
pub struct Report {
    /// Where and how it ran.
    pub heading: String,
    pub lines: Vec<Line>,
    pub noted: Vec<Noted>,
}

/// An aim: what it is called, its bound, whether less is better, and what a service came to.
type Aim = (&'static str, f64, bool, fn(&Report, &Noted) -> Option<f64>);

const AIMS: &[Aim] = &[
    ("mixed at 16–64 clients ÷ pgbench, least", 0.4, false, |report, noted| {
        least(report.between(Kind::Mixed, noted.side, 16, 64).filter_map(|line| report.to_pgbench(line)))
    }),
    ("CPU µs of a mixed request at 16–64, most", 160.0, true, |report, noted| {
        most(report.between(Kind::Mixed, noted.side, 16, 64).filter_map(|line| line.optional(|m| m.cpu)))
    }),
    ("read at 16–64 clients ÷ bare handler, least", 0.25, false, |report, noted| {
        least(report.between(Kind::Read, noted.side, 16, 64).filter_map(|line| report.to_bare(line)))
    }),
    ("create at 64 clients ÷ pgbench's best", 0.75, false, |report, noted| {
        least(report.between(Kind::Create, noted.side, 64, 64).filter_map(|line| report.to_pgbench(line)))
    }),
    ("memory idle, MiB", 25.0, true, |_, noted| Some(noted.idle)),
    ("memory at 256 clients, MiB, most", 80.0, true, |report, noted| {
        let all = report.lines.iter().filter(|line| line.side == noted.side.name() && line.clients == 256);
        most(all.flat_map(|line| line.rounds.iter().filter_map(|m| m.memory)))
    }),
    ("first answer after start, ms", 150.0, true, |_, noted| Some(noted.first_answer)),
];

fn least(figures: impl Iterator<Item = f64>) -> Option<f64> {
    figures.min_by(f64::total_cmp)
}

fn most(figures: impl Iterator<Item = f64>) -> Option<f64> {
    figures.max_by(f64::total_cmp)
}

impl Report {
    /// Adds what a cell came to in one round.
    pub fn add(&mut self, kind: Kind, clients: usize, side: &'static str, measured: Measured) {
        let same = |line: &&mut Line| line.kind == kind && line.clients == clients && line.side == side;
        match self.lines.iter_mut().find(same) {
            Some(line) => line.rounds.push(measured),
            None => self.lines.push(Line { kind, clients, side, rounds: vec![measured] }),
        }
    }

    fn between(&self, kind: Kind, side: Side, from: usize, to: usize) -> impl Iterator<Item = &Line> {
        let wanted =
            move |line: &&Line| line.kind == kind && line.side == side.name() && (from..=to).contains(&line.clients);
        self.lines.iter().filter(wanted)
    }

    /// The best rate of the sides whose name begins so, in the same cell.
    fn beside(&self, line: &Line, side: &str) -> Option<f64> {
        let same =
            |other: &&Line| other.side.starts_with(side) && other.kind == line.kind && other.clients == line.clients;
        most(self.lines.iter().filter(same).map(Line::rate)).filter(|rate| *rate > 0.0)
    }

    fn to_pgbench(&self, line: &Line) -> Option<f64> {
        self.beside(line, "pgbench").map(|rate| line.rate() / rate)
    }

    fn to_bare(&self, line: &Line) -> Option<f64> {
        self.beside(line, "bare").map(|rate| line.rate() / rate)
    }

    /// The tables as text.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut out = format!("{}\n", self.heading);
        self.cells(&mut out)?;
        self.aims(&mut out)?;
        for noted in &self.noted {
            if let Some((few, many)) = noted.million {
                let name = noted.side.name();
                writeln!(
                    out,
                    "\n{name}: CPU µs of a page {few:.0}, of a million tickets {many:.0}: × {:.2}",
                    many / few
                )?;
            }
        }
        for noted in &self.noted {
            if let Some((seconds, memory)) = noted.whole {
                let name = noted.side.name();
                writeln!(
                    out,
                    "{name}: monthly statistics over a million tickets {seconds:.2} s, {memory:.0} MiB after it"
                )?;
            }
        }
        Ok(out)
    }

    fn cells(&self, out: &mut String) -> std::fmt::Result {
        writeln!(
            out,
            "{:<11} {:>7} {:<18} {:>9} {:>9} {:>9} {:>7} {:>6} {:>6} {:>9} {:>7}",
            "workload", "clients", "side", "per s", "p50 ms", "p99 ms", "CPU µs", "MiB", "503s", "÷ pgbench", "÷ bare"
        )?;
        let figure =
            |figure: Option<f64>, digits: usize| figure.map_or("–".to_owned(), |it| format!("{it:.digits$}"));
        for line in &self.lines {
            let service = Side::ALL.iter().any(|side| side.name() == line.side);
            let ratio = |to: Option<f64>| figure(to.filter(|_| service), 2);
            writeln!(
                out,
                "{:<11} {:>7} {:<18} {:>9.0} {:>9.2} {:>9.2} {:>7} {:>6} {:>6} {:>9} {:>7}",
                line.kind.name(),
                line.clients,
                line.side,
                line.rate(),
                line.middle(|m| m.p50),
                line.middle(|m| m.p99),
                figure(line.optional(|m| m.cpu), 0),
                figure(line.optional(|m| m.memory), 0),
                line.rounds.iter().map(|m| m.refused).sum::<usize>(),
                ratio(self.to_pgbench(line)),
                ratio(self.to_bare(line)),
            )?;
        }
        Ok(())
    }

    fn aims(&self, out: &mut String) -> std::fmt::Result {
        write!(out, "\n{:<46} {:>7}", "aim", "bound")?;
        for noted in &self.noted {
            write!(out, " {:>16}", noted.side.name())?;
        }
        writeln!(out)?;
        for (name, bound, less, figure) in AIMS {
            write!(out, "{name:<46} {:>7}", format!("{} {bound}", if *less { "≤" } else { "≥" }))?;
            for noted in &self.noted {
                let cell = figure(self, noted).map(|it| {
                    let met = if *less { it <= *bound } else { it >= *bound };
                    format!("{it:.2} {}", if met { "met   " } else { "missed" })
                });
                write!(out, " {:>16}", cell.unwrap_or_else(|| "not measured".to_owned()))?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_to_the_best_of_pgbench_in_the_same_cell() {
        let mut report = Report::default();
        let rate = |requests| Measured { requests, seconds: 1.0, ..Measured::default() };
        report.add(Kind::Create, 64, "sqlite", rate(600));
        report.add(Kind::Create, 64, "pgbench", rate(700));
        report.add(Kind::Create, 64, "pgbench at once", rate(1_000));
        report.add(Kind::Create, 16, "pgbench", rate(5_000));
        assert_eq!(report.to_pgbench(&report.lines[0]), Some(0.6));
        assert_eq!(report.to_bare(&report.lines[0]), None);
        report.noted.push(Noted { side: Side::Sqlite, first_answer: 90.0, idle: 30.0, million: None, whole: None });
        let text = report.text().unwrap();
        assert!(text.contains("0.60 missed") && text.contains("90.00 met") && text.contains("30.00 missed"), "{text}");
    }

    #[test]
    fn a_cell_is_the_middle_of_its_rounds() {
        let mut report = Report::default();
        for requests in [10, 30, 20] {
            report.add(Kind::Read, 1, "bare", Measured { requests, seconds: 1.0, ..Measured::default() });
        }
        assert_eq!(report.lines[0].rate().round() as i64, 20);
    }
}
