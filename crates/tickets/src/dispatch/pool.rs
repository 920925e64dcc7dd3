//! The people of a unit as the dispatch sees them: roles and skills, duty, load, last assignment (TK-R16).

use std::collections::HashMap;

use access::{JobRole, groups};
use kernel::fault::Fault;
use kernel::time::business_day;
use registers::{org_unit, staff};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use sea_orm::{ConnectionTrait, QuerySelect};
use serde_json::Value;
use store::{Reading, parameters};

use super::ranking::{Candidate, Judged, rank};
use crate::catalogue::{Severity, ancestors, classification};
use crate::clock::entity::segment;
use crate::roster::duty::{self, Duties};
use crate::ticket::entity::{Column as TicketColumn, Entity as Tickets, Model as TicketRow, Status};

/// The states that load a person.
const LOAD: [Status; 3] = [Status::Assigned, Status::InProgress, Status::PendingApproval];

struct Member {
    person: staff::Model,
    roles: Vec<JobRole>,
    skills: Vec<String>,
}

/// The people of a unit and those below it.
pub struct Pool {
    members: Vec<Member>,
    duties: Duties,
    loads: HashMap<Uuid, i64>,
    last: HashMap<Uuid, DateTimeUtc>,
    weights: Value,
    default_capacity: i64,
}

/// Who handles a kind of ticket: roles, and the skill of its top category.
#[derive(Clone, Debug)]
pub struct Handlers {
    roles: Vec<JobRole>,
    skill: String,
}

impl Handlers {
    /// Those of a classification; without roles of its own, agents and the field.
    pub fn of(class: &classification::Model, category_code: &str) -> Self {
        let named: Vec<JobRole> = class.handler_roles().iter().filter_map(|code| code.parse().ok()).collect();
        let roles = match named.is_empty() {
            true => groups::AGENT.iter().chain(groups::FIELD).copied().collect(),
            false => named,
        };
        let skill = ancestors(category_code).last().copied().unwrap_or(category_code).to_owned();
        Self { roles, skill }
    }

    /// Whether somebody with such a post is one of them.
    pub fn include(&self, role: JobRole, skills: &[String]) -> bool {
        self.roles.contains(&role) && skills.contains(&self.skill)
    }
}

impl Pool {
    /// Reads who is there; what they do now is read by [`Pool::weigh`].
    pub async fn of_unit(at: &Reading, unit: Uuid) -> Result<Self, Fault> {
        let units = org_unit::subtree(at, unit).await?;
        let posts = staff::post::held_in(at, &units, &[], business_day(at.now)).await?;
        let people = staff::Entity::find()
            .filter(staff::Column::Id.is_in(posts.iter().map(|post| post.staff_id)))
            .filter(staff::Column::Status.eq(staff::entity::ACTIVE))
            .all(&at.db())
            .await?;
        let member = |person: staff::Model| {
            let of = posts.iter().filter(|post| post.staff_id == person.id);
            Member {
                roles: of.filter_map(staff::post::Model::job_role).collect(),
                skills: staff::skilled_in(&person.skills),
                person,
            }
        };
        Ok(Self {
            members: people.into_iter().map(member).collect(),
            duties: Duties::default(),
            loads: HashMap::new(),
            last: HashMap::new(),
            weights: parameters::value(at, "tickets.dispatch.weights").await?,
            default_capacity: parameters::integer(at, "tickets.dispatch.default_capacity").await?,
        })
    }

    /// Whether anybody could ever get such a ticket.
    pub fn has(&self, handlers: &Handlers) -> bool {
        self.members.iter().any(|member| member.roles.iter().any(|role| handlers.include(*role, &member.skills)))
    }

    /// Reads duty, load and last assignment of everybody, as of now.
    pub async fn weigh(mut self, at: &Reading) -> Result<Self, Fault> {
        let people: Vec<staff::Model> = self.members.iter().map(|member| member.person.clone()).collect();
        self.duties = duty::of(at, at.now, &people).await?;
        let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
        self.loads = self.held(at, &ids).await?;
        self.last = last_assigned(at, &ids).await?;
        Ok(self)
    }

    async fn held(&self, at: &Reading, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>, Fault> {
        let rows: Vec<(Uuid, Severity, i64)> = Tickets::find()
            .select_only()
            .columns([TicketColumn::AssigneeId, TicketColumn::Severity])
            .column_as(TicketColumn::Id.count(), "n")
            .filter(TicketColumn::AssigneeId.is_in(ids.iter().copied()))
            .filter(TicketColumn::Status.is_in(LOAD))
            .group_by(TicketColumn::AssigneeId)
            .group_by(TicketColumn::Severity)
            .into_tuple()
            .all(&at.db())
            .await?;
        let mut loads = HashMap::new();
        for (person, severity, n) in rows {
            *loads.entry(person).or_default() += n * self.weight(severity);
        }
        Ok(loads)
    }

    /// What a ticket of a severity weighs.
    pub fn weight(&self, severity: Severity) -> i64 {
        self.weights[severity.code()].as_i64().unwrap_or(1)
    }

    /// Everybody with a handler role, ranked for a ticket.
    pub fn judge(&self, ticket: &TicketRow, handlers: &Handlers, owner: Option<Uuid>) -> Vec<Judged> {
        let fit = |member: &&Member| member.roles.iter().any(|role| handlers.roles.contains(role));
        let candidate = |member: &Member| Candidate {
            staff_id: member.person.id,
            number: member.person.number.clone(),
            name: member.person.name.clone(),
            duty: self.duties.of(member.person.id),
            complained: ticket.complained_staff_id == Some(member.person.id),
            skilled: member.skills.contains(&handlers.skill),
            load: self.loads.get(&member.person.id).copied().unwrap_or_default(),
            capacity: std::cmp::max(member.person.daily_capacity.map_or(self.default_capacity, i64::from), 1),
            owner: owner == Some(member.person.id),
            last_assigned_at: self.last.get(&member.person.id).copied(),
        };
        rank(self.members.iter().filter(fit).map(candidate).collect(), self.weight(ticket.severity))
    }

    /// Notes that somebody got a ticket.
    pub fn took(&mut self, staff_id: Uuid, weight: i64, at: DateTimeUtc) {
        *self.loads.entry(staff_id).or_default() += weight;
        self.last.insert(staff_id, at);
    }
}

/// When each of these people was last handed a ticket. A look a person, served by an index of its own.
async fn last_assigned(at: &Reading, ids: &[Uuid]) -> Result<HashMap<Uuid, DateTimeUtc>, Fault> {
    let handed = Query::select()
        .expr(Expr::col((segment::Entity, segment::Column::FromAt)).max())
        .from(segment::Entity)
        .and_where(
            Expr::col((segment::Entity, segment::Column::StaffId)).eq(Expr::col((staff::Entity, staff::Column::Id))),
        )
        // Written out, so that the partial index serves it.
        .and_where(Expr::cust("begun_by IN ('assigned', 'transferred')"))
        .to_owned();
    let select = Query::select()
        .column((staff::Entity, staff::Column::Id))
        .expr(sea_orm::sea_query::SimpleExpr::SubQuery(None, Box::new(handed.into())))
        .from(staff::Entity)
        .and_where(Expr::col((staff::Entity, staff::Column::Id)).is_in(ids.iter().copied()))
        .to_owned();
    let mut last = HashMap::new();
    for row in at.db().query_all(&select).await? {
        let (person, handed): (Uuid, Option<DateTimeUtc>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        if let Some(handed) = handed {
            last.insert(person, handed);
        }
    }
    Ok(last)
}
