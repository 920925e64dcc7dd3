//! Which money settles which bill: the oldest due bill first, the oldest money first (HS-R71).

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use store::{Reading, Work};

use super::entity::allocation::{ActiveModel, Column, Entity};
use crate::bill::{HeatBill, commands as issuing, entity as bills};
use crate::receipt::entity as receipts;
use crate::refund::entity as refunds;

/// A part of some money that settles a part of some bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub bill_id: Uuid,
    pub source_id: Uuid,
    pub fen: i64,
}

/// Shares free money out to open bills, both in the order given.
pub fn share(open: &[(Uuid, i64)], free: &[(Uuid, i64)]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut money = free.iter().copied().filter(|(_, fen)| *fen > 0);
    let mut now = money.next();
    for &(bill_id, owed) in open {
        let mut owed = owed;
        while owed > 0
            && let Some((source_id, left)) = now
        {
            let fen = owed.min(left);
            parts.push(Part { bill_id, source_id, fen });
            owed -= fen;
            now = if left > fen { Some((source_id, left - fen)) } else { money.next() };
        }
    }
    parts
}

/// What of each source is allocated, in fen.
async fn used(at: &Reading, household_id: Uuid) -> Result<HashMap<Uuid, i64>, Fault> {
    let rows = Entity::find().filter(Column::HouseholdId.eq(household_id)).all(&at.db()).await?;
    let mut used = HashMap::new();
    for row in rows {
        *used.entry(row.source_id).or_insert(0) += row.amount_fen;
    }
    Ok(used)
}

/// The money of a household that settles no bill yet, the oldest first.
pub async fn free(at: &Reading, household_id: Uuid) -> Result<Vec<(Uuid, i64)>, Fault> {
    let used = used(at, household_id).await?;
    let received = receipts::Entity::find()
        .filter(receipts::Column::HouseholdId.eq(household_id))
        .filter(receipts::Column::ReversedAt.is_null())
        .all(&at.db())
        .await?;
    let below_zero = bills::Entity::find()
        .filter(bills::Column::HouseholdId.eq(household_id))
        .filter(bills::Column::Status.eq(bills::Status::Issued))
        .filter(bills::Column::TotalFen.lt(0))
        .all(&at.db())
        .await?;
    let credited = refunds::Entity::find()
        .filter(refunds::Column::HouseholdId.eq(household_id))
        .filter(refunds::Column::Status.is_in([refunds::Status::Credited, refunds::Status::PaidOut]))
        .all(&at.db())
        .await?;
    let mut sources: Vec<(DateTimeUtc, Uuid, i64)> =
        received.into_iter().map(|row| (row.paid_at, row.id, row.amount_fen)).collect();
    sources.extend(credited.into_iter().map(|row| (row.created_at, row.id, row.amount_fen)));
    sources.extend(below_zero.into_iter().map(|row| (row.created_at, row.id, -row.total_fen)));
    sources.sort();
    let left = |(_, id, fen): (DateTimeUtc, Uuid, i64)| (id, fen - used.get(&id).copied().unwrap_or_default());
    Ok(sources.into_iter().map(left).filter(|(_, fen)| *fen > 0).collect())
}

/// Settles open bills with the free money of a household; whether there was any.
pub(super) async fn settle(work: &Work, household_id: Uuid) -> Result<bool, Fault> {
    let rows = bills::Entity::find()
        .filter(bills::Column::HouseholdId.eq(household_id))
        .filter(bills::Column::Status.eq(bills::Status::Issued))
        .order_by_asc(bills::Column::DueOn)
        .order_by_asc(bills::Column::Id)
        .all(&work.db())
        .await?;
    let open: Vec<(Uuid, i64)> =
        rows.iter().map(|row| (row.id, row.outstanding_fen())).filter(|(_, fen)| *fen > 0).collect();
    let parts = share(&open, &free(work, household_id).await?);
    for part in &parts {
        allocate(work, household_id, part).await?;
    }
    for row in rows {
        let fen: i64 = parts.iter().filter(|part| part.bill_id == row.id).map(|part| part.fen).sum();
        if fen > 0 {
            let verb = if fen == row.outstanding_fen() { "paid" } else { "part_paid" };
            let mut change = row.clone().into_active_model();
            change.settled_fen = Set(row.settled_fen + fen);
            let row = work.change::<HeatBill>(&row, change, verb, |fact| fact).await?;
            issuing::settled(work, &row).await?;
        }
    }
    Ok(!parts.is_empty())
}

async fn allocate(work: &Work, household_id: Uuid, part: &Part) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        created_at: Set(work.now),
        household_id: Set(household_id),
        bill_id: Set(Some(part.bill_id)),
        source_id: Set(part.source_id),
        amount_fen: Set(part.fen),
    };
    Entity::insert(row).exec_without_returning(&work.db()).await?;
    Ok(())
}

/// Pays a refund out with its own money; what of that settles bills is first changed for other free money, so that a
/// receipt can be taken back without touching what was paid out. The caller has seen that there is enough.
pub(crate) async fn pay_out(work: &Work, household_id: Uuid, refund_id: Uuid, fen: i64) -> Result<(), Fault> {
    let (own, others): (Vec<_>, Vec<_>) =
        free(work, household_id).await?.into_iter().partition(|(source_id, _)| *source_id == refund_id);
    let mut bound = fen - own.iter().map(|(_, left)| left).sum::<i64>();
    let mut changed = Vec::new();
    for part in of_sources(work, &[refund_id]).await? {
        let some = bound.clamp(0, part.fen);
        changed.push((part.bill_id, some));
        bound -= some;
    }
    for part in share(&changed, &others) {
        allocate(work, household_id, &Part { source_id: refund_id, fen: -part.fen, ..part }).await?;
        allocate(work, household_id, &part).await?;
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        created_at: Set(work.now),
        household_id: Set(household_id),
        bill_id: Set(None),
        source_id: Set(refund_id),
        amount_fen: Set(fen),
    };
    Entity::insert(row).exec_without_returning(&work.db()).await?;
    Ok(())
}

/// What settles which bill now, of these rows: those taken back are left out.
fn standing(rows: Vec<super::entity::allocation::Model>) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for row in rows {
        let Some(bill_id) = row.bill_id else { continue };
        match parts.iter_mut().find(|part| part.bill_id == bill_id && part.source_id == row.source_id) {
            Some(part) => part.fen += row.amount_fen,
            None => parts.push(Part { bill_id, source_id: row.source_id, fen: row.amount_fen }),
        }
    }
    parts.retain(|part| part.fen != 0);
    parts
}

/// What these receipts or credits settle.
pub async fn of_sources(at: &Reading, sources: &[Uuid]) -> Result<Vec<Part>, Fault> {
    let rows = Entity::find().filter(Column::SourceId.is_in(sources.iter().copied()));
    Ok(standing(rows.order_by_asc(Column::Id).all(&at.db()).await?))
}

/// Takes money back from the bills it settles.
pub(crate) async fn release_source(work: &Work, household_id: Uuid, source_id: Uuid) -> Result<(), Fault> {
    for part in of_sources(work, &[source_id]).await? {
        let row = bills::Entity::find_by_id(part.bill_id).one(&work.db()).await?;
        let row = row.ok_or_else(|| Fault::internal("an allocation without a bill"))?;
        allocate(work, household_id, &Part { fen: -part.fen, ..part }).await?;
        let mut change = row.clone().into_active_model();
        change.settled_fen = Set(row.settled_fen - part.fen);
        let row = work.change::<HeatBill>(&row, change, "reopened", |fact| fact).await?;
        issuing::settled(work, &row).await?;
    }
    Ok(())
}

/// Frees the money that settles a bill.
pub(crate) async fn release_bill(work: &Work, household_id: Uuid, bill_id: Uuid) -> Result<(), Fault> {
    let rows = Entity::find().filter(Column::BillId.eq(bill_id)).all(&work.db()).await?;
    for part in standing(rows) {
        allocate(work, household_id, &Part { fen: -part.fen, ..part }).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: usize) -> Uuid {
        Uuid::from_u128(n as u128 + 1)
    }

    fn numbered(amounts: &[i64]) -> Vec<(Uuid, i64)> {
        amounts.iter().enumerate().map(|(n, fen)| (id(n), *fen)).collect()
    }

    #[test]
    fn the_oldest_bill_is_settled_first_and_what_is_left_stays_free() {
        let parts = share(&numbered(&[300, 500]), &numbered(&[200, 400, 900]));
        let told: Vec<(Uuid, Uuid, i64)> = parts.iter().map(|p| (p.bill_id, p.source_id, p.fen)).collect();
        assert_eq!(told, [(id(0), id(0), 200), (id(0), id(1), 100), (id(1), id(1), 300), (id(1), id(2), 200)]);
        assert_eq!(share(&numbered(&[300]), &[]), []);
    }

    proptest! {
        #[test]
        fn nothing_is_spent_twice_and_no_bill_is_overpaid(
            open in prop::collection::vec(1_i64..100_000, 0..8),
            free in prop::collection::vec(1_i64..100_000, 0..8),
        ) {
            let parts = share(&numbered(&open), &numbered(&free));
            let spent = |source: usize| parts.iter().filter(|p| p.source_id == id(source)).map(|p| p.fen).sum::<i64>();
            let paid = |bill: usize| parts.iter().filter(|p| p.bill_id == id(bill)).map(|p| p.fen).sum::<i64>();
            prop_assert!((0..free.len()).all(|n| spent(n) <= free[n]));
            prop_assert!((0..open.len()).all(|n| paid(n) <= open[n]));
            prop_assert!(parts.iter().all(|part| part.fen > 0));
            let all: i64 = parts.iter().map(|part| part.fen).sum();
            prop_assert_eq!(all, open.iter().sum::<i64>().min(free.iter().sum()));
            // A later bill gets nothing while an earlier one is open.
            for n in 1..open.len() {
                prop_assert!(paid(n) == 0 || paid(n - 1) == open[n - 1]);
            }
        }
    }
}
