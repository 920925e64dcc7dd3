//! Drafting, changing and approving a campaign.

use access::JobRole;
use kernel::fault::{ABOVE_AUTHORITY, Fault};
use kernel::ids;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::acts::BareAct;
use store::life_cycle::Subject;
use store::{Resource, Work, numbers, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Kind, Model, Status};
use super::{MOVES, OutreachCampaign, read, standing};
use crate::audience::Audience;
use crate::message_template::{self, MessageValues};
use crate::problems::TEMPLATE_NOT_APPROVED;

/// A new draft.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateCampaign {
    pub kind: Kind,
    /// The kind when left out.
    #[schema(min_length = 1, max_length = 80)]
    pub name: Option<String>,
    /// Every active customer in scope when left out.
    #[serde(default)]
    pub audience: Audience,
    #[schema(min_length = 1, max_length = 64)]
    pub template_code: String,
    /// Values of the template that are the same for everybody.
    #[serde(default)]
    pub values: MessageValues,
    /// Artwork and what belongs to it.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub document_ids: Vec<Uuid>,
    /// Nothing goes out before.
    pub planned_at: Option<Timestamp>,
}

/// What may change of a draft.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CampaignFields {
    pub kind: Kind,
    #[schema(min_length = 1, max_length = 80)]
    pub name: String,
    pub audience: Audience,
    #[schema(min_length = 1, max_length = 64)]
    pub template_code: String,
    pub values: MessageValues,
    #[schema(max_items = 50)]
    pub document_ids: Vec<Uuid>,
    pub planned_at: Option<Timestamp>,
}

impl From<&Model> for CampaignFields {
    fn from(row: &Model) -> Self {
        Self {
            kind: row.kind,
            name: row.name.clone(),
            audience: read(&row.audience),
            template_code: row.template_code.clone(),
            values: read(&row.filled),
            document_ids: read(&row.document_ids),
            planned_at: row.planned_at.map(Timestamp::from),
        }
    }
}

fn written(value: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}

/// The template there is, approved or not.
async fn template_known(work: &Work, code: &str) -> Result<(), Fault> {
    use message_template::entity::{Column, Entity};
    let known = Entity::find().filter(Column::Code.eq(code)).order_by_desc(Column::Revision).one(&work.db()).await?;
    known.map(drop).ok_or_else(|| Fault::field("/template_code", "not_found"))
}

/// Drafts a campaign.
pub async fn create(work: &Work, input: &CreateCampaign) -> Result<Model, Fault> {
    template_known(work, &input.template_code).await?;
    input.audience.check_named(work, "/audience").await?;
    documents::ensure_visible(work, &input.document_ids).await?;
    let name = input.name.as_deref().map_or_else(|| input.kind.code().to_owned(), |name| name.trim().to_owned());
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        created_by: Set(work.actor().sub),
        edited_by: Set(None),
        number: Set(numbers::next(work, "OC").await?),
        org_unit_id: Set(work.actor().scope.org_unit_id),
        name: Set(name),
        kind: Set(input.kind),
        audience: Set(written(&input.audience)?),
        template_code: Set(input.template_code.clone()),
        template_id: Set(None),
        filled: Set(written(&input.values)?),
        document_ids: Set(written(&input.document_ids)?),
        planned_at: Set(input.planned_at.map(|at| at.0)),
        status: Set(Status::Draft),
        approved_at: Set(None),
        approved_by: Set(None),
        started_at: Set(None),
        ended_at: Set(None),
        finish_told: Set(false),
    };
    let row = work.create::<OutreachCampaign>(row, |fact| fact, "created").await?;
    documents::attach(work, &input.document_ids, OutreachCampaign::NAME, row.id, "artwork").await?;
    Ok(row)
}

/// What a campaign may do now.
pub(super) async fn judged(work: &Work, row: &Model, action: &str) -> Result<Status, Fault> {
    let row = &standing(work, row).await?;
    MOVES.take(action, &Subject::of(work, row))
}

/// Changes a draft; a graphic designer only its documents.
pub async fn update(work: &Work, row: &Model, fields: CampaignFields) -> Result<Model, Fault> {
    template_known(work, &fields.template_code).await?;
    if written(&fields.audience)? != row.audience {
        fields.audience.check_named(work, "/audience").await?;
    }
    documents::ensure_visible(work, &fields.document_ids).await?;
    judged(work, row, "update").await?;
    let mut change = row.clone().into_active_model();
    change.kind = Set(fields.kind);
    change.name = Set(fields.name.trim().to_owned());
    change.audience = Set(written(&fields.audience)?);
    change.template_code = Set(fields.template_code.clone());
    change.filled = Set(written(&fields.values)?);
    change.planned_at = Set(fields.planned_at.map(|at| at.0));
    if work.actor().is(JobRole::GraphicDesigner) {
        let before = CampaignFields::from(row);
        let same = CampaignFields { document_ids: before.document_ids.clone(), ..fields.clone() };
        if written(&before)? != written(&same)? {
            return Err(Fault::new(&ABOVE_AUTHORITY).with("reason", "documents_only"));
        }
    } else {
        change.edited_by = Set(Some(work.actor().sub));
    }
    change.document_ids = Set(written(&fields.document_ids)?);
    documents::attach(work, &fields.document_ids, OutreachCampaign::NAME, row.id, "artwork").await?;
    work.change::<OutreachCampaign>(row, change, "updated", |fact| fact).await
}

/// Takes a campaign for an act: in scope, locked, the act allowed.
pub(super) async fn take(work: &Work, id: Uuid, action: &str) -> Result<(Model, Status), Fault> {
    let row = resource::take::<OutreachCampaign>(work, id).await?;
    let to = judged(work, &row, action).await?;
    Ok((row, to))
}

/// Approves a campaign with the text as it is approved now.
///
/// # Errors
/// 409 `template_not_approved`, `separation_of_duties`, `above_authority`.
pub async fn approve(work: &Work, id: Uuid, _input: &BareAct) -> Result<Model, Fault> {
    let (row, to) = take(work, id, "approve").await?;
    let template = message_template::approved(work, &row.template_code).await?;
    let template = template.ok_or_else(|| Fault::new(&TEMPLATE_NOT_APPROVED).rule("TK-R35"))?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.template_id = Set(Some(template.id));
    change.approved_at = Set(Some(work.now));
    change.approved_by = Set(Some(work.actor().sub));
    work.change::<OutreachCampaign>(&row, change, "approved", |fact| fact).await
}
