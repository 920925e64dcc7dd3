//! Lists of valves to check (关栓核查清单, HS-11): the connected households that owe or are stopped at a moment.

pub mod commands;
pub mod entity;
mod risk;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde::Serialize;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::valve_check::entity::{self as checks, Ground};
use crate::{scope, season};
use entity::{Column, Entity, Model};

/// The lists of valves to check (HS-11).
pub struct ValveCheckList;

/// A list of valves to check; its lines are the valve checks of this `list_id`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ValveCheckListView {
    pub id: Uuid,
    pub version: i32,
    /// `VL-YYYYMMDD-NNNNNN`.
    pub number: String,
    /// Number of the season.
    pub season: String,
    pub season_id: Uuid,
    /// Null: the whole company.
    pub org_unit_id: Option<Uuid>,
    /// The moment the households were looked at.
    pub as_of: Timestamp,
    pub criteria: Vec<Ground>,
    /// Households listed.
    pub lines: i32,
    pub created_by: Uuid,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Lists with a line whose household the caller may know of, and those he made himself.
fn known(actor: &Actor, lines: Condition) -> Condition {
    let of_known = Query::select().column(checks::Column::ListId).from(checks::Entity).cond_where(lines).to_owned();
    Condition::any().add(Column::CreatedBy.is_in(actor.persons())).add(Column::Id.in_subquery(of_known))
}

impl Resource for ValveCheckList {
    type Entity = Entity;
    type Row = Model;
    type View = ValveCheckListView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "valve_check_list";
    const PATH: &'static str = "/v1/valve-check-lists";
    const LASTING: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        match scope::knows_all(actor) {
            true => Condition::all(),
            false => known(actor, scope::of_household(actor, checks::Column::HouseholdId, None)),
        }
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-as_of")
            .sort("as_of", Column::AsOf)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .by("org_unit_id", Column::OrgUnitId)
            .custom("season", "string", |_, text| season::queries::filter(Column::SeasonId, text))
            .range("as_of", Column::AsOf)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.org_unit_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ValveCheckListView>, Fault> {
        let seasons = season::queries::by_id(at).await?;
        let view = |row: Model| ValveCheckListView {
            external_ids: Vec::new(),
            season: seasons.get(&row.season_id).map_or_else(String::new, |season| season.number.clone()),
            criteria: serde_json::from_str(&row.criteria).unwrap_or_default(),
            id: row.id,
            version: row.version,
            number: row.number,
            season_id: row.season_id,
            org_unit_id: row.org_unit_id,
            as_of: row.as_of.into(),
            lines: row.lines,
            created_by: row.created_by,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
