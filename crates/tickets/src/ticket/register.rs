//! Registering a ticket (登记, TK-01): who reports what, where; the rules decide the rest.

use access::groups;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::fault::{Fault, FieldErrors};
use kernel::time::{Timestamp, business_day};
use kernel::validation::Phone;
use kernel::{ids, validation};
use registers::external_ids::{self, ExternalId};
use registers::referenced;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::journal::Fact;
use store::{Reading, Resource, Work, numbers, parameters, protected, search};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{Model, Status};
use super::{Ticket, person, second};
use crate::catalogue::{self, Kind, PlaceKind, Severity, channel, classification};
use crate::clock::{projection, writing};
use crate::incident::{self, attaching};
use crate::{call, problems};

/// A report as it is taken down.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RegisterTicket {
    /// Code of an active channel: `hotline`, `walk_in`, `app` …
    #[schema(max_length = 64, example = "walk_in")]
    pub channel_code: String,
    /// What sort of case it is.
    pub kind: Kind,
    /// Dotted category code: `heating.leak`.
    #[schema(max_length = 128, example = "heating.leak")]
    pub category_code: String,
    /// What sort of place it is about; the ids below name the place.
    pub place_kind: PlaceKind,
    /// Default: the classification's.
    pub severity: Option<Severity>,
    /// Default: the beginning of the description.
    #[schema(min_length = 1, max_length = 80)]
    pub title: Option<String>,
    /// What is reported, in the words of who reports it.
    #[schema(min_length = 5, max_length = 4000, example = "暖气片接头跑水,请马上来人")]
    pub description: String,
    /// What it comes from, as far as is known.
    #[schema(max_length = 1000)]
    pub cause: Option<String>,
    /// A known customer; else `requester`.
    pub customer_id: Option<Uuid>,
    /// Who reports it, when he is no customer on file.
    pub requester: Option<Requester>,
    /// The project it is about; a building or unit tells it too.
    pub project_id: Option<Uuid>,
    /// The building it is about; a unit tells it too.
    pub building_id: Option<Uuid>,
    /// The unit it is about; categories may require it (422 `unit_required`).
    pub unit_id: Option<Uuid>,
    /// The heating station it is about; the one that heats the place when left out.
    pub station_org_unit_id: Option<Uuid>,
    /// When it was received, if not now; at most 24 h ago.
    pub received_at: Option<Timestamp>,
    /// The member of staff a complaint is about; he never handles it.
    pub complained_staff_id: Option<Uuid>,
    /// Calls it was reported in; a hotline ticket needs its call.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub call_ids: Vec<Uuid>,
    /// Free words to find it by.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub tags: Vec<String>,
    /// Photos and papers, uploaded before.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub document_ids: Vec<Uuid>,
    /// Keys of this ticket in other systems.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
    /// Number of the authority's case; only with channel `government`.
    #[schema(max_length = 64)]
    pub authority_number: Option<String>,
    /// The limit the authority set; only with channel `government`.
    pub authority_due_at: Option<Timestamp>,
}

/// Somebody who is no known customer (联系人).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Requester {
    /// Shown masked; in clear by `reveal`.
    #[schema(min_length = 1, max_length = 64, example = "周敏")]
    pub name: String,
    /// Mobile, landline or service number.
    pub phone: Phone,
    /// For whom he speaks.
    #[schema(max_length = 128)]
    pub company: Option<String>,
    /// Where he is reached.
    #[schema(max_length = 256)]
    pub address: Option<String>,
}

/// Where a ticket belongs, found from what was given.
struct Place {
    project_id: Option<Uuid>,
    building_id: Option<Uuid>,
    unit_id: Option<Uuid>,
    project_org_unit_id: Option<Uuid>,
}

/// Registers a ticket: combination, receipt, requester, clocks (TK-R01, R02, R09).
///
/// # Errors
/// 422 `classification_invalid`, `unit_required`, `call_required`, `received_at_too_old`,
/// `date_in_future`, `unknown_field` and `invalid_enum` for what a customer may not say.
pub async fn register(work: &Work, input: &RegisterTicket) -> Result<Model, Fault> {
    check_customer(work, input)?;
    let channel = catalogue::channel(work, &input.channel_code).await?;
    let received_at = received_at(work, input).await?;
    let place = place(work, input).await?;
    let on = business_day(received_at);
    let class = catalogue::classify(work, input.kind, &input.category_code, input.place_kind, on).await?;
    check_needs(work, input, &channel, &class, &place)?;
    documents::ensure_visible(work, &input.document_ids).await?;

    let intake = Intake { channel, class, place, received_at, requester_org_unit_id: None, person: true };
    enter(work, input, intake).await
}

/// Registers a ticket that follows from a fact of another domain: whatever the actor of that fact may see or say.
/// Without a requester it is an internal finding of this unit.
///
/// # Errors
/// 422 `classification_invalid`, `unit_required`, `not_found`.
pub async fn follow(work: &Work, input: &RegisterTicket, finder: Option<Uuid>) -> Result<Model, Fault> {
    use registers::property::unit;
    let channel = catalogue::channel(work, &input.channel_code).await?;
    let received_at = second(work.now);
    let unit = match input.unit_id {
        Some(id) => unit::Entity::find_by_id(id).one(&work.db()).await?,
        None => None,
    };
    let place = there(work, input, unit.map(|unit| unit.building_id)).await?;
    let on = business_day(received_at);
    let class = catalogue::classify(work, input.kind, &input.category_code, input.place_kind, on).await?;
    if class.unit_required && place.unit_id.is_none() {
        return Err(Fault::field("/unit_id", "unit_required"));
    }
    let intake = Intake { channel, class, place, received_at, requester_org_unit_id: finder, person: false };
    enter(work, input, intake).await
}

/// What was found out about a report.
struct Intake {
    channel: channel::Model,
    class: classification::Model,
    place: Place,
    received_at: DateTime<Utc>,
    requester_org_unit_id: Option<Uuid>,
    /// Somebody takes it down; else it follows from a fact.
    person: bool,
}

async fn enter(work: &Work, input: &RegisterTicket, intake: Intake) -> Result<Model, Fault> {
    let Intake { channel, class, place, received_at, requester_org_unit_id, person } = intake;
    let actor = work.actor();
    let taker = actor.staff_id.filter(|_| person);
    let received_org_unit_id = match !person || actor.is_customer() || actor.role.is_client() {
        true => channel.default_org_unit_id.or(place.project_org_unit_id),
        false => actor.scope.org_unit_id.or(channel.default_org_unit_id),
    };
    // Asked for while nothing waits to be written: all of that then goes in one.
    let report = attaching::Report {
        category_code: &input.category_code,
        places: [place.project_id, place.building_id, input.station_org_unit_id],
        received_at,
    };
    let incident = attaching::explaining(work, &report).await?;
    let id = ids::new_id(work.now);
    let severity = input.severity.unwrap_or(class.default_severity);
    let requester = Known::of(work, id, input.requester.as_ref()).await?;
    let row = Model {
        id,
        version: 1,
        created_at: work.now,
        created_by: actor.sub,
        updated_at: work.now,
        number: numbers::next(work, "TK").await?,
        channel_code: channel.code.clone(),
        kind: input.kind,
        category_code: input.category_code.clone(),
        place_kind: input.place_kind,
        severity,
        severity_rank: severity.rank(),
        status: Status::Registered,
        title: title(input),
        description: input.description.trim().to_owned(),
        cause: input.cause.clone(),
        // What follows from a customer's act may be somebody else's: the holder's of the home.
        customer_id: if person && actor.is_customer() { actor.customer_id } else { input.customer_id },
        requester_id: requester.id,
        requester_sealed: requester.sealed,
        requester_name_masked: requester.name_masked,
        requester_phone_masked: requester.phone_masked,
        requester_name_key: requester.name_key,
        requester_phone_key: requester.phone_key,
        requester_org_unit_id,
        project_id: place.project_id,
        building_id: place.building_id,
        unit_id: place.unit_id,
        station_org_unit_id: input.station_org_unit_id,
        received_at,
        received_by_id: taker,
        received_org_unit_id,
        first_asked_staff_id: taker,
        responsible_org_unit_id: responsible(input, &class, &place, received_org_unit_id),
        assignee_id: None,
        complained_staff_id: input.complained_staff_id,
        observers: json(&taker.into_iter().collect::<Vec<_>>())?,
        solution: None,
        root_cause_code: None,
        cause_analysis: None,
        delay_reason_code: None,
        solution_at: None,
        resolved_at: None,
        resolved_by_id: None,
        replied_at: None,
        replied_by_id: None,
        reply: None,
        closed_at: None,
        close_reason: None,
        cycle: 1,
        reopen_count: 0,
        transfer_count: 0,
        chase_count: 0,
        last_chased_at: None,
        escalation_level: 0,
        leader_informed_at: (severity > Severity::Normal).then_some(work.now),
        incident_id: incident.as_ref().map(|incident| incident.id),
        split_from_id: None,
        merged_into_id: None,
        merged_on: None,
        merged_from: None,
        origin_status: None,
        rating: None,
        rated_cycle: None,
        tags: json(&input.tags)?,
        document_ids: json(&input.document_ids)?,
        checklist: "[]".to_owned(),
        authority_number: input.authority_number.clone(),
        authority_due_at: input.authority_due_at.map(|at| at.0),
        dismiss_reason: None,
        policy_code: None,
        urgent: false,
        due_at: None,
        due_sort: projection::never(),
        paused_until: None,
        near_due_at: None,
    };
    let row = insert(work, row, input, received_at, incident).await?;
    crate::dispatch::on_receipt(work, row, &class).await
}

/// Writes the ticket with its ledger. Nothing is read back: what is answered is what was written.
async fn insert(
    work: &Work,
    mut row: Model,
    input: &RegisterTicket,
    received_at: DateTime<Utc>,
    incident: Option<incident::entity::Model>,
) -> Result<Model, Fault> {
    let opening = writing::opening(work, &row, received_at).await?;
    row.policy_code = Some(opening.chosen.policy.code.clone());
    row.urgent = opening.chosen.policy.urgent;
    row.due_at = opening.projection.due_at;
    row.due_sort = opening.projection.due_sort;
    row.near_due_at = opening.projection.near_due_at;
    let grave = row.severity > Severity::Normal;
    let describe = |fact: Fact| {
        let fact = fact.audience(store::journal::Audience::Customer);
        if grave { fact.tells_any_of(groups::HEAD) } else { fact }
    };
    work.create_later::<Ticket>(&row, describe, "registered").await;
    opening.write(work).await;
    search::index_new(work, "ticket", row.id, &[&row.number, &row.title, &row.description]).await;
    documents::attach(work, &input.document_ids, Ticket::NAME, row.id, "attachment").await?;
    call::link_to(work, &input.call_ids, row.id).await?;
    for external in &input.external_ids {
        external_ids::attach(work, "ticket", row.id, external).await?;
    }
    person::remember(work, row.id, 1, "complained", row.complained_staff_id).await;
    if let Some(incident) = incident {
        let fact = Fact::of::<Ticket>("incident_attached", &row).with("status_before", row.status.code());
        work.record(fact.with("incident_number", incident.number));
    }
    Ok(row)
}

/// Refuses what this caller may not say, and what is wrong whatever there is.
pub(super) fn check_customer(work: &Work, input: &RegisterTicket) -> Result<(), Fault> {
    let actor = work.actor();
    let mut errors = FieldErrors::default();
    if actor.is_customer() {
        errors
            .add_if(input.severity.is_some(), "/severity", "unknown_field")
            .add_if(input.received_at.is_some(), "/received_at", "unknown_field")
            .add_if(input.complained_staff_id.is_some(), "/complained_staff_id", "unknown_field")
            .add_if(!input.call_ids.is_empty(), "/call_ids", "unknown_field")
            .add_if(input.requester.is_some(), "/requester", "unknown_field")
            .add_if(input.authority_number.is_some(), "/authority_number", "unknown_field")
            .add_if(input.authority_due_at.is_some(), "/authority_due_at", "unknown_field")
            .add_if(input.customer_id.is_some() && input.customer_id != actor.customer_id, "/customer_id", "not_found")
            .add_if(!["app", "web"].contains(&input.channel_code.as_str()), "/channel_code", "invalid_enum");
    } else {
        errors.add_if(input.customer_id.is_none() && input.requester.is_none(), "/requester", "required").add_if(
            input.channel_code == "system" && !actor.is_system(),
            "/channel_code",
            "invalid_enum",
        );
    }
    if input.channel_code != "government" && !actor.is_customer() {
        errors.add_if(input.authority_number.is_some(), "/authority_number", "authority_only").add_if(
            input.authority_due_at.is_some(),
            "/authority_due_at",
            "authority_only",
        );
    }
    errors.add_if(input.description.trim().chars().count() < 5, "/description", "too_short");
    let nameless = input.requester.as_ref().is_some_and(|requester| requester.name.trim().is_empty());
    errors.add_if(nameless, "/requester/name", "required");
    errors.finish()
}

fn check_needs(
    work: &Work,
    input: &RegisterTicket,
    channel: &channel::Model,
    class: &classification::Model,
    place: &Place,
) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    errors.add_if(class.unit_required && place.unit_id.is_none(), "/unit_id", "unit_required").add_if(
        channel.needs_call && input.call_ids.is_empty() && !work.actor().is_system(),
        "/call_ids",
        "call_required",
    );
    errors.finish()
}

/// The instant of receipt in whole seconds (TK-R02).
async fn received_at(work: &Work, input: &RegisterTicket) -> Result<DateTime<Utc>, Fault> {
    let now = second(work.now);
    let Some(given) = input.received_at.map(|at| second(at.0)) else { return Ok(now) };
    let skew = parameters::integer(work, "platform.clock.skew_minutes").await?;
    let oldest = parameters::integer(work, "tickets.intake.backdate_max_hours").await?;
    if given > now + TimeDelta::minutes(skew) {
        return Err(Fault::field("/received_at", "date_in_future").rule("TK-R02"));
    }
    if given < now - TimeDelta::hours(oldest) {
        return Err(Fault::field("/received_at", problems::RECEIVED_AT_TOO_OLD.code).rule("TK-R02"));
    }
    Ok(given.min(now))
}

/// A machine names places of its projects alone.
async fn check_places_of_client(work: &Work, input: &RegisterTicket) -> Result<(), Fault> {
    use registers::property::{building::Building, project::Project};
    if !work.actor().role.is_client() {
        return Ok(());
    }
    if let Some(id) = input.building_id {
        referenced::known::<Building>(work, id, "/building_id").await?;
    }
    if let Some(id) = input.project_id {
        referenced::known::<Project>(work, id, "/project_id").await?;
    }
    Ok(())
}

/// A customer reports what is wrong where he lives, no longer where somebody else does since.
async fn check_still_owned(work: &Work, unit: Uuid) -> Result<(), Fault> {
    let actor = work.actor();
    let Some(customer) = actor.customer_id.filter(|_| actor.is_customer()) else { return Ok(()) };
    match registers::property::owner::owns(work, unit, customer, business_day(work.now)).await? {
        true => Ok(()),
        false => Err(Fault::field("/unit_id", "not_found")),
    }
}

async fn place(work: &Work, input: &RegisterTicket) -> Result<Place, Fault> {
    use registers::property::unit;
    check_places_of_client(work, input).await?;
    let mut building = None;
    if let Some(id) = input.unit_id {
        let row = store::resource::find::<unit::Unit>(work, id).await;
        building = Some(row.map_err(|_| Fault::field("/unit_id", "not_found"))?.building_id);
        check_still_owned(work, id).await?;
    }
    let found = there(work, input, building).await?;
    let mut errors = FieldErrors::default();
    errors
        .add_if(input.building_id.is_some() && input.building_id != found.building_id, "/building_id", "not_found")
        .add_if(input.project_id.is_some() && input.project_id != found.project_id, "/project_id", "not_found");
    if let Some(customer) = input.customer_id.filter(|_| !work.actor().is_customer()) {
        let known = store::resource::find::<registers::customer::Customer>(work, customer).await;
        let kept = known.is_ok_and(|row| row.status != registers::customer::CustomerStatus::Erased);
        errors.add_if(!kept, "/customer_id", "not_found");
    }
    for (pointer, unit) in [("/station_org_unit_id", input.station_org_unit_id)] {
        if let Some(unit) = unit {
            let known = registers::org_unit::Entity::find_by_id(unit).one(&work.db()).await?;
            errors.add_if(known.is_none(), pointer, "not_found");
        }
    }
    if let Some(staff) = input.complained_staff_id {
        let known = registers::staff::Entity::find_by_id(staff).one(&work.db()).await?;
        errors.add_if(known.is_none(), "/complained_staff_id", "not_found");
    }
    errors.finish()?;
    Ok(found)
}

/// Project and building of what was named; the building of the unit is known.
async fn there(work: &Work, input: &RegisterTicket, building: Option<Uuid>) -> Result<Place, Fault> {
    let missing = |pointer: &str| Fault::field(pointer, "not_found");
    let mut found = Place {
        project_id: input.project_id,
        building_id: building.or(input.building_id),
        unit_id: input.unit_id,
        project_org_unit_id: None,
    };
    let places = registers::property::places(work).await?;
    if let Some(id) = found.building_id {
        let project = places.projects.get(&id);
        found.project_id = Some(*project.ok_or_else(|| missing("/building_id"))?);
    }
    if let Some(id) = found.project_id {
        found.project_org_unit_id = *places.org_units.get(&id).ok_or_else(|| missing("/project_id"))?;
    }
    Ok(found)
}

fn responsible(
    input: &RegisterTicket,
    class: &classification::Model,
    place: &Place,
    received: Option<Uuid>,
) -> Option<Uuid> {
    let by_rule = match class.responsible_rule.as_str() {
        "org_unit" => class.responsible_org_unit_id,
        "station" => input.station_org_unit_id,
        "project_team" => place.project_org_unit_id,
        _ => None,
    };
    by_rule.or(received)
}

fn title(input: &RegisterTicket) -> String {
    match &input.title {
        Some(title) => title.trim().to_owned(),
        None => title_of(&input.description),
    }
}

/// The title of a report that brings none: how its description begins.
pub(super) fn title_of(description: &str) -> String {
    description.trim().chars().take(40).collect::<String>().replace('\n', " ")
}

fn json(list: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(list).map_err(Fault::internal)
}

/// What the row keeps of a requester who is no known customer: sealed; lists show the masked values.
#[derive(Default)]
struct Known {
    id: Option<Uuid>,
    sealed: Option<String>,
    name_masked: Option<String>,
    phone_masked: Option<String>,
    name_key: Option<String>,
    phone_key: Option<String>,
}

impl Known {
    async fn of(work: &Work, ticket_id: Uuid, requester: Option<&Requester>) -> Result<Self, Fault> {
        let Some(requester) = requester else { return Ok(Self::default()) };
        let name = validation::clean_name(&requester.name, "/requester/name")?;
        let key = protected::create_person_key(work, ticket_id).await?;
        let clear = serde_json::json!({
            "name": name, "phone": requester.phone.as_str(),
            "company": requester.company, "address": requester.address,
        });
        let keys = work.store.keys();
        Ok(Self {
            id: Some(ticket_id),
            sealed: Some(key.seal(&requester_place(ticket_id), &clear.to_string())?),
            name_masked: Some(validation::mask_name(&name)),
            phone_masked: Some(validation::mask_phone(requester.phone.as_str())),
            name_key: Some(keys.blind("ticket.requester_name", &name)),
            phone_key: Some(requester_phone_key(work, requester.phone.as_str())),
        })
    }
}

/// By which a requester's phone is found.
pub fn requester_phone_key(at: &Reading, phone: &str) -> String {
    at.store.keys().blind("ticket.requester_phone", phone)
}

/// Where the requester's sealed data belongs.
pub fn requester_place(ticket_id: Uuid) -> String {
    format!("ticket|{ticket_id}|requester")
}
