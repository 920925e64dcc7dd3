//! Who gets a message and what it says; or why he gets none, the first reason that applies (TK-R35).

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::time::business_day;
use outbound::letter;
use registers::property::{owner, project, unit};
use registers::staff;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::{Reading, parameters};

use super::entity::Model;
use super::read;
use crate::audience::Audience;
use crate::delivery::entity as delivery;
use crate::message_template::entity::Model as Template;
use crate::message_template::{MessageValues, segments_of, text};
use crate::reach::{self, Person};

/// What a customer of the audience comes to.
pub enum Verdict {
    Suppressed(&'static str),
    Told { text: String, segments: Option<i32> },
}

/// A customer of the audience, by number.
pub struct Recipient {
    pub person: Person,
    pub verdict: Verdict,
}

/// Looks at everybody of the audience.
pub async fn judge(at: &Reading, campaign: &Model, template: &Template) -> Result<Vec<Recipient>, Fault> {
    let audience: Audience = read(&campaign.audience);
    let people = reach::people(at, audience.resolve(at, "/audience").await?).await?;
    let mut values = values(at, &people).await?;
    let common = read::<MessageValues>(&campaign.filled).named();
    let marketing = campaign.kind.is_marketing();
    let recent = if marketing { recently_told(at, &people).await? } else { HashSet::new() };
    let mut taken = HashSet::new();
    let mut recipients = Vec::with_capacity(people.len());
    for person in people {
        let mut values = values.remove(&person.row.id).unwrap_or_default();
        values.extend(common.clone());
        let address = person.address(template.channel);
        let verdict = match address {
            _ if marketing && !person.row.marketing => Verdict::Suppressed("no_consent"),
            _ if person.opted_out(template.channel) => Verdict::Suppressed("opted_out"),
            None => Verdict::Suppressed("no_address"),
            Some(_) if recent.contains(&person.row.id) => Verdict::Suppressed("frequency"),
            Some(address) if !taken.insert(address.clone()) => Verdict::Suppressed("duplicate_address"),
            Some(address) => match text::fill(&template.text, &values) {
                Ok(text) => Verdict::Told { segments: segments_of(at, template.channel, &text).await?, text },
                Err(_) => {
                    // He gets nothing, so the next with this address may.
                    taken.remove(&address);
                    Verdict::Suppressed("bad_data")
                }
            },
        };
        recipients.push(Recipient { person, verdict });
    }
    Ok(recipients)
}

/// Those who were told something of marketing a short while ago.
async fn recently_told(at: &Reading, people: &[Person]) -> Result<HashSet<Uuid>, Fault> {
    use delivery::{Column, Entity, State};
    let days = parameters::integer(at, "tickets.outreach.marketing_min_days").await?;
    let since = at.now - TimeDelta::days(days);
    let sent = Condition::all()
        .add(Column::LetterId.not_in_subquery(letter::failed()))
        .add(Column::LetterId.not_in_subquery(letter::taken_back()));
    let went = Condition::any().add(Column::LetterId.is_null()).add(sent);
    let mut told = HashSet::new();
    for part in people.chunks(500) {
        let recent: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::CustomerId)
            .filter(Column::CustomerId.is_in(part.iter().map(|person| person.row.id)))
            .filter(Column::Marketing.eq(true))
            .filter(Column::State.ne(State::Suppressed))
            .filter(Column::DueAt.gt(since))
            .filter(went.clone())
            .into_tuple()
            .all(&at.db())
            .await?;
        told.extend(recent);
    }
    Ok(told)
}

/// What the files of these customers hold for a template: the name, the first unit owned today, the owner.
pub async fn values(at: &Reading, people: &[Person]) -> Result<HashMap<Uuid, BTreeMap<&'static str, String>>, Fault> {
    let today = business_day(at.now);
    let projects = project::Entity::find().all(&at.db()).await?;
    let projects: HashMap<Uuid, String> = projects.into_iter().map(|row| (row.id, row.name)).collect();
    let mut all = HashMap::new();
    for part in people.chunks(500) {
        let still =
            Condition::any().add(owner::entity::Column::ToOn.is_null()).add(owner::entity::Column::ToOn.gte(today));
        let owned = owner::entity::Entity::find()
            .filter(owner::entity::Column::CustomerId.is_in(part.iter().map(|person| person.row.id)))
            .filter(still)
            .order_by_asc(owner::entity::Column::FromOn)
            .order_by_asc(owner::entity::Column::Id)
            .all(&at.db())
            .await?;
        let homes = unit::Entity::find()
            .filter(unit::entity::Column::Id.is_in(owned.iter().map(|row| row.unit_id)))
            .all(&at.db())
            .await?;
        let homes: HashMap<Uuid, unit::Model> = homes.into_iter().map(|home| (home.id, home)).collect();
        let agents = part.iter().filter_map(|person| person.row.owner_staff_id);
        let agents = staff::Entity::find().filter(staff::Column::Id.is_in(agents)).all(&at.db()).await?;
        let agents: HashMap<Uuid, staff::Model> = agents.into_iter().map(|row| (row.id, row)).collect();
        for person in part {
            let mut values = BTreeMap::new();
            values.extend(person.personal.name.clone().map(|name| ("customer_name", name)));
            let first = owned.iter().find(|row| row.customer_id == person.row.id);
            let home = first.and_then(|row| homes.get(&row.unit_id));
            values.extend(home.map(|home| ("unit_number", home.room_no.clone())));
            let project = home.map(|home| home.project_id).or(person.row.project_id);
            values.extend(project.and_then(|id| projects.get(&id)).map(|name| ("project_name", name.clone())));
            if let Some(agent) = person.row.owner_staff_id.and_then(|id| agents.get(&id)) {
                values.insert("agent_name", agent.name.clone());
                values.insert("agent_number", agent.number.clone());
            }
            all.insert(person.row.id, values);
        }
    }
    Ok(all)
}
