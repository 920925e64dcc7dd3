//! Custody (保管): who holds which originals, and both signatures of every hand-over. One register for all domains.

pub mod commands;
pub mod entity;
mod life_cycle;
mod moving;
mod view;

use access::Actor;
use kernel::fault::Fault;
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition};
use store::life_cycle::{Allowed, Subject};
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};

pub use commands::{CreateCustodyItem, CustodyFields, create, update};
pub use entity::{Column, Entity, Model};
pub use life_cycle::MOVES;
pub use moving::{
    HandOver, LendItem, ReceiveItem, TransferItem, hand_over, lend, receive, refuse, report_lost, return_loan, transfer,
};
pub use view::{CustodyItemView, CustodySubject};

use entity::movement;

/// The custody register (PF-07).
pub struct CustodyItem;

impl Resource for CustodyItem {
    type Entity = Entity;
    type Row = Model;
    type View = CustodyItemView;
    const DOMAIN: &'static str = "platform";
    const NAME: &'static str = "custody_item";
    const PATH: &'static str = "/v1/custody-items";

    fn visible_to(actor: &Actor) -> Condition {
        if actor.scope.all {
            return Condition::all();
        }
        Condition::any()
            .add(Column::HolderStaffId.eq(actor.sub))
            .add(Column::ReceiverStaffId.eq(actor.sub))
            .add(Column::BorrowerStaffId.eq(actor.sub))
            .add(Column::OrgUnitId.is_in(actor.scope.org_unit_ids.iter().copied()))
            .add(Column::ProjectId.is_in(actor.scope.project_ids.iter().copied()))
            .add(Column::Id.in_subquery(went_through(actor)))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .by("number", Column::Number)
            .by("kind", Column::Kind)
            .code("state", Column::State, entity::State::CODES)
            .custom("holder_staff_id", "string", |at, text| {
                let people = list::people(at, "holder_staff_id", text)?;
                Ok(Condition::all().add(Column::HolderStaffId.is_in(people)))
            })
            .custom("receiver_staff_id", "string", |at, text| {
                let people = list::people(at, "receiver_staff_id", text)?;
                Ok(Condition::all().add(Column::ReceiverStaffId.is_in(people)))
            })
            .custom("subject", "string", |_, text| {
                list::about("subject", text, Column::SubjectResource, Column::SubjectId)
            })
            .by("subject_resource", Column::SubjectResource)
            .by("subject_id", Column::SubjectId)
            .by("document_id", Column::DocumentId)
            .by("archive_no", Column::ArchiveNo)
            .by("project_id", Column::ProjectId)
            .range("back_by", Column::BackBy)
            .searched()
            .sort("created_at", Column::CreatedAt)
            .sort("number", Column::Number)
            .sort("title", Column::Title)
    }
    fn placement(row: &Model) -> Placement {
        Placement { project_id: row.project_id, org_unit_id: row.org_unit_id, ..Placement::default() }
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<CustodyItemView>, Fault> {
        view::of(at, rows).await
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        let subject = Subject::of(at, row);
        Ok(Some(MOVES.allowed_under(life_cycle::permission, &subject, at.lang())))
    }
}

/// Items this person once gave or received.
fn went_through(actor: &Actor) -> SelectStatement {
    let through = Condition::any()
        .add(movement::Column::FromStaffId.eq(actor.sub))
        .add(movement::Column::ToStaffId.eq(actor.sub));
    Query::select().column(movement::Column::ItemId).from(movement::Entity).cond_where(through).to_owned()
}
