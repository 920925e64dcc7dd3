//! Rows of a routine round of measurements (HS-02): each reading is a case of its own home and day; a reading its
//! device sent before is left alone.

use access::JobRole;
use kernel::fault::Fault;
use kernel::fixed::{Height, Temperature};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::Work;
use store::imports::{Applied, Cell, Column, ImportRow};
use utoipa::ToSchema;

use super::{MANAGER, RUN, known_household};
use crate::instrument::entity as instruments;
use crate::reading::commands::TakeReading;
use crate::reading::entity::{self as readings, Point, Room, Signature};
use crate::temperature::measuring::{SurveyTemperature, survey};

/// A row of `temperature_readings`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedTemperatureReading)]
pub struct TemperatureReadingRow {
    #[schema(min_length = 1, max_length = 40)]
    household_number: String,
    room: Room,
    /// `centre` when absent.
    point: Option<Point>,
    height_m: Height,
    #[schema(minimum = 0, maximum = 10_080)]
    closed_minutes: i32,
    t_c: Temperature,
    outdoor_c: Option<Temperature>,
    #[schema(min_length = 1, max_length = 60)]
    instrument_number: String,
    hand_held: Option<bool>,
    measured_at: Timestamp,
    user_signature: Signature,
    /// By which the row is known again; household, room and time when absent.
    #[schema(min_length = 1, max_length = 80)]
    client_id: Option<String>,
}

impl ImportRow for TemperatureReadingRow {
    const KIND: &'static str = "temperature_readings";
    const TITLE: (&'static str, &'static str) = ("测温读数", "Temperature readings");
    const PERMISSION: &'static str = RUN;
    const ONLY: Option<&'static [JobRole]> = MANAGER;
    const COLUMNS: &'static [Column] = &[
        Column::text("household_number", "用热户编号").or("household_id"),
        Column::text("room", "房间"),
        Column::text("point", "测点"),
        Column::text("height_m", "测温高度"),
        Column::new("closed_minutes", "门窗关闭分钟", Cell::Integer),
        Column::text("t_c", "室温"),
        Column::text("outdoor_c", "室外温度"),
        Column::text("instrument_number", "仪器编号").or("instrument_id"),
        Column::new("hand_held", "手持", Cell::Boolean),
        Column::new("measured_at", "测温时间", Cell::Instant),
        Column::text("user_signature", "用户签字"),
        Column::text("client_id", "设备流水号"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let home = known_household(work, &self.household_number).await?;
        let number = self.instrument_number.as_str();
        let instrument = instruments::Entity::find().filter(instruments::Column::Number.eq(number));
        let instrument = instrument.one(&work.db()).await?;
        let instrument = instrument.ok_or_else(|| Fault::field("/instrument_number", "not_found"))?;
        let client_id = self.client_id.clone().unwrap_or_else(|| self.own_key());
        let known = readings::Entity::find().filter(readings::Column::ClientId.eq(&client_id));
        if let Some(known) = known.one(&work.db()).await? {
            return Ok(Applied::unchanged("temperature_case", known.case_id));
        }
        let reading = TakeReading {
            room: self.room,
            point: self.point.unwrap_or(Point::Centre),
            height_m: self.height_m,
            closed_minutes: self.closed_minutes,
            t_c: self.t_c,
            outdoor_c: self.outdoor_c,
            instrument_id: instrument.id,
            hand_held: self.hand_held.unwrap_or_default(),
            measured_at: Some(self.measured_at),
            client_id: Some(client_id),
            user_signature: self.user_signature,
            witness_staff_id: None,
            photos: Vec::new(),
        };
        let input = SurveyTemperature {
            household_id: home.id,
            readings: vec![reading],
            user_agreed_hour: false,
            feedback_document_id: None,
        };
        Ok(Applied::changed("temperature_case", survey(work, &input).await?.id))
    }
}

impl TemperatureReadingRow {
    fn own_key(&self) -> String {
        let room: &str = self.room.into();
        format!("import|{}|{room}|{}", self.household_number, self.measured_at)
    }
}
