//! Whether a row lets an act happen: its scope first, then the life cycle of its resource (platform §3).

use futures_util::future::LocalBoxFuture;
use kernel::fault::{self, Fault};
use store::resource::Row;
use store::{Reading, Resource, resource};
use uuid::Uuid;

type Refusal = LocalBoxFuture<'static, Result<Option<String>, Fault>>;
type Named = LocalBoxFuture<'static, Result<Vec<Uuid>, Fault>>;

/// How a resource is judged.
pub struct Judge {
    /// The first refusal of an act on a row: `scope`, or the code of its life cycle.
    pub of: fn(Reading, Uuid, String) -> Refusal,
    /// The persons a row names, whose acts it may be for.
    pub named: fn(Reading, Uuid) -> Named,
}

impl Judge {
    /// How this resource is.
    pub(crate) fn of<R: Resource>() -> Self {
        Self {
            of: |at, id, action| Box::pin(async move { refusal::<R>(&at, id, &action).await }),
            named: |at, id| Box::pin(async move { persons::<R>(&at, id).await }),
        }
    }
}

async fn refusal<R: Resource>(at: &Reading, id: Uuid, action: &str) -> Result<Option<String>, Fault> {
    let row = match resource::find::<R>(at, id).await {
        Ok(row) => row,
        Err(fault) if fault.is(&fault::NOT_FOUND) => return Ok(Some("scope".to_owned())),
        Err(fault) => return Err(fault),
    };
    let acts = R::allowed_actions(at, &row).await?.unwrap_or_default();
    let act = acts.into_iter().find(|act| act.action == action && !act.allowed);
    Ok(act.and_then(|act| act.reasons.into_iter().next()).map(|reason| reason.code.into_owned()))
}

/// Columns that say whose a row is.
const PERSONS: &[&str] =
    &["assignee_id", "holder_staff_id", "receiver_staff_id", "to_staff_id", "from_staff_id", "substitute_id"];

async fn persons<R: Resource>(at: &Reading, id: Uuid) -> Result<Vec<Uuid>, Fault> {
    let row = resource::find::<R>(at, id).await?;
    Ok(PERSONS.iter().filter_map(|column| row.column::<Uuid>(column)).collect())
}
