//! Leave (请假, TK-04, TK-09): who is away, and who stands in for him.

pub mod entity;

use std::collections::HashSet;

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::Reading;

use entity::{Column, Entity, Model, Status};

/// The approved leaves of these people that fall into a time.
pub async fn approved(
    at: &Reading,
    people: &[Uuid],
    from: DateTimeUtc,
    to: DateTimeUtc,
) -> Result<Vec<Model>, Fault> {
    let leaves = Entity::find()
        .filter(Column::StaffId.is_in(people.iter().copied()))
        .filter(Column::Status.eq(Status::Approved))
        .filter(Column::FromAt.lt(to))
        .filter(Column::ToAt.gt(from));
    Ok(leaves.all(&at.db()).await?)
}

/// Who of these people is on approved leave at an instant.
pub async fn away(at: &Reading, people: &[Uuid], instant: DateTimeUtc) -> Result<HashSet<Uuid>, Fault> {
    let leaves = Entity::find()
        .filter(Column::StaffId.is_in(people.iter().copied()))
        .filter(Column::Status.eq(Status::Approved))
        .filter(Column::FromAt.lte(instant))
        .filter(Column::ToAt.gt(instant));
    Ok(leaves.all(&at.db()).await?.into_iter().map(|leave| leave.staff_id).collect())
}
