//! Reports of the last periods: one accepted, one sent back, one handed in; the rest is due.

use ::submissions::commands::{self, AcceptReport, ReturnReport, SubmitReport};
use ::submissions::entity::{Column, Entity, Status};
use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::Work;
use store::reports::Definition;
use uuid::Uuid;

use super::Stage;

fn definition(name: &str) -> Option<&'static Definition> {
    tickets::reports::REPORTS.iter().find(|report| report.name == name)
}

/// Hands in what the schedule asked for.
pub(super) async fn load(stage: &Stage) -> anyhow::Result<()> {
    stage.clock.set(stage.now);
    ::submissions::arise(&stage.store).await?;
    let submit = async |report: &str, by: &str| -> anyhow::Result<Option<Uuid>> {
        let over = Column::PeriodTo.lt(business_day(stage.now));
        let due = Entity::find()
            .filter(Column::Report.eq(report))
            .filter(Column::Status.eq(Status::Due))
            .filter(over)
            .order_by_asc(Column::DueAt)
            .one(stage.store.reader())
            .await?;
        let Some(id) = due.map(|row| row.id) else { return Ok(None) };
        let hand_in = async move |work: &Work| {
            commands::submit(work, id, &SubmitReport::default(), definition).await?;
            Ok::<_, Fault>(())
        };
        stage.act(stage.now, by, hand_in).await?;
        Ok(Some(id))
    };
    if let Some(id) = submit("tickets/weekly-desk", "cs_director").await? {
        let accept = async move |work: &Work| commands::accept(work, id, &AcceptReport::default()).await.map(drop);
        stage.act(stage.now, "company_leader", accept).await?;
    }
    if let Some(id) = submit("tickets/monthly-statistics", "information_officer").await? {
        let why = ReturnReport { comment: "请补充上月合并工单的说明".to_owned() };
        let back = async move |work: &Work| commands::send_back(work, id, &why).await.map(drop);
        stage.act(stage.now, "cs_manager", back).await?;
    }
    submit("tickets/service-customer-statistics", "cs_supervisor").await?;
    Ok(())
}
