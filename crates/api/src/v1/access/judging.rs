//! Whether a row lets an act happen: its scope first, then the life cycle of its resource.

use std::sync::Arc;

use access::{Actor, JobRole};
use approvals::approval::Approval;
use documents::custody::CustodyItem;
use documents::document::Document;
use futures_util::future::LocalBoxFuture;
use heating_service::bill::HeatBill;
use heating_service::household::Household;
use heating_service::outage::Outage;
use heating_service::refund::HeatRefund;
use heating_service::stop::StopApplication;
use heating_service::temperature::TemperatureCase;
use identity::account::Account;
use identity::client::Client;
use identity::principal;
use kernel::fault::{self, Fault};
use registers::customer::Customer;
use registers::delegation::Delegation;
use registers::property::{Building, Phase, Project, Unit};
use registers::staff::Staff;
use registers::supplier::Supplier;
use store::resource::Row;
use store::{Context, Reading, Resource, resource};
use tickets::callback::Callback;
use tickets::incident::Incident;
use tickets::leave::Leave;
use tickets::repair_order::RepairOrder;
use tickets::roster::Roster;
use tickets::supervision::Supervision;
use tickets::ticket::Ticket;
use uuid::Uuid;

use crate::call::Call;

type Refusal = LocalBoxFuture<'static, Result<Option<String>, Fault>>;
type Named = LocalBoxFuture<'static, Result<Vec<Uuid>, Fault>>;

/// How a resource is judged.
pub(super) struct Judge {
    pub resource: &'static str,
    /// The first refusal of an act on a row: `scope`, or the code of its life cycle.
    pub of: fn(Reading, Uuid, String) -> Refusal,
    /// The persons a row names, whose acts it may be for.
    named: fn(Reading, Uuid) -> Named,
}

impl Judge {
    const fn of<R: Resource>() -> Self {
        Self {
            resource: R::NAME,
            of: |at, id, action| Box::pin(async move { refusal::<R>(&at, id, &action).await }),
            named: |at, id| Box::pin(async move { persons::<R>(&at, id).await }),
        }
    }
}

/// Every resource that is judged.
pub(super) fn judges() -> &'static [Judge] {
    const JUDGES: &[Judge] = &[
        Judge::of::<Ticket>(),
        Judge::of::<Callback>(),
        Judge::of::<RepairOrder>(),
        Judge::of::<Supervision>(),
        Judge::of::<Incident>(),
        Judge::of::<Roster>(),
        Judge::of::<Leave>(),
        Judge::of::<Document>(),
        Judge::of::<Approval>(),
        Judge::of::<CustodyItem>(),
        Judge::of::<Customer>(),
        Judge::of::<Supplier>(),
        Judge::of::<Staff>(),
        Judge::of::<Delegation>(),
        Judge::of::<Account>(),
        Judge::of::<Client>(),
        Judge::of::<Project>(),
        Judge::of::<Phase>(),
        Judge::of::<Building>(),
        Judge::of::<Unit>(),
        Judge::of::<Household>(),
        Judge::of::<TemperatureCase>(),
        Judge::of::<Outage>(),
        Judge::of::<StopApplication>(),
        Judge::of::<HeatBill>(),
        Judge::of::<HeatRefund>(),
    ];
    JUDGES
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

/// The refusal anybody in a role would hear. Who he is does not count: the act is possible when it is for a stranger to
/// the row or for somebody the row names.
pub(super) async fn as_anybody(
    call: &Call,
    judge: &Judge,
    role: JobRole,
    id: Uuid,
    action: &str,
) -> Result<Option<String>, Fault> {
    let stranger = principal::anybody(&call.reading(), role).await?;
    let reading = |actor: Actor| call.state.store.reading(Arc::new(Context { actor, ..(*call.ctx).clone() }));
    let refusal = (judge.of)(reading(stranger.clone()), id, action.to_owned()).await?;
    if refusal.as_deref().is_none_or(|code| matches!(code, "scope" | "invalid_state")) {
        return Ok(refusal);
    }
    for person in (judge.named)(reading(stranger.clone()), id).await? {
        let named = Actor { sub: person, staff_id: Some(person), ..stranger.clone() };
        if (judge.of)(reading(named), id, action.to_owned()).await?.is_none() {
            return Ok(None);
        }
    }
    Ok(refusal)
}
