//! What became of each row of an import.

use access::Actor;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, EntityTrait, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work, operations};
use utoipa::ToSchema;

use super::entity as import;

/// What became of one row (行结果).
#[codes::code(name = "ImportRowStatus")]
pub enum Status {
    /// 可导入: 已录入或已更新
    Ok,
    /// 无变化
    Unchanged,
    /// 被拒绝
    Refused,
}

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "import_row")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub import_id: Uuid,
    pub row: i32,
    pub line: i32,
    pub status: Status,
    pub resource: Option<String>,
    pub resource_id: Option<Uuid>,
    /// JSON array of [`CellError`].
    pub errors: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Why a row was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportCellError)]
pub struct CellError {
    /// The column; null when it is the row as a whole.
    pub column: Option<String>,
    /// A problem code, described at `/problems/{code}`.
    pub code: String,
}

/// A row of a run that is not yet written down.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Counted from 1, without the heading and blank lines.
    pub row: i32,
    /// The line of the file.
    pub line: i32,
    pub status: Status,
    pub resource: Option<&'static str>,
    pub resource_id: Option<Uuid>,
    pub errors: Vec<CellError>,
}

/// One row of a file and what became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportRowView {
    /// Counted from 1, without the heading and blank lines.
    pub row: i32,
    /// The line of the file; the heading is usually 1.
    pub line: i32,
    pub status: Status,
    /// What the row stands for; null when it was refused, or none was taken over.
    pub resource: Option<String>,
    pub resource_id: Option<Uuid>,
    pub errors: Vec<CellError>,
}

/// The rows of imports.
pub struct ImportRow;

impl Resource for ImportRow {
    type Entity = Entity;
    type Row = Model;
    type View = ImportRowView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "import_row";
    const PATH: &'static str = "/v1/import-rows";

    fn visible_to(actor: &Actor) -> Condition {
        let mine = Query::select()
            .column(import::Column::Id)
            .from(import::Entity)
            .cond_where(operations::own(actor, import::Column::CreatedBy))
            .to_owned();
        Condition::all().add(Column::ImportId.in_subquery(mine))
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("row").sort("row", Column::Row).by("import_id", Column::ImportId)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<ImportRowView>, Fault> {
        let view = |row: Model| ImportRowView {
            row: row.row,
            line: row.line,
            status: row.status,
            resource: row.resource,
            resource_id: row.resource_id,
            errors: serde_json::from_str(&row.errors).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Writes down what became of these rows.
pub async fn keep(work: &Work, import: Uuid, rows: &[Judged]) -> Result<(), Fault> {
    for chunk in rows.chunks(500) {
        let mut list = Vec::with_capacity(chunk.len());
        for row in chunk {
            list.push(ActiveModel {
                id: Set(kernel::ids::new_id(work.now)),
                import_id: Set(import),
                row: Set(row.row),
                line: Set(row.line),
                status: Set(row.status),
                resource: Set(row.resource.map(str::to_owned)),
                resource_id: Set(row.resource_id),
                errors: Set(serde_json::to_string(&row.errors).map_err(Fault::internal)?),
            });
        }
        Entity::insert_many(list).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}
