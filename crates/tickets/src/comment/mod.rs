//! Comments on tickets (备注与留言): immutable, internal or also for the customer.

pub mod commands;
pub mod entity;
mod view;

use access::Actor;
use kernel::fault::Fault;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use store::journal::Audience;
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};

pub use commands::{AddComment, add};
use entity::{Column, Entity, Model, Visibility};
pub use view::CommentView;

/// Comments as parts of a ticket.
pub struct Comment;

impl Resource for Comment {
    type Entity = Entity;
    type Row = Model;
    type View = CommentView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "comment";
    const PATH: &'static str = "/v1/comments";

    /// The ticket's own scope decides; of its comments the customer sees those meant for him.
    fn visible_to(actor: &Actor) -> Condition {
        match actor.is_customer() {
            true => Condition::all().add(Column::Visibility.eq(Visibility::Customer)),
            false => Condition::all(),
        }
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("created_at")
            .by("ticket_id", Column::TicketId)
            .code("visibility", Column::Visibility, Visibility::CODES)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(row: &Model) -> Placement {
        let audience = match row.visibility {
            Visibility::Customer => Audience::Customer,
            Visibility::Internal => Audience::Staff,
        };
        Placement { audience, ..Placement::default() }
    }
    async fn views(_at: &Reading, rows: Vec<Model>) -> Result<Vec<CommentView>, Fault> {
        Ok(rows.into_iter().map(CommentView::from).collect())
    }
}
