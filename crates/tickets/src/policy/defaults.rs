//! The policy set a desk starts with.

use chrono::NaiveDate;
use kernel::calendar::CalendarCode::{self, Continuous, Office};
use kernel::fault::Fault;
use kernel::{ids, time};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use store::Work;

use super::entity::{ActiveModel, Entity, Status};
use super::{Conditions, Policy, StageTargets};
use crate::catalogue::{Kind, Severity};

/// Within how many seconds a solved ticket is answered, and an answered one called back.
const REPLY_AND_CALLBACK: i64 = 172_800;

/// Installs the default set when there is none at all; answers whether it did.
pub async fn install_default(work: &Work) -> Result<bool, Fault> {
    if Entity::find().count(&work.db()).await? > 0 {
        return Ok(false);
    }
    let first_day = NaiveDate::from_ymd_opt(2000, 1, 1).ok_or_else(|| Fault::internal("2000-01-01"))?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        number: Set(1),
        name: Set("默认时限策略".to_owned()),
        valid_from: Set(time::start_of_day(first_day)),
        status: Set(Status::Active),
        policies: Set(serde_json::to_string(&policies()).map_err(Fault::internal)?),
        activated_at: Set(Some(work.now)),
        superseded_at: Set(None),
    };
    work.insert(row).await?;
    work.forget();
    Ok(true)
}

/// Position, code, name, calendar, handling seconds, seconds in registered, assigned, pending_approval.
type Row = (i32, &'static str, &'static str, CalendarCode, i64, [Option<i64>; 3]);

const ROWS: &[Row] = &[
    (10, "leak", "跑冒漏", Continuous, 14_400, [Some(900), Some(900), Some(3_600)]),
    (20, "major", "重大", Continuous, 86_400, [Some(1_800), Some(1_800), Some(14_400)]),
    (30, "complaint", "投诉", Continuous, 86_400, [Some(3_600), Some(7_200), Some(14_400)]),
    (40, "repair", "报修", Continuous, 172_800, [Some(3_600), Some(7_200), Some(14_400)]),
    (50, "consultation", "咨询", Continuous, 86_400, [Some(3_600), Some(7_200), None]),
    (60, "request", "建议和申请", Office, 126_000, [None; 3]),
    (99, "default", "其他", Continuous, 86_400, [None; 3]),
];

/// The default policies.
pub(super) fn policies() -> Vec<Policy> {
    let policy = |&(position, code, name, calendar_code, seconds, [registered, assigned, pending_approval]): &Row| {
        let stages = StageTargets { registered, assigned, in_progress: None, pending_approval };
        Policy {
            position,
            code: code.to_owned(),
            name: name.to_owned(),
            conditions: conditions(code),
            urgent: code == "leak",
            calendar_code,
            handle_target_seconds: seconds,
            stage_target_seconds: Some(stages).filter(|stages| *stages != StageTargets::default()),
            reply_target_seconds: REPLY_AND_CALLBACK,
            callback_target_seconds: REPLY_AND_CALLBACK,
        }
    };
    ROWS.iter().map(policy).collect()
}

fn conditions(code: &str) -> Conditions {
    let kinds = |kinds: &[Kind]| Conditions { kinds: Some(kinds.to_vec()), ..Conditions::default() };
    match code {
        "leak" => {
            let leaks = ["house_quality.water_leak", "heating.leak"].map(str::to_owned);
            Conditions { category_codes: Some(leaks.to_vec()), ..Conditions::default() }
        }
        "major" => Conditions { severities: Some(vec![Severity::Major]), ..Conditions::default() },
        "complaint" => kinds(&[Kind::Complaint]),
        "repair" => kinds(&[Kind::Repair]),
        "consultation" => kinds(&[Kind::Consultation]),
        "request" => kinds(&[Kind::Suggestion, Kind::Application]),
        _ => Conditions::default(),
    }
}
