//! Sessions: refresh-token families, and who stands behind a token now.

use access::{Actor, JobRole, Scope};
use kernel::fault::{self, Fault};
use kernel::time::business_day;
use registers::{delegation, org_unit, staff};
use sea_orm::entity::prelude::*;
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
        let post = principal.iter().find(|post| post.role == held.role);
        list.extend(post.and_then(|post| Choice::of(post, Some(held.from_staff_id))));
    }
    Ok(list)
}

fn forbidden(role: &str) -> Fault {
    Fault::new(&fault::FORBIDDEN).with("permission", format!("role:{role}"))
}

/// Who stands behind a token now: account, session and post as the database has them.
pub async fn actor_of(at: &Reading, claims: &Claims, address: Option<&str>) -> Result<Actor, Fault> {
    if let Some(number) = &claims.outside {
        return outside(at, claims, number).await;
    }
    let session_id = claims.sid.ok_or_else(unauthenticated)?;
    let session = entity::Entity::find_by_id(session_id).one(&at.db()).await?.ok_or_else(unauthenticated)?;
    if session.ended_at.is_some() || session.expires_at <= at.now {
        return Err(unauthenticated());
    }
    let role: JobRole = claims.role.parse().map_err(|_| forbidden(&claims.role))?;
    if let Some(client_id) = session.client_id {
        return client::actor(at, client_id, role, session_id, address).await;
    }
    let account_id = session.account_id.ok_or_else(unauthenticated)?;
    let account = account::Entity::find_by_id(account_id).one(&at.db()).await?.ok_or_else(unauthenticated)?;
    if account.status != account::Status::Active {
        return Err(unauthenticated());
    }
    let base = Actor {
        account_id: Some(account.id),
        session_id: Some(session_id),
        role,
        must_change_password: account.must_change_password,
        ..Actor::nobody()
    };
    match (account.staff_id, account.customer_id) {
        (Some(staff_id), _) => as_staff(at, base, staff_id, claims.on_behalf_of).await,
        (None, Some(customer)) if role == JobRole::Customer => {
            Ok(Actor { sub: customer, customer_id: Some(customer), name: account.login, ..base })
        }
        _ => Err(forbidden(role.code())),
    }
}

async fn as_staff(at: &Reading, base: Actor, staff_id: Uuid, on_behalf_of: Option<Uuid>) -> Result<Actor, Fault> {
    let person = staff::Entity::find_by_id(staff_id).one(&at.db()).await?.ok_or_else(unauthenticated)?;
    if !person.is_active() {
        return Err(unauthenticated());
    }
    let held = choices(at, staff_id).await?;
    let mine = held.into_iter().find(|choice| choice.role == base.role && choice.on_behalf_of == on_behalf_of);
    let choice = mine.ok_or_else(|| forbidden(base.role.code()))?;
    let scope = Scope {
        all: choice.role.sees_all(),
        org_unit_id: Some(choice.org_unit_id),
        org_unit_ids: org_unit::subtree(at, choice.org_unit_id).await?,
        project_ids: choice.project_ids,
        discipline: choice.discipline,
    };
    Ok(Actor { sub: staff_id, staff_id: Some(staff_id), name: person.name, on_behalf_of, scope, ..base })
}

async fn outside(at: &Reading, claims: &Claims, number: &str) -> Result<Actor, Fault> {
    let person = staff::Entity::find().filter(staff::Column::Number.eq(number)).one(&at.db()).await?;
    let person = person.ok_or_else(unauthenticated)?;
    let role: JobRole = claims.role.parse().map_err(|_| forbidden(&claims.role))?;
    as_staff(at, Actor { role, ..Actor::nobody() }, person.id, None).await
}
