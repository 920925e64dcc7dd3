//! A ticket as callers see it; the customer sees less (TK-R08).

use std::collections::HashMap;
use std::sync::Arc;

use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use serde_json::Value;
use store::{Reading, resource};
use utoipa::ToSchema;

use super::case::{KEYS, OPINIONS};
use super::duplicates::{self, PossibleDuplicate};
use super::ending::{Dismissal, Withdrawal};
use super::entity::{CloseReason, Model, Status, json_list};
use super::queries;
use crate::catalogue::{Kind, PlaceKind, Severity};
use crate::{incident, opinion};

/// A ticket. Personal data is masked; fields of the house are absent for the customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketView {
    pub id: Uuid,
    pub version: i32,
    /// What people read out on the phone: `TK-20260115-000123`.
    pub number: String,
    pub channel_code: String,
    pub kind: Kind,
    pub category_code: String,
    pub place_kind: PlaceKind,
    pub severity: Severity,
    /// Changed by acts only; `allowed_actions` tells which.
    pub status: Status,
    pub title: String,
    pub description: String,
    pub cause: Option<String>,
    pub customer_id: Option<Uuid>,
    /// Who reported it when he is no customer on file; masked.
    pub requester: Option<RequesterView>,
    pub requester_org_unit_id: Option<Uuid>,
    pub project_id: Option<Uuid>,
    pub building_id: Option<Uuid>,
    pub unit_id: Option<Uuid>,
    pub station_org_unit_id: Option<Uuid>,
    pub received_at: Timestamp,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When the handling clock runs out; null while paused or stopped.
    pub due_at: Option<Timestamp>,
    /// The earliest limit: its own unless paused, of tickets merged into it, of the authority.
    pub effective_due_at: Option<Timestamp>,
    /// `effective_due_at` has passed and the case is open.
    pub overdue: bool,
    /// The handling clock stands still.
    pub paused: bool,
    /// Due soon, or overdue.
    pub near_due: bool,
    /// The deadline policy that holds for it says so.
    pub urgent: bool,
    /// When it would be due if the pause ended at its `until`.
    pub projected_due_at: Option<Timestamp>,
    /// `calendar_year_missing` when the deadline cannot be known yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<&'static str>,
    pub solution: Option<String>,
    /// When the solution was found.
    pub solution_at: Option<Timestamp>,
    /// When the solution was recorded: the handling clock stopped.
    pub resolved_at: Option<Timestamp>,
    /// When the customer was told the answer.
    pub replied_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub close_reason: Option<CloseReason>,
    /// 1, and one more each time it is reopened.
    pub cycle: i32,
    pub reopen_count: i32,
    pub chase_count: i32,
    /// 1 to 5, by the customer, for this cycle.
    pub rating: Option<i32>,
    /// Name and staff number of who handles it.
    pub handler: Option<HandlerView>,
    pub document_ids: Vec<Uuid>,
    /// When the incident behind it should be over.
    pub expected_restore_at: Option<Timestamp>,
    /// What customers are told of the incident behind it.
    pub customer_text: Option<String>,
    /// What only the house sees.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub house: Option<HouseView>,
    /// Only in the answer to the registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possible_duplicates: Option<Vec<PossibleDuplicate>>,
}

/// The part of a ticket customers do not see.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HouseView {
    /// Null when no person registered it.
    pub created_by: Option<Uuid>,
    /// Who took it down.
    pub received_by_id: Option<Uuid>,
    pub received_org_unit_id: Option<Uuid>,
    /// Who was asked first and follows it to the end (首问).
    pub first_asked_staff_id: Option<Uuid>,
    pub responsible_org_unit_id: Option<Uuid>,
    pub assignee_id: Option<Uuid>,
    pub complained_staff_id: Option<Uuid>,
    /// Staff who follow it.
    pub observers: Vec<Uuid>,
    pub opinion: Option<opinion::OpinionView>,
    #[schema(value_type = Option<Object>)]
    pub reply: Option<Value>,
    pub root_cause_code: Option<String>,
    pub cause_analysis: Option<String>,
    pub delay_reason_code: Option<String>,
    pub transfer_count: i32,
    /// 0, and one more each level up.
    pub escalation_level: i32,
    pub leader_informed_at: Option<Timestamp>,
    pub incident_id: Option<Uuid>,
    /// The case it was a part of.
    pub split_from_id: Option<Uuid>,
    /// The case it was merged into.
    pub merged_into_id: Option<Uuid>,
    pub tags: Vec<String>,
    /// The deadline policy that holds for it.
    pub policy_code: Option<String>,
    pub authority_number: Option<String>,
    /// The limit the authority set.
    pub authority_due_at: Option<Timestamp>,
    pub external_ids: Vec<registers::external_ids::ExternalId>,
    /// Why it was dismissed, and to whom that was said.
    pub dismissal: Option<Dismissal>,
    /// Why it was withdrawn, with the proof.
    pub withdrawal: Option<Withdrawal>,
}

/// A requester who is no known customer, masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequesterView {
    pub name: Option<String>,
    pub phone: Option<String>,
}

/// Who handles the case.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HandlerView {
    pub name: String,
    pub number: String,
}

struct Around {
    staff: Arc<HashMap<Uuid, registers::staff::Named>>,
    incidents: HashMap<Uuid, incident::entity::Model>,
    opinions: HashMap<Uuid, opinion::OpinionView>,
    external_ids: HashMap<Uuid, Vec<registers::external_ids::ExternalId>>,
    /// Of paused tickets the earliest limit among those merged into them.
    merged_dues: HashMap<Uuid, DateTimeUtc>,
}

impl Around {
    async fn load(at: &Reading, rows: &[Model], ids: &[Uuid]) -> Result<Self, Fault> {
        let paused = rows.iter().filter(|row| is_paused(at, row)).map(|row| row.id).collect::<Vec<Uuid>>();
        let mut around = Self {
            merged_dues: queries::earliest_merged_dues(at, &paused).await?,
            staff: registers::staff::names(at).await?,
            incidents: incidents(at, rows).await?,
            opinions: HashMap::new(),
            external_ids: HashMap::new(),
        };
        if at.actor().is_customer() || rows.is_empty() {
            return Ok(around);
        }
        // Most tickets have neither: one look for both. A list shows opinions of serious cases only.
        let serious: Vec<Uuid> = rows.iter().filter(|row| row.severity > Severity::Normal).map(|row| row.id).collect();
        let asked = if rows.len() == 1 { ids } else { &serious };
        let none = |word| ids.iter().all(|id| at.has_none(*id, word));
        let (opinions, keys) = match (none(OPINIONS), none(KEYS)) {
            (true, true) => (false, false),
            _ => {
                let parts = (opinion::of_tickets(asked), registers::external_ids::of_rows("ticket", ids));
                resource::any(at, parts).await?
            }
        };
        if opinions {
            around.opinions = opinion::latest(at, asked).await?;
        }
        if keys {
            around.external_ids = registers::external_ids::list_for(at, "ticket", ids).await?;
        }
        Ok(around)
    }

    fn handler(&self, id: Uuid) -> Option<HandlerView> {
        let known = self.staff.get(&id)?;
        Some(HandlerView { name: known.name.clone(), number: known.number.clone() })
    }
}

/// Rows as the caller sees them.
pub async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<TicketView>, Fault> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let around = Around::load(at, &rows, &ids).await?;
    let house = !at.actor().is_customer();
    let alike = match rows.as_slice() {
        [row] if house && at.ctx.operation == "create_ticket" => Some(duplicates::of(at, row).await?),
        _ => None,
    };
    let mut views: Vec<TicketView> = rows.into_iter().map(|row| view(at, row, &around, house)).collect();
    if let [view] = views.as_mut_slice() {
        view.possible_duplicates = alike;
    }
    Ok(views)
}

async fn incidents(at: &Reading, rows: &[Model]) -> Result<HashMap<Uuid, incident::entity::Model>, Fault> {
    let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.incident_id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = incident::entity::Entity::find().filter(incident::entity::Column::Id.is_in(ids)).all(&at.db()).await?;
    Ok(found.into_iter().map(|row| (row.id, row)).collect())
}

fn is_paused(at: &Reading, row: &Model) -> bool {
    Status::OPEN.contains(&row.status) && row.paused_until.is_some_and(|until| at.now < until)
}

/// The earliest limit that runs now: a paused ticket's own does not, the authority's and those of others do (TK-R10).
fn effective_due_at(row: &Model, around: &Around, paused: bool) -> Option<DateTimeUtc> {
    if paused {
        return row.authority_due_at.into_iter().chain(around.merged_dues.get(&row.id).copied()).min();
    }
    Some(row.due_sort).filter(|due| *due < crate::clock::projection::never())
}

fn view(at: &Reading, row: Model, around: &Around, house: bool) -> TicketView {
    let time = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(Timestamp::from);
    let open = Status::OPEN.contains(&row.status);
    let incident = row.incident_id.and_then(|id| around.incidents.get(&id));
    let paused = is_paused(at, &row);
    let effective_due_at = effective_due_at(&row, around, paused).filter(|_| open);
    let house = house.then(|| house_view(&row, around));
    let known = row.due_sort < crate::clock::projection::never();
    let named = row.requester_name_masked.is_some() || row.requester_phone_masked.is_some();
    let requester =
        named.then_some(RequesterView { name: row.requester_name_masked, phone: row.requester_phone_masked });
    TicketView {
        id: row.id,
        version: row.version,
        number: row.number,
        channel_code: row.channel_code,
        kind: row.kind,
        category_code: row.category_code,
        place_kind: row.place_kind,
        severity: row.severity,
        status: row.status,
        title: row.title,
        description: row.description,
        cause: row.cause,
        customer_id: row.customer_id,
        requester,
        requester_org_unit_id: row.requester_org_unit_id,
        project_id: row.project_id,
        building_id: row.building_id,
        unit_id: row.unit_id,
        station_org_unit_id: row.station_org_unit_id,
        received_at: row.received_at.into(),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
        due_at: time(row.due_at.filter(|_| open && !paused)),
        effective_due_at: time(effective_due_at),
        overdue: open && known && row.due_sort < at.now,
        paused,
        near_due: open && row.near_due_at.is_some_and(|near| near <= at.now),
        urgent: row.urgent,
        projected_due_at: time(row.due_at.filter(|_| paused)),
        // A solved case whose opinion waits has no limit left to know.
        warnings: match open && row.resolved_at.is_none() && row.due_at.is_none() {
            true => vec!["calendar_year_missing"],
            false => Vec::new(),
        },
        solution: row.solution,
        solution_at: time(row.solution_at),
        resolved_at: time(row.resolved_at),
        replied_at: time(row.replied_at),
        closed_at: time(row.closed_at),
        close_reason: row.close_reason,
        cycle: row.cycle,
        reopen_count: row.reopen_count,
        chase_count: row.chase_count,
        rating: row.rating,
        handler: row.assignee_id.and_then(|id| around.handler(id)),
        document_ids: json_list(&row.document_ids),
        expected_restore_at: incident.and_then(|incident| incident.expected_restore_at).map(Timestamp::from),
        customer_text: incident.and_then(|incident| incident.customer_text.clone()),
        house,
        possible_duplicates: None,
    }
}

fn house_view(row: &Model, around: &Around) -> HouseView {
    HouseView {
        created_by: Some(row.created_by).filter(|by| !by.is_nil()),
        received_by_id: row.received_by_id,
        received_org_unit_id: row.received_org_unit_id,
        first_asked_staff_id: row.first_asked_staff_id,
        responsible_org_unit_id: row.responsible_org_unit_id,
        assignee_id: row.assignee_id,
        complained_staff_id: row.complained_staff_id,
        observers: json_list(&row.observers),
        opinion: around.opinions.get(&row.id).cloned(),
        reply: row.reply.as_deref().and_then(|text| serde_json::from_str(text).ok()),
        root_cause_code: row.root_cause_code.clone(),
        cause_analysis: row.cause_analysis.clone(),
        delay_reason_code: row.delay_reason_code.clone(),
        transfer_count: row.transfer_count,
        escalation_level: row.escalation_level,
        leader_informed_at: row.leader_informed_at.map(Timestamp::from),
        incident_id: row.incident_id,
        split_from_id: row.split_from_id,
        merged_into_id: row.merged_into_id,
        tags: json_list(&row.tags),
        policy_code: row.policy_code.clone(),
        authority_number: row.authority_number.clone(),
        authority_due_at: row.authority_due_at.map(Timestamp::from),
        external_ids: around.external_ids.get(&row.id).cloned().unwrap_or_default(),
        dismissal: Dismissal::of(row),
        withdrawal: Withdrawal::of(row),
    }
}

/// What the customer may know of the way of his case (办理进度).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Progress {
    pub number: String,
    pub status: Status,
    pub due_at: Option<Timestamp>,
    pub handler: Option<HandlerView>,
    pub steps: Vec<ProgressStep>,
    /// When somebody will call back.
    pub callback_due_at: Option<Timestamp>,
}

/// One public step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressStep {
    pub at: Timestamp,
    /// registered, assigned, started, resolved, replied, closed, reopened, withdrawn or dismissed.
    pub step: String,
}

/// The facts that are public steps.
const STEPS: [&str; 9] =
    ["registered", "assigned", "started", "resolved", "replied", "closed", "reopened", "withdrawn", "dismissed"];

/// The public steps of a ticket.
pub async fn progress(at: &Reading, row: Model) -> Result<Progress, Fault> {
    use sea_orm::QueryOrder;
    use store::journal::entity::{Column, Entity};
    super::shown::whole_only(at)?;
    let entries = Entity::find()
        .filter(Column::Resource.eq("ticket"))
        .filter(Column::ResourceId.eq(row.id))
        .filter(Column::Audience.eq("customer"))
        .filter(Column::Kind.is_in(STEPS.iter().map(|step| format!("ticket.{step}"))))
        .order_by_asc(Column::Seq)
        .all(&at.db())
        .await?;
    let steps = entries
        .into_iter()
        .map(|entry| ProgressStep { at: entry.at.into(), step: entry.kind.trim_start_matches("ticket.").to_owned() });
    let steps = steps.collect();
    // Who was merged into another case is called back for that one.
    let answered = row.merged_into_id.unwrap_or(row.id);
    let callback_due_at = crate::callback::commands::due_for_caller(at, answered).await?.map(Timestamp::from);
    let mut views = views(at, vec![row]).await?;
    let view = views.pop().ok_or_else(|| Fault::internal("a row without a view"))?;
    Ok(Progress {
        number: view.number,
        status: view.status,
        due_at: view.due_at,
        handler: view.handler,
        steps,
        callback_due_at,
    })
}

/// The checklist of a ticket's procedure (办理程序).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Checklist {
    pub procedure_code: Option<String>,
    pub items: Vec<ChecklistItem>,
    pub required_document_kinds: Vec<String>,
}

/// One item and whether it is ticked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChecklistItem {
    pub code: String,
    pub text: String,
    pub mandatory: bool,
    pub ticked: bool,
}

/// The checklist with its ticks.
pub async fn checklist(at: &Reading, row: &Model) -> Result<Checklist, Fault> {
    let ticked: Vec<String> = json_list(&row.checklist);
    let Some(procedure) = queries::procedure(at, row).await? else {
        return Ok(Checklist { procedure_code: None, items: Vec::new(), required_document_kinds: Vec::new() });
    };
    let items = procedure.checklist_items().into_iter().map(|item| ChecklistItem {
        ticked: ticked.contains(&item.code),
        code: item.code,
        text: item.text,
        mandatory: item.mandatory,
    });
    let items = items.collect();
    let required_document_kinds = json_list(&procedure.required_document_kinds);
    Ok(Checklist { procedure_code: Some(procedure.code), items, required_document_kinds })
}
