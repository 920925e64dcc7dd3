//! Hiring, changing, giving posts and taking them away.

use access::JobRole;
use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::business_day;
use kernel::validation::{Email, Phone, clean_code, clean_name};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, IntoActiveModel, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::journal::Fact;
use store::{Resource, Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ACTIVE, ActiveModel, Column, Entity, Model};
use super::post::PostScope;
use super::{Skill, Staff, contact, life_cycle, post};
use crate::external_ids::{self, ExternalId};
use crate::matching::is_code;
use crate::said::said;
use crate::{locks, org_unit, referenced};

/// A new member of staff.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateStaff {
    #[schema(min_length = 1, max_length = 32)]
    pub number: String,
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    pub phone: Option<Phone>,
    /// Where he is written to.
    pub email: Option<Email>,
    pub org_unit_id: Uuid,
    #[serde(default)]
    #[schema(max_items = 30)]
    pub skills: Vec<Skill>,
    #[schema(minimum = 1, maximum = 1000)]
    pub daily_capacity: Option<i32>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// What of a member of staff may change.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StaffFields {
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    pub org_unit_id: Uuid,
    /// A new phone; left out, the present one stays, null removes it.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<Option<Phone>>,
    /// A new e-mail address; left out, the present one stays, null removes it.
    #[serde(default, deserialize_with = "said", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Email>)]
    pub email: Option<Option<Email>>,
    #[schema(max_items = 30)]
    pub skills: Vec<Skill>,
    #[schema(minimum = 1, maximum = 1000)]
    pub daily_capacity: Option<i32>,
    #[schema(pattern = "^(active|inactive)$")]
    pub status: String,
}

impl From<&Model> for StaffFields {
    fn from(row: &Model) -> Self {
        Self {
            name: row.name.clone(),
            org_unit_id: row.org_unit_id,
            phone: None,
            email: None,
            skills: serde_json::from_str(&row.skills).unwrap_or_default(),
            daily_capacity: row.daily_capacity,
            status: row.status.clone(),
        }
    }
}

async fn check_unit(work: &Work, id: Uuid) -> Result<(), Fault> {
    match org_unit::Entity::find_by_id(id).one(&work.db()).await? {
        Some(_) => Ok(()),
        None => Err(Fault::field("/org_unit_id", "not_found")),
    }
}

/// Adds a member of staff.
///
/// # Errors
/// 409 `already_exists` when the staff number is taken.
pub async fn create(work: &Work, input: &CreateStaff) -> Result<Model, Fault> {
    check_unit(work, input.org_unit_id).await?;
    let (number, name) = (clean_code(&input.number, "/number")?, clean_name(&input.name, "/name")?);
    locks::hold(work, vec![format!("staff|number|{}", number.to_lowercase())]).await?;
    if Entity::find().filter(is_code(Column::Number, &number)).one(&work.db()).await?.is_some() {
        return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "number"));
    }
    let id = ids::new_id(work.now);
    let mut row = ActiveModel {
        id: Set(id),
        version: Set(1),
        created_at: Set(work.now),
        updated_at: Set(work.now),
        number: Set(number),
        name: Set(name),
        phone_sealed: Set(None),
        phone_masked: Set(None),
        email_sealed: Set(None),
        email_masked: Set(None),
        org_unit_id: Set(input.org_unit_id),
        skills: Set(serde_json::to_string(&input.skills).map_err(Fault::internal)?),
        daily_capacity: Set(input.daily_capacity),
        status: Set("active".to_owned()),
    };
    contact::seal(work, id, input.phone.as_ref(), input.email.as_ref(), &mut row).await?;
    let row = work.create::<Staff>(row, |fact| fact, "created").await?;
    external_ids::attach_all(work, Staff::NAME, id, &input.external_ids).await?;
    Ok(row)
}

/// Changes a member of staff; who becomes inactive loses his posts at once.
pub async fn update(work: &Work, row: &Model, fields: StaffFields) -> Result<Model, Fault> {
    let name = clean_name(&fields.name, "/name")?;
    check_unit(work, fields.org_unit_id).await?;
    let mut change = row.clone().into_active_model();
    change.name = Set(name);
    change.org_unit_id = Set(fields.org_unit_id);
    change.skills = Set(serde_json::to_string(&fields.skills).map_err(Fault::internal)?);
    change.daily_capacity = Set(fields.daily_capacity);
    change.status = Set(fields.status.clone());
    contact::change(work, row.id, fields.phone.as_ref(), fields.email.as_ref(), &mut change).await?;
    let ended = match row.is_active() && fields.status != ACTIVE {
        true => post::end_all(work, row.id).await?,
        false => Vec::new(),
    };
    work.forget();
    let row = work.change::<Staff>(row, change, "updated", |fact| fact).await?;
    for post in ended {
        work.record(Fact::of::<Staff>("post_ended", &row).with("role", post.role));
    }
    Ok(row)
}

/// A post for somebody.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StartPost {
    pub role: JobRole,
    /// Default: the unit the person belongs to.
    pub org_unit_id: Option<Uuid>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub project_ids: Vec<Uuid>,
    #[schema(pattern = "^(civil|installation|fitout|landscape)$")]
    pub discipline: Option<String>,
    /// Unit, projects and discipline as one object; what it says goes before the fields beside it.
    pub scope: Option<PostScope>,
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

impl StartPost {
    /// What the post reaches: as `scope` says it, else as the flat fields do.
    fn reach(&self) -> PostScope {
        let said = self.scope.clone().unwrap_or_default();
        PostScope {
            org_unit_id: said.org_unit_id.or(self.org_unit_id),
            project_ids: if said.project_ids.is_empty() { self.project_ids.clone() } else { said.project_ids },
            discipline: said.discipline.or_else(|| self.discipline.clone()),
        }
    }
}

/// The same post, for days it is held already.
async fn held_already(work: &Work, id: Uuid, unit: Uuid, input: &StartPost, scope: &PostScope) -> Result<(), Fault> {
    let last = input.to.map_or_else(Condition::all, |to| Condition::all().add(post::Column::FromOn.lte(to)));
    let held = post::Entity::find()
        .filter(post::Column::StaffId.eq(id))
        .filter(post::Column::Role.eq(input.role.code()))
        .filter(post::Column::OrgUnitId.eq(unit))
        .filter(post::not_over(input.from))
        .filter(last)
        .all(&work.db())
        .await?;
    let same = |post: &post::Model| post.projects() == scope.project_ids && post.discipline == scope.discipline;
    match held.iter().any(same) {
        true => Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "role")),
        false => Ok(()),
    }
}

/// Gives somebody a post.
///
/// # Errors
/// 409 `already_exists` for a post he holds already on one of the days.
pub async fn start_post(work: &Work, id: Uuid, input: &StartPost) -> Result<Model, Fault> {
    let scope = input.reach();
    let check = async |row: &Model| {
        let mut errors = FieldErrors::default();
        errors.add_if(!input.role.is_staff(), "/role", "invalid_enum");
        errors.add_if(input.to.is_some_and(|to| to < input.from), "/to", "date_order");
        let unit = scope.org_unit_id.unwrap_or(row.org_unit_id);
        let known = org_unit::Entity::find_by_id(unit).one(&work.db()).await?.is_some();
        let scoped = input.scope.as_ref().is_some_and(|scope| scope.org_unit_id.is_some());
        errors.add_if(!known, if scoped { "/scope/org_unit_id" } else { "/org_unit_id" }, "not_found");
        errors.finish()
    };
    let row = resource::take_checked::<Staff>(work, id, check).await?;
    life_cycle::take(work, "posts", &row)?;
    let unit = scope.org_unit_id.unwrap_or(row.org_unit_id);
    let pointer = match &input.scope {
        Some(said) if !said.project_ids.is_empty() => "/scope/project_ids",
        _ => "/project_ids",
    };
    referenced::projects_known(work, &scope.project_ids, pointer).await?;
    held_already(work, id, unit, input, &scope).await?;
    let post = post::ActiveModel {
        id: Set(ids::new_id(work.now)),
        staff_id: Set(id),
        role: Set(input.role.code().to_owned()),
        org_unit_id: Set(unit),
        project_ids: Set(serde_json::to_string(&scope.project_ids).map_err(Fault::internal)?),
        discipline: Set(scope.discipline),
        from_on: Set(input.from),
        to_on: Set(input.to),
        ended_at: Set(None),
        created_at: Set(work.now),
    };
    work.insert(post).await?;
    work.forget();
    let fact = |fact: Fact| fact.with("role", input.role.code());
    work.change::<Staff>(&row, row.clone().into_active_model(), "post_started", fact).await
}

/// Which post ends, and when.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EndPost {
    /// The post; else `role`.
    pub post_id: Option<Uuid>,
    pub role: Option<JobRole>,
    /// Last day; default: it ends at once.
    pub to: Option<NaiveDate>,
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// The post that is to end, among those that are not over.
async fn named(work: &Work, staff_id: Uuid, input: &EndPost) -> Result<post::Model, Fault> {
    let held = post::Entity::find()
        .filter(post::Column::StaffId.eq(staff_id))
        .filter(post::not_over(business_day(work.now)))
        .order_by_asc(post::Column::FromOn)
        .all(&work.db())
        .await?;
    let role = input.role.map(JobRole::code);
    let found = held.into_iter().find(|post| match (input.post_id, role) {
        (Some(wanted), _) => post.id == wanted,
        (None, Some(role)) => post.role == role,
        (None, None) => false,
    });
    found.ok_or_else(|| Fault::field(if input.post_id.is_some() { "/post_id" } else { "/role" }, "not_found"))
}

/// Ends a post: it stops working at once, not when a token expires.
pub async fn end_post(work: &Work, id: Uuid, input: &EndPost) -> Result<Model, Fault> {
    let (row, found) =
        resource::take_with::<Staff, _>(work, id, async |_: &Model| named(work, id, input).await).await?;
    life_cycle::take(work, "end-post", &row)?;
    let role = found.role.clone();
    let first = found.from_on;
    let mut change = found.into_active_model();
    match input.to.filter(|to| *to >= business_day(work.now)) {
        Some(to) if to < first => return Err(Fault::field("/to", "date_order")),
        Some(to) => change.to_on = Set(Some(to)),
        None => change.ended_at = Set(Some(work.now)),
    }
    post::Entity::update(change).validate()?.exec(&work.db()).await?;
    work.forget();
    let fact = |fact: Fact| match &input.reason {
        Some(reason) => fact.with("role", role.as_str()).reason(reason.as_str()),
        None => fact.with("role", role.as_str()),
    };
    work.change::<Staff>(&row, row.clone().into_active_model(), "post_ended", fact).await
}
