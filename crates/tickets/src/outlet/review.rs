//! What was found when an outlet was looked at (网点评审).

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::{self, Placement};
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::Model as Outlet;
use super::{ServiceOutlet, known_to};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "outlet_review")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub outlet_id: Uuid,
    pub reviewed_on: Date,
    pub score: i32,
    pub text: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Reviews as parts of an outlet.
pub struct OutletReview;

/// A review of an outlet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutletReviewView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    /// Who looked at it.
    pub created_by: Uuid,
    pub outlet_id: Uuid,
    pub reviewed_on: NaiveDate,
    /// 1 bad, 5 good.
    pub score: i32,
    pub text: String,
}

impl From<Model> for OutletReviewView {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            created_by: row.created_by,
            outlet_id: row.outlet_id,
            reviewed_on: row.reviewed_on,
            score: row.score,
            text: row.text,
        }
    }
}

impl Resource for OutletReview {
    type Entity = Entity;
    type Row = Model;
    type View = OutletReviewView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "outlet_review";
    const PATH: &'static str = "/v1/outlet-reviews";

    fn visible_to(actor: &Actor) -> Condition {
        Condition::all().add(Column::OutletId.in_subquery(known_to(actor)))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at").by("outlet_id", Column::OutletId).sort("created_at", Column::CreatedAt)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<OutletReviewView>, Fault> {
        Ok(rows.into_iter().map(OutletReviewView::from).collect())
    }
}

/// What was found.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReviewOutlet {
    /// Default: today.
    pub reviewed_on: Option<NaiveDate>,
    #[schema(minimum = 1, maximum = 5)]
    pub score: i32,
    #[schema(min_length = 2, max_length = 2000)]
    pub text: String,
}

/// Writes a review down.
pub async fn add(work: &Work, outlet_id: Uuid, input: &ReviewOutlet) -> Result<Model, Fault> {
    let today = business_day(work.now);
    let judge = |_: &Outlet| match input.reviewed_on.is_some_and(|on| on > today) {
        true => Err(Fault::field("/reviewed_on", "date_in_future")),
        false => Ok(()),
    };
    let outlet = resource::take_judged::<ServiceOutlet>(work, outlet_id, judge).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        outlet_id: Set(outlet.id),
        reviewed_on: Set(input.reviewed_on.unwrap_or(today)),
        score: Set(input.score),
        text: Set(input.text.trim().to_owned()),
    };
    let place = ServiceOutlet::placement(&outlet);
    let fact = |fact: store::journal::Fact| store::journal::Fact { placement: place, ..fact };
    work.create::<OutletReview>(row, fact, "added").await
}

/// Reviews shown with an outlet at most.
const SHOWN: usize = 20;

/// The newest reviews of each outlet.
pub async fn latest(at: &Reading, outlets: &[Uuid]) -> Result<HashMap<Uuid, Vec<OutletReviewView>>, Fault> {
    let rows = Entity::find()
        .filter(Column::OutletId.is_in(outlets.iter().copied()))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .all(&at.db())
        .await?;
    let mut found: HashMap<Uuid, Vec<OutletReviewView>> = HashMap::new();
    for row in rows {
        let list = found.entry(row.outlet_id).or_default();
        if list.len() < SHOWN {
            list.push(row.into());
        }
    }
    Ok(found)
}
