//! Asking the user whether it is warm (HS-R13): by somebody who did not measure, or answered by himself.

use kernel::fault::{Fault, SEPARATION_OF_DUTIES};
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, Set};
use serde::Deserialize;
use store::Work;
use utoipa::ToSchema;
use validator::Validate;

use super::entity::{AttemptResult, CallBack, CallBackAttempt, Model, Status, json_list};
use super::{MOVES, TemperatureCase, due};
use crate::reading::commands::of_case;

/// A call that reached nobody.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AttemptCallBack {
    pub result: AttemptResult,
}

/// What the user said.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct AnswerCallBack {
    pub satisfied: bool,
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// Calls of the present round that reached nobody.
pub(super) fn attempts_of_round(row: &Model) -> i64 {
    let attempts: Vec<CallBackAttempt> = json_list(&row.call_back_attempts);
    attempts.iter().filter(|attempt| attempt.round == row.round).count().try_into().unwrap_or(i64::MAX)
}

async fn ensure_not_measurer(work: &Work, row: &Model) -> Result<(), Fault> {
    let readings = of_case(work, row.id).await?;
    let measured = |person: Uuid| readings.iter().any(|reading| reading.measured_by == person);
    match work.actor().persons().any(measured) {
        true => {
            Err(Fault::new(&SEPARATION_OF_DUTIES).rule("HS-R13").with("first", "measure").with("second", "call_back"))
        }
        false => Ok(()),
    }
}

/// Keeps a call that reached nobody.
pub async fn attempt(work: &Work, id: Uuid, input: &AttemptCallBack) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<TemperatureCase>(work, id, "call-back-attempt").await?;
    ensure_not_measurer(work, &row).await?;
    let mut attempts: Vec<CallBackAttempt> = json_list(&row.call_back_attempts);
    attempts.push(CallBackAttempt {
        round: row.round,
        at: work.now.into(),
        by: work.actor().sub,
        result: input.result,
    });
    let mut change = row.clone().into_active_model();
    change.call_back_attempts = Set(serde_json::to_string(&attempts).map_err(Fault::internal)?);
    work.change::<TemperatureCase>(&row, change, "call_attempted", |fact| fact).await
}

/// Keeps what the user said; not content, the case begins another round.
///
/// # Errors
/// 409 `separation_of_duties` for whoever measured.
pub async fn answer(work: &Work, id: Uuid, input: &AnswerCallBack) -> Result<Model, Fault> {
    let (row, _) = MOVES.begin::<TemperatureCase>(work, id, "call-back").await?;
    ensure_not_measurer(work, &row).await?;
    let mut calls: Vec<CallBack> = json_list(&row.call_backs);
    calls.push(CallBack {
        round: row.round,
        at: work.now.into(),
        by: work.actor().sub,
        satisfied: input.satisfied,
        note: input.note.clone(),
    });
    let mut change = row.clone().into_active_model();
    change.call_backs = Set(serde_json::to_string(&calls).map_err(Fault::internal)?);
    if input.satisfied {
        change.status = Set(Status::CalledBack);
    } else {
        change.status = Set(Status::Requested);
        change.round = Set(row.round + 1);
        change.due_at = Set(due::first_visit(work, work.now).await?);
    }
    let satisfied = input.satisfied;
    work.change::<TemperatureCase>(&row, change, "called_back", |fact| fact.with("satisfied", satisfied)).await
}
