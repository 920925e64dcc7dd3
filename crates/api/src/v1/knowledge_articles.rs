//! `/v1/knowledge-articles` (TK-13): written, reviewed, published, used.

use actix_web::http::Method;
use store::{Answer, Done, resource};
use tickets::knowledge::commands::{self, KnowledgeArticleFields};
use tickets::knowledge::{self, KnowledgeArticle, KnowledgeRevisions};

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "knowledge";

/// Declares the knowledge articles.
pub fn routes(api: &mut Api) {
    api.resource::<KnowledgeArticle>(TAG, "knowledge_articles")
        .list()
        .get()
        .history()
        .create(commands::create)
        .patch::<KnowledgeArticleFields, _>(commands::update)
        .act("submit", "Hands a draft in for review.", commands::submit)
        .act("publish", "Publishes what another person wrote.", commands::publish)
        .act("return", "Gives a reviewed draft back to its author.", commands::give_back)
        .act("retire", "Takes an article out of use.", commands::retire)
        .act("use", "Notes that an article helped with a ticket.", commands::apply);
    api.operation(
        Method::GET,
        "/v1/knowledge-articles/{id}/revisions",
        "list_knowledge_revisions",
        "tickets.knowledge_article:read",
        async |call: Call| {
            let at = call.reading();
            let row = resource::find::<KnowledgeArticle>(&at, call.id()?).await?;
            Ok(Reply::Answer(Answer::json(Done::Ok, &knowledge::revisions(&at, &row).await?)?))
        },
    )
    .tag(TAG)
    .summary("Lists the texts of an article, the latest first.")
    .answers::<KnowledgeRevisions>();
}
