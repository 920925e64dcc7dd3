//! Rows of staff, by their number; with a post where the row names one.

use access::JobRole;
use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::time::business_day;
use kernel::validation::{Email, Phone, clean_name};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow, same};
use store::{Work, resource};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::staff::commands::{CreateStaff, StaffFields, StartPost, create, start_post, update};
use crate::staff::{self, Model, Skill, Staff, contact, post};

/// A row of `staff`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedStaff)]
pub struct StaffRow {
    #[schema(min_length = 1, max_length = 32)]
    number: String,
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    phone: Option<Phone>,
    email: Option<Email>,
    /// Code of the unit he belongs to.
    org_unit_code: String,
    /// `category:level`, level 1–5.
    #[serde(default)]
    #[schema(max_items = 30)]
    skills: Vec<String>,
    #[schema(minimum = 1, maximum = 1000)]
    daily_capacity: Option<i32>,
    /// The post he holds in his unit.
    role: Option<JobRole>,
    /// First day of the post; today when absent.
    role_from: Option<NaiveDate>,
}

impl ImportRow for StaffRow {
    const KIND: &'static str = "staff";
    const TITLE: (&'static str, &'static str) = ("人员", "Staff");
    const PERMISSION: &'static str = "platform.staff:manage";
    const COLUMNS: &'static [Column] = &[
        Column::text("number", "工号"),
        Column::text("name", "姓名"),
        Column::text("phone", "电话"),
        Column::text("email", "邮箱"),
        Column::text("org_unit_code", "机构编码").or("org_unit_id"),
        Column::new("skills", "技能", Cell::Codes),
        Column::new("daily_capacity", "日处理量", Cell::Integer),
        Column::text("role", "岗位"),
        Column::new("role_from", "任职日期", Cell::Date),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let org_unit_id = super::unit_id(work, &self.org_unit_code, "/org_unit_code").await?;
        let skills = self.skills()?;
        let known = staff::Entity::find().filter(staff::Column::Number.eq(&self.number)).one(&work.db()).await?;
        let (row, mut changed) = match known {
            None => {
                let input = CreateStaff {
                    number: self.number.clone(),
                    name: self.name.clone(),
                    phone: self.phone.clone(),
                    email: self.email.clone(),
                    org_unit_id,
                    skills,
                    daily_capacity: self.daily_capacity,
                    external_ids: Vec::new(),
                };
                (create(work, &input).await?, true)
            }
            Some(known) => self.change(work, known.id, org_unit_id, skills).await?,
        };
        if let Some(role) = self.role.filter(|_| row.is_active()) {
            changed |= self.post(work, &row, role).await?;
        }
        let applied = if changed { Applied::changed } else { Applied::unchanged };
        Ok(applied("staff", row.id))
    }
}

impl StaffRow {
    fn skills(&self) -> Result<Vec<Skill>, Fault> {
        let skill = |text: &String| {
            let (category, level) = text.split_once([':', '\u{ff1a}'])?;
            let level = level.trim().parse().ok().filter(|level| (1..=5).contains(level))?;
            Some(Skill { category: category.trim().to_owned(), level })
        };
        let skills: Option<Vec<Skill>> = self.skills.iter().map(skill).collect();
        skills.ok_or_else(|| Fault::field("/skills", "invalid_format"))
    }

    async fn change(&self, work: &Work, id: Uuid, unit: Uuid, skills: Vec<Skill>) -> Result<(Model, bool), Fault> {
        let row = resource::take::<Staff>(work, id).await?;
        let reached = contact::of(work, &row).await?;
        let before = StaffFields::from(&row);
        let mut after = before.clone();
        (after.name, after.org_unit_id) = (clean_name(&self.name, "/name")?, unit);
        let (phone, email) = (reached.phone.as_deref(), reached.email.as_deref());
        after.phone = self.phone.clone().filter(|said| phone != Some(said.as_str())).map(Some);
        after.email = self.email.clone().filter(|said| email != Some(said.as_str())).map(Some);
        after.daily_capacity = self.daily_capacity.or(before.daily_capacity);
        if !skills.is_empty() {
            after.skills = skills;
        }
        if same(&before, &after)? {
            return Ok((row, false));
        }
        Ok((update(work, &row, after).await?, true))
    }

    /// Gives him the post unless he holds it; whether he got it.
    async fn post(&self, work: &Work, row: &Model, role: JobRole) -> Result<bool, Fault> {
        let today = business_day(work.now);
        let held = post::Entity::find()
            .filter(post::Column::StaffId.eq(row.id))
            .filter(post::Column::Role.eq(role.code()))
            .filter(post::Column::OrgUnitId.eq(row.org_unit_id))
            .filter(post::not_over(today));
        if held.one(&work.db()).await?.is_some() {
            return Ok(false);
        }
        let post = StartPost {
            role,
            org_unit_id: None,
            project_ids: Vec::new(),
            discipline: None,
            scope: None,
            from: self.role_from.unwrap_or(today),
            to: None,
        };
        start_post(work, row.id, &post).await?;
        Ok(true)
    }
}

/// The member of staff with this number.
///
/// # Errors
/// 422 `not_found` at `pointer`.
pub async fn known_staff(work: &Work, number: &str, pointer: &str) -> Result<Uuid, Fault> {
    Ok(super::by_code::<Staff>(work, staff::Column::Number, number, pointer).await?.id)
}
