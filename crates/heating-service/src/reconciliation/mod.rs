//! Reconciliations of our complaints with an official line (对账, HS-R19): every line in one class before it closes.

pub mod commands;
mod comparing;
pub mod entity;
mod lines;
pub mod matching;

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::report::{Value, share};
use kernel::time::{Timestamp, end_of_day, start_of_day};
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::official_line::OfficialLine;
use crate::official_line::entity::{self as official, Channel};
use crate::scope;
use entity::line::{self, Class};
use entity::{Column, Entity, Model, State};
pub use lines::{ReconciliationLine, ReconciliationLineView};

/// The reconciliations (HS-03).
pub struct ComplaintReconciliation;

/// Acts on a reconciliation.
pub const MOVES: LifeCycle<State, Model> = LifeCycle {
    entity: "heating.reconciliation",
    state: |it| it.row.state,
    moves: &[
        Move { action: "match", from: &[State::Open], to: None, guards: &[] },
        Move { action: "close", from: &[State::Open], to: Some(State::Closed), guards: &[] },
    ],
};

/// The permission of an act.
fn permission(action: &str) -> String {
    format!("heating.reconciliation:{}", if action == "match" { "work" } else { action })
}

/// A reconciliation with its lines by class.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ComplaintReconciliationView {
    pub id: Uuid,
    pub version: i32,
    /// `DZ-YYYYMMDD-NNNNNN`.
    pub number: String,
    pub channel: String,
    pub from: NaiveDate,
    /// The last day belongs to it.
    pub to: NaiveDate,
    pub state: State,
    /// Official lines; with `only_ours` the sum of the classes and of what is still proposed.
    pub lines: i64,
    pub by_class: LinesByClass,
    /// Replies by the line's limit, of those due in the period, in percent; one that is missing counts once it is due.
    /// Of a closed one as it stood then.
    #[schema(value_type = Option<String>)]
    pub official_reply_rate: Value,
    pub closed_by: Option<Uuid>,
    pub closed_at: Option<Timestamp>,
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Lines by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinesByClass {
    pub matched_equal: i64,
    pub matched_different: i64,
    pub only_official: i64,
    pub only_ours: i64,
    /// Waiting for somebody to confirm them.
    pub proposed: i64,
}

impl LinesByClass {
    /// Adds so many lines of a class.
    pub fn add(&mut self, class: Option<Class>, n: i64) {
        match class {
            Some(Class::MatchedEqual) => self.matched_equal += n,
            Some(Class::MatchedDifferent) => self.matched_different += n,
            Some(Class::OnlyOfficial) => self.only_official += n,
            Some(Class::OnlyOurs) => self.only_ours += n,
            None => self.proposed += n,
        }
    }
    /// Adds up.
    pub fn plus(&mut self, other: &Self) {
        self.matched_equal += other.matched_equal;
        self.matched_different += other.matched_different;
        self.only_official += other.only_official;
        self.only_ours += other.only_ours;
        self.proposed += other.proposed;
    }
    /// Those an official line stands behind.
    pub fn official(&self) -> i64 {
        self.matched_equal + self.matched_different + self.only_official + self.proposed
    }
}

/// The lines of several reconciliations by class.
pub(crate) async fn by_class(at: &Reading, ids: &[Uuid]) -> Result<HashMap<Uuid, LinesByClass>, Fault> {
    let rows: Vec<(Uuid, Option<Class>, i64)> = line::Entity::find()
        .select_only()
        .column(line::Column::ReconciliationId)
        .column(line::Column::Class)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(line::Column::ReconciliationId.is_in(ids.iter().copied()))
        .group_by(line::Column::ReconciliationId)
        .group_by(line::Column::Class)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut counts: HashMap<Uuid, LinesByClass> = HashMap::new();
    for (id, class, n) in rows {
        counts.entry(id).or_default().add(class, n);
    }
    Ok(counts)
}

/// Replies of a channel in time, and those due from one day to another, as far as the caller may know of the lines:
/// what is not answered is late once it is due.
pub(crate) async fn replies(
    at: &Reading,
    channel: &str,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<(i64, i64), Fault> {
    use official::Column;
    let rows: Vec<(Option<DateTimeUtc>, Option<DateTimeUtc>)> = official::Entity::find()
        .select_only()
        .column(Column::ReplyDueAt)
        .column(Column::RepliedAt)
        .filter(OfficialLine::visible(at))
        .filter(Column::Channel.eq(channel))
        .filter(Column::ReplyDueAt.gte(start_of_day(from)))
        .filter(Column::ReplyDueAt.lt(end_of_day(to)))
        .filter(Condition::any().add(Column::ReplyDueAt.lt(at.now)).add(Column::RepliedAt.is_not_null()))
        .into_tuple()
        .all(&at.db())
        .await?;
    let in_time = |(due, replied): &&(Option<DateTimeUtc>, Option<DateTimeUtc>)| {
        due.zip(*replied).is_some_and(|(due, replied)| replied <= due)
    };
    let met = rows.iter().filter(in_time).count();
    Ok((i64::try_from(met).unwrap_or(i64::MAX), i64::try_from(rows.len()).unwrap_or(i64::MAX)))
}

impl Resource for ComplaintReconciliation {
    type Entity = Entity;
    type Row = Model;
    type View = ComplaintReconciliationView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "complaint_reconciliation";
    const PATH: &'static str = "/v1/complaint-reconciliations";
    const LASTING: bool = true;

    /// They are of all stations: whoever knows every one.
    fn visible_to(actor: &Actor) -> Condition {
        scope::whole(actor)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-from")
            .sort("from", Column::FromOn)
            .sort("number", Column::Number)
            .by("number", Column::Number)
            .code("channel", Column::Channel, Channel::CODES)
            .code("state", Column::State, State::CODES)
            .range("from", Column::FromOn)
            .range("to", Column::ToOn)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ComplaintReconciliationView>, Fault> {
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut external = external_ids::list_for(at, Self::NAME, &ids).await?;
        let mut counts = by_class(at, &ids).await?;
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let by_class = counts.remove(&row.id).unwrap_or_default();
            let (met, due) = match row.replies_met.zip(row.replies_due) {
                Some(frozen) => frozen,
                None => replies(at, &row.channel, (row.from_on, row.to_on)).await?,
            };
            views.push(ComplaintReconciliationView {
                external_ids: external.remove(&row.id).unwrap_or_default(),
                lines: by_class.official(),
                by_class,
                official_reply_rate: share(met, due),
                id: row.id,
                version: row.version,
                number: row.number,
                channel: row.channel,
                from: row.from_on,
                to: row.to_on,
                state: row.state,
                closed_by: row.closed_by,
                closed_at: row.closed_at.map(Timestamp::from),
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            });
        }
        Ok(views)
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}
