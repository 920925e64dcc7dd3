//! The figures of a season's valve checks (HS-R64): a household counts once, by the last of its checks that tells.

use kernel::fault::{Fault, INVALID_PARAMETER};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, ExprTrait, Query, SelectStatement, SimpleExpr};

use super::entity::{Column, Entity, Outcome, Status};

/// What is counted of the households whose valves were to be checked.
#[codes::code(name = "ValveCheckFigure", stored = false)]
pub enum Figure {
    /// 列入
    Listed,
    /// 免查: and never seen.
    Excused,
    /// 已核查
    Checked,
    /// 已关栓
    Closed,
    /// 已断管
    Cut,
    /// 未关栓
    NotClosed,
    /// 首轮未关栓
    NotClosedFirst,
    /// 无人在家: and never seen.
    NoAccess,
    /// 已整改
    Rectified,
    /// 已复查
    Rechecked,
}

/// `counts_as=closed,cut`: the checks by which households count in any of these figures.
///
/// # Errors
/// 400 for what is no figure.
pub(super) fn filter(text: &str) -> Result<Condition, Fault> {
    let mut any = Condition::any();
    for code in text.split(',') {
        let figure = Figure::ALL.iter().find(|figure| figure.code() == code);
        let figure = figure.ok_or_else(|| Fault::new(&INVALID_PARAMETER).with("parameter", "counts_as"))?;
        any = any.add(figure.condition());
    }
    Ok(any)
}

impl Figure {
    /// Which checks tell of it; each when none is named.
    fn told_by(self, of: fn(Column) -> SimpleExpr) -> Option<SimpleExpr> {
        match self {
            Self::Listed | Self::Excused | Self::NoAccess => None,
            Self::Checked | Self::Closed | Self::Cut | Self::NotClosed => Some(is_seen(of)),
            Self::NotClosedFirst => Some(of(Column::FirstResult).eq(Outcome::NotClosed.code())),
            Self::Rectified => Some(of(Column::RectifiedAt).is_not_null()),
            Self::Rechecked => Some(of(Column::RecheckedAt).is_not_null()),
        }
    }

    /// The last check of its household and season that tells, where it says so.
    fn condition(self) -> Condition {
        let mut later = others();
        later.and_where(other(Column::Number).gt(own(Column::Number)));
        if let Some(tells) = self.told_by(other) {
            later.and_where(tells);
        }
        let last = Condition::all().add_option(self.told_by(own)).add(Expr::exists(later).not());
        match self {
            Self::Closed => last.add(found(Outcome::Closed)),
            Self::Cut => last.add(found(Outcome::Cut)),
            Self::NotClosed => last.add(found(Outcome::NotClosed)),
            Self::Excused => last.add(own(Column::Status).eq(Status::Excused.code())).add(never_seen()),
            Self::NoAccess => last
                .add(own(Column::Result).eq(Outcome::NoAccess.code()))
                .add(own(Column::Status).ne(Status::Excused.code()))
                .add(never_seen()),
            Self::Listed | Self::Checked | Self::NotClosedFirst | Self::Rectified | Self::Rechecked => last,
        }
    }
}

fn own(column: Column) -> SimpleExpr {
    Expr::col((Entity, column))
}

fn other(column: Column) -> SimpleExpr {
    Expr::col((Alias::new("other"), column))
}

/// All checks of the household and season, for an `EXISTS` beside one of them.
fn others() -> SelectStatement {
    let same = |column: Column| other(column).equals((Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from_as(Entity, Alias::new("other"))
        .and_where(same(Column::HouseholdId))
        .and_where(same(Column::SeasonId))
        .to_owned()
}

/// Whoever sees a valve notes it as the first result, unless there is one.
fn is_seen(of: fn(Column) -> SimpleExpr) -> SimpleExpr {
    of(Column::FirstResult).is_not_null()
}

fn never_seen() -> SimpleExpr {
    let mut seen = others();
    seen.and_where(is_seen(other));
    Expr::exists(seen).not()
}

/// What was seen last; a visit that saw nothing leaves what was seen first.
fn found(outcome: Outcome) -> Condition {
    let seen = Outcome::ALL.iter().filter(|outcome| outcome.seen()).map(|outcome| outcome.code());
    let unseen = Condition::any().add(own(Column::Result).is_null()).add(own(Column::Result).is_not_in(seen));
    let first = Condition::all().add(own(Column::FirstResult).eq(outcome.code())).add(unseen);
    Condition::any().add(own(Column::Result).eq(outcome.code())).add(first)
}
