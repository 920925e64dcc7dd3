//! Who took part in a cycle of a ticket; separation of duties compares these persons (TK-R36).

use std::collections::BTreeSet;

use kernel::ids;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use serde::Serialize;
use store::Work;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "ticket_person")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub ticket_id: Uuid,
    pub cycle: i32,
    pub person_id: Uuid,
    /// holder, resolver, replier, opinion, complained, reclassifier, order.
    pub part: String,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Remembers that these persons took this part in the ticket's cycle, each once.
pub async fn remember(work: &Work, ticket_id: Uuid, cycle: i32, part: &str, persons: impl IntoIterator<Item = Uuid>) {
    for person in persons.into_iter().collect::<BTreeSet<Uuid>>() {
        let row = ActiveModel {
            id: Set(ids::new_id(work.now)),
            ticket_id: Set(ticket_id),
            cycle: Set(cycle),
            person_id: Set(person),
            part: Set(part.to_owned()),
            at: Set(work.now),
        };
        let known = OnConflict::columns([Column::TicketId, Column::Cycle, Column::PersonId, Column::Part])
            .do_nothing()
            .to_owned();
        work.change_later(&Entity::insert(row).on_conflict(known)).await;
    }
}
