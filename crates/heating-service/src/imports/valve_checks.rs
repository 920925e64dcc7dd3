//! Rows of valves checked on a round and written down on paper (HS-11).

use access::JobRole;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::Work;
use store::imports::{Applied, Cell, Column, ImportRow};
use utoipa::ToSchema;

use super::RUN;
use super::known::{home_changed, homes_ahead, known_household};
use crate::valve_check::checking::{CheckValve, Evidence, checked};
use crate::valve_check::commands::{CreateValveCheck, line_of, may_be_checked};
use crate::valve_check::entity::{Column as Of, Entity, Ground, Outcome};
use crate::valve_check_list::commands::season_named;

/// A row of `valve_checks`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedValveCheck)]
pub struct ValveCheckRow {
    #[schema(min_length = 1, max_length = 40)]
    household_number: String,
    /// Number or id of the season; the running or last one when blank.
    #[schema(min_length = 1, max_length = 40)]
    season: Option<String>,
    ground: Option<Ground>,
    result: Outcome,
    #[schema(min_length = 1, max_length = 40)]
    seal_no: Option<String>,
    seal_broken: Option<bool>,
    used_heat: Option<bool>,
    checked_at: Option<Timestamp>,
    #[schema(min_length = 1, max_length = 500)]
    note: Option<String>,
}

impl ImportRow for ValveCheckRow {
    const KIND: &'static str = "valve_checks";
    const TITLE: (&'static str, &'static str) = ("关栓核查", "Valve checks");
    const PERMISSION: &'static str = RUN;
    const ONLY: Option<&'static [JobRole]> = Some(&[JobRole::HeatingServiceManager, JobRole::HeatingInspector]);
    const COLUMNS: &'static [Column] = &[
        Column::text("household_number", "用热户编号").or("household_id"),
        Column::text("season", "供暖期"),
        Column::text("ground", "核查原因"),
        Column::text("result", "核查结果"),
        Column::text("seal_no", "铅封号"),
        Column::new("seal_broken", "铅封破损", Cell::Boolean),
        Column::new("used_heat", "已用热", Cell::Boolean),
        Column::new("checked_at", "核查时间", Cell::Instant),
        Column::text("note", "备注"),
    ];

    async fn look_ahead(work: &Work, rows: &[Self]) -> Result<(), Fault> {
        homes_ahead(work, rows.iter().map(|row| row.household_number.as_str()).collect()).await
    }

    /// A row that says what the household's last check of the season says changes nothing.
    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let home = known_household(work, &self.household_number).await?;
        let season = season_named(work, self.season.as_deref(), None).await?;
        let mut same = Entity::find()
            .filter(Of::HouseholdId.eq(home.id))
            .filter(Of::SeasonId.eq(season.id))
            .filter(Of::Result.eq(self.result));
        if let Some(seal_no) = &self.seal_no {
            same = same.filter(Of::SealNo.eq(seal_no));
        }
        if let Some(at) = self.checked_at {
            same = same.filter(Of::CheckedAt.eq(at.0));
        }
        if let Some(known) = same.one(&work.db()).await? {
            return Ok(Applied::unchanged("valve_check", known.id));
        }
        let row = line_of(work, &home, &self.line(home.id)).await?;
        may_be_checked(work, &row)?;
        let seen = CheckValve {
            result: self.result,
            seal_no: self.seal_no.clone(),
            photos: Vec::new(),
            seal_broken: self.seal_broken,
            used_heat: self.used_heat,
            checked_at: self.checked_at,
            note: self.note.clone(),
        };
        let row = checked(work, &row, &seen, Evidence::OnPaper).await?;
        home_changed(work, &self.household_number);
        Ok(Applied::changed("valve_check", row.id))
    }
}

impl ValveCheckRow {
    fn line(&self, household_id: Uuid) -> CreateValveCheck {
        CreateValveCheck {
            household_id,
            list_id: None,
            season: self.season.clone(),
            ground: self.ground,
            result: None,
            seal_no: None,
            photos: Vec::new(),
            seal_broken: None,
            used_heat: None,
            checked_at: None,
            note: None,
        }
    }
}
