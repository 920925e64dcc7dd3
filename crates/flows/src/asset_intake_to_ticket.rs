//! What somebody reports by the code of a public asset becomes a ticket of its station (HS-R78).

use heating_service::service_asset::{entity::Model as Asset, token};
use heating_service::station::entity::{Entity as Stations, Model as Station};
use kernel::fault::{Fault, FieldErrors};
use kernel::validation::Phone;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use store::{Reading, Work};
use tickets::catalogue::Kind;
use tickets::ticket::register::Requester;
use utoipa::ToSchema;
use validator::Validate;

use crate::opening::{Asks, Opening, open};
use crate::ticket;

/// What a report by code is about.
#[codes::code(name = "AssetIntakeCategory", stored = false)]
pub enum Category {
    /// 跑冒漏
    Leak,
    /// 室温
    RoomTemperature,
    /// 其他
    Other,
}

impl Category {
    /// The kind and category of the ticket.
    fn ticket(self) -> (Kind, &'static str) {
        match self {
            Self::Leak => (Kind::Repair, "heating.leak"),
            Self::RoomTemperature => (Kind::Repair, "heating.room_temperature"),
            Self::Other => (Kind::Consultation, "heating.other"),
        }
    }
}

/// What the holder of a code sees.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssetIntakeForm {
    /// Name of the station.
    pub station: String,
}

/// What somebody reports.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateAssetIntake {
    pub category: Category,
    #[schema(min_length = 5, max_length = 2000)]
    pub text: String,
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    pub phone: Phone,
}

/// What became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AssetIntake {
    /// Name of the station.
    pub station: String,
    /// Number of the ticket, to ask about it.
    pub ticket_number: String,
}

async fn station(at: &Reading, asset: &Asset) -> Result<Station, Fault> {
    let row = Stations::find_by_id(asset.station_id).one(&at.db()).await?;
    row.ok_or_else(|| Fault::internal("an asset without a station"))
}

/// What a code opens: the name of the station and nothing else.
///
/// # Errors
/// 404 for a code nobody has or whose asset was removed.
pub async fn form(at: &Reading, text: &str) -> Result<AssetIntakeForm, Fault> {
    let asset = token::find(at, text).await?;
    Ok(AssetIntakeForm { station: station(at, &asset).await?.name })
}

/// Registers what the holder of a code reports; in the name of the house, since he is not signed in.
///
/// # Errors
/// 404 as [`form`]; 422 `too_short` for a text below five characters.
pub async fn report(work: &Work, text: &str, input: &CreateAssetIntake) -> Result<AssetIntake, Fault> {
    let asset = token::find(work, text).await?;
    let mut errors = FieldErrors::default();
    errors.add_if(input.text.trim().chars().count() < 5, "/text", "too_short");
    errors.add_if(input.name.trim().is_empty(), "/name", "too_short");
    errors.finish()?;
    let station = station(work, &asset).await?;
    let (kind, category) = input.category.ticket();
    let opening = Opening {
        channel: "web",
        kind,
        category,
        unit_id: None,
        station: Some(station.org_unit_id),
        asks: Asks::Person(Requester {
            name: input.name.clone(),
            phone: input.phone.clone(),
            company: None,
            address: None,
        }),
        title: None,
        text: input.text.clone(),
        tags: vec![asset.number],
        key: None,
    };
    let row = open(work, opening).await?;
    ticket::registered(work, &row).await?;
    Ok(AssetIntake { station: station.name, ticket_number: row.number })
}
