//! The contact behind one's own open case (PF-04), whatever domain the case is of.

use heating_service::household::contact::Contact;
use heating_service::{inspection, temperature, valve_check, visit};
use kernel::fault::Fault;
use serde::Deserialize;
use store::Work;
use tickets::ticket::contact::{self as desk, Case, RevealedContact};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// Which case, and why.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RevealContact {
    pub resource: ContactSource,
    pub id: Uuid,
    /// Which home of a visit; not needed where one alone is open.
    pub household_id: Option<Uuid>,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What a contact may stand behind.
#[codes::code(stored = false)]
pub enum ContactSource {
    /// 工单
    Ticket,
    /// 回访
    Callback,
    /// 维修单
    RepairOrder,
    /// 测温单
    TemperatureCase,
    /// 走访
    Visit,
    /// 稽查案件
    InspectionCase,
    /// 关栓检查
    ValveCheck,
}

/// Answers name, phone and address and journals the reading; every other or closed case is 404.
///
/// # Errors
/// 422 `required` at `/household_id` when a visit has several open homes and none is named.
pub async fn reveal(work: &Work, input: &RevealContact) -> Result<RevealedContact, Fault> {
    let (id, reason) = (input.id, input.reason.as_str());
    let found = match input.resource {
        ContactSource::Ticket => return desk::reveal(work, Case::Ticket(id), reason).await,
        ContactSource::Callback => return desk::reveal(work, Case::Callback(id), reason).await,
        ContactSource::RepairOrder => return desk::reveal(work, Case::RepairOrder(id), reason).await,
        ContactSource::TemperatureCase => temperature::contact::reveal(work, id, reason).await?,
        ContactSource::Visit => visit::contact::reveal(work, id, input.household_id, reason).await?,
        ContactSource::InspectionCase => inspection::contact::reveal(work, id, reason).await?,
        ContactSource::ValveCheck => valve_check::contact::reveal(work, id, reason).await?,
    };
    let Contact { name, phone, address } = found;
    Ok(RevealedContact { name, phone, address })
}
