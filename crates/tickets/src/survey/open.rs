//! Opening a survey: everybody of the audience is invited once, or it is said why not (TK-R25).

use std::collections::{HashMap, HashSet};

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::in_shanghai;
use outbound::letter::{self, NewLetter};
use outbound::notification::quiet;
use registers::property::{owner, project, unit};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set};
use store::acts::BareAct;
use store::{Reading, Work, parameters};

use super::Survey;
use super::commands::take;
use super::entity::Model;
use crate::audience::Audience;
use crate::portfolio::entity::entry;
use crate::reach::{self, Person};
use crate::survey_invitation::entity::{self as invitation, Status};
use crate::survey_invitation::{SurveyInvitation, token, went_out};

/// Opens a survey and writes its invitations.
///
/// # Errors
/// 409 `separation_of_duties` for its author; 422 `date_order` when it would be closed already.
pub async fn open(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = take(work, id, "open").await?;
    if row.closes_at <= work.now {
        return Err(Fault::field("/closes_at", "date_order"));
    }
    let audience: Audience = serde_json::from_str(&row.audience).map_err(Fault::internal)?;
    let people = reach::people(work, audience.resolve(work, "/audience").await?).await?;
    let places = places(work, &people).await?;
    let inviting = Inviting::prepare(work, &row, &people).await?;
    for person in &people {
        inviting.invite(work, person, places.get(&person.row.id).copied().unwrap_or_default()).await?;
    }
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.opened_at = Set(Some(work.now));
    change.opened_by = Set(Some(work.actor().sub));
    work.change::<Survey>(&row, change, "opened", |fact| fact.with("invited", people.len())).await
}

struct Inviting<'a> {
    survey: &'a Model,
    /// Those invited to any survey a short while ago.
    cooling: HashSet<Uuid>,
    sent_at: DateTimeUtc,
    expires_at: DateTimeUtc,
    base: String,
}

impl<'a> Inviting<'a> {
    async fn prepare(work: &Work, survey: &'a Model, people: &[Person]) -> Result<Self, Fault> {
        let days = parameters::integer(work, "tickets.survey.expiry_days").await?;
        let begins = survey.opens_at.map_or(work.now, |opens| opens.max(work.now));
        let sent_at = quiet::after(work, begins).await?;
        Ok(Self {
            cooling: cooling(work, people).await?,
            sent_at,
            expires_at: (sent_at + TimeDelta::days(days)).min(survey.closes_at),
            base: link_base(work).await?,
            survey,
        })
    }

    fn objection(&self, person: &Person) -> Option<&'static str> {
        if person.opted_out(self.survey.channel) {
            return Some("opted_out");
        }
        if person.address(self.survey.channel).is_none() {
            return Some("no_address");
        }
        self.cooling.contains(&person.row.id).then_some("cooldown")
    }

    async fn invite(&self, work: &Work, person: &Person, place: Place) -> Result<(), Fault> {
        let id = ids::new_id(work.now);
        let skipped = self.objection(person);
        let token = token::of(work, id);
        let letter_id = match (skipped, self.survey.channel.outbox(), &person.key) {
            (None, Some(channel), Some(key)) => {
                let body = text(INVITATION, self.survey, &format!("{}{token}", self.base), self.expires_at);
                let subject = Some(self.survey.name.as_str());
                let (customer_id, due_at, batch_id) = (person.row.id, self.sent_at, self.survey.id);
                let new = NewLetter { customer_id, channel, subject, body: &body, due_at, batch_id };
                Some(letter::write(work, &new, key).await?)
            }
            _ => None,
        };
        let live = skipped.is_none();
        let row = invitation::ActiveModel {
            id: Set(id),
            version: Set(1),
            created_at: Set(work.now),
            updated_at: Set(work.now),
            survey_id: Set(self.survey.id),
            customer_id: Set(person.row.id),
            project_id: Set(place.project_id),
            org_unit_id: Set(place.org_unit_id.or(self.survey.org_unit_id)),
            status: Set(if live { Status::Queued } else { Status::Skipped }),
            skip_reason: Set(skipped.map(str::to_owned)),
            token_sha256: Set(live.then(|| token::digest(&token))),
            letter_id: Set(letter_id),
            sent_at: Set(live.then_some(self.sent_at)),
            expires_at: Set(live.then_some(self.expires_at)),
            opened_at: Set(None),
            answered_at: Set(None),
            answers: Set(None),
            proxy: Set(false),
            recorded_by: Set(None),
            reminders: Set(0),
        };
        let named = |fact: store::journal::Fact| match letter_id {
            Some(letter) => fact.with("letter_id", letter.to_string()),
            None => fact,
        };
        let verb = if live { "queued" } else { "skipped" };
        work.create::<SurveyInvitation>(row, named, verb).await?;
        Ok(())
    }
}

/// What an invitation and a reminder say; `{name}`, `{link}` and `{until}` are filled in.
const INVITATION: &str = "诚邀您参加“{name}”,请打开 {link} 作答,{until}前有效。感谢您的支持!";
pub(super) const REMINDER: &str = "提醒:“{name}”尚在进行,请打开 {link} 作答,{until}前有效;如已作答请忽略。";

pub(super) fn text(template: &str, survey: &Model, link: &str, until: DateTimeUtc) -> String {
    let until = in_shanghai(until).format("%Y-%m-%d %H:%M").to_string();
    template.replace("{name}", &survey.name).replace("{link}", link).replace("{until}", &until)
}

/// Where the page that asks is; the token follows.
pub(super) async fn link_base(at: &Reading) -> Result<String, Fault> {
    let base = parameters::value(at, "tickets.survey.link_base").await?;
    Ok(base.as_str().unwrap_or_default().to_owned())
}

async fn cooling(at: &Reading, people: &[Person]) -> Result<HashSet<Uuid>, Fault> {
    let days = parameters::integer(at, "tickets.survey.cooldown_days").await?;
    let since = at.now - TimeDelta::days(days);
    let mut cooling = HashSet::new();
    for part in people.chunks(500) {
        let recent: Vec<Uuid> = invitation::Entity::find()
            .select_only()
            .column(invitation::Column::CustomerId)
            .filter(invitation::Column::CustomerId.is_in(part.iter().map(|person| person.row.id)))
            .filter(invitation::Column::SentAt.gt(since))
            .filter(went_out())
            .into_tuple()
            .all(&at.db())
            .await?;
        cooling.extend(recent);
    }
    Ok(cooling)
}

/// What a customer's answers are grouped by.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    project_id: Option<Uuid>,
    org_unit_id: Option<Uuid>,
}

/// The project each customer belongs to – entered for, else of his first unit – and the unit of his owner,
/// else of the project.
async fn places(at: &Reading, people: &[Person]) -> Result<HashMap<Uuid, Place>, Fault> {
    let mut places = HashMap::new();
    for part in people.chunks(500) {
        let ids = || part.iter().map(|person| person.row.id);
        let owned = owner::entity::Entity::find()
            .filter(owner::entity::Column::CustomerId.is_in(ids()))
            .order_by_asc(owner::entity::Column::FromOn)
            .all(&at.db())
            .await?;
        let homes = unit::Entity::find()
            .filter(unit::entity::Column::Id.is_in(owned.iter().map(|row| row.unit_id)))
            .all(&at.db())
            .await?;
        let homes: HashMap<Uuid, Uuid> = homes.into_iter().map(|home| (home.id, home.project_id)).collect();
        let entries = entry::Entity::find()
            .filter(entry::Column::CustomerId.is_in(ids()))
            .filter(entry::Column::EndedAt.is_null())
            .all(&at.db())
            .await?;
        let units: HashMap<Uuid, Option<Uuid>> =
            entries.into_iter().map(|entry| (entry.customer_id, entry.org_unit_id)).collect();
        for person in part {
            let first = owned.iter().find(|row| row.customer_id == person.row.id);
            let project_id = person.row.project_id.or_else(|| first.and_then(|row| homes.get(&row.unit_id).copied()));
            let org_unit_id = units.get(&person.row.id).copied().flatten();
            places.insert(person.row.id, Place { project_id, org_unit_id });
        }
    }
    let projects = project::Entity::find().all(&at.db()).await?;
    let projects: HashMap<Uuid, Option<Uuid>> = projects.into_iter().map(|row| (row.id, row.org_unit_id)).collect();
    for place in places.values_mut().filter(|place| place.org_unit_id.is_none()) {
        place.org_unit_id = place.project_id.and_then(|project| projects.get(&project).copied().flatten());
    }
    Ok(places)
}
