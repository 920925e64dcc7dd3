//! Reconciliation with an outlet (配件对账): our figures of a month's end beside its own.

use access::Actor;
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::Stock;
use kernel::ids;
use kernel::time::{Month, Timestamp};
use registers::{locks, referenced};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::life_cycle::{Allowed, LifeCycle, Move, Subject};
use store::list::Columns;
use store::resource::{self, Expansion, Placement};
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::balance;
use super::location::{Location, LocationKind};
use crate::outlet::{ServiceOutlet, known_to};
use crate::repair_order::json;
use crate::ticket::entity::json_list;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "part_reconciliation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub created_by: Uuid,
    pub updated_at: DateTimeUtc,
    pub outlet_id: Uuid,
    pub month: String,
    pub status: Status,
    /// JSON of [`ReconciliationLine`]s.
    pub lines: String,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Where a reconciliation stands (对账状态).
#[codes::code(name = "PartReconciliationStatus")]
pub enum Status {
    /// 待确认
    Open,
    /// 相符
    Confirmed,
    /// 不符
    Disputed,
}

/// A part at the outlet at the month's end, in our book and in its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PartReconciliationLine)]
pub struct ReconciliationLine {
    pub part_id: Uuid,
    pub ours: Stock,
    pub theirs: Option<Stock>,
}

/// The reconciliations (TK-R33).
pub struct PartReconciliation;

/// A reconciliation of a month.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartReconciliationView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by: Uuid,
    pub outlet_id: Uuid,
    #[schema(value_type = Month)]
    pub month: String,
    pub status: Status,
    pub lines: Vec<ReconciliationLine>,
    pub confirmed_by: Option<Uuid>,
    pub confirmed_at: Option<Timestamp>,
}

/// Acts on a reconciliation.
pub const MOVES: LifeCycle<Status, Model> = LifeCycle {
    entity: "tickets.part_reconciliation",
    state: |it| it.row.status,
    moves: &[Move { action: "confirm", from: &[Status::Open, Status::Disputed], to: None, guards: &[] }],
};

impl Resource for PartReconciliation {
    type Entity = Entity;
    type Row = Model;
    type View = PartReconciliationView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "part_reconciliation";
    const PATH: &'static str = "/v1/part-reconciliations";

    fn visible_to(actor: &Actor) -> Condition {
        Condition::all().add(Column::OutletId.in_subquery(known_to(actor)))
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("-created_at")
            .by("outlet_id", Column::OutletId)
            .months("month", Column::Month)
            .code("status", Column::Status, Status::CODES)
            .sort("created_at", Column::CreatedAt)
            .sort("month", Column::Month)
    }
    fn placement(_: &Model) -> Placement {
        Placement::default()
    }
    fn expansions() -> Vec<Expansion> {
        vec![Expansion::one::<ServiceOutlet>("outlet", "outlet_id")]
    }
    async fn views(_: &Reading, rows: Vec<Model>) -> Result<Vec<PartReconciliationView>, Fault> {
        let view = |row: Model| PartReconciliationView {
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            created_by: row.created_by,
            outlet_id: row.outlet_id,
            status: row.status,
            lines: json_list(&row.lines),
            confirmed_by: row.confirmed_by,
            confirmed_at: row.confirmed_at.map(Timestamp::from),
            month: row.month,
        };
        Ok(rows.into_iter().map(view).collect())
    }
    async fn allowed_actions(at: &Reading, row: &Model) -> Result<Option<Vec<Allowed>>, Fault> {
        Ok(Some(MOVES.allowed(&Subject::of(at, row), at.lang())))
    }
}

/// Which outlet and month.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreatePartReconciliation {
    pub outlet_id: Uuid,
    pub month: Month,
}

/// What the outlet has, part by part.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ConfirmPartReconciliation {
    /// Parts left out agree with our figure.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub lines: Vec<TheirLine>,
}

/// What the outlet has of a part.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TheirPartReconciliationLine)]
pub struct TheirLine {
    pub part_id: Uuid,
    pub theirs: Stock,
}

/// Our figures of an outlet at a month's end, as the ledger has them now.
async fn ours(at: &Reading, outlet_id: Uuid, month: Month) -> Result<Vec<ReconciliationLine>, Fault> {
    let here = Location { kind: LocationKind::Outlet, reference: Some(outlet_id) };
    let held = balance::as_of(at, Some(month.last_day())).await?;
    let line = |((part_id, _), milli): ((Uuid, Location), i64)| {
        Ok(ReconciliationLine { part_id, ours: Stock::from_units(milli).map_err(Fault::internal)?, theirs: None })
    };
    held.into_iter().filter(|((_, place), _)| *place == here).map(line).collect()
}

/// Opens a reconciliation with our figures of the month's end.
pub async fn create(work: &Work, input: &CreatePartReconciliation) -> Result<Model, Fault> {
    let outlet = referenced::known::<ServiceOutlet>(work, input.outlet_id, "/outlet_id").await?;
    let month = input.month.to_string();
    locks::hold(work, vec![format!("part_reconciliation|{}|{month}", outlet.id)]).await?;
    let same = Entity::find().filter(Column::OutletId.eq(outlet.id)).filter(Column::Month.eq(month.as_str()));
    if same.one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "month"));
    }
    let lines = ours(work, outlet.id, input.month).await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        outlet_id: Set(outlet.id),
        month: Set(month),
        status: Set(Status::Open),
        lines: Set(json(&lines)?),
        confirmed_by: Set(None),
        confirmed_at: Set(None),
    };
    work.create::<PartReconciliation>(row, |fact| fact, "created").await
}

/// The outlet says what it has: confirmed when all agrees, else disputed. What was disputed is compared with our book
/// as it was put right meanwhile.
pub async fn confirm(work: &Work, id: Uuid, input: &ConfirmPartReconciliation) -> Result<Model, Fault> {
    let judge = |_: &Model| {
        let mut errors = FieldErrors::default();
        for (n, theirs) in input.lines.iter().enumerate() {
            let repeated = input.lines[..n].iter().any(|other| other.part_id == theirs.part_id);
            errors.add_if(repeated, &format!("/lines/{n}/part_id"), "repeated_items");
        }
        errors.finish()
    };
    let row = resource::take_judged::<PartReconciliation>(work, id, judge).await?;
    MOVES.take("confirm", &Subject::of(work, &row))?;
    let mut lines: Vec<ReconciliationLine> = match row.status {
        Status::Disputed => ours(work, row.outlet_id, Month::parse(&row.month).map_err(Fault::internal)?).await?,
        Status::Open | Status::Confirmed => json_list(&row.lines),
    };
    for line in &mut lines {
        line.theirs = Some(line.ours);
    }
    for (n, theirs) in input.lines.iter().enumerate() {
        crate::part::named(work, theirs.part_id, &format!("/lines/{n}/part_id")).await?;
        match lines.iter_mut().find(|line| line.part_id == theirs.part_id) {
            Some(line) => line.theirs = Some(theirs.theirs),
            None => {
                let ours = Stock::from_units(0).map_err(Fault::internal)?;
                lines.push(ReconciliationLine { part_id: theirs.part_id, ours, theirs: Some(theirs.theirs) });
            }
        }
    }
    let agrees = lines.iter().all(|line| line.theirs == Some(line.ours));
    let mut change = row.clone().into_active_model();
    change.status = Set(if agrees { Status::Confirmed } else { Status::Disputed });
    change.lines = Set(json(&lines)?);
    change.confirmed_by = Set(Some(work.actor().sub));
    change.confirmed_at = Set(Some(work.now));
    let verb = if agrees { "confirmed" } else { "disputed" };
    work.change::<PartReconciliation>(&row, change, verb, |fact| fact).await
}
