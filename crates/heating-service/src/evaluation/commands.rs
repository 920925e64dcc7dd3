//! Beginning an evaluation and scoring what the team saw.

use chrono::{Days, NaiveDate};
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::Fixed;
use kernel::ids;
use kernel::time::{Month, business_day};
use registers::{locks, org_unit, referenced, staff};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::life_cycle::Subject;
use store::{Reading, Resource, Work, numbers, parameters, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{ActiveModel, Column, Entity, Finding, ItemScore, Model, Status};
use super::{Evaluation, MOVES, scoring};
use crate::evaluation_scheme::commands::valid_on;
use crate::evaluation_scheme::entity::{Item, ItemKind, Model as Scheme, Status as SchemeStatus};
use crate::evaluation_scheme::{EvaluationScheme, entity as schemes};
use crate::problems::{EVALUATION_EXISTS, NOT_TARGET, SCHEME_MISSING};
use crate::rectification::commands::{self as rectifications, OpenRectification};
use crate::rectification::entity::Model as Rectification;
use crate::station::entity::Model as Station;
use crate::station::{self, HeatingStation};

/// A station's month to be evaluated.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateEvaluation {
    pub station_id: Uuid,
    pub month: Month,
    /// The published one that is valid on the month's last day when absent.
    pub scheme_id: Option<Uuid>,
    /// Who inspects; nobody of the station's branch.
    #[schema(min_items = 1, max_items = 20)]
    pub team: Vec<Uuid>,
    /// Today when absent.
    pub inspected_on: Option<NaiveDate>,
}

/// What the team saw: each checklist item of the scheme once.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ScoreEvaluation {
    #[schema(max_items = 100)]
    pub scores: Vec<ScoreItem>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub findings: Vec<Finding>,
}

/// What is deducted from an item.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ScoreEvaluationItem)]
pub struct ScoreItem {
    /// Code of a checklist item.
    #[schema(min_length = 1, max_length = 40)]
    pub code: String,
    /// Points, 0 or more.
    pub deduction: Fixed<2>,
    /// Failed whatever was deducted.
    #[serde(default)]
    pub failed: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub text: Option<String>,
    /// Until when it has to be put right, if it failed.
    pub due_on: Option<NaiveDate>,
}

async fn check_team(work: &Work, station: &Station, team: &[Uuid]) -> Result<(), Fault> {
    let branch = org_unit::subtree(work, station.branch_id).await?;
    let people = staff::Entity::find().filter(staff::Column::Id.is_in(team.iter().copied())).all(&work.db()).await?;
    let mut errors = FieldErrors::default();
    for (n, id) in team.iter().enumerate() {
        let pointer = format!("/team/{n}");
        let person = people.iter().find(|person| person.id == *id && person.is_active());
        errors
            .add_if(team[..n].contains(id), &pointer, "duplicate")
            .add_if(person.is_none(), &pointer, "not_found")
            .add_if(person.is_some_and(|it| branch.contains(&it.org_unit_id)), &pointer, "team_of_branch");
    }
    errors.finish()
}

async fn scheme_for(work: &Work, input: &CreateEvaluation) -> Result<Scheme, Fault> {
    let Some(id) = input.scheme_id else {
        let district = station::area_of(work, input.station_id).await?;
        let valid = valid_on(work, input.month.last_day(), district.as_deref()).await?;
        return valid.ok_or_else(|| Fault::new(&SCHEME_MISSING));
    };
    let scheme = referenced::known::<EvaluationScheme>(work, id, "/scheme_id").await?;
    match scheme.status {
        SchemeStatus::Published => Ok(scheme),
        SchemeStatus::Draft => Err(Fault::field("/scheme_id", "not_published")),
    }
}

/// Begins the evaluation of a station's month.
///
/// # Errors
/// 409 `evaluation_exists`, `not_target` for a station that is not evaluated, `scheme_missing`; 422 `team_of_branch` for
/// somebody of the station's own branch, `not_published`, `date_in_future`.
pub async fn create(work: &Work, input: &CreateEvaluation) -> Result<Model, Fault> {
    let station = referenced::known::<HeatingStation>(work, input.station_id, "/station_id").await?;
    let today = business_day(work.now);
    let inspected_on = input.inspected_on.unwrap_or(today);
    let mut errors = FieldErrors::default();
    errors.add_if(inspected_on > today, "/inspected_on", "date_in_future").add_if(
        input.month.first_day() > today,
        "/month",
        "date_in_future",
    );
    errors.finish()?;
    check_team(work, &station, &input.team).await?;
    let named = match input.scheme_id {
        Some(_) => Some(scheme_for(work, input).await?),
        None => None,
    };
    if !station.is_target() {
        return Err(Fault::new(&NOT_TARGET));
    }
    let scheme = match named {
        Some(scheme) => scheme,
        None => scheme_for(work, input).await?,
    };
    let month = input.month.to_string();
    locks::hold(work, vec![format!("evaluation|{}|{month}", station.id)]).await?;
    let there = Entity::find().filter(Column::StationId.eq(station.id)).filter(Column::Month.eq(&month));
    if let Some(other) = there.one(&work.db()).await? {
        return Err(Fault::new(&EVALUATION_EXISTS).with("number", other.number));
    }
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(work.now),
        number: Set(numbers::next(work, "EV").await?),
        station_id: Set(station.id),
        org_unit_id: Set(station.org_unit_id),
        station_kind: Set(station.kind),
        month: Set(month),
        scheme_id: Set(scheme.id),
        team: Set(json(&input.team)?),
        inspected_on: Set(inspected_on),
        scores: Set("[]".to_owned()),
        findings: Set("[]".to_owned()),
        figures: Set("{}".to_owned()),
        total_units: Set(None),
        net_complaint_units: Set(None),
        timely_units: Set(None),
        rank: Set(None),
        status: Set(Status::Draft),
        scored_by: Set(None),
        scored_at: Set(None),
        confirmed_by: Set(None),
        confirmed_at: Set(None),
        published_by: Set(None),
        published_at: Set(None),
    };
    work.create::<Evaluation>(row, |fact| fact, "created").await
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}

pub(super) async fn scheme_of(at: &Reading, row: &Model) -> Result<Scheme, Fault> {
    let scheme = schemes::Entity::find_by_id(row.scheme_id).one(&at.db()).await?;
    scheme.ok_or_else(|| Fault::internal("an evaluation without a scheme"))
}

/// Whether each checklist item is scored once, and nothing else.
fn check_scores(input: &ScoreEvaluation, items: &[Item], today: NaiveDate) -> Result<(), Fault> {
    let checklist = |code: &str| items.iter().any(|it| it.kind == ItemKind::Checklist && it.code == code);
    let mut errors = FieldErrors::default();
    for (n, said) in input.scores.iter().enumerate() {
        let at = |field: &str| format!("/scores/{n}/{field}");
        errors
            .add_if(!checklist(&said.code), &at("code"), "not_found")
            .add_if(input.scores[..n].iter().any(|other| other.code == said.code), &at("code"), "duplicate")
            .add_if(said.deduction.units() < 0, &at("deduction"), "out_of_range")
            .add_if(said.due_on.is_some_and(|due| due < today), &at("due_on"), "date_order");
    }
    let scored = |it: &Item| input.scores.iter().any(|said| said.code == it.code);
    let all = items.iter().filter(|it| it.kind == ItemKind::Checklist).all(scored);
    errors.add_if(!all, "/scores", "items_missing");
    for (n, finding) in input.findings.iter().enumerate() {
        let known = finding.code.as_ref().is_none_or(|code| items.iter().any(|it| it.code == *code));
        errors.add_if(!known, &format!("/findings/{n}/code"), "not_found");
    }
    errors.finish()
}

fn scored(item: &Item, input: &ScoreEvaluation, fail_share: i64) -> Result<ItemScore, Fault> {
    let said = input.scores.iter().find(|said| said.code == item.code);
    let weight = item.weight.units();
    let score = said.map(|said| Fixed::from_units(scoring::checklist(weight, said.deduction.units())));
    Ok(ItemScore {
        code: item.code.clone(),
        title: item.title.clone(),
        kind: item.kind,
        weight: item.weight,
        deduction: said.map(|said| said.deduction),
        failed: said.is_some_and(|it| it.failed || scoring::failed(weight, it.deduction.units(), fail_share)),
        text: said.and_then(|said| said.text.clone()),
        figure: item.figure(),
        score: score.transpose().map_err(Fault::internal)?,
    })
}

/// Scores the checklist; each failed item opens a rectification (HS-R35).
///
/// # Errors
/// 422 `items_missing` while a checklist item is not scored, `not_found`, `duplicate`, `out_of_range`.
pub async fn score(work: &Work, id: Uuid, input: &ScoreEvaluation) -> Result<(Model, Vec<Rectification>), Fault> {
    let today = business_day(work.now);
    let check = async |row: &Model| {
        check_scores(input, &scheme_of(work, row).await?.items(), today)?;
        for (n, finding) in input.findings.iter().enumerate() {
            documents::ensure_all_visible(work, &finding.photos, &format!("/findings/{n}/photos")).await?;
        }
        Ok::<_, Fault>(())
    };
    let row = resource::take_checked::<Evaluation>(work, id, check).await?;
    let to = MOVES.take("score", &Subject::of(work, &row))?;
    let items = scheme_of(work, &row).await?.items();
    let photos: Vec<Uuid> = input.findings.iter().flat_map(|finding| finding.photos.iter().copied()).collect();
    let fail_share = parameters::integer(work, "heating.eval.fail_share").await?;
    let scores: Vec<ItemScore> =
        items.iter().map(|item| scored(item, input, fail_share)).collect::<Result<_, Fault>>()?;
    let mut change = row.clone().into_active_model();
    change.status = Set(to);
    change.scores = Set(json(&scores)?);
    change.findings = Set(json(&input.findings)?);
    change.scored_by = Set(Some(work.actor().sub));
    change.scored_at = Set(Some(work.now));
    let row = work.change::<Evaluation>(&row, change, "scored", |fact| fact).await?;
    documents::attach(work, &photos, Evaluation::NAME, row.id, "finding").await?;
    let days = parameters::integer(work, "heating.eval.rectify_days").await?.unsigned_abs();
    let usual = today.checked_add_days(Days::new(days)).unwrap_or(today);
    let mut opened = Vec::new();
    for failed in scores.iter().filter(|score| score.failed) {
        let said = input.scores.iter().find(|said| said.code == failed.code);
        let open = OpenRectification {
            item: failed.code.clone(),
            text: failed.text.clone().unwrap_or_else(|| failed.title.clone()),
            due_on: said.and_then(|said| said.due_on).unwrap_or(usual),
        };
        opened.push(rectifications::open(work, &row, open).await?);
    }
    Ok((row, opened))
}
