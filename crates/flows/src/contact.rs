//! The contact behind one's own open case (PF-04), whatever domain the case is of.

use heating_service::contact::{self as heating, Behind};
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
    /// 走访: a visit of one home, or a line of a visit.
    Visit,
    /// 稽查案件
    InspectionCase,
    /// 关栓核查
    ValveCheck,
}

/// Answers name, phone and address and journals the reading; every other or closed case is 404.
pub async fn reveal(work: &Work, input: &RevealContact) -> Result<RevealedContact, Fault> {
    let behind = match input.resource {
        ContactSource::Ticket => return desk::reveal(work, Case::Ticket(input.id), &input.reason).await,
        ContactSource::Callback => return desk::reveal(work, Case::Callback(input.id), &input.reason).await,
        ContactSource::RepairOrder => return desk::reveal(work, Case::RepairOrder(input.id), &input.reason).await,
        ContactSource::TemperatureCase => Behind::TemperatureCase(input.id),
        ContactSource::Visit => Behind::Visit(input.id),
        ContactSource::InspectionCase => Behind::InspectionCase(input.id),
        ContactSource::ValveCheck => Behind::ValveCheck(input.id),
    };
    let found = heating::reveal(work, behind, &input.reason).await?;
    Ok(RevealedContact { name: found.name, phone: found.phone, address: found.address })
}
