//! Sessions: refresh-token families, and who stands behind a token now.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use access::{Actor, JobRole, Scope};
use chrono::NaiveDate;
use kernel::fault::{self, Fault};
use kernel::time::business_day;
use registers::{customer, delegation, org_unit, staff};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{FromQueryResult, QuerySelect, QueryTrait};
use store::Reading;

use crate::account::entity as account;
use crate::{Claims, client, unauthenticated};

pub mod entity {
    //! A refresh-token family.
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Option<Uuid>,
        pub client_id: Option<Uuid>,
        pub role: String,
        pub on_behalf_of: Option<Uuid>,
        pub created_at: DateTimeUtc,
        pub expires_at: DateTimeUtc,
        pub ended_at: Option<DateTimeUtc>,
        pub end_reason: Option<String>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

pub mod refresh {
    //! One refresh token of a family, hashed.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub session_id: Uuid,
        pub token_hash: String,
        pub expires_at: DateTimeUtc,
        pub used_at: Option<DateTimeUtc>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

/// A role somebody may act in, with the scope of its post.
#[derive(Clone, Debug)]
pub struct Choice {
    pub role: JobRole,
    pub on_behalf_of: Option<Uuid>,
    pub org_unit_id: Uuid,
    pub project_ids: Vec<Uuid>,
    pub discipline: Option<String>,
}

impl Choice {
    fn of(post: &staff::post::Model, on_behalf_of: Option<Uuid>) -> Option<Self> {
        Some(Self {
            role: post.job_role()?,
            on_behalf_of,
            org_unit_id: post.org_unit_id,
            project_ids: post.projects(),
            discipline: post.discipline.clone(),
        })
    }
}

/// The roles somebody may choose from today: his own posts, then those delegated to him.
pub async fn choices(at: &Reading, staff_id: Uuid) -> Result<Vec<Choice>, Fault> {
    let today = business_day(at.now);
    let own = staff::post::held(at, staff_id, today).await?;
    let mut list: Vec<Choice> = own.iter().filter_map(|post| Choice::of(post, None)).collect();
    for held in delegation::held(at, staff_id, today).await? {
        let principal = staff::post::held(at, held.from_staff_id, today).await?;
        // All posts of the role, as the principal himself acts in it.
        let lent = principal.iter().filter(|post| post.role == held.role);
        list.extend(lent.filter_map(|post| Choice::of(post, Some(held.from_staff_id))));
    }
    Ok(list)
}

fn forbidden(role: &str) -> Fault {
    Fault::new(&fault::FORBIDDEN).with("permission", format!("role:{role}"))
}

/// Session, account and person behind a token, in one look.
#[derive(FromQueryResult)]
struct Standing {
    expires_at: DateTimeUtc,
    ended_at: Option<DateTimeUtc>,
    client_id: Option<Uuid>,
    account_id: Option<Uuid>,
    status: Option<account::Status>,
    must_change_password: Option<bool>,
    login: Option<String>,
    customer_id: Option<Uuid>,
    staff_id: Option<Uuid>,
    staff_name: Option<String>,
    staff_status: Option<String>,
    edition: i64,
}

async fn standing(at: &Reading, session_id: Uuid) -> Result<Option<Standing>, Fault> {
    use entity::{Column, Entity};
    let mut select = Entity::find_by_id(session_id).select_only();
    QueryTrait::query(&mut select)
        .columns([Column::ExpiresAt, Column::EndedAt, Column::ClientId, Column::AccountId].map(|it| (Entity, it)))
        .columns(
            [account::Column::Status, account::Column::MustChangePassword, account::Column::Login]
                .map(|it| (account::Entity, it)),
        )
        .columns([account::Column::CustomerId, account::Column::StaffId].map(|it| (account::Entity, it)))
        .expr_as(Expr::col((staff::Entity, staff::Column::Name)), "staff_name")
        .expr_as(Expr::col((staff::Entity, staff::Column::Status)), "staff_status")
        .expr_as(Expr::cust(store::EDITION), "edition")
        .left_join(
            account::Entity,
            Expr::col((account::Entity, account::Column::Id)).equals((Entity, Column::AccountId)),
        )
        .left_join(
            staff::Entity,
            Expr::col((staff::Entity, staff::Column::Id)).equals((account::Entity, account::Column::StaffId)),
        );
    let found = select.into_model::<Standing>().one(&at.db()).await?;
    if let Some(found) = &found {
        at.store.note_edition(found.edition);
    }
    Ok(found)
}

/// Who stands behind a token now: account, session and post as the database has them.
pub async fn actor_of(at: &Reading, claims: &Claims, address: Option<&str>) -> Result<Actor, Fault> {
    if let Some(number) = &claims.outside {
        return outside(at, claims, number).await;
    }
    let session_id = claims.sid.ok_or_else(unauthenticated)?;
    let found = standing(at, session_id).await?.ok_or_else(unauthenticated)?;
    if found.ended_at.is_some() || found.expires_at <= at.now {
        return Err(unauthenticated());
    }
    let role: JobRole = claims.role.parse().map_err(|_| forbidden(&claims.role))?;
    if let Some(client_id) = found.client_id {
        return client::actor(at, client_id, role, session_id, address, &claims.scope).await;
    }
    if found.status != Some(account::Status::Active) {
        return Err(unauthenticated());
    }
    let base = Actor {
        account_id: found.account_id,
        session_id: Some(session_id),
        role,
        must_change_password: found.must_change_password.unwrap_or_default(),
        ..Actor::nobody()
    };
    match (found.staff_id, found.customer_id) {
        (Some(staff_id), _) => {
            if found.staff_status.as_deref() != Some(staff::entity::ACTIVE) {
                return Err(unauthenticated());
            }
            in_post(at, base, staff_id, found.staff_name.unwrap_or_default(), claims.on_behalf_of).await
        }
        (None, Some(own)) if role == JobRole::Customer => {
            let file = customer::merge::kept_file(at, own).await?;
            let customer_files = customer::merge::family(at, file).await?;
            let name = found.login.unwrap_or_default();
            Ok(Actor { sub: file, customer_id: Some(file), customer_files, name, ..base })
        }
        _ => Err(forbidden(role.code())),
    }
}

pub(crate) async fn as_staff(
    at: &Reading,
    base: Actor,
    staff_id: Uuid,
    on_behalf_of: Option<Uuid>,
) -> Result<Actor, Fault> {
    let person = staff::Entity::find_by_id(staff_id).one(&at.db()).await?.ok_or_else(unauthenticated)?;
    if !person.is_active() {
        return Err(unauthenticated());
    }
    in_post(at, base, staff_id, person.name, on_behalf_of).await
}

async fn in_post(
    at: &Reading,
    base: Actor,
    staff_id: Uuid,
    name: String,
    on_behalf_of: Option<Uuid>,
) -> Result<Actor, Fault> {
    let held = remembered_choices(at, staff_id).await?;
    let mine = held.into_iter().filter(|choice| choice.role == base.role && choice.on_behalf_of == on_behalf_of);
    let scope = scope_of(at, mine.collect()).await?.ok_or_else(|| forbidden(base.role.code()))?;
    Ok(Actor { sub: staff_id, staff_id: Some(staff_id), name, on_behalf_of, scope, ..base })
}

/// The choices of persons on a day.
#[derive(Default)]
struct Known(Mutex<HashMap<(Uuid, NaiveDate), Vec<Choice>>>);

/// As [`choices`], remembered: posts and delegations begin and end with the day, or move the edition.
async fn remembered_choices(at: &Reading, staff_id: Uuid) -> Result<Vec<Choice>, Fault> {
    if at.in_transaction() {
        // It may see rows that are not committed.
        return choices(at, staff_id).await;
    }
    let known = at.remembered(async |_| Ok(Known::default())).await?;
    let key = (staff_id, business_day(at.now));
    if let Some(found) = known.0.lock().ok().and_then(|known| known.get(&key).cloned()) {
        return Ok(found);
    }
    let found = choices(at, staff_id).await?;
    if let Ok(mut known) = known.0.lock() {
        known.insert(key, found.clone());
    }
    Ok(found)
}

/// What the posts of one role open together; none without a post.
async fn scope_of(at: &Reading, posts: Vec<Choice>) -> Result<Option<Scope>, Fault> {
    let Some(first) = posts.first().cloned() else { return Ok(None) };
    let mut scope = Scope {
        all: first.role.sees_all(),
        org_unit_id: Some(first.org_unit_id),
        discipline: first.discipline.filter(|it| posts.iter().all(|post| post.discipline.as_ref() == Some(it))),
        ..Scope::default()
    };
    // A post without projects is not restricted to projects.
    let restricted = posts.iter().all(|post| !post.project_ids.is_empty());
    for post in posts {
        scope.org_unit_ids.extend(org_unit::subtree(at, post.org_unit_id).await?);
        if restricted {
            scope.project_ids.extend(post.project_ids);
        }
    }
    for ids in [&mut scope.org_unit_ids, &mut scope.project_ids] {
        let mut seen = HashSet::new();
        ids.retain(|id| seen.insert(*id));
    }
    Ok(Some(scope))
}

/// What all posts of a role open together today; nothing when nobody holds it.
pub(crate) async fn scope_of_role(at: &Reading, role: JobRole) -> Result<Scope, Fault> {
    let posts = staff::post::held_as(at, role, business_day(at.now)).await?;
    let posts = posts.iter().filter_map(|post| Choice::of(post, None)).collect();
    Ok(scope_of(at, posts).await?.unwrap_or_default())
}

async fn outside(at: &Reading, claims: &Claims, number: &str) -> Result<Actor, Fault> {
    let person = staff::Entity::find().filter(staff::Column::Number.eq(number)).one(&at.db()).await?;
    let person = person.ok_or_else(unauthenticated)?;
    if shut_out(at, person.id).await? {
        return Err(unauthenticated());
    }
    let role: JobRole = claims.role.parse().map_err(|_| forbidden(&claims.role))?;
    as_staff(at, Actor { role, ..Actor::nobody() }, person.id, None).await
}

/// Whether somebody's accounts are all locked or disabled: that holds whoever vouches for him. Who has none is not shut
/// out.
async fn shut_out(at: &Reading, staff_id: Uuid) -> Result<bool, Fault> {
    let accounts = account::Entity::find().filter(account::Column::StaffId.eq(staff_id)).all(&at.db()).await?;
    Ok(!accounts.is_empty() && accounts.iter().all(|row| row.status != account::Status::Active))
}
