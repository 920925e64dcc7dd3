//! Keys of our rows in other systems (外部编号).

use std::collections::HashMap;

use kernel::fault::{Fault, FieldErrors};
use kernel::validation::clean_text;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, Select, Set, SqlErr};
use serde::{Deserialize, Serialize};
use store::resource::Row;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use uuid::Uuid;

/// The key a row has in another system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalId {
    #[schema(min_length = 1, max_length = 40)]
    pub system: String,
    #[schema(min_length = 1, max_length = 120)]
    pub id: String,
}

impl ExternalId {
    /// The key a path names, within the limits a body has.
    ///
    /// # Errors
    /// 422 at `/system` and `/external_id`: `required`, `too_long`, `text_invalid`.
    pub fn of_path(system: &str, id: &str) -> Result<Self, Fault> {
        let mut errors = FieldErrors::default();
        for (pointer, text, limit) in [("/system", system, 40), ("/external_id", id, 120)] {
            errors.add_if(text.trim().is_empty(), pointer, "required");
            errors.add_if(text.chars().count() > limit, pointer, "too_long");
            errors.add_if(clean_text(text, false).is_err(), pointer, "text_invalid");
        }
        errors.finish()?;
        Ok(Self { system: system.to_owned(), id: id.to_owned() })
    }
}

/// Gives a row its key in another system.
///
/// # Errors
/// 409 `already_exists` when another row of this resource has it.
pub async fn attach(work: &Work, resource: &str, id: Uuid, key: &ExternalId) -> Result<(), Fault> {
    let taken = || Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "external_ids");
    match lookup(work, resource, key).await? {
        Some(known) if known == id => return Ok(()),
        Some(_) => return Err(taken()),
        None => {}
    }
    let row = entity::ActiveModel {
        id: Set(kernel::ids::new_id(work.now)),
        resource: Set(resource.to_owned()),
        resource_id: Set(id),
        system: Set(key.system.clone()),
        external_id: Set(key.id.clone()),
    };
    match entity::Entity::insert(row).exec_without_returning(&work.db()).await {
        Ok(_) => Ok(()),
        // Another row got it at the same time.
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Err(taken()),
        Err(error) => Err(error.into()),
    }
}

/// Gives a new row its keys in other systems.
///
/// # Errors
/// As [`attach`].
pub async fn attach_all(work: &Work, resource: &str, id: Uuid, keys: &[ExternalId]) -> Result<(), Fault> {
    for key in keys {
        attach(work, resource, id, key).await?;
    }
    Ok(())
}

/// Whether a row has all these keys already.
pub async fn has_all(at: &Reading, resource: &str, id: Uuid, keys: &[ExternalId]) -> Result<bool, Fault> {
    for key in keys {
        if lookup(at, resource, key).await? != Some(id) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives a new row a key that was looked for and held before, so nobody has it.
pub async fn attach_new(work: &Work, resource: &str, id: Uuid, key: &ExternalId) {
    let row = entity::Model {
        id: kernel::ids::new_id(work.now),
        resource: resource.to_owned(),
        resource_id: id,
        system: key.system.clone(),
        external_id: key.id.clone(),
    };
    work.insert_later(&row).await;
}

/// Which rows of a resource another system knows by these ids.
pub async fn lookup_all(
    at: &Reading,
    resource: &str,
    system: &str,
    ids: &[&str],
) -> Result<HashMap<String, Uuid>, Fault> {
    let found = entity::Entity::find()
        .filter(entity::Column::Resource.eq(resource))
        .filter(entity::Column::System.eq(system))
        .filter(entity::Column::ExternalId.is_in(ids.iter().copied()))
        .all(&at.db())
        .await?;
    Ok(found.into_iter().map(|row| (row.external_id, row.resource_id)).collect())
}

/// The row of a resource another system knows by this id.
pub async fn lookup(at: &Reading, resource: &str, key: &ExternalId) -> Result<Option<Uuid>, Fault> {
    let found = entity::Entity::find()
        .filter(entity::Column::Resource.eq(resource))
        .filter(entity::Column::System.eq(&key.system))
        .filter(entity::Column::ExternalId.eq(&key.id))
        .one(&at.db())
        .await?;
    Ok(found.map(|row| row.resource_id))
}

/// What is known of these rows.
pub fn of_rows(resource: &str, ids: &[Uuid]) -> Select<entity::Entity> {
    entity::Entity::find().filter(is_of(resource, ids))
}

/// That a key is one of these rows'.
fn is_of(resource: &str, ids: &[Uuid]) -> Condition {
    Condition::all()
        .add(entity::Column::Resource.eq(resource))
        .add(entity::Column::ResourceId.is_in(ids.iter().copied()))
}

/// The keys of rows of a resource, by row.
pub async fn by_row<R: Resource>(at: &Reading, rows: &[R::Row]) -> Result<HashMap<Uuid, Vec<ExternalId>>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(Row::id).collect();
    list_for(at, R::NAME, &ids).await
}

/// As [`by_row`], of rows known by their ids.
pub async fn list_for(at: &Reading, resource: &str, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<ExternalId>>, Fault> {
    let rows = of_rows(resource, ids).order_by_asc(entity::Column::System).all(&at.db()).await?;
    let mut by_row: HashMap<Uuid, Vec<ExternalId>> = HashMap::new();
    for row in rows {
        by_row.entry(row.resource_id).or_default().push(ExternalId { system: row.system, id: row.external_id });
    }
    Ok(by_row)
}

pub mod entity {
    //! The row of an external id.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "external_id")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub resource: String,
        pub resource_id: Uuid,
        pub system: String,
        pub external_id: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
