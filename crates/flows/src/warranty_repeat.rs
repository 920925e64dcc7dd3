//! A home under warranty that is cold twice in a season has something built wrong (link 34): the second ticket about its
//! temperature opens a repair for the developer, once a season.

use heating_service::household::Household;
use heating_service::household::entity::Model as Home;
use heating_service::season::entity::Model as Season;
use heating_service::{season, station};
use kernel::fault::Fault;
use kernel::time::{business_day, end_of_day, start_of_day};
use registers::external_ids::{self, ExternalId};
use registers::locks;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::journal::Fact;
use store::{Reading, Work};
use tickets::catalogue::Kind;
use tickets::ticket::entity::{Column, Entity as Tickets, Model as Ticket, Status};

use crate::homes::{home_of, speaks_of, tickets_of};
use crate::opening::{Asks, Opening, open};

/// The system whose ids such repairs carry.
const SYSTEM: &str = "heating_warranty_repeat";
const COLD: &str = "heating.room_temperature";

/// Opens the repair when a ticket is the second of its home.
pub async fn follow(work: &Work, ticket: &Ticket) -> Result<(), Fault> {
    if ticket.category_code != COLD || matches!(ticket.status, Status::Merged | Status::Withdrawn) {
        return Ok(());
    }
    let Some(home) = home_of(work, ticket).await? else { return Ok(()) };
    let day = business_day(ticket.received_at);
    // A repair is made where a unit of the developer is.
    if home.unit_id.is_none() || home.warranty_until.is_none_or(|until| day > until) {
        return Ok(());
    }
    let region = station::area_of(work, home.station_id).await?;
    let Some(season) = season::queries::of_day(work, day, region.as_deref()).await? else { return Ok(()) };
    let key = ExternalId { system: SYSTEM.to_owned(), id: format!("{}|{}", home.id, season.id) };
    locks::hold(work, vec![format!("{SYSTEM}|{}", key.id)]).await?;
    if external_ids::lookup(work, "ticket", &key).await?.is_some() {
        return Ok(());
    }
    let cold = cold_tickets(work, &home, &season).await?;
    let [first, .., last] = cold.as_slice() else { return Ok(()) };
    let text = format!("保修期内本供暖期第二次报修室温(工单 {}、{}),请检查室内采暖系统", first.number, last.number);
    let opening = Opening {
        channel: "system",
        kind: Kind::Repair,
        category: "house_quality.plumbing",
        unit_id: home.unit_id,
        station: None,
        asks: Asks::of(work, &home).await?,
        title: None,
        text,
        tags: vec![first.number.clone(), last.number.clone()],
        key: Some(key),
    };
    let repair = open(work, opening).await?;
    let tickets: Vec<String> = cold.iter().map(|ticket| ticket.id.to_string()).collect();
    let fact = Fact::of::<Household>("warranty_repeat", &home).with("season", season.number);
    work.record(fact.with("tickets", tickets).with("repair_ticket_id", repair.id.to_string()));
    Ok(())
}

/// The tickets about a home's temperature in a season while it was under warranty, net of merged and withdrawn.
async fn cold_tickets(at: &Reading, home: &Home, season: &Season) -> Result<Vec<Ticket>, Fault> {
    let last = home.warranty_until.map_or(season.ends_on, |until| until.min(season.ends_on));
    let found = Tickets::find()
        .filter(tickets_of(home))
        .filter(Column::CategoryCode.eq(COLD))
        .filter(Column::Status.is_not_in([Status::Merged, Status::Withdrawn]))
        .filter(Column::ReceivedAt.gte(start_of_day(season.starts_on)))
        .filter(Column::ReceivedAt.lt(end_of_day(last)))
        .order_by_asc(Column::ReceivedAt)
        .order_by_asc(Column::Id);
    let mut cold = Vec::new();
    for ticket in found.all(&at.db()).await? {
        if speaks_of(at, &ticket, home).await? {
            cold.push(ticket);
        }
    }
    Ok(cold)
}
