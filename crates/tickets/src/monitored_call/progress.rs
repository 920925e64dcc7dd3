//! How many calls of each agent were monitored in a month, against the minimum and the target (TK-R30).

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::time::Month;
use registers::staff::{self, post};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect, QueryTrait};
use serde::Serialize;
use store::{Reading, parameters};
use utoipa::ToSchema;

use super::entity::{Column, Entity, Status};
use super::in_month;
use crate::{people_record, shift};

/// The month of every agent in the caller's scope.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MonitoringProgress {
    pub month: Month,
    pub items: Vec<AgentProgress>,
}

/// One agent's month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgentProgress {
    pub agent_id: Uuid,
    pub number: String,
    pub name: String,
    /// Published calls monitored in the month.
    pub count: i64,
    pub status: ProgressStatus,
}

/// How far the monitoring of an agent is (监听进度).
#[codes::code(name = "MonitoringStatus", stored = false)]
pub enum ProgressStatus {
    /// 未达最低: not even the minimum.
    #[label("Below the minimum")]
    BelowMinimum,
    /// 未达目标: the minimum, not the target.
    #[label("Below the target")]
    BelowTarget,
    /// 已达目标
    #[label("At the target")]
    AtTarget,
    /// 免检: no shift in the month.
    Exempt,
}

impl ProgressStatus {
    /// Judges a count; without a shift there is nothing to judge.
    pub fn of(count: i64, worked: bool, minimum: i64, target: i64) -> Self {
        match worked {
            false => Self::Exempt,
            true if count < minimum => Self::BelowMinimum,
            true if count < target => Self::BelowTarget,
            true => Self::AtTarget,
        }
    }
}

/// Every agent in scope who holds such a post in the month, and everybody who was monitored in it.
pub async fn of_month(at: &Reading, month: Month) -> Result<MonitoringProgress, Fault> {
    let counts: HashMap<Uuid, i64> = Entity::find()
        .select_only()
        .column(Column::AgentId)
        .column_as(Column::Id.count(), "n")
        .filter(Column::Status.is_in(Status::PUBLISHED.iter().copied()))
        .filter(in_month(month))
        .group_by(Column::AgentId)
        .into_tuple::<(Uuid, i64)>()
        .all(&at.db())
        .await?
        .into_iter()
        .collect();
    let worked = shift::worked_in(at, month).await?;
    let minimum = parameters::value_on(at, "tickets.qa.min_calls", month.last_day(), None).await?;
    let target = parameters::value_on(at, "tickets.qa.target_calls", month.last_day(), None).await?;
    let (minimum, target) = (minimum.as_i64().unwrap_or_default(), target.as_i64().unwrap_or_default());
    let item = |(id, number, name): (Uuid, String, String)| {
        let count = counts.get(&id).copied().unwrap_or_default();
        let status = ProgressStatus::of(count, worked.contains(&id), minimum, target);
        AgentProgress { agent_id: id, number, name, count, status }
    };
    let items = agents(at, month, counts.keys().copied().collect()).await?.into_iter().map(item).collect();
    Ok(MonitoringProgress { month, items })
}

async fn agents(at: &Reading, month: Month, monitored: Vec<Uuid>) -> Result<Vec<(Uuid, String, String)>, Fault> {
    let holders = post::Entity::find()
        .select_only()
        .column(post::Column::StaffId)
        .filter(post::Column::Role.is_in(access::groups::AGENT.iter().map(|role| role.code())))
        .filter(post::Column::FromOn.lte(month.last_day()))
        .filter(post::not_over(month.first_day()));
    let rows = staff::Entity::find()
        .filter(people_record::visible(at.actor(), staff::Column::OrgUnitId, staff::Column::Id))
        .filter(
            Condition::any()
                .add(staff::Column::Id.in_subquery(holders.into_query()))
                .add(staff::Column::Id.is_in(monitored)),
        )
        .order_by_asc(staff::Column::Number)
        .select_only()
        .columns([staff::Column::Id, staff::Column::Number, staff::Column::Name]);
    Ok(rows.into_tuple().all(&at.db()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_judged_by_its_count_and_only_where_there_was_a_shift() {
        let judge = |count, worked| ProgressStatus::of(count, worked, 1, 5);
        assert_eq!(judge(0, true), ProgressStatus::BelowMinimum);
        assert_eq!(judge(1, true), ProgressStatus::BelowTarget);
        assert_eq!(judge(4, true), ProgressStatus::BelowTarget);
        assert_eq!(judge(5, true), ProgressStatus::AtTarget);
        assert_eq!(judge(50, true), ProgressStatus::AtTarget);
        assert_eq!(judge(0, false), ProgressStatus::Exempt);
        assert_eq!(judge(9, false), ProgressStatus::Exempt);
    }
}
