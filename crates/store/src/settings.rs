//! Single values the service keeps for itself.

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, Set};

use crate::Work;

pub mod entity {
    //! A named value.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "setting")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub value: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// The value of a name.
pub async fn get(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>, Fault> {
    Ok(entity::Entity::find_by_id(name).one(db).await?.map(|row| row.value))
}

/// Keeps a value under a name.
pub async fn put(work: &Work, name: &str, value: &str) -> Result<(), Fault> {
    let row = entity::ActiveModel { name: Set(name.to_owned()), value: Set(value.to_owned()) };
    let again = OnConflict::column(entity::Column::Name).update_column(entity::Column::Value).to_owned();
    entity::Entity::insert(row).on_conflict(again).exec_without_returning(&work.db()).await?;
    Ok(())
}
