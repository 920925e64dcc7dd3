//! The stations of a district: the station's own name of it wins, else that of the station above it.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Cond, Query, SelectStatement};

use super::entity::{Column, Entity};

/// Selects the ids of the stations of a district.
pub fn stations_of(area: &str) -> SelectStatement {
    let above = Query::select().column(Column::Id).from(Entity).and_where(Column::Area.eq(area)).to_owned();
    let below = Cond::all().add(Column::Area.is_null()).add(Column::ParentStationId.in_subquery(above));
    let named = Cond::any().add(Column::Area.eq(area)).add(below);
    Query::select().column(Column::Id).from(Entity).cond_where(named).to_owned()
}
