//! An outage of heat is an incident of the desk (HS-R22): opened, forecast, restored and cancelled with it. Which
//! tickets it explains is the incident's own rule; their clocks run on.

use heating_service::household::entity as homes;
use heating_service::outage::area::Area;
use heating_service::outage::commands::{self, ForecastOutage, NotifyOutage, OpenOutage, RestoreOutage};
use heating_service::outage::entity::{Column, Entity as Outages, Kind, Model as Outage, Status as OutageStatus};
use heating_service::outage::{Begun, Outage as OutageResource};
use heating_service::station::entity as stations;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::external_ids::{self, ExternalId};
use registers::property::unit;
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use store::acts::ReasonedAct;
use store::jobs::tidy;
use store::{Answer, Context, Reading, Store, Work, resource};
use tickets::catalogue;
use tickets::incident::commands::{self as incidents, IncidentFields, OpenIncident};
use tickets::incident::entity::{Entity as Incidents, Model as Incident, Status};
use tickets::incident::reach::IncidentScope;
use tickets::incident::restoring::{self, RestoreIncident, Settled};
use uuid::Uuid;

/// The system whose ids the incidents carry.
const SYSTEM: &str = "heating_outage";
/// What an outage explains.
const CATEGORIES: [&str; 3] = ["heating.suspension", "heating.room_temperature", "heating.leak"];

/// The incidents of planned outages that have begun, to be offered with the store.
pub static BEGUN: Begun = Begun { follow: |store| Box::pin(follow(store)) };

async fn follow(store: &Store) -> Result<(), Fault> {
    begin_due(store).await.map(drop)
}

fn key(outage: Uuid) -> ExternalId {
    ExternalId { system: SYSTEM.to_owned(), id: outage.to_string() }
}

/// The incident of an outage; none where it is of single households without a register unit.
pub async fn incident_of(at: &Reading, outage: Uuid) -> Result<Option<Uuid>, Fault> {
    external_ids::lookup(at, "incident", &key(outage)).await
}

/// The incident while it is open, for a change.
async fn open_incident(work: &Work, outage: Uuid) -> Result<Option<Incident>, Fault> {
    let Some(id) = incident_of(work, outage).await? else { return Ok(None) };
    let row = Incidents::find_by_id(id).lock(LockType::Update).one(&work.db()).await?;
    Ok(row.filter(|row| row.status == Status::Open))
}

async fn scope(at: &Reading, outage: Uuid) -> Result<IncidentScope, Fault> {
    let (area, _) = Area::of(at, &[outage]).await?.remove(&outage).unwrap_or_default();
    let named = stations::Entity::find().filter(stations::Column::Id.is_in(area.stations)).all(&at.db()).await?;
    let mut building_ids = area.buildings;
    if !area.households.is_empty() {
        let homes = homes::Entity::find().filter(homes::Column::Id.is_in(area.households)).all(&at.db()).await?;
        let units = homes.into_iter().filter_map(|home| home.unit_id);
        let units = unit::entity::Entity::find().filter(unit::entity::Column::Id.is_in(units)).all(&at.db()).await?;
        building_ids.extend(units.into_iter().map(|unit| unit.building_id));
    }
    building_ids.sort();
    building_ids.dedup();
    let mut station_org_unit_ids: Vec<Uuid> = named.into_iter().map(|station| station.org_unit_id).collect();
    station_org_unit_ids.sort();
    station_org_unit_ids.dedup();
    Ok(IncidentScope { project_ids: Vec::new(), building_ids, station_org_unit_ids })
}

/// Opens the incident of an outage that has begun and has none.
async fn begin(work: &Work, row: &Outage) -> Result<(), Fault> {
    // A planned one explains nothing before it begins.
    if row.status != OutageStatus::Open || row.started_at > work.now || incident_of(work, row.id).await?.is_some() {
        return Ok(());
    }
    let scope = scope(work, row.id).await?;
    if scope == IncidentScope::default() {
        return Ok(());
    }
    let what = if row.kind == Kind::Stopped { "停供" } else { "缓供" };
    let incident = OpenIncident {
        title: format!("{what} {}", row.number),
        category_codes: CATEGORIES.map(str::to_owned).to_vec(),
        scope,
        started_at: Some(row.started_at.into()),
        expected_restore_at: row.expected_restore_at.map(Timestamp::from),
        customer_text: row.customer_text.clone(),
        cause: None,
        external_ids: vec![key(row.id)],
    };
    incidents::open(work, &incident).await?;
    Ok(())
}

/// The open outages that have begun since they were opened and should have an incident, but have none.
async fn waiting(at: &Reading) -> Result<Vec<Uuid>, Fault> {
    let begun: Vec<Uuid> = Outages::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Status.eq(OutageStatus::Open))
        .filter(Column::StartedAt.lte(at.now))
        .filter(Expr::col(Column::StartedAt).gt(Expr::col(Column::CreatedAt)))
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut waiting = Vec::new();
    for id in begun {
        if incident_of(at, id).await?.is_none() && scope(at, id).await? != IncidentScope::default() {
            waiting.push(id);
        }
    }
    Ok(waiting)
}

/// Opens the incidents of planned outages that have begun; answers how many. Safe to run late and twice.
pub async fn begin_due(store: &Store) -> Result<usize, Fault> {
    const OPERATION: &str = "begin_outages";
    let due = waiting(&store.reading(Context::system(OPERATION))).await?;
    let count = due.len();
    for id in due {
        let write = async move |work: &Work| {
            if let Some(row) = Outages::find_by_id(id).lock(LockType::Update).one(&work.db()).await? {
                begin(work, &row).await?;
            }
            // Another process may have been here before.
            work.unchanged();
            Ok::<_, Fault>(Answer::no_content())
        };
        tidy(store, OPERATION, write).await?;
    }
    Ok(count)
}

/// An outage that is about to be changed, with its incident.
async fn begun(work: &Work, id: Uuid) -> Result<(), Fault> {
    let row = resource::find::<OutageResource>(work, id).await?;
    begin(work, &row).await
}

/// Opens an outage and, once it has begun, its incident.
pub async fn open(work: &Work, input: &OpenOutage) -> Result<Outage, Fault> {
    let row = commands::open(work, input).await?;
    begin(work, &row).await?;
    Ok(row)
}

/// What an outage says now is what its tickets promise.
async fn promised(work: &Work, row: &Outage) -> Result<(), Fault> {
    if let Some(incident) = open_incident(work, row.id).await? {
        let fields = IncidentFields {
            expected_restore_at: row.expected_restore_at.map(Timestamp::from),
            customer_text: row.customer_text.clone(),
            ..IncidentFields::from(&incident)
        };
        incidents::update(work, &incident, fields).await?;
    }
    Ok(())
}

/// Tells the users; the notice is what the tickets promise as well.
pub async fn notify(work: &Work, id: Uuid, input: &NotifyOutage) -> Result<Outage, Fault> {
    begun(work, id).await?;
    let row = commands::notify(work, id, input).await?;
    promised(work, &row).await?;
    Ok(row)
}

/// Says when heat is expected back, to the tickets as well.
pub async fn forecast(work: &Work, id: Uuid, input: &ForecastOutage) -> Result<Outage, Fault> {
    begun(work, id).await?;
    let row = commands::forecast(work, id, input).await?;
    promised(work, &row).await?;
    Ok(row)
}

/// The codes of an outage are those of the desk, also where it explains no ticket.
async fn known_codes(work: &Work, input: &RestoreOutage) -> Result<(), Fault> {
    catalogue::list_item(work, "root_cause", &input.root_cause_code, "/root_cause_code").await?;
    if let Some(code) = &input.delay_reason_code {
        catalogue::list_item(work, "delay_reason", code, "/delay_reason_code").await?;
    }
    Ok(())
}

/// Ends an outage; each ticket it explains is resolved that can be, the others stay open and are named.
pub async fn restore(work: &Work, id: Uuid, input: &RestoreOutage) -> Result<(Outage, Vec<Settled>), Fault> {
    begun(work, id).await?;
    let row = commands::restore(work, id, input).await?;
    let Some(incident) = open_incident(work, row.id).await? else {
        known_codes(work, input).await?;
        return Ok((row, Vec::new()));
    };
    let told = RestoreIncident {
        solution: input.solution.clone(),
        root_cause_code: input.root_cause_code.clone(),
        restored_at: input.restored_at,
        delay_reason_code: input.delay_reason_code.clone(),
    };
    let (_, settled) = restoring::restored(work, incident, &told).await?;
    Ok((row, settled))
}

/// Takes an outage back; its tickets go their own ways again.
pub async fn cancel(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Outage, Fault> {
    let row = commands::cancel(work, id, input).await?;
    if let Some(incident) = open_incident(work, row.id).await? {
        incidents::cancelled(work, incident, &ReasonedAct { reason: input.reason.clone() }).await?;
    }
    Ok(row)
}
