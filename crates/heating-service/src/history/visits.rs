//! Visits of the old books: how many homes were met; who they were is not known, so nothing of it is credited.

use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use store::{Work, numbers};

use super::known::Known;
use super::{HistoryRow, required};
use crate::visit::Visit;
use crate::visit::entity::Model;

/// A visit of a station.
pub(super) async fn visit(work: &Work, row: &HistoryRow, known: &Known) -> Result<Uuid, Fault> {
    let station = known.station(row)?;
    let visit = Model {
        id: ids::new_id(work.now),
        version: 1,
        created_at: work.now,
        created_by: work.actor().sub,
        number: numbers::next(work, "VS").await?,
        station_id: station.id,
        org_unit_id: station.org_unit_id,
        officer_id: known.person(work, row)?,
        visited_at: row.at(600),
        visited_on: row.date,
        met: required(row.count, "/count")?,
        counted: 0,
        credited: false,
        note: None,
    };
    work.create_later::<Visit>(&visit, |fact| fact, "imported").await;
    Ok(visit.id)
}
