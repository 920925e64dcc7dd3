//! The contact behind one's own open case (PF-04), whatever domain the case is of.

use heating_service::temperature::contact as temperature;
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
}

/// Answers name, phone and address and journals the reading; every other or closed case is 404.
pub async fn reveal(work: &Work, input: &RevealContact) -> Result<RevealedContact, Fault> {
    let case = match input.resource {
        ContactSource::Ticket => Case::Ticket(input.id),
        ContactSource::Callback => Case::Callback(input.id),
        ContactSource::RepairOrder => Case::RepairOrder(input.id),
        ContactSource::TemperatureCase => {
            let found = temperature::reveal(work, input.id, &input.reason).await?;
            return Ok(RevealedContact { name: found.name, phone: found.phone, address: found.address });
        }
    };
    desk::reveal(work, case, &input.reason).await
}
