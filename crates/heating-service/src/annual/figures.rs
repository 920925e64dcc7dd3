//! What the records of a year yield (HS-R80): each figure counted through the filters of the list it opens.

use kernel::fault::Fault;
use kernel::report::Period;
use registers::org_unit;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, QuerySelect, QueryTrait};
use store::Reading;
use store::reports::Slice;

use super::Key;
use super::cases;
use crate::agreement::HeatAgreement;
use crate::instrument::Instrument;
use crate::lab_sample::LabSample;
use crate::outage::Outage;
use crate::season::queries as seasons;
use crate::service_asset::ServiceAsset;
use crate::service_card::{self, ServiceCards};
use crate::temperature::figures::{measured_households, measured_in};
use crate::valve_check::{ValveCheck, entity as valves};
use crate::visit::{Visit, entity as visits};
use crate::{household, station};

/// A figure and the list behind it.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// Hundredths; none where nothing yields it.
    pub units: Option<i64>,
    pub drill: Option<String>,
}

impl Figure {
    /// A whole number of things.
    pub(super) fn whole(n: i64, drill: String) -> Self {
        Self { units: n.checked_mul(100), drill: Some(drill) }
    }
}

/// An outage that was not taken back.
const COUNTED_OUTAGES: &str = "open,restored,reviewed";
/// A valve that was looked at (HS-R64), whatever a later visit found.
const CHECKED: &str = "closed,cut,not_closed";

/// What the records yield of a key for the days of a year, as far as the caller may know of them; nothing for what
/// other domains or nobody's records say.
pub async fn of(at: &Reading, key: Key, days: Period, area: Option<&str>) -> Result<Figure, Fault> {
    match key {
        Key::PublicPhones => assets(at, days, "public_phone").await,
        Key::StationBoards => assets(at, days, "station_board").await,
        Key::NoticeSigns => assets(at, days, "notice_sign").await,
        Key::ServiceCards => cards(at, days).await,
        Key::MeasuredHouseholds => {
            let n = measured_households(at, days, area).await?;
            Ok(Figure::whole(n, measured_in(days, area).url::<crate::temperature::TemperatureCase>()))
        }
        Key::VisitHouseholdTimes => household_times(at, days).await,
        Key::OutagesTotal => outages(at, days, None).await,
        Key::OutagesExternal => outages(at, days, Some("external")).await,
        Key::OutagesInternal => outages(at, days, Some("internal")).await,
        Key::CoalSamples => samples(at, days, "coal").await,
        Key::AshSamples => samples(at, days, "slag,fly_ash").await,
        Key::NewInstruments => counted::<Instrument>(at, Slice::default().on_days("in_service_on", days)).await,
        Key::BasementOverHeightCases => cases::count(at, cases::HEIGHT_CHECK, days).await,
        Key::BasementOverHeightArea => cases::area(at, cases::HEIGHT_CHECK, days).await,
        Key::AreaIncreaseCases => cases::count(at, cases::AREA_INCREASE, days).await,
        Key::AreaIncreaseArea => cases::area(at, cases::AREA_INCREASE, days).await,
        Key::DemolitionCases => cases::count(at, cases::DEMOLITION, days).await,
        Key::GiftedHouseholds => cases::households(at, cases::GIFTED, days).await,
        Key::GiftedAgreements => {
            let signed = Slice::default().with("kind", "gifted_area").during("signed_at", days);
            counted::<HeatAgreement>(at, signed).await
        }
        Key::BasementSurveyCases => cases::count(at, cases::AREA_SURVEY, days).await,
        Key::BasementSurveyArea => cases::area(at, cases::AREA_SURVEY, days).await,
        Key::ValveCheckedHouseholds => Ok(valve_checks(at, days).await?.0),
        Key::BranchesChecked => Ok(valve_checks(at, days).await?.1),
        Key::SystemBids | Key::LeakHours | Key::ComplaintHours => Ok(Figure::default()),
    }
}

/// The rows of a list.
pub(super) async fn counted<R: store::Resource>(at: &Reading, list: Slice) -> Result<Figure, Fault> {
    let n: Option<i64> = R::Entity::find()
        .filter(list.condition::<R>(at)?)
        .select_only()
        .expr(Expr::cust("COUNT(*)"))
        .into_tuple()
        .one(&at.db())
        .await?;
    Ok(Figure::whole(n.unwrap_or_default(), list.url::<R>()))
}

async fn assets(at: &Reading, days: Period, kind: &str) -> Result<Figure, Fault> {
    counted::<ServiceAsset>(at, Slice::default().with("as_of", days.to).with("kind", kind)).await
}

async fn cards(at: &Reading, days: Period) -> Result<Figure, Fault> {
    let list = Slice::default().with("kind", "issued").on_days("on", days);
    let n: Option<i64> = service_card::entity::Entity::find()
        .filter(list.condition::<ServiceCards>(at)?)
        .select_only()
        .expr(Expr::cust("CAST(COALESCE(SUM(card_count), 0) AS BIGINT)"))
        .into_tuple()
        .one(&at.db())
        .await?;
    Ok(Figure::whole(n.unwrap_or_default(), list.url::<ServiceCards>()))
}

async fn household_times(at: &Reading, days: Period) -> Result<Figure, Fault> {
    let list = Slice::default().on_days("visited_on", days);
    let n: Option<i64> = visits::Entity::find()
        .filter(list.condition::<Visit>(at)?)
        .select_only()
        .expr(Expr::cust("CAST(COALESCE(SUM(met), 0) AS BIGINT)"))
        .into_tuple()
        .one(&at.db())
        .await?;
    Ok(Figure::whole(n.unwrap_or_default(), list.url::<Visit>()))
}

async fn outages(at: &Reading, days: Period, class: Option<&str>) -> Result<Figure, Fault> {
    let list = Slice::default().with("status", COUNTED_OUTAGES).during("started_at", days);
    counted::<Outage>(at, class.map_or_else(|| list.clone(), |class| list.with("cause_class", class))).await
}

async fn samples(at: &Reading, days: Period, kinds: &str) -> Result<Figure, Fault> {
    counted::<LabSample>(at, Slice::default().with("kind", kinds).during("reviewed_at", days)).await
}

/// The households whose valves were looked at in the season of the last day, each once, and the branches they are of.
async fn valve_checks(at: &Reading, days: Period) -> Result<(Figure, Figure), Fault> {
    let begun = seasons::as_of(at, days.to, None).await?.filter(|season| season.starts_on <= days.to);
    let Some(season) = begun else { return Ok((Figure::default(), Figure::default())) };
    let list = Slice::default().with("season", season.id).with("first_result", CHECKED);
    let list = list.during("first_checked_at", Period { from: season.starts_on.min(days.from), to: days.to });
    let homes = valves::Entity::find()
        .filter(list.condition::<ValveCheck>(at)?)
        .select_only()
        .column(valves::Column::HouseholdId)
        .distinct();
    let distinct = async |select: sea_orm::Select<household::entity::Entity>, what: &'static str| {
        let n: Option<i64> = select.select_only().expr(Expr::cust(what)).into_tuple().one(&at.db()).await?;
        Ok::<_, Fault>(n.unwrap_or_default())
    };
    let of_homes = || {
        household::entity::Entity::find().filter(household::entity::Column::Id.in_subquery(homes.clone().into_query()))
    };
    let households = distinct(of_homes(), "COUNT(*)").await?;
    let stations = of_homes().select_only().column(household::entity::Column::StationId).into_query();
    let branches: Vec<Uuid> = station::entity::Entity::find()
        .filter(station::entity::Column::Id.in_subquery(stations))
        .select_only()
        .column(station::entity::Column::BranchId)
        .distinct()
        .into_tuple()
        .all(&at.db())
        .await?;
    Ok((Figure::whole(households, list.url::<ValveCheck>()), units(at, branches).await?))
}

/// Units, each once; the list opens them by their codes.
async fn units(at: &Reading, ids: Vec<Uuid>) -> Result<Figure, Fault> {
    use org_unit::Column::{Code, Id};
    let codes: Vec<String> = org_unit::Entity::find()
        .select_only()
        .column(Code)
        .filter(Id.is_in(ids))
        .order_by_asc(Code)
        .into_tuple()
        .all(&at.db())
        .await?;
    let list = Slice::default().with("code", codes.join(","));
    counted::<org_unit::OrgUnit>(at, list).await
}
