//! Signing in: passwords with lock-out, rotating refresh tokens, client credentials, sign-out (PF-01).

use std::sync::Arc;

use access::JobRole;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::TimeDelta;
use kernel::fault::{self, Fault};
use kernel::ids;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{QuerySelect, Set};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::journal::{Audience, Fact};
use store::{Answer, Context, Done, Outcome, Store, Work, parameters, protected};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use crate::account::commands::{AccountAct, set_password};
use crate::account::entity::{self as account};
use crate::bearer::{Bearer, choose, renewed, staff_bearer};
use crate::lockout::{count_failure, locked_out};
use crate::session::{choices, entity as session, refresh};
use crate::{Claims, Identity, client, keys, password, problems};

/// What a sign-in answers.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds the access token is valid.
    pub expires_in: i64,
    /// Used once; the next one comes with the next access token. Clients get none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    pub role: String,
    /// The permissions a machine's token is confined to; absent when it has all of its role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// As whom somebody signs in, when he has the choice.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// One of his roles.
    pub role: Option<String>,
    /// The principal who lends him the role.
    pub on_behalf_of: Option<Uuid>,
}

fn wrong() -> Fault {
    Fault::new(&fault::INVALID_CREDENTIALS)
}

fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// A fact about signing in, for auditors.
pub(crate) fn about(kind: &str, account: Option<Uuid>) -> Fact {
    Fact::new(kind, "account", account).audience(Audience::Audit)
}

impl Identity {
    /// Signs a person in. Wrong password and unknown login: the same answer in the same time.
    ///
    /// # Errors
    /// 401 `invalid_credentials`, 400 `role_required` naming the choices, 403 `role_not_held`.
    pub async fn login(
        self: &Arc<Self>,
        store: &Store,
        ctx: Arc<Context>,
        login: &str,
        secret: &str,
        wanted: Wanted,
    ) -> Result<Answer, Fault> {
        self.fresh_keys(store, keys::TRUST).await?;
        let at = store.reading(ctx.clone());
        let login = login.trim().to_lowercase();
        let found = account::Entity::find().filter(account::Column::Login.eq(login.as_str())).one(&at.db()).await?;
        let fits = password::fits(secret, found.as_ref().map(|row| row.password_hash.as_str())).await?;
        let identity = self.clone();
        let command = async move |work: &Work| {
            let Some(found) = &found else {
                work.record(about("sign_in.failed", None));
                return Ok(Outcome::Refused(wrong()));
            };
            // Locked until the end of the work: parallel tries count one after the other.
            let row = account::Entity::find_by_id(found.id).lock(LockType::Update).one(&work.db()).await?;
            let row = row.ok_or_else(wrong)?;
            if locked_out(work, row.id).await?
                || row.status != account::Status::Active
                || row.password_hash != found.password_hash
            {
                work.record(about("sign_in.failed", Some(row.id)).with("counted", false));
                return Ok(Outcome::Refused(wrong()));
            }
            if !fits {
                count_failure(work, row.id).await?;
                return Ok(Outcome::Refused(wrong()));
            }
            identity.signed_in(work, &row, &wanted).await
        };
        store.write(ctx, command).await
    }

    async fn signed_in(&self, work: &Work, row: &account::Model, wanted: &Wanted) -> Result<Outcome, Fault> {
        let (role, principal) = (wanted.role.as_deref(), wanted.on_behalf_of);
        let bearer = match (row.staff_id, row.customer_id) {
            (Some(staff), _) => match choose(&choices(work, staff).await?, role, principal) {
                Ok(choice) => staff_bearer(work, staff, choice).await?,
                Err(fault) => {
                    work.record(about("sign_in.failed", Some(row.id)).with("code", fault.code()));
                    return Ok(Outcome::Refused(fault));
                }
            },
            (None, Some(_)) if principal.is_some() || role.is_some_and(|role| role != JobRole::Customer.code()) => {
                let fault = Fault::new(&problems::ROLE_NOT_HELD);
                work.record(about("sign_in.failed", Some(row.id)).with("code", fault.code()));
                return Ok(Outcome::Refused(fault));
            }
            (None, Some(customer)) => Bearer {
                sub: customer,
                name: row.login.clone(),
                role: JobRole::Customer,
                on_behalf_of: None,
                org_unit: None,
                project_ids: Vec::new(),
                discipline: None,
                customer_id: Some(customer),
                client_id: None,
                scope: "self".to_owned(),
            },
            (None, None) => return Err(Fault::internal("an account without an owner")),
        };
        crate::account::commands::forget_failures(work, row.id).await?;
        let session = open_session(work, Some(row.id), &bearer).await?;
        let refresh_token = issue_refresh(work, &session).await?;
        let tokens = self.tokens(work, &bearer, session.id, Some(refresh_token)).await?;
        work.record(about("sign_in.succeeded", Some(row.id)).with("role", bearer.role.code()));
        Ok(Outcome::Done(Answer::json(Done::Ok, &tokens)?))
    }

    async fn tokens(&self, work: &Work, bearer: &Bearer, sid: Uuid, refresh: Option<String>) -> Result<Tokens, Fault> {
        let minutes = parameters::integer(work, "platform.identity.access_token_minutes").await?;
        let (issuer, audience) = self.names();
        let now = work.now.timestamp();
        let claims = Claims {
            iss: issuer.to_owned(),
            aud: audience.to_owned(),
            sub: bearer.sub,
            exp: now + minutes * 60,
            iat: now,
            nbf: now,
            jti: ids::new_id(work.now),
            sid: Some(sid),
            name: bearer.name.clone(),
            role: bearer.role.code().to_owned(),
            org_unit: bearer.org_unit,
            project_ids: bearer.project_ids.clone(),
            discipline: bearer.discipline.clone(),
            customer_id: bearer.customer_id,
            client_id: bearer.client_id,
            on_behalf_of: bearer.on_behalf_of,
            scope: bearer.scope.clone(),
            outside: None,
        };
        Ok(Tokens {
            access_token: self.sign(&claims)?,
            token_type: "Bearer".to_owned(),
            expires_in: minutes * 60,
            refresh_token: refresh,
            role: bearer.role.code().to_owned(),
            scope: Some(bearer.scope.clone()).filter(|scope| bearer.client_id.is_some() && !scope.is_empty()),
        })
    }

    /// A new pair for a refresh token. Each is good once; a second use ends the whole family.
    ///
    /// # Errors
    /// 401 `invalid_grant`; 400 `invalid_scope` for another scope than the one the person has.
    pub async fn refresh(
        self: &Arc<Self>,
        store: &Store,
        ctx: Arc<Context>,
        token: &str,
        scope: Option<&str>,
    ) -> Result<Answer, Fault> {
        self.fresh_keys(store, keys::TRUST).await?;
        let (identity, hash, asked) = (self.clone(), token_hash(token), scope.unwrap_or_default().to_owned());
        let command = async move |work: &Work| {
            let refused = || Outcome::Refused(Fault::new(&problems::INVALID_GRANT));
            let found = refresh::Entity::find()
                .filter(refresh::Column::TokenHash.eq(hash.as_str()))
                .lock(LockType::Update)
                .one(&work.db())
                .await?;
            let Some(found) = found else {
                work.record(about("token.refused", None));
                return Ok(refused());
            };
            let session = session::Entity::find_by_id(found.session_id).one(&work.db()).await?;
            let session = session.ok_or_else(|| Fault::internal("a refresh token without a session"))?;
            if found.used_at.is_some() {
                end_session(work, session.id, "reuse").await?;
                work.record(about("token.reuse_detected", session.account_id));
                return Ok(refused());
            }
            if session.ended_at.is_some() || found.expires_at <= work.now {
                work.record(about("token.refused", session.account_id));
                return Ok(refused());
            }
            let Some(bearer) = renewed(work, &session).await? else {
                end_session(work, session.id, "post ended").await?;
                work.record(about("token.refused", session.account_id));
                return Ok(refused());
            };
            if asked.split_whitespace().any(|scope| scope != bearer.scope) {
                work.record(about("token.refused", session.account_id));
                return Ok(Outcome::Refused(Fault::new(&problems::INVALID_SCOPE)));
            }
            refresh::Entity::update_many()
                .col_expr(refresh::Column::UsedAt, Expr::value(Some(work.now)))
                .filter(refresh::Column::Id.eq(found.id))
                .exec(&work.db())
                .await?;
            let next = issue_refresh(work, &session).await?;
            let tokens = identity.tokens(work, &bearer, session.id, Some(next)).await?;
            work.record(about("token.refreshed", session.account_id));
            Ok(Outcome::Done(Answer::json(Done::Ok, &tokens)?))
        };
        store.write(ctx, command).await
    }

    /// Signs a machine in with its secret, within the part of its scopes it asks for.
    ///
    /// # Errors
    /// 401 `invalid_client`; 400 `invalid_scope` when it asks for more than it has.
    pub async fn client_credentials(
        self: &Arc<Self>,
        store: &Store,
        ctx: Arc<Context>,
        client_id: &str,
        secret: &str,
        scope: Option<&str>,
    ) -> Result<Answer, Fault> {
        self.fresh_keys(store, keys::TRUST).await?;
        let (identity, client_id, asked) = (self.clone(), client_id.to_owned(), scope.map(str::to_owned));
        let hash = client::commands::hash_secret(secret);
        let command = async move |work: &Work| {
            let found = client::entity::Entity::find()
                .filter(client::entity::Column::ClientId.eq(client_id.as_str()))
                .one(&work.db())
                .await?;
            let good = |row: &client::entity::Model| {
                bool::from(row.secret_hash.as_bytes().ct_eq(hash.as_bytes()))
                    && row.status == client::entity::Status::Active
                    && row.admits(work.ctx.ip.as_deref())
            };
            let Some(row) = found.filter(good) else {
                work.record(Fact::new("sign_in.failed", "client", None).audience(Audience::Audit));
                return Ok(Outcome::Refused(Fault::new(&problems::INVALID_CLIENT)));
            };
            let role: JobRole = row.role.parse().map_err(Fault::internal)?;
            let Some(scope) = client::scope::granted(&row, role, asked.as_deref()) else {
                let fact = Fact::new("sign_in.failed", "client", Some(row.id)).audience(Audience::Audit);
                work.record(fact.with("code", problems::INVALID_SCOPE.code));
                return Ok(Outcome::Refused(Fault::new(&problems::INVALID_SCOPE)));
            };
            let bearer = Bearer {
                sub: row.id,
                name: row.name.clone(),
                role,
                on_behalf_of: None,
                org_unit: row.org_unit_id,
                project_ids: row.list(&row.project_ids),
                discipline: None,
                customer_id: None,
                client_id: Some(row.id),
                scope,
            };
            let session = open_session(work, None, &bearer).await?;
            let tokens = identity.tokens(work, &bearer, session.id, None).await?;
            work.record(Fact::new("sign_in.succeeded", "client", Some(row.id)).audience(Audience::Audit));
            Ok(Outcome::Done(Answer::json(Done::Ok, &tokens)?))
        };
        store.write(ctx, command).await
    }

    /// Ends the family of a refresh token, or the session of an access token. Unknown tokens are no error.
    pub async fn revoke(self: &Arc<Self>, store: &Store, ctx: Arc<Context>, token: &str) -> Result<Answer, Fault> {
        let sid = self.verify(store, token).await.ok().and_then(|claims| claims.sid);
        let hash = token_hash(token);
        let command = async move |work: &Work| {
            let by_refresh =
                refresh::Entity::find().filter(refresh::Column::TokenHash.eq(hash.as_str())).one(&work.db()).await?;
            match by_refresh.map(|row| row.session_id).or(sid) {
                Some(session) => {
                    end_session(work, session, "revoked").await?;
                    work.record(Fact::new("token.revoked", "session", Some(session)).audience(Audience::Audit));
                }
                None => work.unchanged(),
            }
            Ok::<_, Fault>(Answer::no_content())
        };
        store.write(ctx, command).await
    }
}

/// Writes the caller's own new password. Wrong old ones count towards the lock-out like sign-ins.
///
/// # Errors
/// 422 `wrong_password`, `password_weak`; 404 for a caller without an account of ours.
pub async fn change_password(store: &Store, ctx: Arc<Context>, old: &str, new: &str) -> Result<Answer, Fault> {
    let missing = || Fault::new(&fault::NOT_FOUND);
    let at = store.reading(ctx.clone());
    let id = ctx.actor.account_id.ok_or_else(missing)?;
    let found = account::Entity::find_by_id(id).one(&at.db()).await?.ok_or_else(missing)?;
    let min = parameters::integer(&at, "platform.identity.password_min").await?;
    password::check_strength(new, &found.login, min, "/new_password")?;
    if old == new {
        return Err(Fault::field("/new_password", "password_weak"));
    }
    let hash = match password::fits(old, Some(&found.password_hash)).await? {
        true => Some(password::hash_password(new).await?),
        false => None,
    };
    let command = async move |work: &Work| {
        let row = account::Entity::find_by_id(id).lock(LockType::Update).one(&work.db()).await?;
        let row = row.ok_or_else(missing)?;
        let refused = || Outcome::Refused(Fault::field("/old_password", "wrong_password"));
        if locked_out(work, id).await? || row.password_hash != found.password_hash {
            work.record(about("sign_in.failed", Some(id)).with("counted", false));
            return Ok(refused());
        }
        let Some(hash) = &hash else {
            count_failure(work, id).await?;
            return Ok(refused());
        };
        set_password(work, id, hash, false, &AccountAct::default()).await?;
        Ok::<_, Fault>(Outcome::Done(Answer::no_content()))
    };
    store.write(ctx, command).await
}

async fn open_session(work: &Work, account_id: Option<Uuid>, bearer: &Bearer) -> Result<session::Model, Fault> {
    // A machine has no refresh token: its session ends with the access token.
    let life = match bearer.client_id {
        Some(_) => TimeDelta::minutes(parameters::integer(work, "platform.identity.access_token_minutes").await?),
        None => TimeDelta::days(parameters::integer(work, "platform.identity.refresh_token_days").await?),
    };
    let row = session::ActiveModel {
        id: Set(ids::new_id(work.now)),
        account_id: Set(account_id),
        client_id: Set(bearer.client_id),
        role: Set(bearer.role.code().to_owned()),
        on_behalf_of: Set(bearer.on_behalf_of),
        created_at: Set(work.now),
        expires_at: Set(work.now + life),
        ended_at: Set(None),
        end_reason: Set(None),
    };
    work.insert(row).await
}

async fn issue_refresh(work: &Work, session: &session::Model) -> Result<String, Fault> {
    let token = BASE64.encode(protected::random::<32>()?);
    let row = refresh::ActiveModel {
        id: Set(ids::new_id(work.now)),
        session_id: Set(session.id),
        token_hash: Set(token_hash(&token)),
        expires_at: Set(session.expires_at),
        used_at: Set(None),
    };
    refresh::Entity::insert(row).exec_without_returning(&work.db()).await?;
    Ok(token)
}

async fn end_session(work: &Work, id: Uuid, reason: &str) -> Result<(), Fault> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(Some(work.now)))
        .col_expr(session::Column::EndReason, Expr::value(Some(reason.to_owned())))
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::EndedAt.is_null())
        .exec(&work.db())
        .await?;
    work.forget();
    Ok(())
}

/// Ends every session: tokens of a time that has not come yet must not open anything.
pub async fn end_all_sessions(work: &Work, reason: &str) -> Result<(), Fault> {
    session::Entity::update_many()
        .col_expr(session::Column::EndedAt, Expr::value(Some(work.now)))
        .col_expr(session::Column::EndReason, Expr::value(Some(reason.to_owned())))
        .filter(session::Column::EndedAt.is_null())
        .exec(&work.db())
        .await?;
    work.forget();
    Ok(())
}
