//! What waits around papers (PF-16): signatures, reading, receiving, loans that are due back.

use std::collections::HashMap;

use approvals::approval::{self, Approval};
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryFilter, QueryOrder};
use store::Reading;
use store::work_list::{Asked, Due, Item, Source, Waiting};

use crate::custody::entity::State;
use crate::custody::{self, CustodyItem};
use crate::document::Document;
use crate::document::entity::{self as paper, reader};

/// Every kind of papers.
pub const SOURCES: &[Source] = &[
    Source::new(
        "document_approval",
        ("待审批文件", "Paper to decide on"),
        "platform.document:read",
        |at, asked| Box::pin(approvals(at, asked)),
    ),
    Source::new("document_unread", ("待阅文件", "Document to read"), "platform.document:circulate", |at, asked| {
        Box::pin(unread(at, asked))
    }),
    Source::new("custody_receipt", ("待接收原件", "Papers to receive"), "platform.custody:read", |at, asked| {
        Box::pin(receipts(at, asked))
    }),
    Source::new(
        "custody_loan",
        ("借出待还原件", "Lent papers due back"),
        "platform.custody:read",
        |at, asked| Box::pin(loans(at, asked)),
    ),
];

async fn approvals(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use approval::Column;
    let whose = match &asked.waiting {
        Waiting::Me => approval::waits_for(at),
        Waiting::Units(units) => Condition::all().add(Column::OrgUnitId.is_in(units.iter().copied())),
        Waiting::Anybody => Condition::all(),
    };
    let waits = whose.add(Column::Status.eq(approval::Status::Open)).add(Column::Resource.eq("document"));
    let rows = asked.rows::<Approval>(at, waits, Due::Never).await?;
    let papers = paper::Entity::find()
        .filter(paper::Column::Id.is_in(rows.iter().map(|(row, _)| row.resource_id)))
        .all(&at.db())
        .await?;
    let papers: HashMap<Uuid, paper::Model> = papers.into_iter().map(|row| (row.id, row)).collect();
    let item = |(row, due): (approval::Model, Option<DateTimeUtc>)| {
        let paper = papers.get(&row.resource_id);
        Item::of::<Approval>(&row, due, paper.map(|paper| paper.name.clone()).unwrap_or_default())
            .about::<Document>(row.resource_id, paper.and_then(|paper| paper.number.clone()))
            .since(row.updated_at)
            .in_unit(row.org_unit_id)
            .settled_at(row.decide_path.as_str())
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Documents circulated and not yet read.
async fn unread(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    let mut readers = Query::select();
    readers.column(reader::Column::DocumentId).from(reader::Entity).and_where(reader::Column::ReadAt.is_null());
    let waits = match &asked.waiting {
        Waiting::Me => {
            readers.and_where(reader::Column::StaffId.eq(at.actor().sub));
            Condition::all()
        }
        Waiting::Units(units) => Condition::all().add(paper::Column::OrgUnitId.is_in(units.iter().copied())),
        Waiting::Anybody => Condition::all(),
    };
    let waits = waits.add(paper::Column::Id.in_subquery(readers));
    let rows = asked.rows::<Document>(at, waits, Due::Never).await?;
    let since = handed_round(at, asked, rows.iter().map(|(row, _)| row.id).collect()).await?;
    let item = |(row, due): (paper::Model, Option<DateTimeUtc>)| {
        Item::of::<Document>(&row, due, row.name.as_str())
            .since(since.get(&row.id).copied().unwrap_or(row.created_at))
            .in_unit(row.org_unit_id)
            .settled_by::<Document>("mark-read")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Since when these documents lie unread: before the caller, or before the first of their readers.
async fn handed_round(at: &Reading, asked: &Asked, papers: Vec<Uuid>) -> Result<HashMap<Uuid, DateTimeUtc>, Fault> {
    let mut unread = reader::Entity::find()
        .filter(reader::Column::DocumentId.is_in(papers))
        .filter(reader::Column::ReadAt.is_null())
        .order_by_desc(reader::Column::CirculatedAt);
    if asked.waiting == Waiting::Me {
        unread = unread.filter(reader::Column::StaffId.eq(at.actor().sub));
    }
    // The earliest comes last, and stays.
    let rows = unread.all(&at.db()).await?;
    Ok(rows.into_iter().map(|row| (row.document_id, row.circulated_at)).collect())
}

/// Papers handed over and not yet received.
async fn receipts(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use custody::Column;
    let whose = asked.held(at.actor(), Column::ReceiverStaffId, Column::OrgUnitId);
    let rows = asked.rows::<CustodyItem>(at, whose.add(Column::State.eq(State::InTransfer)), Due::Never).await?;
    let item = |(row, due): (custody::Model, Option<DateTimeUtc>)| {
        Item::of::<CustodyItem>(&row, due, row.title.as_str())
            .since(row.handed_at.unwrap_or(row.created_at))
            .held_by(row.receiver_staff_id)
            .in_unit(row.org_unit_id)
            .settled_by::<CustodyItem>("receive")
    };
    Ok(rows.into_iter().map(item).collect())
}

/// Lent papers; the holder asks for them back by their day.
async fn loans(at: &Reading, asked: &Asked) -> Result<Vec<Item>, Fault> {
    use custody::Column;
    let whose = asked.held(at.actor(), Column::HolderStaffId, Column::OrgUnitId);
    let lent = whose.add(Column::State.eq(State::Lent));
    let rows = asked.rows::<CustodyItem>(at, lent, Due::by(Column::BackBy)).await?;
    let item = |(row, due): (custody::Model, Option<DateTimeUtc>)| {
        Item::of::<CustodyItem>(&row, due, row.title.as_str())
            .held_by(Some(row.holder_staff_id))
            .in_unit(row.org_unit_id)
            .settled_by::<CustodyItem>("return-loan")
    };
    Ok(rows.into_iter().map(item).collect())
}
