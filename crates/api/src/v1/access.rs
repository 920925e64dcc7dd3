//! The matrix of roles and permissions, and why something is or is not allowed (PF-02).

use std::sync::Arc;

use access::policy::{self, Holders};
use access::{Actor, JobRole};
use actix_web::http::Method;
use identity::principal;
use kernel::fault::{self, Fault};
use serde::{Deserialize, Serialize};
use store::{Answer, Context, Done};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::call::{Call, Reply};
use crate::judge::Judge;
use crate::router::Api;

const TAG: &str = "access";

/// Role × permission, with the operations that ask for it.
#[derive(Serialize, ToSchema)]
pub struct AccessMatrix {
    pub rows: Vec<AccessRow>,
}

/// One permission.
#[derive(Serialize, ToSchema)]
pub struct AccessRow {
    pub permission: &'static str,
    /// `public`, `any`, or the role codes.
    pub roles: Vec<&'static str>,
    pub operations: Vec<&'static str>,
}

/// May this role do this – to this row?
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ExplainAccess {
    /// Default: the caller's own.
    pub role: Option<JobRole>,
    #[schema(min_length = 3, max_length = 80)]
    pub permission: String,
    pub resource: Option<ResourceRef>,
}

/// A row.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ResourceRef {
    /// `ticket`, `document`, `household` …, as events name it.
    #[schema(max_length = 40)]
    pub resource: String,
    pub id: Uuid,
}

/// Yes, or the first rule that refuses.
#[derive(Serialize, ToSchema)]
pub struct AccessExplained {
    pub allowed: bool,
    /// permission, scope, or the code of the refusal; null when allowed.
    pub rule: Option<String>,
    pub roles: Vec<&'static str>,
}

/// Declares the access pages.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/access/matrix", "get_access_matrix", "platform.access:read", matrix)
        .tag(TAG)
        .summary("Shows which roles hold which permission, and the operations behind it.")
        .answers::<AccessMatrix>();
    api.operation(Method::POST, "/v1/access/explain", "explain_access", "platform.access:explain", explain)
        .tag(TAG)
        .summary("Says whether a role may do something, or the first rule that refuses.")
        .takes::<ExplainAccess>()
        .answers::<AccessExplained>();
}

fn holders(permission: &str) -> Vec<&'static str> {
    match policy::grant(permission).map(|grant| &grant.holders) {
        Some(Holders::Public) => vec!["public"],
        Some(Holders::Any) => vec!["any"],
        _ => policy::roles(permission).into_iter().map(JobRole::code).collect(),
    }
}

async fn matrix(call: Call) -> Result<Reply, Fault> {
    let row = |grant: &policy::Grant| AccessRow {
        permission: grant.permission,
        roles: holders(grant.permission),
        operations: call.state.api.operations_of(grant.permission),
    };
    let rows = policy::table().iter().map(row).collect();
    Ok(Reply::Answer(Answer::json(Done::Ok, &AccessMatrix { rows })?))
}

async fn explain(call: Call) -> Result<Reply, Fault> {
    let input = call.read::<ExplainAccess>()?;
    let own = call.actor().role;
    let role = input.role.unwrap_or(own);
    if role != own && !call.actor().holds("platform.access:read") {
        return Err(Fault::new(&fault::ABOVE_AUTHORITY).with("permission", "platform.access:read"));
    }
    if policy::grant(&input.permission).is_none() {
        return Err(Fault::field("/permission", "invalid_enum"));
    }
    let rule = first_refusal(&call, role, &input).await?;
    let explained = AccessExplained { allowed: rule.is_none(), rule, roles: holders(&input.permission) };
    Ok(Reply::Answer(Answer::json(Done::Ok, &explained)?))
}

async fn first_refusal(call: &Call, role: JobRole, input: &ExplainAccess) -> Result<Option<String>, Fault> {
    let own = role == call.actor().role;
    if !policy::allows(&input.permission, role) || (own && !call.actor().holds(&input.permission)) {
        return Ok(Some("permission".to_owned()));
    }
    let Some(named) = &input.resource else { return Ok(None) };
    let judge = call.state.api.judges.get(named.resource.as_str());
    let judge = judge.ok_or_else(|| Fault::field("/resource/resource", "invalid_enum"))?;
    let action = input.permission.rsplit(':').next().unwrap_or_default().replace('_', "-");
    let refusal = if own {
        (judge.of)(call.reading(), named.id, action).await?
    } else {
        as_anybody(call, judge, role, named.id, &action).await?
    };
    Ok(refusal.map(|code| if code == "invalid_state" { "state".to_owned() } else { code }))
}

/// The refusal anybody in a role would hear. Who he is does not count: the act is possible when it is for a stranger to
/// the row or for somebody the row names.
async fn as_anybody(
    call: &Call,
    judge: &Judge,
    role: JobRole,
    id: Uuid,
    action: &str,
) -> Result<Option<String>, Fault> {
    let stranger = principal::anybody(&call.reading(), role).await?;
    let reading = |actor: Actor| call.state.store.reading(Arc::new(Context { actor, ..(*call.ctx).clone() }));
    let refusal = (judge.of)(reading(stranger.clone()), id, action.to_owned()).await?;
    if refusal.as_deref().is_none_or(|code| matches!(code, "scope" | "invalid_state")) {
        return Ok(refusal);
    }
    for person in (judge.named)(reading(stranger.clone()), id).await? {
        let named = Actor { sub: person, staff_id: Some(person), ..stranger.clone() };
        if (judge.of)(reading(named), id, action.to_owned()).await?.is_none() {
            return Ok(None);
        }
    }
    Ok(refusal)
}
