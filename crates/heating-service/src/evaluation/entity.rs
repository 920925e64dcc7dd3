//! The row of an evaluation, and what its JSON columns hold.

use kernel::fixed::Fixed;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::evaluation_scheme::entity::{Figure, ItemKind};
use crate::station::entity::Kind as StationKind;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "evaluation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub number: String,
    pub station_id: Uuid,
    /// The station's, for the feed.
    pub org_unit_id: Uuid,
    /// As it was then; stations of one type are ranked.
    pub station_kind: StationKind,
    /// `YYYY-MM`.
    pub month: String,
    pub scheme_id: Uuid,
    /// JSON array of staff.
    pub team: String,
    pub inspected_on: Date,
    /// JSON array of [`ItemScore`].
    pub scores: String,
    /// JSON array of [`Finding`].
    pub findings: String,
    /// JSON of [`Figures`], as they were when it was confirmed.
    pub figures: String,
    /// Hundredths of a point.
    pub total_units: Option<i64>,
    /// Hundredths of a complaint per 10,000 m².
    pub net_complaint_units: Option<i64>,
    /// Hundredths of a per cent.
    pub timely_units: Option<i64>,
    /// Among the confirmed stations of its type.
    pub rank: Option<i32>,
    pub status: Status,
    pub scored_by: Option<Uuid>,
    pub scored_at: Option<DateTimeUtc>,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<DateTimeUtc>,
    pub published_by: Option<Uuid>,
    pub published_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where an evaluation stands.
#[codes::code(name = "EvaluationStatus")]
pub enum Status {
    /// 草拟
    Draft,
    /// 已评分
    Scored,
    /// 已确认
    Confirmed,
    /// 已公布
    Published,
}

impl Status {
    /// Those whose figures stand.
    pub const RANKED: [Self; 2] = [Self::Confirmed, Self::Published];
}

/// What an item came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EvaluationItemScore)]
pub struct ItemScore {
    pub code: String,
    pub title: String,
    pub kind: ItemKind,
    pub weight: Fixed<2>,
    /// Of a checklist item.
    pub deduction: Option<Fixed<2>>,
    pub failed: bool,
    pub text: Option<String>,
    /// Of a computed item.
    pub figure: Option<Figure>,
    /// Null before the confirmation, and where there is no data: the item is left out of the total.
    pub score: Option<Fixed<2>>,
}

/// What the team found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EvaluationFinding)]
pub struct Finding {
    /// Code of an item.
    #[schema(max_length = 40)]
    pub code: Option<String>,
    #[schema(min_length = 1, max_length = 1000)]
    pub text: String,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub photos: Vec<Uuid>,
}

/// The figures of a station's month, as they were when the evaluation was confirmed; null: no data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EvaluationFigures)]
pub struct Figures {
    /// Per 10,000 m² (HS-R18).
    pub net_complaints: Option<Fixed<2>>,
    /// Per cent of the replies due that came in time.
    pub timely_reply_rate: Option<Fixed<2>>,
    /// Per cent of the callbacks answered that were content.
    pub satisfaction: Option<Fixed<2>>,
    pub weeks_met: Option<i64>,
    pub weeks_due: Option<i64>,
    pub visits: Option<i64>,
    pub visits_needed: Option<i64>,
    /// Per cent of the visits with a verdict that qualified (HS-R14).
    pub temperature_pass_rate: Option<Fixed<2>>,
}
