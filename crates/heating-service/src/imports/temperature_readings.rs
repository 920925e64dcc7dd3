//! Rows of a routine round of measurements (HS-02): the readings of a home and day are one visit and one case, also where
//! they are looked at in two parts; a reading its device sent before is left alone.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use access::JobRole;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::{Height, Temperature};
use kernel::time::{Timestamp, business_day};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow};
use store::{Work, numbers};
use utoipa::ToSchema;

use super::known::{homes_ahead, instruments_of, known_household};
use super::{MANAGER, RUN};
use crate::reading::commands::TakeReading;
use crate::reading::entity::{self as readings, Point, Room, Signature};
use crate::temperature::measuring::{SurveyTemperature, survey_in_parts};

/// A row of `temperature_readings`.
#[derive(Clone, Deserialize, ToSchema)]
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

    async fn look_ahead(work: &Work, rows: &[Self]) -> Result<(), Fault> {
        homes_ahead(work, rows.iter().map(|row| row.household_number.as_str()).collect()).await?;
        let visits = Visits::of(work, rows).await?;
        numbers::ahead(work, "DS", visits.new_readings()).await?;
        numbers::ahead(work, "WD", visits.new_visits()).await?;
        work.keep(visits);
        Ok(())
    }

    /// The first row of a visit brings all of its readings; one that cannot be taken over refuses the visit.
    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let home = known_household(work, &self.household_number).await?;
        let visits = match work.kept::<Visits>() {
            Some(visits) => visits,
            None => Rc::new(Visits::of(work, std::slice::from_ref(self)).await?),
        };
        if let Some(case_id) = visits.case_of(work, self).await? {
            let with_another = visits.taken.borrow_mut().remove(&self.key());
            let applied = if with_another { Applied::changed } else { Applied::unchanged };
            return Ok(applied("temperature_case", case_id));
        }
        let (mut readings, mut keys) = (Vec::new(), HashSet::new());
        for row in visits.with(self) {
            if visits.case_of(work, row).await?.is_none() {
                readings.push(row.reading(&visits)?);
                keys.insert(row.key());
            }
        }
        visits.tried.borrow_mut().extend(keys.iter().cloned());
        keys.remove(&self.key());
        let input =
            SurveyTemperature { household_id: home.id, readings, user_agreed_hour: false, feedback_document_id: None };
        let case = survey_in_parts(work, business_day(self.measured_at.0), &input).await?;
        visits.taken.borrow_mut().extend(keys);
        Ok(Applied::changed("temperature_case", case.id))
    }
}

/// A visit: the household and the day.
type Visit = (String, NaiveDate);

/// The visits some rows are of, and what they name.
#[derive(Default)]
struct Visits {
    rows: HashMap<Visit, Vec<TemperatureReadingRow>>,
    /// Each reading asked for, by what it is known again by; nothing where no case had it yet.
    known: HashMap<String, Option<Uuid>>,
    /// Instruments by their number.
    instruments: HashMap<String, Uuid>,
    /// What readings that were tried since are known again by.
    tried: RefCell<HashSet<String>>,
    /// What readings taken over with the first row of their visit are known again by.
    taken: RefCell<HashSet<String>>,
}

impl Visits {
    async fn of(work: &Work, rows: &[TemperatureReadingRow]) -> Result<Self, Fault> {
        use readings::Column::{CaseId, ClientId};
        let mut visits = Self::default();
        for row in rows {
            visits.rows.entry(row.visit()).or_default().push(row.clone());
        }
        let keys: HashSet<String> = rows.iter().map(TemperatureReadingRow::key).collect();
        let found: Vec<(Option<String>, Uuid)> = readings::Entity::find()
            .select_only()
            .columns([ClientId, CaseId])
            .filter(ClientId.is_in(keys.iter().map(String::as_str)))
            .into_tuple()
            .all(&work.db())
            .await?;
        visits.known = keys.into_iter().map(|key| (key, None)).collect();
        visits.known.extend(found.into_iter().filter_map(|(key, case_id)| Some((key?, Some(case_id)))));
        let numbers = rows.iter().map(|row| row.instrument_number.as_str()).collect();
        visits.instruments = instruments_of(work, numbers).await?;
        Ok(visits)
    }

    fn is_new(&self, row: &TemperatureReadingRow) -> bool {
        self.known.get(&row.key()).is_some_and(Option::is_none)
    }

    /// How many readings no case has yet.
    fn new_readings(&self) -> usize {
        self.known.values().filter(|case| case.is_none()).count()
    }

    /// How many visits no reading of which was brought before.
    fn new_visits(&self) -> usize {
        self.rows.values().filter(|rows| rows.iter().all(|row| self.is_new(row))).count()
    }

    /// The case that has this reading already.
    async fn case_of(&self, work: &Work, row: &TemperatureReadingRow) -> Result<Option<Uuid>, Fault> {
        let key = row.key();
        match self.known.get(&key) {
            Some(Some(case_id)) => return Ok(Some(*case_id)),
            Some(None) if !self.tried.borrow().contains(&key) => return Ok(None),
            _ => {}
        }
        let found = readings::Entity::find().filter(readings::Column::ClientId.eq(key));
        Ok(found.one(&work.db()).await?.map(|known| known.case_id))
    }

    /// The rows of the visit a row is of.
    fn with<'a>(&'a self, row: &'a TemperatureReadingRow) -> &'a [TemperatureReadingRow] {
        self.rows.get(&row.visit()).map_or(std::slice::from_ref(row), Vec::as_slice)
    }
}

impl TemperatureReadingRow {
    fn visit(&self) -> Visit {
        (self.household_number.clone(), business_day(self.measured_at.0))
    }

    /// What it is known again by.
    fn key(&self) -> String {
        let room: &str = self.room.into();
        let own = || format!("import|{}|{room}|{}", self.household_number, self.measured_at);
        self.client_id.clone().unwrap_or_else(own)
    }

    fn reading(&self, visits: &Visits) -> Result<TakeReading, Fault> {
        let instrument = visits.instruments.get(&self.instrument_number).copied();
        let instrument_id = instrument.ok_or_else(|| Fault::field("/instrument_number", "not_found"))?;
        Ok(TakeReading {
            room: self.room,
            point: self.point.unwrap_or(Point::Centre),
            height_m: self.height_m,
            closed_minutes: self.closed_minutes,
            t_c: self.t_c,
            outdoor_c: self.outdoor_c,
            instrument_id,
            hand_held: self.hand_held.unwrap_or_default(),
            measured_at: Some(self.measured_at),
            client_id: Some(self.key()),
            user_signature: self.user_signature,
            witness_staff_id: None,
            photos: Vec::new(),
        })
    }
}
