//! Cross-checks with another laboratory (比对, HS-09): a part of a sample is sent away, and both values compared on the
//! dry basis against the critical difference R (HS-R54).

pub mod commands;
pub mod comparing;
pub mod entity;

use std::collections::HashMap;

use access::Actor;
use kernel::fault::{self, Fault};
use kernel::time::Timestamp;
use registers::external_ids::ExternalId;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QueryOrder};
use serde::Serialize;
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource};
use utoipa::ToSchema;

use crate::lab::exact::shown;
use crate::lab::item::Item;
use crate::retention::blind_codes;
use entity::{Column, Entity, Model, Status, Verdict, lines};

/// The cross-checks (HS-09).
pub struct CrossCheck;

/// Acts on a cross-check.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "heating.cross_check",
    state: |it| it.row.status,
    moves: &[
        Move { action: "send", from: &[Status::Split], to: Some(Status::Sent), guards: &[] },
        Move { action: "compare", from: &[Status::Sent], to: Some(Status::Compared), guards: &[] },
        Move { action: "review", from: &[Status::Compared], to: Some(Status::Reviewed), guards: &[] },
    ],
};

/// The permission of an act.
fn permission(action: &str) -> String {
    let verb = if action == "review" { "review" } else { "work" };
    format!("heating.cross_check:{verb}")
}

/// A sample determined by two laboratories.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CrossCheckView {
    pub id: Uuid,
    pub version: i32,
    pub number: Option<String>,
    pub sample_id: Uuid,
    pub blind_code: String,
    pub status: Status,
    /// The other laboratory, a supplier.
    pub laboratory_id: Option<Uuid>,
    /// The number the other laboratory gave it.
    pub external_no: Option<String>,
    pub sent_at: Option<Timestamp>,
    pub compared_at: Option<Timestamp>,
    pub lines: Vec<CrossCheckLine>,
    /// The worst of its lines.
    pub verdict: Option<Verdict>,
    pub reviewed_by: Option<Uuid>,
    pub reviewed_at: Option<Timestamp>,
    pub note: Option<String>,
    /// Empty: no other system enters them.
    pub external_ids: Vec<ExternalId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One item, dry basis; heat in MJ/kg.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CrossCheckLine {
    pub item: Item,
    pub ours_d: String,
    pub theirs_d: String,
    /// The critical difference; null where the method has none.
    #[serde(rename = "R")]
    pub r: Option<String>,
    /// Ours less theirs.
    pub deviation: String,
    pub verdict: Verdict,
}

fn with_line(test: Expr) -> Condition {
    let lines = Query::select().column(lines::Column::CheckId).from(lines::Entity).and_where(test).to_owned();
    Condition::all().add(Column::Id.in_subquery(lines))
}

fn any_code(name: &str, text: &str, codes: &[&str]) -> Result<Vec<String>, Fault> {
    let parts: Vec<String> = text.split(',').map(str::to_owned).collect();
    match parts.iter().all(|part| codes.contains(&part.as_str())) {
        true => Ok(parts),
        false => Err(Fault::new(&fault::INVALID_PARAMETER).with("parameter", name)),
    }
}

impl Resource for CrossCheck {
    type Entity = Entity;
    type Row = Model;
    type View = CrossCheckView;
    const DOMAIN: &'static str = "heating";
    const NAME: &'static str = "cross_check";
    const PATH: &'static str = "/v1/cross-checks";
    const LASTING: bool = true;

    fn visible_to(_: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .sort("created_at", Column::CreatedAt)
            .by("number", Column::Number)
            .by("sample_id", Column::SampleId)
            .by("laboratory_id", Column::LaboratoryId)
            .code("status", Column::Status, Status::CODES)
            .code("verdict", Column::Verdict, Verdict::CODES)
            .range("compared_at", Column::ComparedAt)
            .custom("item", "string", |_, text| {
                let items = any_code("item", text, Item::CODES)?;
                Ok(with_line(lines::Column::Item.is_in(items)))
            })
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    async fn views(at: &Reading, rows: Vec<Model>) -> Result<Vec<CrossCheckView>, Fault> {
        let codes = blind_codes(at, rows.iter().map(|row| row.sample_id)).await?;
        let found = lines::Entity::find()
            .filter(lines::Column::CheckId.is_in(rows.iter().map(|row| row.id)))
            .order_by_asc(lines::Column::Position);
        let mut of_check: HashMap<Uuid, Vec<CrossCheckLine>> = HashMap::new();
        for row in found.all(&at.db()).await? {
            of_check.entry(row.check_id).or_default().push(line(&row));
        }
        let view = |row: Model| CrossCheckView {
            external_ids: Vec::new(),
            blind_code: codes.get(&row.sample_id).cloned().unwrap_or_default(),
            lines: of_check.remove(&row.id).unwrap_or_default(),
            id: row.id,
            version: row.version,
            number: row.number,
            sample_id: row.sample_id,
            status: row.status,
            laboratory_id: row.laboratory_id,
            external_no: row.external_no,
            sent_at: row.sent_at.map(Timestamp::from),
            compared_at: row.compared_at.map(Timestamp::from),
            verdict: row.verdict,
            reviewed_by: row.reviewed_by,
            reviewed_at: row.reviewed_at.map(Timestamp::from),
            note: row.note,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        };
        Ok(rows.into_iter().map(view).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed_under(permission, &Subject::of(at, row), at.lang())))
    }
}

fn line(row: &lines::Model) -> CrossCheckLine {
    let decimals = comparing::decimals(row.item);
    let figure = |units: i64| shown(units, decimals);
    CrossCheckLine {
        item: row.item,
        ours_d: figure(row.ours_units),
        theirs_d: figure(row.theirs_units),
        r: row.limit_units.map(figure),
        deviation: figure(row.deviation_units),
        verdict: row.verdict,
    }
}
