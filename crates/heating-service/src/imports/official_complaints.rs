//! Rows of the official lines' lists (HS-R19): the same line again brings only its state and its reply.

use access::JobRole;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use kernel::validation::Phone;
use serde::Deserialize;
use store::Work;
use store::imports::{Applied, Cell, Column, ImportRow};
use utoipa::ToSchema;

use super::RUN;
use crate::official_line::commands::{CreateOfficialLine, take_over};
use crate::official_line::entity::Channel;

/// A row of `official_complaints`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedOfficialComplaint)]
pub struct OfficialComplaintRow {
    channel: Channel,
    #[schema(min_length = 1, max_length = 64)]
    external_no: String,
    received_at: Timestamp,
    phone: Option<Phone>,
    #[schema(min_length = 1, max_length = 256)]
    address: Option<String>,
    #[schema(min_length = 1, max_length = 4000)]
    content: String,
    #[schema(min_length = 1, max_length = 40)]
    official_state: Option<String>,
    reply_due_at: Option<Timestamp>,
    replied_at: Option<Timestamp>,
}

impl ImportRow for OfficialComplaintRow {
    const KIND: &'static str = "official_complaints";
    const TITLE: (&'static str, &'static str) = ("官方投诉清单", "Complaints of the official lines");
    const PERMISSION: &'static str = RUN;
    const ONLY: Option<&'static [JobRole]> = Some(&[JobRole::HeatingServiceManager, JobRole::HeatingHotlineAgent]);
    const COLUMNS: &'static [Column] = &[
        Column::text("channel", "渠道"),
        Column::text("external_no", "官方编号"),
        Column::new("received_at", "受理时间", Cell::Instant),
        Column::text("phone", "电话"),
        Column::text("address", "地址"),
        Column::text("content", "内容"),
        Column::text("official_state", "官方认定"),
        Column::new("reply_due_at", "答复期限", Cell::Instant),
        Column::new("replied_at", "答复时间", Cell::Instant),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let input = CreateOfficialLine {
            channel: self.channel,
            external_no: self.external_no.clone(),
            received_at: self.received_at,
            phone: self.phone.clone(),
            address: self.address.clone(),
            content: self.content.clone(),
            official_state: self.official_state.clone(),
            reply_due_at: self.reply_due_at,
            replied_at: self.replied_at,
        };
        let (row, new) = take_over(work, &input).await?;
        let applied = if new { Applied::changed } else { Applied::unchanged };
        Ok(applied("official_line", row.id))
    }
}
