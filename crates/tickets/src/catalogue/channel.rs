//! Channels (渠道): the ways customers reach the desk.

use access::Actor;
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::Timestamp;
use kernel::validation::Phone;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, Set};
use serde::{Deserialize, Serialize};
use store::list::Columns;
use store::resource::Placement;
use store::{Reading, Resource, Work};
use utoipa::ToSchema;
use validator::Validate;

use super::{Medium, insert_new};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "channel")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub code: String,
    pub name: String,
    pub medium: Medium,
    /// The number customers dial, e.g. 96123-4.
    pub service_number: Option<String>,
    /// Tickets of this channel name the call they came by.
    pub needs_call: bool,
    /// The unit that receives when the recorder has none.
    pub default_org_unit_id: Option<Uuid>,
    pub active: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// Channels as a resource (TK-01).
pub struct Channel;

impl Resource for Channel {
    type Entity = Entity;
    type Row = Model;
    type View = ChannelView;
    const DOMAIN: &'static str = "tickets";
    const NAME: &'static str = "channel";
    const PATH: &'static str = "/v1/channels";
    const REMEMBERED: bool = true;

    fn visible_to(_actor: &Actor) -> Condition {
        Condition::all()
    }
    fn columns() -> Columns<Self> {
        Columns::sorted_by("code")
            .by("code", Column::Code)
            .code("medium", Column::Medium, Medium::CODES)
            .by("active", Column::Active)
            .sort("code", Column::Code)
            .sort("created_at", Column::CreatedAt)
    }
    fn placement(row: &Model) -> Placement {
        Placement { org_unit_id: row.default_org_unit_id, ..Placement::default() }
    }
    async fn views(_at: &Reading, rows: Vec<Model>) -> Result<Vec<ChannelView>, Fault> {
        Ok(rows.into_iter().map(ChannelView::from).collect())
    }
}

/// A channel (渠道).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChannelView {
    pub id: Uuid,
    pub version: i32,
    pub created_at: Timestamp,
    pub code: String,
    pub name: String,
    pub medium: Medium,
    pub service_number: Option<String>,
    /// A ticket of this channel needs `call_ids`.
    pub needs_call: bool,
    pub default_org_unit_id: Option<Uuid>,
    pub active: bool,
}

impl From<Model> for ChannelView {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            version: row.version,
            created_at: row.created_at.into(),
            code: row.code,
            name: row.name,
            medium: row.medium,
            service_number: row.service_number,
            needs_call: row.needs_call,
            default_org_unit_id: row.default_org_unit_id,
            active: row.active,
        }
    }
}

/// A new channel.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateChannel {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub medium: Medium,
    pub service_number: Option<Phone>,
    #[serde(default)]
    pub needs_call: bool,
    pub default_org_unit_id: Option<Uuid>,
    /// True when absent.
    pub active: Option<bool>,
}

/// What may change of a channel; code and medium stay.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChannelFields {
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub service_number: Option<Phone>,
    pub needs_call: bool,
    pub default_org_unit_id: Option<Uuid>,
    pub active: bool,
}

impl From<&Model> for ChannelFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            service_number: row.service_number.as_deref().and_then(|number| Phone::parse(number).ok()),
            needs_call: row.needs_call,
            default_org_unit_id: row.default_org_unit_id,
            active: row.active,
        }
    }
}

/// Creates a channel; its code is never used again.
pub async fn create(work: &Work, cmd: &CreateChannel) -> Result<Model, Fault> {
    if let Some(unit) = cmd.default_org_unit_id {
        registers::org_unit_known(work, unit, "/default_org_unit_id").await?;
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        code: Set(cmd.code.clone()),
        name: Set(cmd.name.trim().to_owned()),
        medium: Set(cmd.medium),
        service_number: Set(cmd.service_number.as_ref().map(|number| number.as_str().to_owned())),
        needs_call: Set(cmd.needs_call),
        default_org_unit_id: Set(cmd.default_org_unit_id),
        active: Set(cmd.active.unwrap_or(true)),
    };
    insert_new::<Channel>(work, row, "code").await
}

/// Changes a channel, or takes it out of use.
pub async fn update(work: &Work, row: &Model, fields: ChannelFields) -> Result<Model, Fault> {
    if let Some(unit) = fields.default_org_unit_id.filter(|unit| row.default_org_unit_id != Some(*unit)) {
        registers::org_unit_known(work, unit, "/default_org_unit_id").await?;
    }
    let mut next = row.clone().into_active_model();
    next.name = Set(fields.name.trim().to_owned());
    next.service_number = Set(fields.service_number.map(|number| number.as_str().to_owned()));
    next.needs_call = Set(fields.needs_call);
    next.default_org_unit_id = Set(fields.default_org_unit_id);
    next.active = Set(fields.active);
    work.change::<Channel>(row, next, "updated", |fact| fact).await
}
