//! The ledger of spare parts between two days, as the reports on parts read it (TK-R33).

use std::collections::{BTreeMap, HashMap};

use kernel::fault::Fault;
use kernel::report::Period;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::{Reading, Resource};

use crate::part;
use crate::stock::balance::{self, Held};
use crate::stock::location::{Location, LocationKind};
use crate::stock::movement::{Column, Entity, Kind, Model, PartMovement};

/// What lay where before the first day, and what moved until the last.
pub struct Ledger {
    /// By id.
    pub parts: HashMap<Uuid, part::entity::Model>,
    pub opening: Held,
    pub movements: Vec<Model>,
    /// What was done to the movements that were taken back: their kind by id.
    reversed: HashMap<Uuid, Kind>,
    places: Option<Vec<Location>>,
}

impl Ledger {
    /// Reads what the caller may know of.
    pub async fn read(at: &Reading, period: Period) -> Result<Self, Fault> {
        let db = at.db();
        let places = balance::places_known_to(at).await?;
        let before = period.from.pred_opt().unwrap_or(period.from);
        let opening = balance::as_of(at, Some(before)).await?;
        let movements = Entity::find()
            .filter(PartMovement::visible_to(at.actor()))
            .filter(Column::MovedOn.between(period.from, period.to))
            .order_by_asc(Column::Id)
            .all(&db)
            .await?;
        let mut reversed = HashMap::new();
        let taken_back: Vec<Uuid> = movements.iter().filter_map(|row| row.reverses_id).collect();
        for part in taken_back.chunks(500) {
            let rows = Entity::find().filter(Column::Id.is_in(part.iter().copied())).all(&db).await?;
            reversed.extend(rows.into_iter().map(|row| (row.id, row.kind)));
        }
        let parts = part::entity::Entity::find().all(&db).await?;
        let parts = parts.into_iter().map(|part| (part.id, part)).collect();
        Ok(Self { parts, opening, movements, reversed, places })
    }

    /// Whether a place is one of ours that holds parts, and the caller's to know of.
    pub fn holds(&self, place: Location) -> bool {
        let ours = place.kind.is_stock() || matches!(place.kind, LocationKind::Recovered | LocationKind::Field);
        ours && self.places.as_ref().is_none_or(|known| known.contains(&place))
    }

    /// What a movement did, and whether it did it or took it back.
    pub fn meaning(&self, row: &Model) -> (Kind, i64) {
        match row.reverses_id.and_then(|id| self.reversed.get(&id)) {
            Some(kind) => (*kind, -1),
            None => (row.kind, 1),
        }
    }

    /// Parts and places in the order of code and place.
    pub fn in_order<T>(&self, rows: BTreeMap<(Uuid, Location), T>) -> Vec<(&part::entity::Model, Location, T)> {
        let row = |((part, place), row)| Some((self.parts.get(&part)?, place, row));
        let mut rows: Vec<_> = rows.into_iter().filter_map(row).collect();
        rows.sort_by(|a, b| (&a.0.code, a.1).cmp(&(&b.0.code, b.1)));
        rows
    }
}
