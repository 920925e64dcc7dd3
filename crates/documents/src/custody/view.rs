//! What callers see of papers in custody: where they are, and who signed for them.

use std::collections::HashMap;

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use registers::staff;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use store::Reading;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::entity::{Model, State, movement};

/// What papers belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CustodySubject {
    /// The kind of resource: `contract`, `settlement`, `project` …
    #[schema(min_length = 1, max_length = 40)]
    pub resource: String,
    pub id: Uuid,
}

/// Papers in custody (保管件, PF-07).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CustodyItemView {
    pub id: Uuid,
    pub version: i32,
    pub number: String,
    pub title: String,
    pub kind: String,
    pub document_id: Option<Uuid>,
    pub subject: Option<CustodySubject>,
    pub originals: i32,
    pub copies: i32,
    /// Who answers for them; the giver until they are received.
    pub holder_staff_id: Uuid,
    pub place: Option<String>,
    pub archive_no: Option<String>,
    pub state: State,
    /// What is on its way, and to whom.
    pub hand_over: Option<HandOverView>,
    pub borrower_staff_id: Option<Uuid>,
    pub back_by: Option<NaiveDate>,
    /// The item a part of which was handed over as this one.
    pub split_from_id: Option<Uuid>,
    /// Every signature, oldest first, with names and times.
    pub movements: Vec<MovementView>,
    pub project_id: Option<Uuid>,
    pub created_by: Uuid,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Papers on their way.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustodyHandOver)]
pub struct HandOverView {
    pub to_staff_id: Uuid,
    pub originals: i32,
    pub copies: i32,
    pub at: Timestamp,
}

/// One signature.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CustodyMovement)]
pub struct MovementView {
    /// created, handed_over, received, refused, lent, returned, lost.
    pub act: String,
    pub from_staff_id: Option<Uuid>,
    pub from_name: Option<String>,
    pub to_staff_id: Option<Uuid>,
    pub to_name: Option<String>,
    pub originals: i32,
    pub copies: i32,
    pub reason: Option<String>,
    pub at: Timestamp,
}

/// Rows as callers see them.
pub(super) async fn of(at: &Reading, rows: Vec<Model>) -> Result<Vec<CustodyItemView>, Fault> {
    let mut movements = movements_of(at, rows.iter().map(|row| row.id).collect()).await?;
    let view = |row: Model| CustodyItemView {
        subject: row.subject_resource.zip(row.subject_id).map(|(resource, id)| CustodySubject { resource, id }),
        hand_over: row.receiver_staff_id.zip(row.handed_at).map(|(to_staff_id, at)| HandOverView {
            to_staff_id,
            originals: row.handed_originals.unwrap_or_default(),
            copies: row.handed_copies.unwrap_or_default(),
            at: at.into(),
        }),
        movements: movements.remove(&row.id).unwrap_or_default(),
        id: row.id,
        version: row.version,
        number: row.number,
        title: row.title,
        kind: row.kind,
        document_id: row.document_id,
        originals: row.originals,
        copies: row.copies,
        holder_staff_id: row.holder_staff_id,
        place: row.place,
        archive_no: row.archive_no,
        state: row.state,
        borrower_staff_id: row.borrower_staff_id,
        back_by: row.back_by,
        split_from_id: row.split_from_id,
        project_id: row.project_id,
        created_by: row.created_by,
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    };
    Ok(rows.into_iter().map(view).collect())
}

async fn movements_of(at: &Reading, items: Vec<Uuid>) -> Result<HashMap<Uuid, Vec<MovementView>>, Fault> {
    let rows = movement::Entity::find()
        .filter(movement::Column::ItemId.is_in(items))
        .order_by_asc(movement::Column::Seq)
        .all(&at.db())
        .await?;
    let persons: Vec<Uuid> = rows.iter().flat_map(|row| [row.from_staff_id, row.to_staff_id]).flatten().collect();
    let names = staff::Entity::find().filter(staff::Column::Id.is_in(persons)).all(&at.db()).await?;
    let names: HashMap<Uuid, String> = names.into_iter().map(|person| (person.id, person.name)).collect();
    let name = |person: Option<Uuid>| person.and_then(|person| names.get(&person).cloned());
    let mut by_item: HashMap<Uuid, Vec<MovementView>> = HashMap::new();
    for row in rows {
        by_item.entry(row.item_id).or_default().push(MovementView {
            from_name: name(row.from_staff_id),
            to_name: name(row.to_staff_id),
            act: row.act,
            from_staff_id: row.from_staff_id,
            to_staff_id: row.to_staff_id,
            originals: row.originals,
            copies: row.copies,
            reason: row.reason,
            at: row.at.into(),
        });
    }
    Ok(by_item)
}
