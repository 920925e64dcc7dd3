//! `/v1/parameters`: rates, limits and deadlines, versioned by date (PF-10).

use std::sync::Arc;

use actix_web::http::Method;
use chrono::NaiveDate;
use kernel::fault::{self, Fault, FieldErrors};
use kernel::time::{self, Timestamp};
use registers::property::Project;
use registers::{locks, referenced};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::parameters::{self, Kind, NewValue, Parameter, entity::Model};
use store::problems::PARAMETER_UNKNOWN;
use store::{Answer, Done, Reading, Work};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::call::{Call, Reply};
use crate::router::Api;
use crate::v1::reports;

const TAG: &str = "parameters";
const READ: &str = "platform.parameter:read";

/// A key and the value that holds on a day (PF-10).
#[derive(Debug, Serialize, ToSchema)]
pub struct ParameterView {
    pub key: String,
    /// What it is, in Chinese.
    pub title: &'static str,
    /// integer, boolean, money, percent, decimal, code, text or json.
    pub kind: &'static str,
    pub unit: &'static str,
    pub min: Option<i64>,
    pub max: Option<i64>,
    /// What a code may be.
    pub codes: Option<&'static [&'static str]>,
    pub default: Value,
    pub value: Value,
    /// The day asked for.
    pub on: NaiveDate,
    pub project_id: Option<Uuid>,
    /// One more with every value the key is given, whatever day and project it is for.
    pub version: i32,
}

/// The parameters, without pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParameterList {
    pub items: Vec<ParameterView>,
    pub next_cursor: Option<String>,
}

/// A value somebody set.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParameterValueView {
    pub id: Uuid,
    pub key: String,
    pub value: Value,
    pub valid_from: NaiveDate,
    /// None for the whole company.
    pub project_id: Option<Uuid>,
    pub reason: String,
    pub retroactive_reason: Option<String>,
    pub set_by: Uuid,
    pub set_at: Timestamp,
}

/// Every value a key was given, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParameterHistory {
    pub items: Vec<ParameterValueView>,
    pub next_cursor: Option<String>,
}

/// A new value (PF-E11).
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SetParameter {
    pub value: Value,
    pub valid_from: NaiveDate,
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
    /// Why it begins in the past.
    #[schema(min_length = 1, max_length = 500)]
    pub retroactive_reason: Option<String>,
    /// The project it holds for; none for the whole company.
    pub project_id: Option<Uuid>,
}

/// Declares the parameters.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/parameters", "list_parameters", READ, list)
        .tag(TAG)
        .summary("Lists the parameters with the values that hold on a day.")
        .query("prefix", "string", "Beginning of the keys: `tickets.`")
        .query("on", "date", "The day; today when absent.")
        .query("project_id", "uuid", "The project; its own values win.")
        .answers::<ParameterList>();
    api.operation(Method::GET, "/v1/parameters/{key}", "get_parameter", READ, get)
        .tag(TAG)
        .summary("Shows one parameter with the value that holds on a day.")
        .query("on", "date", "The day; today when absent.")
        .query("project_id", "uuid", "The project; its own value wins.")
        .answers::<ParameterView>()
        .versioned();
    api.operation(Method::GET, "/v1/parameters/{key}/history", "list_parameter_history", READ, history)
        .tag(TAG)
        .summary("Shows every value a parameter was given.")
        .query("project_id", "uuid", "Only values of this project.")
        .answers::<ParameterHistory>();
    api.operation(Method::PUT, "/v1/parameters/{key}", "set_parameter", "platform.parameter:update", set)
        .tag(TAG)
        .summary("Sets a parameter from a date on.")
        .dry_run()
        .takes::<SetParameter>()
        .answers::<ParameterValueView>()
        .versioned();
}

async fn list(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let (day, project) = (day(&call)?, project(&call)?);
    let prefix = call.query_value("prefix").unwrap_or_default();
    let begun = |prefix: &str| -> Vec<&'static Parameter> {
        at.store.catalogue().filter(|known| known.key.starts_with(prefix)).collect()
    };
    let mut known = begun(prefix);
    if known.is_empty() {
        known = begun(&format!("platform.{prefix}"));
    }
    known.sort_by_key(|known| known.key);
    let versions = parameters::versions(&at).await?;
    let mut items = Vec::with_capacity(known.len());
    for parameter in known {
        let version = versions.get(parameter.key).copied().unwrap_or(parameters::UNSET);
        items.push(view(&at, parameter, day, project, version).await?);
    }
    Ok(Reply::Answer(Answer::json(Done::Ok, &ParameterList { items, next_cursor: None })?))
}

async fn get(call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let parameter = at.store.parameter(call.param(0)).ok_or_else(|| Fault::new(&PARAMETER_UNKNOWN))?;
    let (day, project) = (day(&call)?, project(&call)?);
    let version = parameters::version(&at, parameter.key).await?;
    let view = view(&at, parameter, day, project, version).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &view)?.version(version)))
}

async fn history(call: Call) -> Result<Reply, Fault> {
    let rows = parameters::history(&call.reading(), call.param(0), project(&call)?).await?;
    let items = rows.into_iter().map(ParameterValueView::from).collect();
    Ok(Reply::Answer(Answer::json(Done::Ok, &ParameterHistory { items, next_cursor: None })?))
}

async fn set(call: Call) -> Result<Reply, Fault> {
    let parameter = call.state.store.parameter(call.param(0)).ok_or_else(|| Fault::new(&PARAMETER_UNKNOWN))?;
    let input = call.read::<SetParameter>()?;
    if parameter.key == submissions::SCHEDULE {
        check_reports(&input.value)?;
    }
    let new = Arc::new(NewValue {
        value: input.value,
        valid_from: input.valid_from,
        reason: input.reason,
        retroactive_reason: input.retroactive_reason,
        project_id: input.project_id,
    });
    let write = async move |work: &Work| {
        locks::hold(work, vec![format!("parameter|{}", parameter.key)]).await?;
        if let Some(project) = new.project_id {
            referenced::known::<Project>(work, project, "/project_id").await?;
        }
        let row = parameters::set(work, parameter.key, &new).await?;
        let version = parameters::version(work, parameter.key).await?;
        Ok::<_, Fault>(Answer::json(Done::Ok, &ParameterValueView::from(row))?.version(version))
    };
    Ok(Reply::Answer(call.write(write).await?))
}

/// A report there is none of, or that is of no period, cannot be handed in for one.
fn check_reports(rows: &Value) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    for (n, row) in rows.as_array().into_iter().flatten().enumerate() {
        let mut known = reports::definitions().filter(|report| report.span.takes_days());
        let there = known.any(|report| row["report"] == report.name);
        errors.add_if(!there, &format!("/value/{n}"), "invalid_format");
    }
    errors.finish()
}

async fn view(
    at: &Reading,
    parameter: &Parameter,
    on: NaiveDate,
    project_id: Option<Uuid>,
    version: i32,
) -> Result<ParameterView, Fault> {
    let (kind, bounds) = match parameter.kind {
        Kind::Integer { min, max, .. } => ("integer", Some((min, max))),
        Kind::Boolean { .. } => ("boolean", None),
        Kind::Money { .. } => ("money", None),
        Kind::Percent { .. } => ("percent", None),
        Kind::Decimal { .. } => ("decimal", None),
        Kind::Code { .. } => ("code", None),
        Kind::Text { .. } | Kind::Entry { .. } | Kind::Shaped { .. } => ("text", None),
        Kind::Json { .. } | Kind::Rows { .. } => ("json", None),
    };
    let codes = match parameter.kind {
        Kind::Code { codes, .. } => Some(codes),
        _ => None,
    };
    Ok(ParameterView {
        key: parameter.key.to_owned(),
        title: parameter.zh,
        kind,
        unit: parameter.unit,
        min: bounds.map(|(min, _)| min),
        max: bounds.map(|(_, max)| max),
        codes,
        default: parameter.default_value(),
        value: parameters::value_on(at, parameter.key, on, project_id).await?,
        on,
        project_id,
        version,
    })
}

fn day(call: &Call) -> Result<NaiveDate, Fault> {
    match call.query_value("on") {
        Some(text) => time::parse_date(text).map_err(|_| Fault::new(&fault::INVALID_PARAMETER).with("parameter", "on")),
        None => Ok(time::business_day(call.state.store.now())),
    }
}

fn project(call: &Call) -> Result<Option<Uuid>, Fault> {
    call.query_value("project_id").map(|text| store::list::uuid("project_id", text)).transpose()
}

impl From<Model> for ParameterValueView {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            value: serde_json::from_str(&row.value).unwrap_or_default(),
            key: row.key,
            valid_from: row.valid_from,
            project_id: row.project_id,
            reason: row.reason,
            retroactive_reason: row.retroactive_reason,
            set_by: row.set_by,
            set_at: row.set_at.into(),
        }
    }
}
