//! The household's ledger (HS-R74): bills less receipts less credits plus pay-outs, append-only.
//!
//! [`Account`] is the one way money is booked: it holds the household's row, writes the entries with the balance
//! after each, and settles the oldest due bills first with whatever money is free.

pub mod entity;
pub mod settling;
pub mod view;

use kernel::fault::Fault;
use kernel::ids;
use kernel::money::Money;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use store::Work;

use crate::household::entity::Model as Home;
use crate::household::standing::Standing;
use crate::household::status::Standings;
use crate::household::{Household, commands as homes};
use crate::valve_check;
pub use entity::Kind;
use entity::{ActiveModel, Column, Entity};

/// A booking on its way into the ledger.
pub(crate) struct Posting {
    pub kind: Kind,
    /// What it does to the balance: bills and pay-outs add, receipts and credits take away.
    pub amount: Money,
    pub source_id: Uuid,
    pub source_number: String,
    pub reversal: bool,
    pub season_id: Option<Uuid>,
    /// Whom it concerns: the holder of the day.
    pub customer_id: Option<Uuid>,
    pub at: DateTimeUtc,
}

/// A household's account while something is booked on it.
pub(crate) struct Account {
    home: Home,
    standing: Standing,
    balance_fen: i64,
    position: i32,
}

impl Account {
    /// Takes the account: nobody else books on it until the end of the work.
    pub(crate) async fn open(work: &Work, household_id: Uuid) -> Result<Self, Fault> {
        let home = homes::locked_to_book(work, household_id).await?;
        let entries = Entity::find().filter(Column::HouseholdId.eq(home.id)).count(&work.db()).await?;
        let position = i32::try_from(entries).map_err(Fault::internal)?;
        let standing = Standing::of(work, &home).await?;
        Ok(Self { balance_fen: home.balance_fen, position, standing, home })
    }

    /// Books an entry.
    pub(crate) async fn post(&mut self, work: &Work, posting: Posting) -> Result<(), Fault> {
        self.balance_fen += posting.amount.fen();
        self.position += 1;
        let row = ActiveModel {
            id: Set(ids::new_id(work.now)),
            created_at: Set(work.now),
            household_id: Set(self.home.id),
            position: Set(self.position),
            at: Set(posting.at),
            kind: Set(posting.kind),
            amount_fen: Set(posting.amount.fen()),
            balance_fen: Set(self.balance_fen),
            source_id: Set(posting.source_id),
            source_number: Set(posting.source_number),
            reversal: Set(posting.reversal),
            season_id: Set(posting.season_id),
            customer_id: Set(posting.customer_id),
            created_by: Set(work.actor().sub),
        };
        Entity::insert(row).exec_without_returning(&work.db()).await?;
        Ok(())
    }

    /// Settles what can be settled and writes the balance.
    pub(crate) async fn close(self, work: &Work) -> Result<(), Fault> {
        let settled = settling::settle(work, self.home.id).await?;
        let overdue = Standings::of(work, &[self.home.id], business_day(work.now)).await?.overdue(self.home.id);
        let mut change = self.home.clone().into_active_model();
        change.balance_fen = Set(self.balance_fen);
        change.overdue_fen = Set(overdue);
        let home = work.change::<Household>(&self.home, change, "changed", |fact| fact).await?;
        self.standing.told(work).await?;
        if settled && overdue == 0 {
            valve_check::paying::paid_up(work, &home).await?;
        }
        Ok(())
    }
}
