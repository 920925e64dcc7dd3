//! Calls that another system writes under its own id.

use kernel::fault::{self, Fault};
use registers::external_ids::{self, ExternalId};
use registers::locks;
use sea_orm::{IntoActiveModel, TryIntoModel};
use store::{Resource, Work, resource};
use uuid::Uuid;

use super::Call;
use super::commands::{CreateCall, check, create, write};
use super::entity::Model;
use super::linking::add_links;

/// Records the call another system knows by this id, or corrects the one already known by it; tickets are
/// added, never taken away, and what says nothing new changes nothing. The flag tells that it is new.
pub async fn put(work: &Work, key: &ExternalId, cmd: &CreateCall) -> Result<(Model, bool), Fault> {
    check_key(key)?;
    let Some(id) = locks::known_as(work, "call", key).await? else {
        let row = create(work, cmd).await?;
        external_ids::attach(work, "call", row.id, key).await?;
        return Ok((row, true));
    };
    let row = resource::take::<Call>(work, id).await?;
    let org_unit_id = check(work, cmd).await?;
    let mut next = row.clone().into_active_model();
    write(work, &mut next, cmd, org_unit_id).await?;
    // A number is sealed otherwise each time; its index tells whether it is another.
    let sealed = row.external_number_sealed.clone();
    let said = Model { external_number_sealed: sealed, ..next.clone().try_into_model()? };
    let keys_known = external_ids::has_all(work, "call", id, &cmd.external_ids).await?;
    let linked = add_links(work, id, &cmd.ticket_ids).await?;
    if said == row && keys_known && linked == 0 {
        work.unchanged();
        return Ok((row, false));
    }
    let row = work.change::<Call>(&row, next, "updated", |fact| fact).await?;
    let recording: Vec<Uuid> = cmd.recording_document_id.into_iter().collect();
    documents::attach(work, &recording, Call::NAME, row.id, "recording").await?;
    for key in &cmd.external_ids {
        external_ids::attach(work, "call", row.id, key).await?;
    }
    Ok((row, false))
}

/// A path whose parts could not be a key names no row.
fn check_key(key: &ExternalId) -> Result<(), Fault> {
    let fits =
        |text: &str, most: usize| (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fits(&key.system, 40) && fits(&key.id, 120) { Ok(()) } else { Err(Fault::new(&fault::NOT_FOUND)) }
}
