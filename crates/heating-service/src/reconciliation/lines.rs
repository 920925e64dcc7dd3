//! The lines of a reconciliation as callers see them.

use std::collections::HashMap;

use access::Actor;
use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use kernel::time::{self, Timestamp};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use serde::Serialize;
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::entity as reconciliations;
use super::entity::line::{Class, Column, Difference, Entity, Model};
use crate::official_line::entity::Channel;
use crate::official_line::{OfficialLineView, entity as official, view as official_view};
use crate::scope;
use crate::temperature::entity::json_list;

/// The lines of reconciliations.
pub struct ReconciliationLine;

/// An official line, a complaint of ours, or both.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReconciliationLineView {
    pub id: Uuid,
    pub reconciliation_id: Uuid,
    pub official_line_id: Option<Uuid>,
    pub official_line: Option<OfficialLineView>,
    pub complaint_id: Option<Uuid>,
    /// Null while a pair is only proposed.
    pub class: Option<Class>,
    pub proposed: bool,
    pub differences: Vec<Difference>,
    /// As they were when compared.
    pub official_state: Option<String>,
    pub official_replied_at: Option<Timestamp>,
    pub our_class: Option<String>,
    pub our_replied_at: Option<Timestamp>,
    pub note: Option<String>,
    pub decided_by: Option<Uuid>,
}

fn bad(parameter: &str) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter)
}

/// The lines of some reconciliations.
fn of(which: Condition) -> Condition {
    let rows =
        Query::select().column(reconciliations::Column::Id).from(reconciliations::Entity).cond_where(which).to_owned();
    Condition::all().add(Column::ReconciliationId.in_subquery(rows))
}

fn of_channels(codes: &str) -> Result<Condition, Fault> {
    let known = |code: &str| Channel::CODES.iter().copied().find(|known| *known == code);
    let channels: Option<Vec<&str>> = codes.split(',').map(known).collect();
    let channels = channels.ok_or_else(|| bad("channel"))?;
    Ok(of(Condition::all().add(reconciliations::Column::Channel.is_in(channels))))
}

/// `within=2026-11-01,2026-11-30`: lines of reconciliations that lie in these days; one day alone is that day.
fn within(days: &str) -> Result<Condition, Fault> {
    let day = |text: &str| -> Result<NaiveDate, Fault> { time::parse_date(text).map_err(|_| bad("within")) };
    let (from, to) = days.split_once(',').unwrap_or((days, days));
    let lies = Condition::all()
        .add(reconciliations::Column::FromOn.gte(day(from)?))
        .add(reconciliations::Column::ToOn.lte(day(to)?));
    Ok(of(lies))
}

impl Resource for ReconciliationLine {
    type Entity = Entity;
    type Row = Model;
    type View = ReconciliationLineView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "reconciliation_line";
    const PATH: &'static str = "/v1/complaint-reconciliation-lines";

    fn visible_to(actor: &Actor) -> Condition {
        scope::whole(actor)
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("created_at")
            .sort("created_at", Column::CreatedAt)
            .by("reconciliation_id", Column::ReconciliationId)
            .by("complaint_id", Column::ComplaintId)
            .by("official_line_id", Column::OfficialLineId)
            .code("class", Column::Class, Class::CODES)
            .custom("proposed", "boolean", |_, text| {
                let proposed = Condition::all().add(Column::Class.is_null());
                Ok(if list::truth("proposed", text)? { proposed } else { proposed.not() })
            })
            .custom("official", "boolean", |_, text| {
                let official = Condition::all().add(Column::OfficialLineId.is_not_null());
                Ok(if list::truth("official", text)? { official } else { official.not() })
            })
            .custom("channel", "string", |_, codes| of_channels(codes))
            .custom("within", "string", |_, days| within(days))
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<ReconciliationLineView>, Fault> {
        let named = official::Entity::find()
            .filter(official::Column::Id.is_in(rows.iter().filter_map(|row| row.official_line_id)));
        let named = named.all(&at.db()).await?;
        let mut official: HashMap<Uuid, OfficialLineView> =
            named.into_iter().map(|row| (row.id, official_view(row))).collect();
        let view = |row: Model| ReconciliationLineView {
            official_line: row.official_line_id.and_then(|id| official.remove(&id)),
            differences: json_list(&row.differences),
            proposed: row.class.is_none(),
            id: row.id,
            reconciliation_id: row.reconciliation_id,
            official_line_id: row.official_line_id,
            complaint_id: row.complaint_id,
            class: row.class,
            official_state: row.official_state,
            official_replied_at: row.official_replied_at.map(Timestamp::from),
            our_class: row.our_class,
            our_replied_at: row.our_replied_at.map(Timestamp::from),
            note: row.note,
            decided_by: row.decided_by,
        };
        Ok(rows.into_iter().map(view).collect())
    }
}
