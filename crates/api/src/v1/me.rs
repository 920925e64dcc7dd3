//! Who am I, and what may I (PF-01, PF-02).

use access::policy;
use actix_web::http::Method;
use identity::{session, sign_in};
use kernel::fault::Fault;
use kernel::time::business_day;
use registers::delegation::{self, DelegationView};
use serde::{Deserialize, Serialize};
use store::{Answer, Done};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::call::{Call, Reply};
use crate::router::{Api, Key};

const TAG: &str = "me";

/// The caller as the service sees him.
#[derive(Serialize, ToSchema)]
pub struct Me {
    pub sub: Uuid,
    pub name: String,
    pub role: String,
    pub role_title_zh: &'static str,
    pub role_title_en: &'static str,
    pub staff_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub client_id: Option<Uuid>,
    /// The principal, when the role is held by delegation.
    pub on_behalf_of: Option<Uuid>,
    pub scope: MyScope,
    /// Roles to choose from at the next sign-in.
    pub roles: Vec<RoleChoice>,
    /// Roles he lends or is lent, today or later.
    pub delegations: Vec<DelegationView>,
}

/// What the caller may know of.
#[derive(Serialize, ToSchema)]
pub struct MyScope {
    pub all: bool,
    pub org_unit_id: Option<Uuid>,
    pub project_ids: Vec<Uuid>,
    pub discipline: Option<String>,
}

/// A role the caller holds today.
#[derive(Serialize, ToSchema)]
pub struct RoleChoice {
    pub role: String,
    pub org_unit_id: Uuid,
    pub on_behalf_of: Option<Uuid>,
}

/// What the caller's role holds, and his token is not kept from.
#[derive(Serialize, ToSchema)]
pub struct MyPermissions {
    pub role: String,
    pub permissions: Vec<&'static str>,
}

/// The old password and the new one.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    #[schema(min_length = 1, max_length = 128)]
    pub old_password: String,
    #[schema(min_length = 1, max_length = 128)]
    pub new_password: String,
}

/// Declares `/v1/me`.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/me", "get_me", "platform.me:read", me)
        .tag(TAG)
        .summary("Says who the caller is, his scope and the roles he may choose.")
        .answers::<Me>();
    api.operation(Method::GET, "/v1/me/permissions", "list_my_permissions", "platform.me:read", async |call: Call| {
        let actor = call.actor();
        let mut permissions = policy::permissions_of(actor.role);
        permissions.retain(|permission| actor.holds(permission));
        let mine = MyPermissions { role: actor.role.code().to_owned(), permissions };
        Ok(Reply::Answer(Answer::json(Done::Ok, &mine)?))
    })
    .tag(TAG)
    .summary("Lists the permissions of the caller's role.")
    .answers::<MyPermissions>();
    api.operation(Method::POST, "/v1/me/password", "change_my_password", "platform.me:password", change_password)
        .tag(TAG)
        .summary("Changes the caller's password; his other sessions end.")
        .key(Key::No)
        .takes::<ChangePassword>();
}

async fn me(call: Call) -> Result<Reply, Fault> {
    let (actor, at) = (call.actor(), call.reading());
    let (held, delegations) = match actor.staff_id {
        Some(staff) => {
            let lent = delegation::around(&at, staff, business_day(at.now)).await?;
            (session::choices(&at, staff).await?, lent)
        }
        None => (Vec::new(), Vec::new()),
    };
    let roles = held.into_iter().map(|choice| RoleChoice {
        role: choice.role.code().to_owned(),
        org_unit_id: choice.org_unit_id,
        on_behalf_of: choice.on_behalf_of,
    });
    let me = Me {
        sub: actor.sub,
        name: actor.name.clone(),
        role: actor.role.code().to_owned(),
        role_title_zh: actor.role.title_zh(),
        role_title_en: actor.role.title_en(),
        staff_id: actor.staff_id,
        customer_id: actor.customer_id,
        client_id: actor.client_id,
        on_behalf_of: actor.on_behalf_of,
        scope: MyScope {
            all: actor.scope.all,
            org_unit_id: actor.scope.org_unit_id,
            project_ids: actor.scope.project_ids.clone(),
            discipline: actor.scope.discipline.clone(),
        },
        roles: roles.collect(),
        delegations,
    };
    Ok(Reply::Answer(Answer::json(Done::Ok, &me)?))
}

async fn change_password(call: Call) -> Result<Reply, Fault> {
    let input = call.read::<ChangePassword>()?;
    let (store, ctx) = (&call.state.store, call.ctx.clone());
    Ok(Reply::Secret(sign_in::change_password(store, ctx, &input.old_password, &input.new_password).await?))
}
