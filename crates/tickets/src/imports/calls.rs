//! Rows of calls: by their key in the telephone system, else by direction, start, number and agent.

use kernel::fault::Fault;
use kernel::time::Timestamp;
use kernel::validation::Phone;
use registers::external_ids::{self, ExternalId};
use registers::imports as known;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow};
use store::{Resource, Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::commands::{CreateCall, create};
use crate::call::entity::{self, Column as Of, Direction, Outcome};
use crate::call::{Call, external};
use crate::ticket::Ticket;
use crate::ticket::entity::Column as OfTicket;

/// A row of `calls`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedCall)]
pub struct CallRow {
    direction: Direction,
    #[schema(min_length = 1, max_length = 40)]
    channel_code: String,
    /// Absent when it was withheld.
    external_number: Option<Phone>,
    /// Staff number of who answered.
    agent_number: Option<String>,
    ring_started_at: Timestamp,
    #[schema(minimum = 0, maximum = 999)]
    ring_count: Option<i32>,
    /// Given if and only if the result is `answered`.
    answered_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    result: Outcome,
    /// Numbers of the tickets it belongs to.
    #[serde(default)]
    #[schema(max_items = 20)]
    ticket_numbers: Vec<String>,
    #[schema(min_length = 1, max_length = 40)]
    external_system: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    external_id: Option<String>,
}

impl ImportRow for CallRow {
    const KIND: &'static str = "calls";
    const TITLE: (&'static str, &'static str) = ("通话记录", "Calls");
    const PERMISSION: &'static str = "tickets.call:create";
    const COLUMNS: &'static [Column] = &[
        Column::text("direction", "呼叫方向"),
        Column::text("channel_code", "渠道"),
        Column::text("external_number", "外线号码"),
        Column::text("agent_number", "坐席工号").or("agent_id"),
        Column::new("ring_started_at", "振铃时间", Cell::Instant),
        Column::new("ring_count", "振铃次数", Cell::Integer),
        Column::new("answered_at", "接听时间", Cell::Instant),
        Column::new("ended_at", "结束时间", Cell::Instant),
        Column::text("result", "通话结果"),
        Column::new("ticket_numbers", "工单编号", Cell::Codes).or("ticket_ids"),
        Column::text("external_system", "外部系统"),
        Column::text("external_id", "外部编号"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let external = known::external(self.external_system.as_ref(), self.external_id.as_ref());
        let input = self.input(work).await?;
        let found = match &external {
            Some(key) => external_ids::lookup(work, "call", key).await?,
            None => same_call(work, &input).await?,
        };
        if let Some(id) = found {
            let row = resource::take::<Call>(work, id).await?;
            if says_the_same(work, &row, &input) {
                return Ok(Applied::unchanged("call", id));
            }
        }
        let row = match external {
            Some(key) => self.put(work, &key, &input).await?,
            None => create(work, &input).await?,
        };
        Ok(Applied::changed("call", row.id))
    }
}

impl CallRow {
    async fn input(&self, work: &Work) -> Result<CreateCall, Fault> {
        let agent_id = match &self.agent_number {
            Some(number) => Some(known::known_staff(work, number, "/agent_number").await?),
            None => None,
        };
        let mut ticket_ids = Vec::with_capacity(self.ticket_numbers.len());
        for number in &self.ticket_numbers {
            let row = known::by_code::<Ticket>(work, OfTicket::Number, number, "/ticket_numbers").await?;
            ticket_ids.push(row.id);
        }
        Ok(CreateCall {
            direction: self.direction,
            channel_code: self.channel_code.clone(),
            external_number: self.external_number.clone(),
            agent_id,
            ring_started_at: self.ring_started_at,
            ring_count: self.ring_count,
            answered_at: self.answered_at,
            ended_at: self.ended_at,
            result: self.result,
            recording_document_id: None,
            ticket_ids,
            external_ids: Vec::new(),
        })
    }

    async fn put(&self, work: &Work, key: &ExternalId, input: &CreateCall) -> Result<entity::Model, Fault> {
        Ok(external::put(work, key, input).await?.0)
    }
}

/// A call nobody gave a key: the same start, direction, number and agent.
async fn same_call(work: &Work, input: &CreateCall) -> Result<Option<Uuid>, Fault> {
    let mut found = entity::Entity::find()
        .filter(Of::RingStartedAt.eq(input.ring_started_at.0))
        .filter(Of::Direction.eq(input.direction))
        .filter(Of::ChannelCode.eq(&input.channel_code))
        .filter(Call::visible_to(work.actor()));
    found = match &input.external_number {
        Some(phone) => found.filter(Of::ExternalNumberKey.eq(work.store.keys().blind("call.phone", phone.as_str()))),
        None => found.filter(Of::ExternalNumberKey.is_null()),
    };
    if let Some(agent) = input.agent_id.or(work.actor().staff_id) {
        found = found.filter(Of::AgentId.eq(agent));
    }
    Ok(found.one(&work.db()).await?.map(|row| row.id))
}

fn says_the_same(work: &Work, row: &entity::Model, input: &CreateCall) -> bool {
    let number = input.external_number.as_ref().map(|phone| work.store.keys().blind("call.phone", phone.as_str()));
    (row.direction, &row.channel_code, row.result) == (input.direction, &input.channel_code, input.result)
        && row.ring_started_at == input.ring_started_at.0
        && row.answered_at == input.answered_at.map(|at| at.0)
        && row.ended_at == input.ended_at.map(|at| at.0)
        && row.ring_count == input.ring_count
        && row.agent_id == input.agent_id.or(work.actor().staff_id)
        && number.is_none_or(|number| row.external_number_key.as_deref() == Some(number.as_str()))
}
