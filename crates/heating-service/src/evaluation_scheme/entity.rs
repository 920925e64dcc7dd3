//! The row of a scheme, and what its JSON columns hold.

use kernel::fixed::Fixed;
use kernel::money::Money;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "evaluation_scheme")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub season_id: Uuid,
    /// Counts within the season.
    pub edition: i32,
    /// JSON array of [`Item`].
    pub items: String,
    /// JSON array of [`Incentive`].
    pub incentives: String,
    pub valid_from: Date,
    pub status: Status,
    pub published_by: Option<Uuid>,
    pub published_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a scheme stands.
#[codes::code(name = "EvaluationSchemeStatus")]
pub enum Status {
    /// 草拟
    Draft,
    /// 已发布
    Published,
}

/// How an item is scored.
#[codes::code(name = "EvaluationItemKind", stored = false)]
pub enum ItemKind {
    /// 检查项: by what the team deducts.
    Checklist,
    /// 计算项: from figures of the records.
    Computed,
}

/// The figure a computed item is scored by.
#[codes::code(name = "EvaluationFigure", stored = false)]
pub enum Figure {
    /// 净投诉: net complaints per 10,000 m².
    Complaint,
    /// 及时答复率: replies in time of the station's tickets.
    Timely,
    /// 走访达标: weeks and visits of the month.
    Visits,
    /// 室温合格率: visits with the thermometer that qualified.
    Temperature,
}

impl Figure {
    /// The figure of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|figure| figure.code() == code)
    }
}

/// An item of a scheme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EvaluationItem)]
pub struct Item {
    /// Unique in the scheme. A computed item without `parameters.figure` is scored by the figure of its code.
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub title: String,
    pub kind: ItemKind,
    /// Points, more than 0.
    pub weight: Fixed<2>,
    pub parameters: Option<ItemParameters>,
}

/// What a computed item is measured by; the heating parameters where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EvaluationItemParameters)]
pub struct ItemParameters {
    pub figure: Option<Figure>,
    /// Net complaints per 10,000 m² that leave nothing.
    pub limit: Option<Fixed<2>>,
    /// Rate in per cent at which nothing is left.
    pub floor: Option<Fixed<2>>,
}

impl Item {
    /// The figure a computed item is scored by.
    pub fn figure(&self) -> Option<Figure> {
        let named = self.parameters.and_then(|it| it.figure);
        named.or_else(|| Figure::of_code(&self.code)).filter(|_| self.kind == ItemKind::Computed)
    }
}

/// What stations of these ranks get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EvaluationIncentive)]
pub struct Incentive {
    #[schema(minimum = 1)]
    pub rank_from: i32,
    #[schema(minimum = 1)]
    pub rank_to: i32,
    /// Negative: a penalty.
    pub amount: Money,
}

impl Model {
    /// Its items.
    pub fn items(&self) -> Vec<Item> {
        serde_json::from_str(&self.items).unwrap_or_default()
    }
    /// What it gives to whom.
    pub fn incentives(&self) -> Vec<Incentive> {
        serde_json::from_str(&self.incentives).unwrap_or_default()
    }
    /// What a rank gets.
    pub fn incentive(&self, rank: i32) -> Option<Money> {
        let found = self.incentives().into_iter().find(|it| it.rank_from <= rank && rank <= it.rank_to);
        found.map(|it| it.amount)
    }
}
