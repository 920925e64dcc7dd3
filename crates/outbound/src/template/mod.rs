//! Notification templates (通知模板, PF-13): what people read, in versions; the newest holds.

pub mod defaults;
pub mod entity;
pub mod text;

use std::collections::HashMap;
use std::sync::Arc;

use access::Actor;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use crate::notification::entity::{Channel, Model as Notification};
use crate::notification::kinds::{self, Kind};
use crate::notification::told::Told;
use entity::{ActiveModel, Column, Entity, Model, TemplateLang};
use text::Text;

/// The templates resource.
pub struct Template;

/// One version of a text.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NotificationTemplateView)]
pub struct TemplateView {
    pub id: Uuid,
    pub version: i32,
    pub kind: String,
    pub channel: Channel,
    pub lang: TemplateLang,
    /// The highest one of a kind, channel and language holds.
    pub number: i32,
    pub subject: Option<String>,
    pub body: String,
    /// What `{{name}}` may stand for.
    pub variables: Vec<&'static str>,
    pub created_at: Timestamp,
}

/// A new version of a text.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateNotificationTemplate)]
pub struct CreateTemplate {
    #[schema(min_length = 1, max_length = 64)]
    pub kind: String,
    pub channel: Channel,
    pub lang: TemplateLang,
    /// For the inbox and mail only.
    #[schema(min_length = 1, max_length = 200)]
    pub subject: Option<String>,
    /// With `{{variables}}` of the kind.
    #[schema(min_length = 1, max_length = 4000)]
    pub body: String,
}

impl Resource for Template {
    type Entity = Entity;
    type Row = Model;
    type View = TemplateView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "notification_template";
    const PATH: &'static str = "/v1/notification-templates";
    const REMEMBERED: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("kind,channel,lang,-number")
            .sort("kind", Column::Kind)
            .sort("channel", Column::Channel)
            .sort("lang", Column::Lang)
            .sort("number", Column::Number)
            .by("kind", Column::Kind)
            .code("channel", Column::Channel, Channel::CODES)
            .code("lang", Column::Lang, TemplateLang::CODES)
    }

    fn placement(_: &Model) -> Placement {
        Placement::default()
    }

    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<TemplateView>, Fault> {
        let names = |code: &str| {
            kinds::kind(code).map(|kind| kind.variables.iter().map(|(name, _)| *name).collect()).unwrap_or_default()
        };
        let view = |row: Model| TemplateView {
            variables: names(&row.kind),
            id: row.id,
            version: row.version,
            kind: row.kind,
            channel: row.channel,
            lang: row.lang,
            number: row.number,
            subject: row.subject,
            body: row.body,
            created_at: row.created_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// Adds a version; from now on it holds.
///
/// # Errors
/// 422 `invalid_enum` for an unknown kind, `unknown_placeholder` for a variable the kind does not have.
pub async fn create(work: &Work, input: &CreateTemplate) -> Result<Model, Fault> {
    let kind = kinds::kind(&input.kind).ok_or_else(|| Fault::field("/kind", "invalid_enum"))?;
    let mut errors = FieldErrors::default();
    errors.add_if(input.channel.has_subject() && input.subject.is_none(), "/subject", "required");
    errors.add_if(!input.channel.has_subject() && input.subject.is_some(), "/subject", "unknown_field");
    errors.finish()?;
    text::check(kind, input.subject.as_deref(), &input.body)?;
    let key = format!("template|{}|{}|{}", input.kind, input.channel.code(), input.lang.code());
    registers::locks::hold(work, vec![key]).await?;
    let last = newest(work, &input.kind, input.channel, input.lang).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        kind: Set(input.kind.clone()),
        channel: Set(input.channel),
        lang: Set(input.lang),
        number: Set(last.map_or(1, |last| last.number + 1)),
        subject: Set(input.subject.clone()),
        body: Set(input.body.clone()),
        created_by: Set(work.actor().sub),
    };
    work.create::<Template>(row, |fact| fact, "created").await
}

async fn newest(at: &Reading, kind: &str, channel: Channel, lang: TemplateLang) -> Result<Option<Model>, Fault> {
    let select =
        Entity::find().filter(Column::Kind.eq(kind)).filter(Column::Channel.eq(channel)).filter(Column::Lang.eq(lang));
    Ok(select.order_by_desc(Column::Number).one(&at.db()).await?)
}

/// The newest version of each text.
struct Newest(HashMap<(String, Channel, TemplateLang), Model>);

/// The texts that hold, remembered: every notification asks for some.
async fn remembered(at: &Reading) -> Result<Arc<Newest>, Fault> {
    at.remembered(async |db| {
        let all = Entity::find().order_by_asc(Column::Number).all(&db).await?;
        Ok(Newest(all.into_iter().map(|row| ((row.kind.clone(), row.channel, row.lang), row)).collect()))
    })
    .await
}

/// The text that holds, and its row.
pub struct Current {
    pub id: Option<Uuid>,
    pub text: Text,
}

/// The text that holds now for a kind, channel and language.
pub async fn current(at: &Reading, kind: &str, channel: Channel, lang: TemplateLang) -> Result<Current, Fault> {
    if let Some(row) = remembered(at).await?.0.get(&(kind.to_owned(), channel, lang)) {
        let text = Text { subject: row.subject.clone(), body: row.body.clone() };
        return Ok(Current { id: Some(row.id), text });
    }
    let text = defaults::built_in(kind, channel, lang.code());
    let text = text.map(|text| Text { subject: text.subject.map(str::to_owned), body: text.body.to_owned() });
    Ok(Current { id: None, text: text.unwrap_or_default() })
}

/// A message of the inbox in both languages.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Texts {
    pub zh: Text,
    pub en: Text,
}

/// The message of a fact in both languages, as JSON.
pub(crate) async fn in_both(at: &Reading, kind: &Kind, channel: Channel, told: &Told) -> Result<String, Fault> {
    let values = told.values(kind);
    let zh = current(at, kind.code, channel, TemplateLang::Zh).await?.text.fill(&values);
    let en = current(at, kind.code, channel, TemplateLang::En).await?.text.fill(&values);
    serde_json::to_string(&Texts { zh, en }).map_err(Fault::internal)
}

/// The text a notification was made with.
pub(crate) async fn pinned(at: &Reading, row: &Notification, kind: &Kind) -> Result<Text, Fault> {
    let pinned = match row.template_id {
        Some(id) => Entity::find_by_id(id).one(&at.db()).await?,
        None => None,
    };
    match pinned {
        Some(row) => Ok(Text { subject: row.subject, body: row.body }),
        None => Ok(current(at, kind.code, row.channel, TemplateLang::Zh).await?.text),
    }
}
