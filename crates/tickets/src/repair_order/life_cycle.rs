//! The life cycle of a repair order as one table, with its guards (spec tickets §4).

use access::{Actor, JobRole, groups};
use kernel::fault::{ABOVE_AUTHORITY, Fault, SEPARATION_OF_DUTIES};
use sea_orm::entity::prelude::*;
use store::life_cycle::{Guard, LifeCycle, Move, Subject};
use store::{Reading, Work, resource};

use super::RepairOrder;
use super::entity::Status::{self, *};
use super::entity::{Bearer, Model};
use crate::outlet;
use crate::problems::*;
use crate::ticket::entity::json_list;

/// An order with what its guards look at.
pub struct Around {
    pub row: Model,
    /// The outlet the supplier is, if he is one.
    pub outlet: Option<outlet::entity::Model>,
    /// The unit of the house that repairs and every unit below it.
    pub provider_units: Vec<Uuid>,
    pub workers: Vec<Uuid>,
}

type Of<'a> = Subject<'a, Around>;

/// Every act on an order.
pub const MOVES: LifeCycle<Status, Around> =
    LifeCycle { entity: "tickets.repair_order", state: |it| it.row.row.status, moves: ROWS };

const fn row(
    action: &'static str,
    from: &'static [Status],
    to: Option<Status>,
    guards: &'static [Guard<Around>],
) -> Move<Status, Around> {
    Move { action, from, to, guards }
}

const UNDER_WAY: &[Status] = &[Accepted, Scheduled, Arrived, Working];
const CANCELLABLE: &[Status] = &[Drafted, Dispatched, Accepted, Scheduled, Refused, Arrived, Working];

const ROWS: &[Move<Status, Around>] = &[
    row("dispatch", &[Drafted, Refused], Some(Dispatched), &[]),
    row("accept", &[Dispatched], Some(Accepted), &[provider]),
    row("refuse", &[Dispatched], Some(Refused), &[provider]),
    row("schedule", &[Accepted, Scheduled], Some(Scheduled), &[provider_or_desk]),
    row("no-access", &[Scheduled, Arrived], Some(Accepted), &[provider]),
    row("quote", UNDER_WAY, None, &[provider]),
    row("confirm-appointment", &[Scheduled], None, &[]),
    row("answer-quote", UNDER_WAY, None, &[quote_open]),
    row("arrive", &[Accepted, Scheduled], Some(Arrived), &[provider]),
    row("begin", &[Arrived], Some(Working), &[provider, quote_accepted]),
    row("finish", &[Working], Some(Finished), &[provider]),
    row("evaluate", &[Finished], None, &[not_of_the_provider, did_not_work_on_it]),
    row("close", &[Evaluated], Some(Closed), &[]),
    row("cancel", CANCELLABLE, Some(Cancelled), &[]),
];

impl Around {
    /// Loads what the guards need.
    pub async fn load(at: &Reading, row: Model) -> Result<Self, Fault> {
        let outlet = match row.supplier_id {
            Some(supplier) => outlet::commands::of_supplier(at, supplier).await?,
            None => None,
        };
        let provider_units = match row.org_unit_id {
            Some(unit) => registers::org_unit::subtree(at, unit).await?,
            None => Vec::new(),
        };
        Ok(Self { workers: json_list(&row.workers), row, outlet, provider_units })
    }

    /// As guards look at it.
    pub fn subject<'a>(&'a self, at: &'a Reading) -> Subject<'a, Self> {
        Subject::of(at, self)
    }

    fn is_own_unit(&self, actor: &Actor) -> bool {
        self.row.org_unit_id.is_some_and(|unit| actor.scope.org_unit_ids.contains(&unit))
    }

    /// Whether the caller is the provider, of his own outlet or unit.
    pub fn is_provider(&self, actor: &Actor) -> bool {
        let own_outlet = self.outlet.as_ref().is_some_and(|outlet| outlet.is_of(actor));
        actor.is_system() || own_outlet || self.is_own_unit(actor)
    }

    /// Whether the caller acts for a contractor who has nobody in this system.
    pub fn acts_for_contractor(&self, actor: &Actor) -> bool {
        actor.is(JobRole::EngineeringOfficer) && self.row.supplier_id.is_some() && self.outlet.is_none()
    }
}

/// Takes an order for an act: in scope, locked, the act allowed. Answers it and the state it leads to.
pub async fn begin(work: &Work, id: Uuid, action: &str) -> Result<(Around, Status), Fault> {
    begin_judged(work, id, action, |_| Ok(())).await
}

/// As [`begin`], for a body with rules of its own: what is wrong in it is told before the state.
pub async fn begin_judged(
    work: &Work,
    id: Uuid,
    action: &str,
    judge: impl FnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Around, Status), Fault> {
    let row = resource::take_judged::<RepairOrder>(work, id, judge).await?;
    admitted(work, row, action).await
}

/// As [`begin_judged`], where what the body names has to be looked up.
pub async fn begin_checked(
    work: &Work,
    id: Uuid,
    action: &str,
    check: impl AsyncFnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Around, Status), Fault> {
    let row = resource::take_checked::<RepairOrder>(work, id, check).await?;
    admitted(work, row, action).await
}

async fn admitted(work: &Work, row: Model, action: &str) -> Result<(Around, Status), Fault> {
    let around = Around::load(work, row).await?;
    let to = MOVES.take(action, &around.subject(work))?;
    Ok((around, to))
}

fn provider(it: &Of<'_>) -> Result<(), Fault> {
    if it.row.is_provider(it.actor) || it.row.acts_for_contractor(it.actor) {
        return Ok(());
    }
    Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "not_provider"))
}

fn provider_or_desk(it: &Of<'_>) -> Result<(), Fault> {
    if groups::AGENT.contains(&it.actor.role) { Ok(()) } else { provider(it) }
}

fn quote_open(it: &Of<'_>) -> Result<(), Fault> {
    let open = it.row.row.quote_fen.is_some() && it.row.row.quote_answered_at.is_none();
    if open { Ok(()) } else { Err(Fault::new(&QUOTE_NOT_OPEN).rule("TK-R19")) }
}

fn quote_accepted(it: &Of<'_>) -> Result<(), Fault> {
    let asked = it.row.row.bearer == Some(Bearer::Customer);
    if asked && it.row.row.quote_accepted != Some(true) {
        return Err(Fault::new(&QUOTE_NOT_ACCEPTED).rule("TK-R19"));
    }
    Ok(())
}

fn separated(first: &str) -> Fault {
    Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R21").with("first", first).with("second", "evaluate")
}

fn not_of_the_provider(it: &Of<'_>) -> Result<(), Fault> {
    let inside = it.actor.scope.org_unit_id.is_some_and(|unit| it.row.provider_units.contains(&unit));
    if inside { Err(separated("provider")) } else { Ok(()) }
}

fn did_not_work_on_it(it: &Of<'_>) -> Result<(), Fault> {
    if it.actor.persons().any(|person| it.row.workers.contains(&person)) { Err(separated("work")) } else { Ok(()) }
}
