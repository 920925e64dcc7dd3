//! The dashboard of a season as it stood when the season was closed (heating §10): what is paid or decided afterwards
//! changes it no more. The company's is kept, and that of each branch and station.

use std::collections::{BTreeMap, BTreeSet};

use access::{Actor, JobRole, Scope};
use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::ids;
use kernel::time::Timestamp;
use registers::org_unit;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use store::{Reading, Work};

use crate::scope;
use crate::station::entity as stations;
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

    pub mod part {
        //! The row of what a branch or a station saw.

        use sea_orm::entity::prelude::*;

        #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
        #[sea_orm(table_name = "season_board_part")]
        pub struct Model {
            #[sea_orm(primary_key, auto_increment = false)]
            pub id: Uuid,
            pub season_id: Uuid,
            pub role: String,
            pub org_unit_id: Uuid,
            pub taken_at: DateTimeUtc,
            /// JSON of [`super::super::Tiles`].
            pub figures: String,
        }
        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}
        impl ActiveModelBehavior for ActiveModel {}
    }
}

/// The figures by their keys; nothing where there was nothing to count.
pub type Tiles = BTreeMap<String, Option<Fixed<2>>>;

/// A dashboard that was kept.
#[derive(Clone, Debug)]
pub struct Board {
    pub taken_at: Timestamp,
    pub tiles: Tiles,
}

/// Whose part of the company a dashboard shows: a branch's or a station's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    role: JobRole,
    org_unit_id: Uuid,
}

impl Part {
    /// Somebody whose post this part is.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn viewer(self, at: &Reading) -> Result<Actor, Fault> {
        let org_unit_ids = org_unit::subtree(at, self.org_unit_id).await?;
        let scope = Scope { org_unit_id: Some(self.org_unit_id), org_unit_ids, ..Scope::default() };
        Ok(Actor { sub: at.actor().sub, role: self.role, scope, ..Actor::nobody() })
    }

    /// The part a caller sees, where one post says it.
    async fn of(at: &Reading) -> Result<Option<Self>, Fault> {
        let actor = at.actor();
        let named = actor.is_any(&[JobRole::HeatingBranchManager, JobRole::HeatingStationHead]);
        let Some(org_unit_id) = actor.scope.org_unit_id.filter(|_| named) else { return Ok(None) };
        let whole: BTreeSet<Uuid> = org_unit::subtree(at, org_unit_id).await?.into_iter().collect();
        let seen: BTreeSet<Uuid> = actor.scope.org_unit_ids.iter().copied().collect();
        Ok((whole == seen).then_some(Self { role: actor.role, org_unit_id }))
    }
}

/// The branches and the stations there are.
pub async fn parts(at: &Reading) -> Result<BTreeSet<Part>, Fault> {
    let rows = stations::Entity::find().all(&at.db()).await?;
    let (branch, head) = (JobRole::HeatingBranchManager, JobRole::HeatingStationHead);
    let both = |row: stations::Model| {
        [Part { role: branch, org_unit_id: row.branch_id }, Part { role: head, org_unit_id: row.org_unit_id }]
    };
    Ok(rows.into_iter().flat_map(both).collect())
}

fn text(tiles: &Tiles) -> Result<String, Fault> {
    serde_json::to_string(tiles).map_err(Fault::internal)
}

/// Keeps the dashboard of a season.
pub async fn keep(work: &Work, season_id: Uuid, tiles: &Tiles) -> Result<(), Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        season_id: Set(season_id),
        taken_at: Set(work.now),
        figures: Set(text(tiles)?),
    };
    work.insert(row).await?;
    Ok(())
}

/// Keeps what a branch or a station sees of it.
pub async fn keep_part(work: &Work, season_id: Uuid, part: Part, tiles: &Tiles) -> Result<(), Fault> {
    let row = entity::part::ActiveModel {
        id: Set(ids::new_id(work.now)),
        season_id: Set(season_id),
        role: Set(part.role.to_string()),
        org_unit_id: Set(part.org_unit_id),
        taken_at: Set(work.now),
        figures: Set(text(tiles)?),
    };
    work.insert(row).await?;
    Ok(())
}

/// The dashboard that was kept of a season, as far as the caller sees it.
pub async fn kept(at: &Reading, season_id: Uuid) -> Result<Option<Board>, Fault> {
    let found = if scope::knows_all(at.actor()) {
        let row = Entity::find().filter(Column::SeasonId.eq(season_id)).one(&at.db()).await?;
        row.map(|row| (row.taken_at, row.figures))
    } else {
        kept_part(at, season_id).await?.map(|row| (row.taken_at, row.figures))
    };
    let Some((taken_at, figures)) = found else { return Ok(None) };
    let tiles = serde_json::from_str(&figures).map_err(Fault::internal)?;
    Ok(Some(Board { taken_at: taken_at.into(), tiles }))
}

async fn kept_part(at: &Reading, season_id: Uuid) -> Result<Option<entity::part::Model>, Fault> {
    use entity::part::{Column, Entity};
    let Some(part) = Part::of(at).await? else { return Ok(None) };
    let row = Entity::find()
        .filter(Column::SeasonId.eq(season_id))
        .filter(Column::Role.eq(part.role.to_string()))
        .filter(Column::OrgUnitId.eq(part.org_unit_id));
    Ok(row.one(&at.db()).await?)
}
