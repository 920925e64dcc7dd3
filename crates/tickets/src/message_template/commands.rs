//! Drafting, changing, approving and trying out a template.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::ids;
use kernel::money::Money;
use registers::customer::Customer;
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::{Reading, Work, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Model, Status};
use super::{MOVES, MessageTemplate, text};
use crate::campaign::recipients;
use crate::reach::{self, Channel};

/// A new text; with a code already known, its next revision.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateMessageTemplate {
    #[schema(min_length = 1, max_length = 64, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    pub channel: Channel,
    /// With `{{placeholders}}`.
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
}

/// What may change of a draft.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MessageTemplateFields {
    pub channel: Channel,
    #[schema(min_length = 1, max_length = 2000)]
    pub text: String,
}

impl From<&Model> for MessageTemplateFields {
    fn from(row: &Model) -> Self {
        Self { channel: row.channel, text: row.text.clone() }
    }
}

/// Values a template gets from the campaign, not from the customer's file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageValues {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub link: Option<String>,
}

impl MessageValues {
    /// By placeholder.
    pub fn named(&self) -> BTreeMap<&'static str, String> {
        let mut named = BTreeMap::new();
        named.extend(self.amount.map(|amount| ("amount", amount.to_string())));
        named.extend(self.due_on.map(|day| ("due_on", day.to_string())));
        named.extend(self.link.clone().map(|link| ("link", link)));
        named
    }
}

/// For whom the text is tried; examples stand in for what is not given.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct PreviewMessage {
    pub customer_id: Option<Uuid>,
    #[serde(default)]
    pub values: MessageValues,
}

/// The text as somebody would get it, his name masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessagePreview {
    /// Null while values are missing.
    pub text: Option<String>,
    /// Short messages it makes; SMS only.
    pub segments: Option<i32>,
    /// Placeholders this customer has no value for.
    pub missing: Vec<String>,
}

/// Drafts a text.
///
/// # Errors
/// 422 `unknown_placeholder`.
pub async fn create(work: &Work, input: &CreateMessageTemplate) -> Result<Model, Fault> {
    text::check(&input.text)?;
    locks::hold(work, vec![format!("message_template|{}", input.code)]).await?;
    let last = Entity::find().filter(Column::Code.eq(&input.code)).order_by_desc(Column::Revision);
    let last = last.one(&work.db()).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        created_by: Set(work.actor().sub),
        edited_by: Set(None),
        code: Set(input.code.clone()),
        revision: Set(last.map_or(1, |last| last.revision + 1)),
        channel: Set(input.channel),
        text: Set(input.text.clone()),
        status: Set(Status::Draft),
        approved_at: Set(None),
        approved_by: Set(None),
    };
    work.create::<MessageTemplate>(row, |fact| fact, "created").await
}

fn judged(work: &Work, row: &Model, action: &str) -> Result<Status, Fault> {
    MOVES.take(action, &Subject::of(work, row))
}

/// Changes a draft. Who changed it does not approve it either.
pub async fn update(work: &Work, row: &Model, fields: MessageTemplateFields) -> Result<Model, Fault> {
    text::check(&fields.text)?;
    judged(work, row, "update")?;
    let mut change = row.clone().into_active_model();
    change.channel = Set(fields.channel);
    change.text = Set(fields.text);
    change.edited_by = Set(Some(work.actor().sub));
    work.change::<MessageTemplate>(row, change, "updated", |fact| fact).await
}

/// Approves a text; from now on campaigns may use it.
pub async fn approve(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let row = resource::take::<MessageTemplate>(work, id).await?;
    let to = judged(work, &row, "approve")?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.approved_at = Set(Some(work.now));
    change.approved_by = Set(Some(work.actor().sub));
    work.change::<MessageTemplate>(&row, change, "approved", |fact| fact).await
}

/// The short messages a text makes on a channel; none where messages are not counted.
pub async fn segments_of(at: &Reading, channel: Channel, body: &str) -> Result<Option<i32>, Fault> {
    if channel != Channel::Sms {
        return Ok(None);
    }
    let size = async |key| -> Result<usize, Fault> {
        usize::try_from(parameters::integer(at, key).await?).map_err(Fault::internal)
    };
    let single = size("tickets.outreach.sms_single").await?;
    let part = size("tickets.outreach.sms_part").await?;
    i32::try_from(text::segments(body, single, part)).map(Some).map_err(Fault::internal)
}

const EXAMPLES: &[(&str, &str)] = &[
    ("customer_name", "王*"),
    ("unit_number", "3-2-1201"),
    ("project_name", "和平花园"),
    ("amount", "1280.00"),
    ("due_on", "2026-10-15"),
    ("agent_name", "张敏"),
    ("agent_number", "1024"),
    ("link", "https://example.com/s/1"),
];

/// Tries a text out; changes nothing.
pub async fn preview(at: &Reading, row: &Model, input: &PreviewMessage) -> Result<MessagePreview, Fault> {
    let mut values: BTreeMap<&str, String> = match input.customer_id {
        Some(id) => {
            let customer = referenced::known::<Customer>(at, id, "/customer_id").await?;
            let masked = customer.name_masked.clone();
            let people = reach::people(at, vec![customer]).await?;
            let mut values = recipients::values(at, &people).await?.remove(&id).unwrap_or_default();
            values.insert("customer_name", masked);
            values
        }
        None => EXAMPLES.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
    };
    values.extend(input.values.named());
    Ok(match text::fill(&row.text, &values) {
        Ok(filled) => MessagePreview {
            segments: segments_of(at, row.channel, &filled).await?,
            text: Some(filled),
            missing: Vec::new(),
        },
        Err(missing) => {
            MessagePreview { text: None, segments: None, missing: missing.into_iter().map(str::to_owned).collect() }
        }
    })
}
