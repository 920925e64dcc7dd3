//! Recording a visit.

use std::collections::HashSet;

use access::JobRole;
use chrono::NaiveDate;
use kernel::fault::{Fault, FieldErrors};
use kernel::fixed::Temperature;
use kernel::ids;
use kernel::time::{Timestamp, business_day};
use registers::external_ids::{self, ExternalId};
use registers::{locks, referenced, staff};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::{Resource, Work, numbers, parameters};
use utoipa::ToSchema;
use validator::Validate;

use super::credit::{LineFacts, Match, Reason, VisitFacts, of_line, of_visit};
use super::entity::{ActiveModel, Column, Entity, Evidence, LineResult, Model, line, reason};
use super::work::{Sought, WorkKind, WorkRef, judged};
use super::{Visit, queries};
use crate::household::Household;
use crate::household::entity as homes;
use crate::station::HeatingStation;
use crate::station::entity::Model as Station;
use crate::tense::Tense;
use crate::visit_problem::commands::{self as problems, TellProblem};
use crate::visit_problem::entity::Model as Problem;
use crate::{season, station};

/// A visit with its households.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RecordVisit {
    pub station_id: Uuid,
    /// The caller when absent; a visit officer records his own.
    pub officer_id: Option<Uuid>,
    /// Now when absent.
    pub visited_at: Option<Timestamp>,
    #[schema(min_items = 1, max_items = 200)]
    pub lines: Vec<RecordVisitLine>,
    #[schema(max_length = 2000)]
    pub note: Option<String>,
    #[serde(default)]
    #[schema(max_items = 10)]
    pub external_ids: Vec<ExternalId>,
}

/// One household of a visit.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordVisitLine {
    pub household_id: Uuid,
    pub result: LineResult,
    /// What the user said.
    #[schema(max_length = 1000)]
    pub opinion: Option<String>,
    pub t_c: Option<Temperature>,
    /// Real work of the same household, officer and day; its evidence is enough.
    pub work: Option<WorkRef>,
    /// `none` when absent.
    #[serde(default)]
    pub evidence: Evidence,
    /// The signed slip, the photos.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub document_ids: Vec<Uuid>,
    /// What has to be solved; a ticket is opened for it.
    pub problem: Option<TellProblem>,
}

struct Judged<'a> {
    input: &'a RecordVisitLine,
    home: homes::Model,
    reasons: Vec<Reason>,
}

/// Records a visit, judges it, and keeps the problems it names.
///
/// # Errors
/// 422 `duplicate_household`, `not_found` for what the caller may not know of or work that is none,
/// `date_in_future`.
pub async fn record(work: &Work, input: &RecordVisit, kinds: &[&WorkKind]) -> Result<(Model, Vec<Problem>), Fault> {
    let station = referenced::known::<HeatingStation>(work, input.station_id, "/station_id").await?;
    let visited_at = input.visited_at.map_or(work.now, |at| at.0);
    let day = business_day(visited_at);
    let officer = officer(work, input).await?;
    let homes = check(work, input).await?;
    for (n, line) in input.lines.iter().enumerate() {
        documents::ensure_all_visible(work, &line.document_ids, &format!("/lines/{n}/document_ids")).await?;
    }
    let mut lines = Vec::with_capacity(input.lines.len());
    for (n, (input, home)) in input.lines.iter().zip(homes).enumerate() {
        let named = named_work(work, input, kinds, (officer, day), n).await?;
        let facts = LineFacts {
            far_end: home.far_end,
            same_station: home.station_id == station.id,
            result: input.result,
            evidence: input.evidence,
            work: named,
        };
        lines.push(Judged { input, home, reasons: of_line(&facts) });
    }
    locks::hold(work, vec![format!("visit|{}|{day}", station.id)]).await?;
    let counted = lines.iter().filter(|it| it.reasons.is_empty()).count();
    let reasons = of_visit(&facts(work, &station, officer, day, counted).await?);
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(numbers::next(work, "VS").await?),
        station_id: Set(station.id),
        org_unit_id: Set(station.org_unit_id),
        officer_id: Set(officer),
        visited_at: Set(visited_at),
        visited_on: Set(day),
        met: Set(whole(lines.iter().filter(|it| it.input.result == LineResult::Met).count())?),
        counted: Set(whole(counted)?),
        credited: Set(reasons.is_empty()),
        note: Set(input.note.clone()),
    };
    let codes: Vec<&str> = reasons.iter().map(|reason| reason.code()).collect();
    let described = |fact: store::journal::Fact| fact.with("credited", reasons.is_empty()).with("reasons", codes);
    let row = work.create::<Visit>(row, described, "recorded").await?;
    external_ids::attach_all(work, Visit::NAME, row.id, &input.external_ids).await?;
    keep(work, &row, &lines, &reasons).await?;
    documents::attach(work, &papers(input), Visit::NAME, row.id, "evidence").await?;
    let mut found = Vec::new();
    for it in &lines {
        if let Some(told) = &it.input.problem {
            found.push(problems::keep(work, &row, &it.home, told).await?);
        }
    }
    Ok((row, found))
}

fn papers(input: &RecordVisit) -> Vec<Uuid> {
    input.lines.iter().flat_map(|line| line.document_ids.iter().copied()).collect()
}

fn whole(n: usize) -> Result<i32, Fault> {
    i32::try_from(n).map_err(Fault::internal)
}

/// Who was there: a visit officer speaks for himself alone.
async fn officer(work: &Work, input: &RecordVisit) -> Result<Uuid, Fault> {
    let actor = work.actor();
    let Some(named) = input.officer_id else { return Ok(actor.staff_id.unwrap_or(actor.sub)) };
    let known = staff::Entity::find_by_id(named).one(&work.db()).await?.is_some_and(|row| row.is_active());
    let himself = actor.persons().any(|person| person == named);
    match known && (himself || !actor.is(JobRole::VisitOfficer)) {
        true => Ok(named),
        false => Err(Fault::field("/officer_id", "not_found")),
    }
}

/// The households of the lines, in order. Whoever stood at a door may say so; a problem is told only of a household
/// the caller may know of.
async fn check(work: &Work, input: &RecordVisit) -> Result<Vec<homes::Model>, Fault> {
    use homes::Column;
    let ids: Vec<Uuid> = input.lines.iter().map(|line| line.household_id).collect();
    let there = || homes::Entity::find().filter(Column::Id.is_in(ids.iter().copied()));
    let mut known: std::collections::HashMap<Uuid, homes::Model> =
        there().all(&work.db()).await?.into_iter().map(|home| (home.id, home)).collect();
    let visible = there().filter(Household::visible(work)).all(&work.db()).await?;
    let visible: HashSet<Uuid> = visible.into_iter().map(|home| home.id).collect();
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.instant(&mut errors, input.visited_at, "/visited_at");
    let mut seen = HashSet::new();
    let mut homes = Vec::new();
    for (n, line) in input.lines.iter().enumerate() {
        let pointer = format!("/lines/{n}/household_id");
        let hidden = line.problem.is_some() && !visible.contains(&line.household_id);
        if !seen.insert(line.household_id) {
            errors.add(pointer, "duplicate_household");
            continue;
        }
        match known.remove(&line.household_id).filter(|_| !hidden) {
            Some(home) => homes.push(home),
            None => {
                errors.add(pointer, "not_found");
            }
        }
    }
    errors.finish()?;
    Ok(homes)
}

/// How the work a line names agrees with it.
async fn named_work(
    work: &Work,
    line: &RecordVisitLine,
    kinds: &[&WorkKind],
    (officer, day): (Uuid, NaiveDate),
    n: usize,
) -> Result<Option<Match>, Fault> {
    let Some(named) = &line.work else { return Ok(None) };
    let kind = kinds.iter().find(|kind| kind.resource == named.resource);
    let kind = kind.ok_or_else(|| Fault::field(format!("/lines/{n}/work/resource"), "invalid_enum"))?;
    let contacts = (kind.find)(work, Sought::Of(named.id)).await?;
    match judged(&contacts, officer, day, line.household_id) {
        Some(found) => Ok(Some(found)),
        None => Err(Fault::field(format!("/lines/{n}/work/id"), "not_found")),
    }
}

async fn facts(
    work: &Work,
    station: &Station,
    officer: Uuid,
    day: NaiveDate,
    counted: usize,
) -> Result<VisitFacts, Fault> {
    let before = Entity::find()
        .filter(Column::StationId.eq(station.id))
        .filter(Column::VisitedOn.eq(day))
        .filter(Column::Credited.eq(true))
        .count(&work.db())
        .await?;
    let number = async |key| {
        let value = parameters::value_on(work, key, day, None).await?;
        Ok::<_, Fault>(value.as_u64().unwrap_or_default())
    };
    let region = station::area_of(work, station.id).await?;
    Ok(VisitFacts {
        counted,
        needed: usize::try_from(number("heating.visit.min_far_end").await?).map_err(Fault::internal)?,
        assigned: queries::officer_of(work, station.id, day).await? == Some(officer),
        before,
        a_day: number("heating.visit.per_day_credited").await?,
        in_season: season::queries::of_day(work, day, region.as_deref()).await?.is_some(),
        target: station.is_target(),
    })
}

/// Writes the lines and the reasons.
async fn keep(work: &Work, row: &Model, lines: &[Judged<'_>], reasons: &[Reason]) -> Result<(), Fault> {
    let reason = |line_id: Option<Uuid>, reason: Reason| reason::ActiveModel {
        id: Set(ids::new_id(work.now)),
        visit_id: Set(row.id),
        line_id: Set(line_id),
        reason: Set(reason.code().to_owned()),
    };
    let mut why: Vec<reason::ActiveModel> = reasons.iter().map(|it| reason(None, *it)).collect();
    let mut rows = Vec::with_capacity(lines.len());
    for (position, it) in lines.iter().enumerate() {
        let id = ids::new_id(work.now);
        why.extend(it.reasons.iter().map(|of_line| reason(Some(id), *of_line)));
        let t_dc = it.input.t_c.map(|t_c| i32::try_from(t_c.units())).transpose().map_err(Fault::internal)?;
        rows.push(line::ActiveModel {
            id: Set(id),
            visit_id: Set(row.id),
            position: Set(whole(position)?),
            household_id: Set(it.home.id),
            result: Set(it.input.result),
            far_end: Set(it.home.far_end),
            counted: Set(it.reasons.is_empty()),
            opinion: Set(it.input.opinion.clone()),
            t_dc: Set(t_dc),
            work_resource: Set(it.input.work.as_ref().map(|work| work.resource.clone())),
            work_id: Set(it.input.work.as_ref().map(|work| work.id)),
            evidence: Set(it.input.evidence),
            document_ids: Set(serde_json::to_string(&it.input.document_ids).map_err(Fault::internal)?),
        });
    }
    line::Entity::insert_many(rows).exec_without_returning(&work.db()).await?;
    if !why.is_empty() {
        reason::Entity::insert_many(why).exec_without_returning(&work.db()).await?;
    }
    Ok(())
}
