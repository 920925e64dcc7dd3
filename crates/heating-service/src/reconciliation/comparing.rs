//! How the lines of a reconciliation come to be: theirs beside ours, and what differs (HS-R19).

use std::collections::{HashMap, HashSet};

use chrono::Days;
use kernel::fault::Fault;
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder, Set};
use store::{Reading, Work, parameters};

use super::commands::Replies;
use super::entity::Model;
use super::entity::line::{self, Class, Difference};
use super::matching::{Side, pairs};
use crate::complaint::entity as complaints;
use crate::complaint::entity::Class as OurClass;
use crate::official_line::entity as official;

/// A line on its way into the table.
#[derive(Default)]
pub(super) struct Compared {
    pub official_line_id: Option<Uuid>,
    pub complaint_id: Option<Uuid>,
    pub class: Option<Class>,
    pub differences: Vec<Difference>,
    pub official_state: Option<String>,
    pub official_replied_at: Option<DateTimeUtc>,
    pub our_class: Option<String>,
    pub our_replied_at: Option<DateTimeUtc>,
    pub note: Option<String>,
    pub decided_by: Option<Uuid>,
}

/// The class an official state names, by its code or label.
fn class_of(state: &str) -> Option<OurClass> {
    OurClass::ALL.iter().copied().find(|class| class.code() == state || class.labels().0 == state)
}

/// Replies are compared to the minute.
fn minute(at: Option<DateTimeUtc>) -> Option<i64> {
    at.map(|at| at.timestamp().div_euclid(60))
}

impl Compared {
    fn official(row: &official::Model) -> Self {
        Self {
            official_line_id: Some(row.id),
            class: Some(Class::OnlyOfficial),
            official_state: row.official_state.clone(),
            official_replied_at: row.replied_at,
            ..Self::default()
        }
    }
    pub fn ours(row: &complaints::Model, replied_at: Option<DateTimeUtc>) -> Self {
        Self {
            complaint_id: Some(row.id),
            class: Some(Class::OnlyOurs),
            our_class: Some(row.holding().code().to_owned()),
            our_replied_at: replied_at,
            ..Self::default()
        }
    }
    pub fn both(
        official: &official::Model,
        ours: &complaints::Model,
        replied_at: Option<DateTimeUtc>,
        certain: bool,
    ) -> Self {
        let mut differences = Vec::new();
        let named = official.official_state.as_deref().and_then(class_of);
        if named.is_some_and(|class| class != ours.holding()) {
            differences.push(Difference::Class);
        }
        if minute(official.replied_at) != minute(replied_at) {
            differences.push(Difference::RepliedAt);
        }
        let class = if differences.is_empty() { Class::MatchedEqual } else { Class::MatchedDifferent };
        Self {
            complaint_id: Some(ours.id),
            class: certain.then_some(class),
            differences,
            our_class: Some(ours.holding().code().to_owned()),
            our_replied_at: replied_at,
            ..Self::official(official)
        }
    }
    pub fn row(self, work: &Work, reconciliation_id: Uuid) -> Result<line::ActiveModel, Fault> {
        Ok(line::ActiveModel {
            id: Set(ids::new_id(work.now)),
            created_at: Set(work.now),
            reconciliation_id: Set(reconciliation_id),
            official_line_id: Set(self.official_line_id),
            complaint_id: Set(self.complaint_id),
            class: Set(self.class),
            differences: Set(serde_json::to_string(&self.differences).map_err(Fault::internal)?),
            official_state: Set(self.official_state),
            official_replied_at: Set(self.official_replied_at),
            our_class: Set(self.our_class),
            our_replied_at: Set(self.our_replied_at),
            note: Set(self.note),
            decided_by: Set(self.decided_by),
        })
    }
}

/// Matches what nobody has decided yet.
pub(super) async fn match_anew<A>(work: &Work, row: &Model, replies: A) -> Result<(), Fault>
where
    A: AsyncFn(Vec<Uuid>) -> Result<Replies, Fault>,
{
    let kept = line::Entity::find().filter(line::Column::ReconciliationId.eq(row.id)).all(&work.db()).await?;
    let kept: Vec<line::Model> = kept.into_iter().filter(|line| line.decided_by.is_some()).collect();
    line::Entity::delete_many()
        .filter(line::Column::ReconciliationId.eq(row.id))
        .filter(line::Column::DecidedBy.is_null())
        .exec(&work.db())
        .await?;
    let window = parameters::integer(work, "heating.reconcile.day_window").await?;
    let known: HashSet<Uuid> =
        kept.iter().flat_map(|line| [line.official_line_id, line.complaint_id]).flatten().collect();
    let mut official = official_lines(work, row).await?;
    official.retain(|line| !known.contains(&line.id));
    let mut ours = our_complaints(work, row, window).await?;
    ours.retain(|own| !known.contains(&own.id));
    let answered = replies(ours.iter().map(|own| own.ticket_id).collect()).await?;
    let replied = |own: &complaints::Model| answered.get(&own.ticket_id).copied();
    let sides: (Vec<Side>, Vec<Side>) =
        (official.iter().map(official_side).collect(), ours.iter().map(our_side).collect());
    let lines: HashMap<Uuid, &official::Model> = official.iter().map(|line| (line.id, line)).collect();
    let owns: HashMap<Uuid, &complaints::Model> = ours.iter().map(|own| (own.id, own)).collect();
    let mut taken = HashSet::new();
    let mut rows = Vec::new();
    for pair in pairs(&sides.0, &sides.1, window) {
        let Some(line) = lines.get(&pair.official) else { continue };
        let own = pair.ours.and_then(|id| owns.get(&id));
        taken.extend(own.map(|own| own.id));
        let compared =
            own.map_or_else(|| Compared::official(line), |own| Compared::both(line, own, replied(own), pair.certain));
        rows.push(compared.row(work, row.id)?);
    }
    let days = row.from_on..=row.to_on;
    for own in ours.iter().filter(|own| !taken.contains(&own.id) && days.contains(&own.received_on)) {
        rows.push(Compared::ours(own, replied(own)).row(work, row.id)?);
    }
    for chunk in rows.chunks(500) {
        line::Entity::insert_many(chunk.to_vec()).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}

async fn official_lines(at: &Reading, row: &Model) -> Result<Vec<official::Model>, Fault> {
    let found = official::Entity::find()
        .filter(official::Column::Channel.eq(row.channel.as_str()))
        .filter(official::Column::ReceivedOn.between(row.from_on, row.to_on))
        .order_by_asc(official::Column::ReceivedAt)
        .order_by_asc(official::Column::Id);
    Ok(found.all(&at.db()).await?)
}

/// Our complaints of those days and the window around them, and those of whatever day that carry the number of a line
/// of these; but for those another channel lists.
async fn our_complaints(at: &Reading, row: &Model, window: i64) -> Result<Vec<complaints::Model>, Fault> {
    use complaints::Column;
    let apart = Days::new(window.unsigned_abs());
    let from = row.from_on.checked_sub_days(apart).unwrap_or(row.from_on);
    let to = row.to_on.checked_add_days(apart).unwrap_or(row.to_on);
    let of = |others: bool| {
        let column = official::Column::Channel;
        Query::select()
            .column(official::Column::ExternalNo)
            .from(official::Entity)
            .and_where(if others { column.ne(row.channel.as_str()) } else { column.eq(row.channel.as_str()) })
            .to_owned()
    };
    let elsewhere = Condition::all()
        .add(Column::ExternalNo.in_subquery(of(true)))
        .add(Column::ExternalNo.not_in_subquery(of(false)));
    let ours = Condition::any().add(Column::ExternalNo.is_null()).add(elsewhere.not());
    let listed = Query::select()
        .column(official::Column::ExternalNo)
        .from(official::Entity)
        .and_where(official::Column::Channel.eq(row.channel.as_str()))
        .and_where(official::Column::ReceivedOn.between(row.from_on, row.to_on))
        .to_owned();
    let near = Column::ReceivedOn.between(from, to);
    let found = complaints::Entity::find()
        .filter(Condition::any().add(near).add(Column::ExternalNo.in_subquery(listed)))
        .filter(ours)
        .order_by_asc(Column::ReceivedAt)
        .order_by_asc(Column::Id);
    Ok(found.all(&at.db()).await?)
}

fn official_side(row: &official::Model) -> Side {
    Side {
        id: row.id,
        external_no: Some(row.external_no.clone()),
        phones: row.phone_key.iter().cloned().collect(),
        received_at: row.received_at,
        received_on: row.received_on,
    }
}

fn our_side(row: &complaints::Model) -> Side {
    Side {
        id: row.id,
        external_no: row.external_no.clone(),
        phones: row.phones(),
        received_at: row.received_at,
        received_on: row.received_on,
    }
}
