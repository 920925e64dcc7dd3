//! The right to be forgotten (PIPL): the person's key is destroyed, figures and journal stay.

use kernel::fault::Fault;
use sea_orm::{IntoActiveModel, Set};
use store::acts::ReasonedAct;
use store::{Work, idempotency, protected, resource};
use uuid::Uuid;

use super::entity::{CustomerStatus, Model};
use super::life_cycle::File;
use super::{Customer, key};
use crate::problems::CUSTOMER_IN_USE;

/// Erases a person. `in_use` asks the other domains whether something of his still runs.
///
/// # Errors
/// 409 `customer_in_use` when it does, or while other files are merged into his: erase those first.
pub async fn erase(
    work: &Work,
    id: Uuid,
    cmd: &ReasonedAct,
    in_use: impl AsyncFn(&Work, Uuid) -> Result<bool, Fault>,
) -> Result<Model, Fault> {
    let row = resource::take::<Customer>(work, id).await?;
    File::load(work, row.clone()).await?.take(work, "erase")?;
    if in_use(work, id).await? {
        return Err(Fault::new(&CUSTOMER_IN_USE));
    }
    protected::shred_person_key(work, id).await?;
    key::forget(work, id).await?;
    idempotency::forget_customer(work, id).await?;
    let mut next = row.clone().into_active_model();
    next.status = Set(CustomerStatus::Erased);
    next.name_sealed = Set(None);
    next.phones_sealed = Set(None);
    next.addresses_sealed = Set(None);
    next.id_number_sealed = Set(None);
    next.name_masked = Set(String::new());
    next.phones_masked = Set("[]".to_owned());
    next.addresses_masked = Set("[]".to_owned());
    next.id_type = Set(None);
    next.id_number_masked = Set(None);
    next.uscc = Set(None);
    next.tags = Set("[]".to_owned());
    next.marketing = Set(false);
    next.merged_into_id = Set(None);
    next.merged_at = Set(None);
    work.change::<Customer>(&row, next, "erased", |fact| fact.reason(cmd.reason.as_str())).await
}
