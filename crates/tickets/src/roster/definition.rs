//! Shift definitions (班次): when a shift begins and ends, and whether it is done at the office or at home.

use access::Actor;
use chrono::{NaiveDate, TimeDelta};
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::{DayTime, Timestamp, start_of_day};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "shift_definition")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub code: String,
    pub name: String,
    /// Since midnight.
    pub from_minutes: i32,
    /// Since midnight, of the next day when it crosses midnight.
    pub to_minutes: i32,
    pub crosses_midnight: bool,
    pub place: Place,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a shift is done (上班地点).
#[codes::code(name = "ShiftPlace")]
pub enum Place {
    /// 在岗
    Office,
    /// 居家
    Home,
}

impl Model {
    /// When the shift of a day begins and ends.
    pub fn span(&self, day: NaiveDate) -> (DateTimeUtc, DateTimeUtc) {
        let at = |minutes: i32| start_of_day(day) + TimeDelta::minutes(minutes.into());
        (at(self.from_minutes), at(self.to_minutes + if self.crosses_midnight { 24 * 60 } else { 0 }))
    }
}

/// Shift definitions as a resource (TK-09).
pub struct ShiftDefinition;

/// A shift definition (班次).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShiftDefinitionView {
    pub id: Uuid,
    pub version: i32,
    pub code: String,
    pub name: String,
    pub from: DayTime,
    pub to: DayTime,
    /// `to` is a time of the next day.
    pub crosses_midnight: bool,
    pub place: Place,
    pub created_at: Timestamp,
}

impl Resource for ShiftDefinition {
    type Entity = Entity;
    type Row = Model;
    type View = ShiftDefinitionView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "shift_definition";
    const PATH: &'static str = "/v1/shift-definitions";
    const STEADY: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code").sort("code", Column::Code).by("code", Column::Code).code(
            "place",
            Column::Place,
            &["office", "home"],
        )
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ShiftDefinitionView>, Fault> {
        let time = |minutes: i32| {
            DayTime::from_minutes(minutes.into()).ok_or_else(|| Fault::internal("a shift outside the day"))
        };
        let view = |row: Model| {
            Ok(ShiftDefinitionView {
                from: time(row.from_minutes)?,
                to: time(row.to_minutes)?,
                id: row.id,
                version: row.version,
                code: row.code,
                name: row.name,
                crosses_midnight: row.crosses_midnight,
                place: row.place,
                created_at: row.created_at.into(),
            })
        };
        rows.into_iter().map(view).collect()
    }
}

/// A new shift; what was planned by a definition stays, so it never changes.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct DefineShift {
    #[schema(min_length = 1, max_length = 16, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    /// Default: the code.
    #[schema(min_length = 1, max_length = 40)]
    pub name: Option<String>,
    pub from: DayTime,
    /// At most 24:00.
    pub to: DayTime,
    #[serde(default)]
    pub crosses_midnight: bool,
    pub place: Place,
}

/// The code a pattern names a free day with.
pub const OFF: &str = "off";

/// Defines a shift.
///
/// # Errors
/// 422 `date_order` unless it ends after it begins and lasts at most a day; 409 when the code is taken.
pub async fn define(work: &Work, input: &DefineShift) -> Result<Model, Fault> {
    let (from, to) = (input.from.minutes(), input.to.minutes());
    if input.code == OFF {
        return Err(Fault::field("/code", "invalid_enum"));
    }
    if (to > from) == input.crosses_midnight || from == 24 * 60 || (input.crosses_midnight && to == 0) {
        return Err(Fault::field("/to", "date_order"));
    }
    insert(work, input).await
}

async fn insert(work: &Work, input: &DefineShift) -> Result<Model, Fault> {
    registers::locks::hold(work, vec![format!("shift|{}", input.code)]).await?;
    if Entity::find().filter(Column::Code.eq(input.code.as_str())).count(&work.db()).await? > 0 {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "code"));
    }
    let minutes = |time: DayTime| i32::try_from(time.minutes()).map_err(Fault::internal);
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        code: Set(input.code.clone()),
        name: Set(input.name.clone().unwrap_or_else(|| input.code.clone())),
        from_minutes: Set(minutes(input.from)?),
        to_minutes: Set(minutes(input.to)?),
        crosses_midnight: Set(input.crosses_midnight),
        place: Set(input.place),
    };
    work.create::<ShiftDefinition>(row, |fact| fact, "created").await
}

/// The definition of a code.
///
/// # Errors
/// `invalid_enum` at the pointer when there is none.
pub async fn by_code(at: &Reading, code: &str, pointer: &str) -> Result<Model, Fault> {
    let row = Entity::find().filter(Column::Code.eq(code)).one(&at.db()).await?;
    row.ok_or_else(|| Fault::field(pointer, "invalid_enum"))
}

/// Code, name, from, to, place of what every house begins with [#10]: the desk's and the heating hotline's.
const DEFAULTS: &[(&str, &str, &str, &str, Place)] = &[
    ("a", "早班", "09:00", "17:00", Place::Office),
    ("b", "中班", "12:00", "20:00", Place::Office),
    ("c", "晚班(在家)", "20:00", "22:00", Place::Home),
    ("h1", "供热夜班", "00:00", "08:00", Place::Office),
    ("h2", "供热白班", "08:00", "16:00", Place::Office),
    ("h3", "供热晚班", "16:00", "24:00", Place::Office),
];

/// Installs the default shifts that are not there.
pub async fn install_defaults(work: &Work) -> Result<(), Fault> {
    let known: Vec<String> = Entity::find().all(&work.db()).await?.into_iter().map(|row| row.code).collect();
    let time = |text: &str| DayTime::parse(text).map_err(Fault::internal);
    for (code, name, from, to, place) in DEFAULTS {
        if !known.iter().any(|known| known == code) {
            let input = DefineShift {
                code: (*code).to_owned(),
                name: Some((*name).to_owned()),
                from: time(from)?,
                to: time(to)?,
                crosses_midnight: false,
                place: *place,
            };
            insert(work, &input).await?;
        }
    }
    Ok(())
}
