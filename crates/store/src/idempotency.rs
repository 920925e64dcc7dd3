//! `Idempotency-Key`: the first answer is stored in the transaction of its effect and given again.
//!
//! A key belongs to one caller and one operation. The row is inserted first, so a second caller waits
//! for the first and then replays. Answers are kept encrypted for `platform.idempotency.days`.

use chrono::TimeDelta;
use kernel::fault::{self, Fault};
use kernel::ids;
use kernel::time::whole_second;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{ConnectionTrait, QueryTrait, Set};

use crate::parameters;
use crate::remembered::EDITION;
use crate::work::{Answer, Done, Work};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub caller: Uuid,
    pub operation: String,
    pub key: String,
    pub request_hash: String,
    pub done: Option<i16>,
    pub version: Option<i32>,
    pub location: Option<String>,
    pub answer: Option<String>,
    /// The customers it is about, as a JSON list of ids.
    pub customers: Option<String>,
    pub expires_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

const AAD: &str = "idempotency.answer";
/// Lists hold no more rows; an answer about more customers only counts them.
const CUSTOMERS: usize = 200;

fn mine(work: &Work, key: &str) -> Select<Entity> {
    Entity::find()
        .filter(Column::Caller.eq(work.actor().sub))
        .filter(Column::Operation.eq(work.ctx.operation))
        .filter(Column::Key.eq(key))
}

/// Takes the key for this request, or answers what was answered before.
///
/// # Errors
/// `idempotency_key_reused` for another request under the same key, `idempotency_in_progress` when
/// the first one still runs after the lock time-out.
pub(crate) async fn claim(work: &Work) -> Result<Option<Answer>, Fault> {
    let Some((key, request_hash)) = work.ctx.key.as_ref().filter(|_| !work.ctx.dry_run) else {
        return Ok(None);
    };
    let days = parameters::integer(work, "platform.idempotency.days").await?;
    let row = ActiveModel {
        id: Set(ids::new_id(work.now)),
        caller: Set(work.actor().sub),
        operation: Set(work.ctx.operation.to_owned()),
        key: Set(key.clone()),
        request_hash: Set(request_hash.clone()),
        done: Set(None),
        version: Set(None),
        location: Set(None),
        answer: Set(None),
        customers: Set(None),
        // On the second, however late within it the answer was given.
        expires_at: Set(whole_second(work.now) + TimeDelta::days(days)),
    };
    let taken = OnConflict::columns([Column::Caller, Column::Operation, Column::Key]).do_nothing().to_owned();
    // Nothing comes back when the key is taken.
    let mut insert = Entity::insert(row).on_conflict(taken);
    QueryTrait::query(&mut insert).returning(Query::returning().expr(Expr::cust(EDITION)));
    loop {
        match work.db().query_one(insert.as_query()).await {
            Ok(Some(inserted)) => {
                work.begins_under(inserted.try_get_by_index(0)?);
                return Ok(None);
            }
            Ok(None) => {}
            Err(error) if kernel::database::sql_state(&error).as_deref() == Some("55P03") => {
                return Err(Fault::new(&fault::IDEMPOTENCY_IN_PROGRESS));
            }
            Err(error) => return Err(error.into()),
        }
        let Some(first) = mine(work, key).one(&work.db()).await? else { continue };
        if first.expires_at <= work.now {
            Entity::delete_by_id(first.id).exec(&work.db()).await?;
            continue;
        }
        if first.request_hash != *request_hash {
            return Err(Fault::new(&fault::IDEMPOTENCY_KEY_REUSED));
        }
        let Some(done) = first.done else { return Err(Fault::new(&fault::IDEMPOTENCY_IN_PROGRESS)) };
        work.unchanged();
        let body = match &first.answer {
            Some(sealed) => work.store.keys().open(AAD, sealed)?,
            None => Vec::new(),
        };
        return Ok(Some(Answer {
            done: Done::from_code(done),
            version: first.version,
            location: first.location,
            body,
            replayed: true,
            dry_run: false,
        }));
    }
}

/// Keeps the answer under the key, in the transaction of its effect.
pub(crate) async fn keep(work: &Work, answer: &Answer) -> Result<(), Fault> {
    let Some((key, _)) = work.ctx.key.as_ref().filter(|_| !work.ctx.dry_run) else { return Ok(()) };
    let sealed = work.store.keys().seal(AAD, &answer.body)?;
    let customers = work.customers.take();
    let shown = (1..=CUSTOMERS).contains(&customers.len());
    let customers = shown.then(|| serde_json::to_string(&customers).map_err(Fault::internal)).transpose()?;
    let keep = Entity::update_many()
        .col_expr(Column::Done, Expr::value(Some(answer.done.code())))
        .col_expr(Column::Version, Expr::value(answer.version))
        .col_expr(Column::Location, Expr::value(answer.location.clone()))
        .col_expr(Column::Answer, Expr::value(Some(sealed)))
        .col_expr(Column::Customers, Expr::value(customers))
        .filter(Column::Caller.eq(work.actor().sub))
        .filter(Column::Operation.eq(work.ctx.operation))
        .filter(Column::Key.eq(key));
    work.later(keep.build(work.db().get_database_backend())).await;
    Ok(())
}

/// Frees the key: refusals are not stored.
pub(crate) async fn release(work: &Work) -> Result<(), Fault> {
    let Some((key, _)) = work.ctx.key.as_ref().filter(|_| !work.ctx.dry_run) else { return Ok(()) };
    Entity::delete_many()
        .filter(Column::Caller.eq(work.actor().sub))
        .filter(Column::Operation.eq(work.ctx.operation))
        .filter(Column::Key.eq(key))
        .exec(&work.db())
        .await?;
    Ok(())
}

/// Forgets the answers that show a customer, for he is erased.
pub async fn forget_customer(work: &Work, id: Uuid) -> Result<(), Fault> {
    Entity::delete_many().filter(Column::Customers.contains(id.to_string())).exec(&work.db()).await?;
    Ok(())
}

/// Forgets keys whose time is over. Run by a job.
pub async fn purge(work: &Work) -> Result<(), Fault> {
    Entity::delete_many().filter(Column::ExpiresAt.lte(work.now)).exec(&work.db()).await?;
    work.unchanged();
    Ok(())
}
