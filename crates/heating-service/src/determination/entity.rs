//! The row of a determination: written once; retracting keeps it.

use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::lab::item::Item;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "determination")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    /// None: written by an earlier version.
    pub number: Option<String>,
    pub sample_id: Uuid,
    pub item: Item,
    pub method: String,
    pub round: i32,
    pub seq: i32,
    /// Of the item's last decimal.
    pub value_units: i64,
    /// What was read off, JSON.
    pub raw: Option<String>,
    /// JSON array.
    pub instrument_ids: String,
    pub analyst_id: Uuid,
    pub at: DateTimeUtc,
    pub status: Status,
    /// An instrument it was made on failed afterwards.
    pub held_for_instrument: bool,
    /// The sulphur it was corrected for was retracted.
    pub held_for_sulphur: bool,
    /// An instrument it was made on failed after it was reported.
    pub doubted: bool,
    /// Why it was retracted or released.
    pub note: Option<String>,
    pub retracted_by: Option<Uuid>,
    pub retracted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether nothing may be concluded from it for now.
    pub fn hold(&self) -> bool {
        self.held_for_instrument || self.held_for_sulphur
    }
}

/// Those held.
pub fn held() -> Condition {
    Condition::any().add(Column::HeldForInstrument.eq(true)).add(Column::HeldForSulphur.eq(true))
}

/// Whether a determination counts.
#[codes::code(name = "DeterminationStatus")]
pub enum Status {
    /// 有效
    Current,
    /// 已撤销
    Retracted,
}

pub mod instruments {
    //! Which instruments a determination was made on.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "determination_instrument")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub determination_id: Uuid,
        pub instrument_id: Uuid,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
