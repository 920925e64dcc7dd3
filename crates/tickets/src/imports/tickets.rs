//! Rows of tickets, by their key in the system they come from. One that is there already is left as it is:
//! what happened to it since is told by the desk, not by a file.

use kernel::fault::Fault;
use kernel::time::Timestamp;
use kernel::validation::{Phone, RoomNo};
use registers::imports::{self as known, Place};
use registers::locks;
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow};
use store::{Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::Call;
use crate::call::entity::Column as OfCall;
use crate::catalogue::{Kind, PlaceKind, Severity};
use crate::dispatch::LeftWaiting;
use crate::heating_facts::{self, Where};
use crate::ticket::Ticket;
use crate::ticket::register::{RegisterTicket, Requester, register};

/// A row of `tickets`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedTicket)]
pub struct TicketRow {
    #[schema(max_length = 64)]
    channel_code: String,
    kind: Kind,
    #[schema(max_length = 128)]
    category_code: String,
    place_kind: PlaceKind,
    severity: Option<Severity>,
    #[schema(min_length = 1, max_length = 80)]
    title: Option<String>,
    #[schema(min_length = 5, max_length = 4000)]
    description: String,
    #[schema(max_length = 1000)]
    cause: Option<String>,
    /// Number of a known customer; else name and phone of the requester.
    customer_number: Option<String>,
    #[schema(min_length = 1, max_length = 64)]
    requester_name: Option<String>,
    requester_phone: Option<Phone>,
    #[schema(max_length = 128)]
    requester_company: Option<String>,
    #[schema(max_length = 256)]
    requester_address: Option<String>,
    project_code: Option<String>,
    building_code: Option<String>,
    room_no: Option<RoomNo>,
    station_code: Option<String>,
    received_at: Option<Timestamp>,
    #[serde(default)]
    #[schema(max_items = 20)]
    call_numbers: Vec<String>,
    #[serde(default)]
    #[schema(max_items = 20)]
    tags: Vec<String>,
    #[schema(max_length = 64)]
    authority_number: Option<String>,
    authority_due_at: Option<Timestamp>,
    #[schema(min_length = 1, max_length = 40)]
    external_system: Option<String>,
    #[schema(min_length = 1, max_length = 120)]
    external_id: String,
}

impl ImportRow for TicketRow {
    const KIND: &'static str = "tickets";
    const TITLE: (&'static str, &'static str) = ("工单", "Tickets");
    const PERMISSION: &'static str = "tickets.ticket:create";
    const COLUMNS: &'static [Column] = &[
        Column::text("channel_code", "渠道"),
        Column::text("kind", "诉求类型"),
        Column::text("category_code", "诉求类别"),
        Column::text("place_kind", "地点类型"),
        Column::text("severity", "紧急程度"),
        Column::text("title", "标题"),
        Column::text("description", "诉求内容"),
        Column::text("cause", "原因"),
        Column::text("customer_number", "客户编号").or("customer_id"),
        Column::text("requester_name", "联系人").or("requester.name"),
        Column::text("requester_phone", "联系电话").or("requester.phone"),
        Column::text("requester_company", "联系人单位").or("requester.company"),
        Column::text("requester_address", "联系地址").or("requester.address"),
        Column::text("project_code", "项目编码").or("project_id"),
        Column::text("building_code", "楼栋编码").or("building_id"),
        Column::text("room_no", "房号").or("unit_id"),
        Column::text("station_code", "供热站编码").or("station_org_unit_id"),
        Column::new("received_at", "受理时间", Cell::Instant),
        Column::new("call_numbers", "通话编号", Cell::Codes).or("call_ids"),
        Column::new("tags", "标签", Cell::Codes),
        Column::text("authority_number", "督办编号"),
        Column::new("authority_due_at", "督办期限", Cell::Instant),
        Column::text("external_system", "外部系统"),
        Column::text("external_id", "外部编号"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let key = known::external(self.external_system.as_ref(), Some(&self.external_id));
        let key = key.ok_or_else(|| Fault::field("/external_id", "required"))?;
        if let Some(id) = locks::known_as(work, "ticket", &key).await? {
            resource::find::<Ticket>(work, id).await?;
            return Ok(Applied::unchanged("ticket", id));
        }
        let mut input = self.input(work).await?;
        input.external_ids.push(key);
        work.keep(LeftWaiting);
        Ok(Applied::changed("ticket", register(work, &input).await?.id))
    }
}

impl TicketRow {
    async fn input(&self, work: &Work) -> Result<RegisterTicket, Fault> {
        let (building_id, unit_id) = self.place(work).await?;
        let project_id = match &self.project_code {
            Some(code) => Some(known::known_project(work, code, "/project_code").await?.id),
            None => None,
        };
        let customer_id = match &self.customer_number {
            Some(number) => Some(known::known_customer(work, number, "/customer_number").await?),
            None => None,
        };
        let station_org_unit_id = match &self.station_code {
            Some(code) => Some(known::known_unit(work, code, "/station_code").await?),
            // Who reports from a home need not know which station heats it.
            None => {
                heating_facts::station(work, &self.category_code, Where { unit_id, building_id, customer_id }).await?
            }
        };
        let mut call_ids = Vec::with_capacity(self.call_numbers.len());
        for number in &self.call_numbers {
            call_ids.push(known::by_code::<Call>(work, OfCall::Number, number, "/call_numbers").await?.id);
        }
        Ok(RegisterTicket {
            channel_code: self.channel_code.clone(),
            kind: self.kind,
            category_code: self.category_code.clone(),
            place_kind: self.place_kind,
            severity: self.severity,
            title: self.title.clone(),
            description: self.description.clone(),
            cause: self.cause.clone(),
            customer_id,
            requester: self.requester()?,
            project_id,
            building_id,
            unit_id,
            station_org_unit_id,
            received_at: self.received_at,
            complained_staff_id: None,
            call_ids,
            tags: self.tags.clone(),
            document_ids: Vec::new(),
            external_ids: Vec::new(),
            authority_number: self.authority_number.clone(),
            authority_due_at: self.authority_due_at,
        })
    }

    async fn place(&self, work: &Work) -> Result<(Option<Uuid>, Option<Uuid>), Fault> {
        let Some(building_code) = &self.building_code else {
            return match self.room_no {
                Some(_) => Err(Fault::field("/building_code", "required")),
                None => Ok((None, None)),
            };
        };
        let room_no = self.room_no.as_ref();
        let place = Place { project_code: self.project_code.as_deref(), building_code, room_no };
        let (building, unit) = known::known_home(work, &place).await?;
        Ok((Some(building), unit))
    }

    fn requester(&self) -> Result<Option<Requester>, Fault> {
        match (&self.requester_name, &self.requester_phone) {
            (None, None) => Ok(None),
            (Some(name), Some(phone)) => Ok(Some(Requester {
                name: name.clone(),
                phone: phone.clone(),
                company: self.requester_company.clone(),
                address: self.requester_address.clone(),
            })),
            (None, _) => Err(Fault::field("/requester_name", "required")),
            (_, None) => Err(Fault::field("/requester_phone", "required")),
        }
    }
}
