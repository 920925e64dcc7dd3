//! The dashboard of a season as it stood when the season was closed (heating §10): what is paid or decided afterwards
//! changes it no more.

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use store::{Reading, Work};

use crate::scope;
use entity::{ActiveModel, Column, Entity};

mod entity {
    //! The row of a kept dashboard.

    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "season_board")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub season_id: Uuid,
        pub taken_at: DateTimeUtc,
        /// JSON of [`super::Tiles`].
        pub figures: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The figures by their keys; nothing where there was nothing to count.
pub type Tiles = BTreeMap<String, Option<Fixed<2>>>;

/// A dashboard that was kept.
#[derive(Clone, Debug)]
pub struct Board {
    pub taken_at: Timestamp,
    pub tiles: Tiles,
}

/// Keeps the dashboard of a season.
pub async fn keep(work: &Work, season_id: Uuid, tiles: &Tiles) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        season_id: Set(season_id),
        taken_at: Set(work.now),
        figures: Set(serde_json::to_string(tiles).map_err(Fault::internal)?),
    };
    work.insert(row).await?;
    Ok(())
}

/// The dashboard that was kept of a season. It is the whole company's: whoever sees a part has none.
pub async fn kept(at: &Reading, season_id: Uuid) -> Result<Option<Board>, Fault> {
    if !scope::knows_all(at.actor()) {
        return Ok(None);
    }
    let Some(row) = Entity::find().filter(Column::SeasonId.eq(season_id)).one(&at.db()).await? else { return Ok(None) };
    let tiles = serde_json::from_str(&row.figures).map_err(Fault::internal)?;
    Ok(Some(Board { taken_at: row.taken_at.into(), tiles }))
}
