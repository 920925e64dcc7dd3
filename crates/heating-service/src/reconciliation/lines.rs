//! The lines of a reconciliation as callers see them.

use std::collections::HashMap;

use access::Actor;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::list::{self, Columns};
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use super::entity::line::{Class, Column, Difference, Entity, Model};
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

impl Resource for ReconciliationLine {
    type Entity = Entity;
    type Row = Model;
    type View = ReconciliationLineView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "reconciliation_line";
    const PATH: &'static str = "/v1/complaint-reconciliations/lines";

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
