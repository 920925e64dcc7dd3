//! Knowledge articles and technical notices (知识库, 维修技术通知单, TK-13): written, reviewed by another person,
//! published to the house or to customers, until their last day.

pub mod commands;
pub mod entity;
mod view;

use access::Actor;
use kernel::fault::{Fault, INVALID_PARAMETER, SEPARATION_OF_DUTIES};
use kernel::time::business_day;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use store::journal::Audience;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};

use entity::{Column, Entity, Kind, Model, Status, Visibility, category, revision, usage};
pub use view::{KnowledgeArticleView, KnowledgeRevisions, RevisionView, revisions};

/// The knowledge articles.
pub struct KnowledgeArticle;

/// An article with those who wrote it.
pub struct Written {
    pub row: Model,
    /// Everybody who wrote one of its texts, and for whom.
    pub writers: Vec<Uuid>,
}

/// Acts on an article.
pub const MOVES: LifeCycle<Status, Written> = LifeCycle {
    entity: "tickets.knowledge_article",
    state: |it| it.row.row.status,
    moves: &[
        Move { action: "update", from: &[Status::Draft], to: None, guards: &[] },
        Move { action: "submit", from: &[Status::Draft], to: Some(Status::InReview), guards: &[] },
        Move { action: "publish", from: &[Status::InReview], to: Some(Status::Published), guards: &[not_its_writer] },
        Move { action: "return", from: &[Status::InReview], to: Some(Status::Draft), guards: &[] },
        Move { action: "retire", from: &[Status::Published], to: Some(Status::Retired), guards: &[] },
        Move { action: "use", from: &[Status::Published], to: None, guards: &[not_expired] },
    ],
};

/// Who wrote it does not publish it (TK-R36).
fn not_its_writer(it: &Subject<'_, Written>) -> Result<(), Fault> {
    if it.actor.persons().any(|person| it.row.writers.contains(&person)) {
        return Err(Fault::new(&SEPARATION_OF_DUTIES).rule("TK-R36").with("first", "write").with("second", "publish"));
    }
    Ok(())
}

fn not_expired(it: &Subject<'_, Written>) -> Result<(), Fault> {
    match is_expired(&it.row.row, it.now) {
        true => Err(Fault::new(&crate::problems::ARTICLE_EXPIRED).rule("TK-R34")),
        false => Ok(()),
    }
}

/// How it stands now: published articles expire by themselves (TK-R34).
pub fn status(row: &Model, now: DateTimeUtc) -> Status {
    if row.status == Status::Published && is_expired(row, now) { Status::Expired } else { row.status }
}

/// Whether its last day is over.
pub fn is_expired(row: &Model, now: DateTimeUtc) -> bool {
    row.valid_until.is_some_and(|last| last < business_day(now))
}

impl Written {
    /// Loads who wrote it.
    pub async fn load(at: &Reading, row: Model) -> Result<Self, Fault> {
        let texts = revision::Entity::find().filter(revision::Column::ArticleId.eq(row.id)).all(&at.db()).await?;
        let mut writers: Vec<Uuid> =
            texts.iter().flat_map(|text| [Some(text.author_id), text.on_behalf_of]).flatten().collect();
        writers.push(row.author_id);
        Ok(Self { row, writers })
    }
    /// As guards look at it.
    pub fn subject<'a>(&'a self, at: &'a Reading) -> Subject<'a, Self> {
        Subject::of(at, self)
    }
}

impl Resource for KnowledgeArticle {
    type Entity = Entity;
    type Row = Model;
    type View = KnowledgeArticleView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "knowledge_article";
    const PATH: &'static str = "/v1/knowledge-articles";
    const LASTING: bool = true;

    /// The house reads every article; a customer those published for him.
    fn visible_to(actor: &Actor) -> Condition {
        if !actor.is_customer() {
            return Condition::all();
        }
        Condition::all().add(Column::Visibility.eq(Visibility::Customer)).add(Column::Status.eq(Status::Published))
    }

    /// For a customer an article ends with its last day (TK-R34).
    fn visible(at: &Reading) -> Condition {
        let scope = Self::visible_to(at.actor());
        if at.actor().is_customer() { scope.add(in_force(at)) } else { scope }
    }

    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .sort("updated_at", Column::UpdatedAt)
            .by("number", Column::Number)
            .sort("number", Column::Number)
            .sort("uses", Column::Uses)
            .code("kind", Column::Kind, Kind::CODES)
            .custom("status", "string", in_status)
            .code("visibility", Column::Visibility, Visibility::CODES)
            .by("author_id", Column::AuthorId)
            .custom("category_code", "string", about)
            .custom("ticket_id", "uuid", helped)
            .custom("expired", "boolean", |at, value| {
                let in_force = in_force(at);
                Ok(if list::truth("expired", value)? { in_force.not() } else { in_force })
            })
            .range("valid_until", Column::ValidUntil)
            .searched()
    }

    fn placement(row: &Model) -> Placement {
        let audience = match (row.visibility, row.status) {
            (Visibility::Customer, Status::Published) => Audience::Customer,
            _ => Audience::Staff,
        };
        Placement { audience, ..Placement::default() }
    }

    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<KnowledgeArticleView>, Fault> {
        Ok(view::of(at, rows))
    }

    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let article = Written::load(at, row.clone()).await?;
        Ok(Some(MOVES.allowed(&article.subject(at), at.lang())))
    }
}

fn in_force(at: &Reading) -> Condition {
    let today = business_day(at.now);
    Condition::any().add(Column::ValidUntil.is_null()).add(Column::ValidUntil.gte(today))
}

/// Published and expired are told apart by the last day.
fn in_status(at: &Reading, value: &str) -> Result<Condition, Fault> {
    let invalid = || Fault::new(&INVALID_PARAMETER).with("parameter", "status");
    let mut any = Condition::any();
    for code in value.split(',') {
        let status = Status::ALL.iter().copied().find(|status| status.code() == code).ok_or_else(invalid)?;
        let published = Condition::all().add(Column::Status.eq(Status::Published));
        any = any.add(match status {
            Status::Published => published.add(in_force(at)),
            Status::Expired => published.add(in_force(at).not()),
            other => Condition::all().add(Column::Status.eq(other)),
        });
    }
    Ok(any)
}

/// Articles about a category or one below it.
fn about(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let mut codes = Condition::any();
    for code in value.split(',') {
        codes = codes.add(crate::catalogue::subtree(category::Column::Code, code));
    }
    let articles =
        Query::select().column(category::Column::ArticleId).from(category::Entity).cond_where(codes).to_owned();
    Ok(Condition::all().add(Column::Id.in_subquery(articles)))
}

/// Articles that helped with a ticket.
fn helped(_: &Reading, value: &str) -> Result<Condition, Fault> {
    let ticket = list::uuid("ticket_id", value)?;
    let articles = Query::select()
        .column(usage::Column::ArticleId)
        .from(usage::Entity)
        .and_where(usage::Column::TicketId.eq(ticket))
        .to_owned();
    Ok(Condition::all().add(Column::Id.in_subquery(articles)))
}
