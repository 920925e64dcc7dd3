//! Taking over what the official lines list: by hand, or by file again and again.

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use kernel::validation::{Phone, mask_address, mask_phone};
use registers::locks;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::{Reading, Work, numbers};
use utoipa::ToSchema;
use validator::Validate;

use super::OfficialLine;
use super::entity::{ActiveModel, Channel, Column, Entity, Model};
use crate::complaint::following::phone_key;
use crate::tense::Tense;

/// A complaint as an official line has it.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateOfficialLine {
    pub channel: Channel,
    #[schema(min_length = 1, max_length = 64)]
    pub external_no: String,
    pub received_at: Timestamp,
    pub phone: Option<Phone>,
    #[schema(min_length = 1, max_length = 256)]
    pub address: Option<String>,
    #[schema(min_length = 1, max_length = 4000)]
    pub content: String,
    /// As the line calls it; the code or label of a class is compared with ours.
    #[schema(min_length = 1, max_length = 40)]
    pub official_state: Option<String>,
    pub reply_due_at: Option<Timestamp>,
    pub replied_at: Option<Timestamp>,
}

/// Enters a line.
///
/// # Errors
/// 409 `already_exists` when the channel has this number.
pub async fn create(work: &Work, input: &CreateOfficialLine) -> Result<Model, Fault> {
    validate(work, input).await?;
    match known(work, input).await? {
        Some(_) => Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "external_no")),
        None => enter(work, input).await,
    }
}

/// Enters a line, or brings one that is known up to date: only its state and its reply; whether anything was new.
///
/// # Errors
/// 422 `date_in_future`, `date_order` for a reply before the complaint.
pub(crate) async fn take_over(work: &Work, input: &CreateOfficialLine) -> Result<(Model, bool), Fault> {
    let Some(row) = known(work, input).await? else { return Ok((enter(work, input).await?, true)) };
    let state = input.official_state.clone().or_else(|| row.official_state.clone());
    let replied_at = input.replied_at.map(|at| at.0).or(row.replied_at);
    if state == row.official_state && replied_at == row.replied_at {
        return Ok((row, false));
    }
    if let Some(replied_at) = input.replied_at {
        let mut errors = FieldErrors::default();
        Tense::of(work).await?.instant(&mut errors, input.replied_at, "/replied_at");
        errors.add_if(replied_at.0 < row.received_at, "/replied_at", "date_order");
        errors.finish()?;
    }
    let mut change = row.clone().into_active_model();
    change.official_state = Set(state);
    change.replied_at = Set(replied_at);
    Ok((work.change::<OfficialLine>(&row, change, "changed", |fact| fact).await?, true))
}

async fn known(work: &Work, input: &CreateOfficialLine) -> Result<Option<Model>, Fault> {
    let (channel, number) = (input.channel.code(), input.external_no.trim());
    locks::hold(work, vec![format!("official_line|{channel}|{number}")]).await?;
    let same = Entity::find().filter(Column::Channel.eq(channel)).filter(Column::ExternalNo.eq(number));
    Ok(same.one(&work.db()).await?)
}

fn place(id: Uuid, field: &str) -> String {
    format!("official_line|{id}|{field}")
}

/// The phone in clear, for a ticket that is opened for the line.
pub fn clear_phone(at: &Reading, row: &Model) -> Result<Option<Phone>, Fault> {
    let Some(sealed) = &row.phone_sealed else { return Ok(None) };
    let text = at.store.keys().open(&place(row.id, "phone"), sealed)?;
    let text = String::from_utf8(text).map_err(Fault::internal)?;
    Ok(Phone::parse(&text).ok())
}

async fn validate(work: &Work, input: &CreateOfficialLine) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    let tense = Tense::of(work).await?;
    tense.instant(&mut errors, Some(input.received_at), "/received_at");
    tense.instant(&mut errors, input.replied_at, "/replied_at");
    let before = |at: Option<Timestamp>| at.is_some_and(|at| at.0 < input.received_at.0);
    errors.add_if(before(input.replied_at), "/replied_at", "date_order");
    errors.add_if(before(input.reply_due_at), "/reply_due_at", "date_order");
    errors.finish()
}

async fn enter(work: &Work, input: &CreateOfficialLine) -> Result<Model, Fault> {
    validate(work, input).await?;
    let id = ids::new_id(work.now);
    let sealed = |field: &str, text: &str| work.store.keys().seal(&place(id, field), text.as_bytes());
    let phone = input.phone.as_ref().map(Phone::as_str);
    let address = input.address.as_deref().map(str::trim);
    let row = ActiveModel {
        id: Set(id),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(Some(numbers::next(work, "GF").await?)),
        channel: Set(input.channel.code().to_owned()),
        external_no: Set(input.external_no.trim().to_owned()),
        received_at: Set(input.received_at.0),
        received_on: Set(business_day(input.received_at.0)),
        phone_key: Set(phone.map(|phone| phone_key(work, phone))),
        phone_sealed: Set(phone.map(|phone| sealed("phone", phone)).transpose()?),
        phone_masked: Set(phone.map(mask_phone)),
        address_sealed: Set(address.map(|address| sealed("address", address)).transpose()?),
        address_masked: Set(address.map(mask_address)),
        content: Set(input.content.trim().to_owned()),
        official_state: Set(input.official_state.clone()),
        reply_due_at: Set(input.reply_due_at.map(|at| at.0)),
        replied_at: Set(input.replied_at.map(|at| at.0)),
    };
    work.create::<OfficialLine>(row, |fact| fact, "taken_over").await
}
