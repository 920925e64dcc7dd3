//! Visits (包保走访, HS-06): an officer sees the homes at the far ends of a network, and what counts of it.

pub mod commands;
pub mod compliance;
pub mod contact;
pub mod credit;
pub mod entity;
pub mod queries;
mod view;
pub mod work;

use access::Actor;
use kernel::fault::{self, Fault};
use kernel::time::Month;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};

use crate::scope;
use crate::station::HeatingStation;
use credit::Reason;
use entity::{Column, Entity, Model, reason};
pub use view::{VisitLineView, VisitView};

/// The visits (HS-06).
pub struct Visit;

impl Resource for Visit {
    type Entity = Entity;
    type Row = Model;
    type View = VisitView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "visit";
    const PATH: &'static str = "/v1/visits";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::of_station(actor, Column::StationId, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::of_station(at.actor(), Column::StationId, scope::today(at))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-visited_at")
            .sort("visited_at", Column::VisitedAt)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("station_id", Column::StationId)
            .by("officer_id", Column::OfficerId)
            .by("credited", Column::Credited)
            .range("visited_at", Column::VisitedAt)
            .range("visited_on", Column::VisitedOn)
            .custom("month", "string", |_, text| within_month(Column::VisitedOn, text))
            .custom("reason", "string", |_, codes| with_reason(codes))
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: Some(row.org_unit_id), ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<VisitView>, Fault> {
        view::of(at, rows).await
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<HeatingStation>("station", "station_id")]
    }
}

/// Rows of the days of these months, by the column that holds their day.
pub(crate) fn within_month(column: impl ColumnTrait, text: &str) -> Result<Condition, Fault> {
    let within = |month: Month| Condition::all().add(column.gte(month.first_day())).add(column.lte(month.last_day()));
    Ok(list::months("month", text)?.into_iter().fold(Condition::any(), |any, month| any.add(within(month))))
}

/// Visits that, or lines of which, do not count for one of these reasons.
fn with_reason(codes: &str) -> Result<Condition, Fault> {
    let known = |code| Reason::of_code(code).map(Reason::code);
    let codes: Option<Vec<&str>> = codes.split(',').map(known).collect();
    let codes = codes.ok_or_else(|| Fault::new(&fault::INVALID_PARAMETER).with("parameter", "reason"))?;
    let visits = Query::select()
        .column(reason::Column::VisitId)
        .from(reason::Entity)
        .and_where(reason::Column::Reason.is_in(codes))
        .to_owned();
    Ok(Condition::all().add(Column::Id.in_subquery(visits)))
}
