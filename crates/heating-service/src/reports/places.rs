//! Figures by station: the stations a caller knows of, in the order of their codes.

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::report::{Cell, Value};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect};
use store::{Reading, Resource};

use crate::station::HeatingStation;
use crate::station::entity::{Column, Entity};

/// What was counted of each station; `None` is the company's own.
pub(crate) type ByStation<T> = BTreeMap<Option<Uuid>, T>;

/// The rows of a report by station: those of which something was counted. `cells` is given the station, where there
/// is one, and its figures.
pub(crate) async fn rows<T>(
    at: &Reading,
    mut counted: ByStation<T>,
    cells: impl Fn(Option<Uuid>, &T) -> Vec<Cell>,
) -> Result<Vec<Vec<Cell>>, Fault> {
    let stations: Vec<(Uuid, String)> = Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::Name)
        .filter(HeatingStation::visible(at))
        .order_by_asc(Column::Code)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut rows = Vec::new();
    let mut add = |label: Value, id: Option<Uuid>, figures: &T| {
        let mut row: Vec<Cell> = vec![label.into()];
        row.extend(cells(id, figures));
        rows.push(row);
    };
    for (id, name) in stations {
        if let Some(figures) = counted.remove(&Some(id)) {
            add(name.into(), Some(id), &figures);
        }
    }
    if let Some(figures) = counted.remove(&None) {
        add(Value::Nothing, None, &figures);
    }
    Ok(rows)
}
