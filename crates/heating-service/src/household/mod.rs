//! Households (用热户, HS-01): heat accounts, what is known of each home and how it stands.

pub mod commands;
pub mod contact;
pub mod context;
pub mod entity;
pub(crate) mod standing;
pub mod status;
mod view;

use access::Actor;
use kernel::fault::{self, Fault};
use kernel::money::Money;
use kernel::time::business_day;
use kernel::validation::RoomNo;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::journal::Audience;
use store::list::{self, Columns};
use store::resource::{Expansion, Placement};
use store::{Reading, Resource};

use crate::area_item::AreaItem;
use crate::station::{self, HeatingStation};
use crate::{bill, ownership, scope};
use entity::{Column, Entity, Model, Use, Valve};
use status::Status;
pub use view::HouseholdView;
pub(crate) use view::{address, masked, money};

/// The households (HS-01).
pub struct Household;

impl Resource for Household {
    type Entity = Entity;
    type Row = Model;
    type View = HouseholdView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "household";
    const PATH: &'static str = "/v1/households";
    const LASTING: bool = true;
    const OF_A_DAY: bool = true;

    fn visible_to(actor: &Actor) -> Condition {
        scope::households(actor, None)
    }
    fn visible(at: &Reading) -> Condition {
        scope::households(at.actor(), scope::today(at))
    }
    /// Bills that fell due since the last look are told, and counted into the order of the list.
    async fn arise(at: &Reading) -> Result<(), Fault> {
        bill::overdue::tell(&at.store).await.map(|_| ())
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("number")
            .sort("number", Column::Number)
            .sort("overdue", Column::OverdueFen)
            .custom("as_of", "date", as_of)
            .searched()
            .by("number", Column::Number)
            .by("station_id", Column::StationId)
            .custom("branch_id", "uuid", |_, text| station::of_branch(Column::StationId, text))
            .custom("status", "string", with_status)
            .code("valve", Column::Valve, Valve::CODES)
            .code("use", Column::Purpose, Use::CODES)
            .by("far_end", Column::FarEnd)
            .by("unit_id", Column::UnitId)
            .custom("customer_id", "uuid", held_by)
            .custom("room_no", "string", in_room)
            .custom("overdue_gte", "string", owing)
    }
    fn placement(row: &Model) -> Placement {
        Placement {
            org_unit_id: Some(row.org_unit_id),
            customer_id: row.customer_id,
            audience: Audience::Staff,
            ..Placement::default()
        }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<HouseholdView>, Fault> {
        view::of(at, rows).await
    }
    fn expansions() -> Vec<Expansion> {
        vec![
            Expansion::one::<HeatingStation>("station", "station_id"),
            Expansion::many::<AreaItem>("area_items", "household_id"),
            Expansion::one::<registers::customer::Customer>("holder", "customer_id"),
        ]
    }
    /// The journal names holders past; a customer does not read it.
    fn history_shown(actor: &Actor) -> bool {
        !actor.is_customer()
    }
}

fn bad(parameter: &str) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter)
}

/// The day the status of households is computed for, and what they owe beyond the due day (HS-R02).
fn as_of(at: &Reading, day: &str) -> Result<Condition, Fault> {
    at.show_as_of(list::day("as_of", day)?);
    Ok(Condition::all())
}

/// Those one of these customers holds today.
fn held_by(at: &Reading, customers: &str) -> Result<Condition, Fault> {
    let ids = list::uuids("customer_id", customers)?;
    let held = ownership::queries::held_since(business_day(at.now));
    Ok(Condition::all().add(Column::CustomerId.is_in(ids)).add(Column::Id.in_subquery(held)))
}

fn with_status(at: &Reading, codes: &str) -> Result<Condition, Fault> {
    let day = at.day();
    codes.split(',').try_fold(Condition::any(), |any, code| {
        Ok(any.add(status::condition(Status::of_code(code).ok_or_else(|| bad("status"))?, day)))
    })
}

/// Exactly this room, whatever the station.
fn in_room(at: &Reading, room: &str) -> Result<Condition, Fault> {
    let room = RoomNo::parse(room).map_err(|_| bad("room_no"))?;
    Ok(Condition::all().add(Column::RoomKey.eq(commands::room_key(at, room.as_str()))))
}

fn owing(at: &Reading, amount: &str) -> Result<Condition, Fault> {
    let amount = Money::parse(amount).map_err(|_| bad("overdue_gte"))?;
    Ok(status::overdue_at_least(amount.fen(), at.day()))
}

/// Rows of the households of these stations, by the column that names their household.
pub(crate) fn at_station(column: impl ColumnTrait, stations: &str) -> Result<Condition, Fault> {
    let homes = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Column::StationId.is_in(list::uuids("station_id", stations)?))
        .to_owned();
    Ok(Condition::all().add(column.in_subquery(homes)))
}
