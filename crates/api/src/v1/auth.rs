//! Signing in and out (PF-01).

use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Query;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use identity::problems::{INVALID_REQUEST, UNSUPPORTED_GRANT_TYPE};
use identity::sign_in::{Tokens, Wanted};
use kernel::fault::Fault;
use serde::Deserialize;
use store::{Answer, Done};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::call::{Call, Reply};
use crate::router::{Api, Body, Key};
use crate::system::Object;

const TAG: &str = "auth";
const PUBLIC: &str = "platform.auth:sign_in";

/// A person's login; `role` when he has several posts.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Small or capital letters alike.
    #[schema(min_length = 1, max_length = 64, example = "cs_agent")]
    pub login: String,
    #[schema(min_length = 1, max_length = 128)]
    pub password: String,
    /// Code of the job role wanted; needed by who has several, else 400 `role_required` names them.
    #[schema(max_length = 64)]
    pub role: Option<String>,
    /// The principal, when several roles of one name are to choose from: one's own post and those lent.
    pub on_behalf_of: Option<Uuid>,
}

/// RFC 6749: `client_credentials` with a secret, or `refresh_token`.
#[derive(Deserialize, ToSchema, Validate)]
pub struct TokenRequest {
    /// client_credentials, refresh_token.
    #[schema(example = "client_credentials")]
    pub grant_type: Option<String>,
    /// With `client_credentials`.
    pub client_id: Option<String>,
    /// With `client_credentials`; shown once when the client was opened.
    pub client_secret: Option<String>,
    /// With `refresh_token`: the last one received; each is taken once.
    pub refresh_token: Option<String>,
    /// Permissions, separated by spaces, out of those the client has; without it all of them.
    pub scope: Option<String>,
}

/// A refresh or access token to end, as JSON or as the form of RFC 7009.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    #[schema(min_length = 1, max_length = 8192)]
    pub token: String,
    /// access_token or refresh_token; a token is known without it.
    #[schema(max_length = 40)]
    pub token_type_hint: Option<String>,
}

/// Declares signing in and out.
pub fn routes(api: &mut Api) {
    api.operation(Method::POST, "/v1/auth/login", "login", PUBLIC, login)
        .tag(TAG)
        .summary("Signs a person in: access token and rotating refresh token.")
        .key(Key::No)
        .takes::<Login>()
        .answers::<Tokens>();
    api.operation(Method::POST, "/v1/auth/token", "token", PUBLIC, token)
        .tag(TAG)
        .summary("Signs a machine in, or renews a person's tokens (RFC 6749).")
        .key(Key::No)
        .body(Body::Form)
        .takes::<TokenRequest>()
        .answers::<Tokens>();
    api.operation(Method::POST, "/v1/auth/revoke", "revoke", PUBLIC, async |call: Call| {
        let input = call.read::<Revoke>()?;
        Ok(Reply::Secret(call.state.identity.revoke(&call.state.store, call.ctx.clone(), &input.token).await?))
    })
    .tag(TAG)
    .summary("Ends the session of a token.")
    .key(Key::No)
    .body(Body::JsonOrForm)
    .takes::<Revoke>();
    api.operation(Method::GET, "/.well-known/jwks.json", "jwks", PUBLIC, async |call: Call| {
        Ok(Reply::Answer(Answer::json(Done::Ok, &call.state.identity.jwks(&call.reading()).await?)?))
    })
    .tag(TAG)
    .summary("The public keys access tokens are signed with.")
    .answers::<Object>();
}

async fn login(call: Call) -> Result<Reply, Fault> {
    let input = call.read::<Login>()?;
    let state = &call.state;
    let wanted = Wanted { role: input.role, on_behalf_of: input.on_behalf_of };
    let answer = state.identity.login(&state.store, call.ctx.clone(), &input.login, &input.password, wanted).await?;
    Ok(Reply::Secret(answer))
}

async fn token(call: Call) -> Result<Reply, Fault> {
    let mut input = call.read::<TokenRequest>()?;
    if let Some((id, secret)) = basic(&call) {
        (input.client_id, input.client_secret) = (Some(id), Some(secret));
    }
    let (state, ctx) = (&call.state, call.ctx.clone());
    let answer = match input.grant_type.as_deref() {
        Some("client_credentials") => {
            let id = input.client_id.ok_or_else(|| missing("client_id"))?;
            let secret = input.client_secret.ok_or_else(|| missing("client_secret"))?;
            state.identity.client_credentials(&state.store, ctx, &id, &secret, input.scope.as_deref()).await?
        }
        Some("refresh_token") => {
            let token = input.refresh_token.ok_or_else(|| missing("refresh_token"))?;
            state.identity.refresh(&state.store, ctx, &token, input.scope.as_deref()).await?
        }
        Some(_) => return Err(Fault::new(&UNSUPPORTED_GRANT_TYPE)),
        None => return Err(missing("grant_type")),
    };
    Ok(Reply::Secret(answer))
}

/// Client id and secret from `Authorization: Basic`, each form-encoded (RFC 6749 §2.3.1).
fn basic(call: &Call) -> Option<(String, String)> {
    let header = call.request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, value) = header.split_once(' ')?;
    let text = String::from_utf8(BASE64.decode(value.trim()).ok()?).ok().filter(|text| !text.contains('\0'))?;
    let (id, secret) = text.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let decoded = |text: &str| {
        let pairs = Query::<Vec<(String, String)>>::from_query(&format!("v={text}")).ok()?.into_inner();
        pairs.into_iter().next().map(|(_, value)| value).filter(|value| !value.contains('\0'))
    };
    Some((decoded(id)?, decoded(secret)?))
}

fn missing(parameter: &str) -> Fault {
    Fault::new(&INVALID_REQUEST).with("parameter", parameter)
}
