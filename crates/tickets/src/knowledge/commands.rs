//! Writing, reviewing, publishing and using articles.

use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::validation::clean_text;
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::acts::{BareAct, ReasonedAct};
use store::journal::Fact;
use store::{Work, numbers, resource, search};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Kind, Model, Status, Visibility, category, revision, usage};
use super::{KnowledgeArticle, MOVES, Written};
use crate::catalogue::category as categories;
use crate::ticket::Ticket;
use crate::ticket::entity::json_list;

/// A new draft.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateKnowledgeArticle {
    pub kind: Kind,
    #[schema(min_length = 2, max_length = 200)]
    pub title: String,
    #[schema(min_length = 5, max_length = 20000)]
    pub body: String,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub category_codes: Vec<String>,
    /// `internal` when left out.
    pub visibility: Option<Visibility>,
    pub valid_until: Option<NaiveDate>,
}

/// What may be changed of a draft.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeArticleFields {
    pub kind: Kind,
    #[schema(min_length = 2, max_length = 200)]
    pub title: String,
    #[schema(min_length = 5, max_length = 20000)]
    pub body: String,
    #[schema(max_items = 20)]
    pub category_codes: Vec<String>,
    pub visibility: Visibility,
    pub valid_until: Option<NaiveDate>,
}

impl From<&Model> for KnowledgeArticleFields {
    fn from(row: &Model) -> Self {
        Self {
            kind: row.kind,
            title: row.title.clone(),
            body: row.body.clone(),
            category_codes: json_list(&row.category_codes),
            visibility: row.visibility,
            valid_until: row.valid_until,
        }
    }
}

/// The ticket it helped with.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct UseKnowledgeArticle {
    pub ticket_id: Uuid,
}

/// Texts cleaned, categories known, all errors at once.
async fn checked(work: &Work, mut fields: KnowledgeArticleFields) -> Result<KnowledgeArticleFields, Fault> {
    let mut errors = FieldErrors::default();
    for (pointer, text, multiline, least) in
        [("/title", &mut fields.title, false, 2), ("/body", &mut fields.body, true, 5)]
    {
        match clean_text(text, multiline) {
            Ok(clean) => {
                errors.add_if(clean.chars().count() < least, pointer, "too_short");
                *text = clean;
            }
            Err(code) => {
                errors.add_if(true, pointer, code);
            }
        }
    }
    fields.category_codes.dedup();
    let known = categories::Entity::find()
        .filter(categories::Column::Code.is_in(fields.category_codes.iter().cloned()))
        .all(&work.db())
        .await?;
    for (n, code) in fields.category_codes.iter().enumerate() {
        let unknown = !known.iter().any(|row| row.code == *code);
        errors.add_if(unknown, &format!("/category_codes/{n}"), "invalid_enum");
    }
    errors.finish()?;
    Ok(fields)
}

/// Writes a new draft.
pub async fn create(work: &Work, cmd: &CreateKnowledgeArticle) -> Result<Model, Fault> {
    let fields = KnowledgeArticleFields {
        kind: cmd.kind,
        title: cmd.title.clone(),
        body: cmd.body.clone(),
        category_codes: cmd.category_codes.clone(),
        visibility: cmd.visibility.unwrap_or(Visibility::Internal),
        valid_until: cmd.valid_until,
    };
    let fields = checked(work, fields).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "KB").await?),
        kind: Set(fields.kind),
        title: Set(fields.title),
        body: Set(fields.body),
        category_codes: Set(json(&fields.category_codes)?),
        visibility: Set(fields.visibility),
        status: Set(Status::Draft),
        revision: Set(1),
        valid_until: Set(fields.valid_until),
        author_id: Set(work.actor().sub),
        publisher_id: Set(None),
        published_at: Set(None),
        retired_at: Set(None),
        uses: Set(0),
    };
    let row = work.create::<KnowledgeArticle>(row, |fact| fact, "created").await?;
    keep_text(work, &row).await?;
    Ok(row)
}

/// Changes a draft; the text before stays as an earlier revision.
pub async fn update(work: &Work, row: &Model, fields: KnowledgeArticleFields) -> Result<Model, Fault> {
    let fields = checked(work, fields).await?;
    let article = Written::load(work, row.clone()).await?;
    MOVES.take("update", &article.subject(work))?;
    let mut change = row.clone().into_active_model();
    change.kind = Set(fields.kind);
    change.title = Set(fields.title);
    change.body = Set(fields.body);
    change.category_codes = Set(json(&fields.category_codes)?);
    change.visibility = Set(fields.visibility);
    change.valid_until = Set(fields.valid_until);
    change.revision = Set(row.revision + 1);
    let row = work.change::<KnowledgeArticle>(row, change, "updated", |fact| fact).await?;
    keep_text(work, &row).await?;
    Ok(row)
}

/// Keeps the text as a revision, and what the article is found by.
async fn keep_text(work: &Work, row: &Model) -> Result<(), Fault> {
    let text = revision::ActiveModel {
        id: Set(ids::new_id(work.now)),
        article_id: Set(row.id),
        revision: Set(row.revision),
        title: Set(row.title.clone()),
        body: Set(row.body.clone()),
        category_codes: Set(row.category_codes.clone()),
        visibility: Set(row.visibility),
        valid_until: Set(row.valid_until),
        author_id: Set(work.actor().sub),
        on_behalf_of: Set(work.actor().on_behalf_of),
        written_at: Set(work.now),
    };
    work.insert(text).await?;
    category::Entity::delete_many().filter(category::Column::ArticleId.eq(row.id)).exec(&work.db()).await?;
    let codes: std::collections::BTreeSet<String> = json_list(&row.category_codes).into_iter().collect();
    for code in codes {
        let about = category::ActiveModel { id: Set(ids::new_id(work.now)), article_id: Set(row.id), code: Set(code) };
        category::Entity::insert(about).exec_without_returning(&work.db()).await?;
    }
    search::index(work, "knowledge_article", row.id, &[&row.number, &row.title, &row.body]).await
}

async fn take(work: &Work, id: Uuid, action: &str) -> Result<(Model, Status), Fault> {
    let row = resource::take::<KnowledgeArticle>(work, id).await?;
    let article = Written::load(work, row).await?;
    let to = MOVES.take(action, &article.subject(work))?;
    Ok((article.row, to))
}

async fn step(
    work: &Work,
    id: Uuid,
    action: &str,
    verb: &str,
    set: impl FnOnce(&mut ActiveModel),
    fact: impl FnOnce(Fact) -> Fact,
) -> Result<Model, Fault> {
    let (row, to) = take(work, id, action).await?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    set(&mut change);
    let number = row.number.clone();
    work.change::<KnowledgeArticle>(&row, change, verb, |given| fact(given).with("number", number.as_str())).await
}

/// Hands a draft in for review.
pub async fn submit(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    step(work, id, "submit", "submitted", |_| {}, |fact| fact).await
}

/// Publishes what was reviewed.
///
/// # Errors
/// `separation_of_duties` for whoever wrote any of its texts.
pub async fn publish(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (by, now) = (work.actor().sub, work.now);
    let set = |row: &mut ActiveModel| {
        row.publisher_id = Set(Some(by));
        row.published_at = Set(Some(now));
    };
    step(work, id, "publish", "published", set, |fact| fact).await
}

/// Gives a reviewed draft back to its author.
pub async fn give_back(work: &Work, id: Uuid, input: &ReasonedAct) -> Result<Model, Fault> {
    step(work, id, "return", "returned", |_| {}, |fact| fact.reason(input.reason.as_str())).await
}

/// Takes an article out of use; it stays to be read by the house.
pub async fn retire(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let now = work.now;
    step(work, id, "retire", "retired", |row| row.retired_at = Set(Some(now)), |fact| fact).await
}

/// Notes that an article helped with a ticket; the same ticket counts once.
pub async fn apply(work: &Work, id: Uuid, input: &UseKnowledgeArticle) -> Result<Model, Fault> {
    let helped = async |_: &Model| referenced::known::<Ticket>(work, input.ticket_id, "/ticket_id").await.map(drop);
    let row = resource::take_checked::<KnowledgeArticle>(work, id, helped).await?;
    let article = Written::load(work, row).await?;
    MOVES.take("use", &article.subject(work))?;
    let row = article.row;
    let known = usage::Entity::find()
        .filter(usage::Column::ArticleId.eq(id))
        .filter(usage::Column::TicketId.eq(input.ticket_id))
        .one(&work.db())
        .await?;
    if known.is_some() {
        work.unchanged();
        return Ok(row);
    }
    let used = usage::ActiveModel {
        id: Set(ids::new_id(work.now)),
        article_id: Set(id),
        revision: Set(row.revision),
        ticket_id: Set(input.ticket_id),
        used_by: Set(work.actor().sub),
        used_at: Set(work.now),
    };
    work.insert(used).await?;
    let mut change = row.clone().into_active_model();
    change.uses = Set(row.uses + 1);
    let ticket = input.ticket_id.to_string();
    work.change::<KnowledgeArticle>(&row, change, "used", |fact| fact.with("ticket_id", ticket.as_str())).await
}

fn json(codes: &[String]) -> Result<String, Fault> {
    serde_json::to_string(codes).map_err(Fault::internal)
}
