//! Business rows against the journal: a row whose version is not the one last journaled was changed past the
//! write door.

use kernel::fault::Fault;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use crate::Store;
use crate::connection::Connection;

/// A resource whose rows carry a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// As the journal names it.
    pub resource: &'static str,
    pub table: &'static str,
    /// Whether its rows are never deleted.
    pub lasting: bool,
}

/// A row that does not agree with the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    pub resource: &'static str,
    pub id: Uuid,
    /// None when the row is gone.
    pub version: Option<i64>,
    pub journaled: i64,
    /// Of the entry that journaled it; none while it is not sealed.
    pub position: Option<i64>,
}

impl Store {
    /// The first row whose version differs from the highest one journaled for it. Rows the journal says nothing
    /// of any more were purged from it.
    pub async fn find_stray(&self, resources: &[Versioned]) -> Result<Option<Stray>, Fault> {
        let reading = Connection::new(self.reader());
        reading.begin_reading().await;
        let db = reading.db();
        let backend = db.get_database_backend();
        if backend == DbBackend::Postgres {
            // The longer the journal, the longer this takes.
            db.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
        }
        for known in resources {
            // Both sides in one statement, so in one state of the database.
            let sql = format!(
                "SELECT j.resource_id, t.version, j.version, j.position FROM (SELECT resource_id, \
                 MAX(resource_version) AS version, MAX(position) AS position FROM journal \
                 WHERE resource = '{}' AND resource_version IS NOT NULL GROUP BY resource_id) j \
                 LEFT JOIN {} t ON t.id = j.resource_id \
                 WHERE (t.version IS NULL AND {}) OR t.version <> j.version LIMIT 1",
                known.resource,
                known.table,
                if known.lasting { "TRUE" } else { "FALSE" },
            );
            let row = db.query_one_raw(Statement::from_string(backend, sql)).await?;
            let Some(row) = row else { continue };
            return Ok(Some(Stray {
                resource: known.resource,
                id: row.try_get_by_index(0)?,
                version: row.try_get_by_index::<Option<i32>>(1)?.map(i64::from),
                journaled: i64::from(row.try_get_by_index::<i32>(2)?),
                position: row.try_get_by_index(3)?,
            }));
        }
        Ok(None)
    }
}
