//! What the desk's facts do to a complaint (HS-R17, links 29, 30): counted once a ticket, and a class proposed where
//! the ticket is withdrawn, merged or classified away. A decided class stands.

use kernel::fault::Fault;
use kernel::ids;
use kernel::time::business_day;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{QuerySelect, Set};
use store::{Reading, Resource, Work, numbers};

use super::HeatComplaint;
use super::commands::{counted_again, hold, may_repeat, proposed_now};
use super::entity::{ActiveModel, Class, Column, Entity, Model, State};
use crate::station::entity::Model as Station;

/// A complaint on its way in.
#[derive(Clone, Debug)]
pub struct Received {
    pub ticket_id: Uuid,
    /// Number of the official line it came by.
    pub external_no: Option<String>,
    pub household_id: Option<Uuid>,
    pub station: Station,
    pub received_at: DateTimeUtc,
    /// Blind indexes of the phones of whoever complained.
    pub phone_keys: Vec<String>,
}

/// The blind index of a phone, by which complaints and official lines are compared.
pub fn phone_key(at: &Reading, phone: &str) -> String {
    at.store.keys().blind("heating.phone", phone)
}

/// The complaint of a ticket, held.
pub async fn of_ticket(work: &Work, ticket_id: Uuid) -> Result<Option<Model>, Fault> {
    let found = Entity::find().filter(Column::TicketId.eq(ticket_id)).lock(LockType::Update);
    Ok(found.one(&work.db()).await?)
}

/// Counts a complaint.
pub async fn counted(work: &Work, new: Received) -> Result<Model, Fault> {
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "HC").await?),
        ticket_id: Set(new.ticket_id),
        external_no: Set(new.external_no),
        household_id: Set(new.household_id),
        station_id: Set(new.station.id),
        org_unit_id: Set(new.station.org_unit_id),
        received_at: Set(new.received_at),
        received_on: Set(business_day(new.received_at)),
        phone_keys: Set(serde_json::to_string(&new.phone_keys).map_err(Fault::internal)?),
        class: Set(Class::Counted),
        state: Set(State::Counted),
        duplicate_of: Set(None),
        proof_document_id: Set(None),
        proof: Set(None),
        proposed_by: Set(None),
        proposed_at: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        reason: Set(None),
    };
    let ticket = new.ticket_id.to_string();
    work.create::<HeatComplaint>(row, |fact| fact.with("ticket_id", ticket), "counted").await
}

/// What proves a class: a fact of the desk, and its paper if there is one.
#[derive(Clone, Debug)]
pub struct Proof {
    pub text: String,
    pub document_id: Option<Uuid>,
}

/// Proposes a class a fact of the desk proves; a newer fact takes the place of an undecided proposal.
pub async fn propose(work: &Work, row: &Model, class: Class, proof: Proof) -> Result<(), Fault> {
    if row.state == State::Decided {
        return Ok(());
    }
    hold(work, row).await?;
    proposed(work, row, class, None, proof).await
}

/// Proposes that a merged complaint repeats that of the ticket it was merged into, if it may (HS-R17).
pub async fn propose_duplicate(work: &Work, row: &Model, original: &Model, proof: Proof) -> Result<(), Fault> {
    hold(work, row).await?;
    if row.state == State::Decided || !may_repeat(work, row, original).await? {
        return Ok(());
    }
    proposed(work, row, Class::Duplicate, Some(original.id), proof).await
}

async fn proposed(
    work: &Work,
    row: &Model,
    class: Class,
    duplicate_of: Option<Uuid>,
    proof: Proof,
) -> Result<(), Fault> {
    let papers: Vec<Uuid> = proof.document_id.into_iter().collect();
    documents::attach(work, &papers, HeatComplaint::NAME, row.id, "proof").await?;
    let change = ActiveModel {
        state: Set(State::Proposed),
        class: Set(class),
        duplicate_of: Set(duplicate_of),
        proof_document_id: Set(proof.document_id),
        proof: Set(Some(proof.text)),
        ..proposed_now(work, row)
    };
    work.change::<HeatComplaint>(row, change, "proposed", |fact| fact.with("class", class.code())).await?;
    Ok(())
}

/// Takes an undecided proposal that a fact of the desk made back: the complaint counts again. What a person proposed
/// with a paper waits for its decision.
pub async fn take_back(work: &Work, row: &Model, class: Class) -> Result<(), Fault> {
    if row.state == State::Proposed && row.class == class && row.proof.is_some() {
        work.change::<HeatComplaint>(row, counted_again(row), "counted", |fact| fact).await?;
    }
    Ok(())
}
