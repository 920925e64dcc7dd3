//! What may be done with a paper, by where its approval stands.

use kernel::fault::Fault;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::life_cycle::{LifeCycle, Move, Subject};
use store::{Reading, Work, resource};
use uuid::Uuid;

use super::Document;
use super::entity::{
    ApprovalStatus::{self, *},
    Model, reader,
};
use crate::problems::NOT_A_READER;

/// A document with what its guards look at.
pub(super) struct Paper {
    pub row: Model,
    /// The caller as a reader.
    pub reader: Option<reader::Model>,
    /// Why the caller may not decide on the open step.
    refusal: Option<Fault>,
}

impl Paper {
    pub async fn load(at: &Reading, row: Model) -> Result<Self, Fault> {
        let reader = reader::Entity::find()
            .filter(reader::Column::DocumentId.eq(row.id))
            .filter(reader::Column::StaffId.eq(at.actor().sub))
            .one(&at.db())
            .await?;
        let refusal = match row.approval_status {
            Pending => match approvals::current(at, "document", row.id).await? {
                Some(approval) => approvals::approval::refusal(at, &approval, at.actor()).await?,
                None => None,
            },
            _ => None,
        };
        Ok(Self { row, reader, refusal })
    }
}

/// Acts on a document.
pub(super) const MOVES: LifeCycle<ApprovalStatus, Paper> = LifeCycle {
    entity: "platform.document",
    state: |it| it.row.row.approval_status,
    moves: &[
        Move { action: "circulate", from: &[], to: None, guards: &[] },
        Move { action: "mark-read", from: &[], to: None, guards: &[is_reader] },
        Move { action: "submit-approval", from: &[Draft, Rejected], to: Some(Pending), guards: &[] },
        Move { action: "approve", from: &[Pending], to: None, guards: &[may_decide] },
        Move { action: "reject", from: &[Pending], to: Some(Rejected), guards: &[may_decide] },
        Move { action: "return", from: &[Pending], to: Some(Draft), guards: &[may_decide] },
    ],
};

/// The permission an act needs: four cover all of them.
pub(super) fn permission(action: &str) -> String {
    let verb = match action {
        "circulate" | "mark-read" => "circulate",
        "submit-approval" => "update",
        _ => "approve",
    };
    format!("platform.document:{verb}")
}

fn is_reader(it: &Subject<'_, Paper>) -> Result<(), Fault> {
    match it.row.reader {
        Some(_) => Ok(()),
        None => Err(Fault::new(&NOT_A_READER)),
    }
}

fn may_decide(it: &Subject<'_, Paper>) -> Result<(), Fault> {
    it.row.refusal.clone().map_or(Ok(()), Err)
}

/// Takes a document for an act: in scope, locked, the act allowed. Answers it and the state it leads to.
pub(super) async fn begin(work: &Work, id: Uuid, action: &str) -> Result<(Paper, ApprovalStatus), Fault> {
    begin_checked(work, id, action, async |_: &Model| Ok(())).await
}

/// As [`begin`], for a body that names somebody: whether he is there is told before version and state.
pub(super) async fn begin_checked(
    work: &Work,
    id: Uuid,
    action: &str,
    check: impl AsyncFnOnce(&Model) -> Result<(), Fault>,
) -> Result<(Paper, ApprovalStatus), Fault> {
    let row = resource::take_checked::<Document>(work, id, check).await?;
    let paper = Paper::load(work, row).await?;
    let subject = Subject::of(work, &paper);
    let to = MOVES.take(action, &subject)?;
    Ok((paper, to))
}
