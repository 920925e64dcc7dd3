//! Text search that finds two-character Chinese words on both databases.
//!
//! The tokenizer of `kernel::text` writes overlapping pairs; SQLite keeps them in FTS5, PostgreSQL in a
//! GIN index over `to_tsvector('simple', …)`. Personal data never goes in here; it is found by blind index.

use kernel::fault::Fault;
use kernel::text;
use sea_orm::sea_query::{Expr, ExprTrait, Func, IntoColumnRef, OnConflict, Query, SelectStatement, SimpleExpr};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryTrait, Set};
use uuid::Uuid;

use crate::{Reading, Work};

/// Writes what a row is found by, replacing what was there.
pub async fn index(work: &Work, resource: &str, id: Uuid, texts: &[&str]) -> Result<(), Fault> {
    let again = OnConflict::columns([entity::Column::Resource, entity::Column::Id])
        .update_column(entity::Column::Grams)
        .to_owned();
    let insert = entity::Entity::insert(row(resource, id, texts)).on_conflict(again);
    insert.exec_without_returning(&work.db()).await?;
    Ok(())
}

/// As [`index`] for a row that is new.
pub async fn index_new(work: &Work, resource: &str, id: Uuid, texts: &[&str]) {
    work.later(entity::Entity::insert(row(resource, id, texts)).build(work.db().get_database_backend())).await;
}

fn row(resource: &str, id: Uuid, texts: &[&str]) -> entity::ActiveModel {
    entity::ActiveModel {
        seq: NotSet,
        resource: Set(resource.to_owned()),
        id: Set(id),
        grams: Set(text::bigrams(&texts.join("\n"))),
    }
}

pub(crate) mod entity {
    //! What rows are found by; SQLite mirrors `grams` into FTS5 by triggers.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "search_text")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub seq: i64,
        pub resource: String,
        pub id: Uuid,
        pub grams: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// Whether a column holds a text, letter for letter. A `LIKE` with a bound pattern makes SQLite plan anew each time.
pub fn holds(column: impl IntoColumnRef, text: &str) -> SimpleExpr {
    let column = Expr::col(column);
    Func::cust("replace").args([column.clone(), Expr::val(text), Expr::val("")]).ne(column)
}

/// The ids of rows of a resource that hold every word of `query`, as a subquery.
pub fn matches(at: &Reading, resource: &str, query: &str) -> SelectStatement {
    let phrases = text::search_phrase(query);
    let mut select = Query::select();
    select.column(entity::Column::Id).from(entity::Entity).and_where(entity::Column::Resource.eq(resource));
    if phrases.is_empty() {
        select.and_where(Expr::value(false));
        return select;
    }
    match at.db().get_database_backend() {
        DbBackend::Postgres => {
            for phrase in phrases {
                select.and_where(Expr::cust_with_values(
                    "to_tsvector('simple', grams) @@ phraseto_tsquery('simple', $1)",
                    [phrase],
                ));
            }
        }
        _ => {
            let quoted: Vec<String> =
                phrases.iter().map(|phrase| format!("\"{}\"", phrase.replace('"', " "))).collect();
            select.and_where(Expr::cust_with_values(
                "seq IN (SELECT rowid FROM search_fts WHERE search_fts MATCH ?)",
                [quoted.join(" AND ")],
            ));
        }
    }
    select
}
