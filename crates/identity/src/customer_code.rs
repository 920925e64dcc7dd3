//! Accounts customers open for themselves, with a one-time code sent to a phone on their file (PF-01).

use std::sync::Arc;

use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::ids;
use registers::{customer, locks};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{IntoActiveModel, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};
use store::journal::{Audience, Fact};
use store::{Answer, Context, Done, Outcome, Reading, Store, Work, parameters, protected, resource};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use validator::Validate;

use crate::account::commands::{Owner, open};
use crate::account::{Account, entity as account};
use crate::password;

/// How long a code is good.
const LIFE: TimeDelta = TimeDelta::minutes(10);
/// Wrong codes before it is void, and codes a customer is sent within its life.
const TRIES: i32 = 5;
const CODES: u64 = 3;

pub mod entity {
    //! A code on its way to a phone; only its keyed hash is kept.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "customer_code")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub customer_id: Uuid,
        pub code_hash: String,
        pub tries: i32,
        pub created_at: DateTimeUtc,
        pub expires_at: DateTimeUtc,
        pub used_at: Option<DateTimeUtc>,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

use entity::{ActiveModel, Column, Entity};

/// The answer to every phone number, known or not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeSent {
    /// Seconds the code is good, if one was sent.
    pub expires_in: i64,
    /// The code itself, in sandbox mode only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// A customer's own account.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RegisterCustomer {
    #[schema(format = "phone")]
    pub phone: String,
    #[schema(pattern = "^[0-9]{6}$")]
    pub code: String,
    #[schema(min_length = 2, max_length = 64, pattern = "^[A-Za-z0-9._@-]+$")]
    pub login: String,
    #[schema(min_length = 1, max_length = 128)]
    pub password: String,
}

fn fact(kind: &str, customer: Option<Uuid>) -> Fact {
    let mut fact = Fact::new(kind, "customer", customer).audience(Audience::Audit);
    fact.placement.customer_id = customer;
    fact
}

/// The one customer of a phone; who shares it with others asks the staff for an account.
async fn only_customer(at: &Reading, phone: &str) -> Result<Option<Uuid>, Fault> {
    let found = customer::by_phone(at, phone).await?;
    Ok(if let [only] = found.as_slice() { Some(only.id) } else { None })
}

/// A code that was made for a customer.
pub struct NewCode {
    pub id: Uuid,
    pub customer_id: Uuid,
    /// In clear, for the letter alone.
    pub code: String,
    pub expires_at: DateTimeUtc,
}

/// Makes a code for the customer of a phone and hands it to `post`, which writes the letter it goes with and answers its
/// id. The journal names the letter, never the code.
pub async fn send(
    store: &Store,
    ctx: Arc<Context>,
    phone: &str,
    sandbox: bool,
    post: impl AsyncFn(&Work, &NewCode) -> Result<Uuid, Fault> + 'static,
) -> Result<Answer, Fault> {
    let phone = phone.to_owned();
    let command = async move |work: &Work| {
        let code = match only_customer(work, &phone).await? {
            Some(customer) => issue(work, customer, &post).await?,
            None => None,
        };
        if code.is_none() {
            work.record(fact("customer_code.refused", None));
        }
        let sent = CodeSent { expires_in: LIFE.num_seconds(), code: code.filter(|_| sandbox) };
        Answer::json(Done::Ok, &sent)
    };
    store.write(ctx, command).await
}

async fn issue(
    work: &Work,
    customer: Uuid,
    post: &impl AsyncFn(&Work, &NewCode) -> Result<Uuid, Fault>,
) -> Result<Option<String>, Fault> {
    locks::hold(work, vec![format!("customer_code|{customer}")]).await?;
    let recent = Entity::find()
        .filter(Column::CustomerId.eq(customer))
        .filter(Column::CreatedAt.gt(work.now - LIFE))
        .count(&work.db())
        .await?;
    if recent >= CODES {
        return Ok(None);
    }
    let (id, expires_at) = (ids::new_id(work.now), work.now + LIFE);
    let new = NewCode { id, customer_id: customer, code: six_digits()?, expires_at };
    let row = ActiveModel {
        id: Set(id),
        customer_id: Set(customer),
        code_hash: Set(hash(work, id, &new.code)),
        tries: Set(0),
        created_at: Set(work.now),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    work.insert(row).await?;
    let letter = post(work, &new).await?;
    work.record(fact("customer_code.issued", Some(customer)).with("letter_id", letter.to_string()));
    Ok(Some(new.code))
}

/// Six digits, each as likely as any other.
fn six_digits() -> Result<String, Fault> {
    // The largest multiple of a million below 2^32; what lies above would favour small codes.
    const FAIR: u32 = 4_294_000_000;
    loop {
        let drawn = u32::from_be_bytes(protected::random::<4>()?);
        if drawn < FAIR {
            return Ok(format!("{:06}", drawn % 1_000_000));
        }
    }
}

/// Keyed: a million codes are soon tried out on a bare hash.
fn hash(at: &Reading, id: Uuid, code: &str) -> String {
    hex::encode(at.store.keys().mac("customer_code", format!("{id}|{code}").as_bytes()))
}

/// Opens a customer's own account against the code.
///
/// # Errors
/// 422 `code_invalid` for a wrong, used or old code, `password_weak`; 409 `already_exists` when the
/// customer has an account or the login is taken.
pub async fn register(store: &Store, ctx: Arc<Context>, input: RegisterCustomer) -> Result<Answer, Fault> {
    let at = store.reading(ctx.clone());
    let min = parameters::integer(&at, "platform.identity.password_min").await?;
    password::check_strength(&input.password, &input.login, min, "/password")?;
    let password_hash = password::hash_password(&input.password).await?;
    let command = async move |work: &Work| {
        let customer = match only_customer(work, &input.phone).await? {
            Some(customer) if redeem(work, customer, &input.code).await? => customer,
            refused => {
                work.record(fact("customer_code.refused", refused));
                return Ok(Outcome::Refused(Fault::field("/code", "code_invalid")));
            }
        };
        let known = account::Entity::find().filter(account::Column::CustomerId.eq(customer)).one(&work.db()).await?;
        if known.is_some() {
            return Err(Fault::new(&store::problems::UNIQUE_TAKEN).with("field", "phone"));
        }
        let row = open(work, &input.login, &password_hash, Owner::Customer(customer), false).await?;
        let version = row.version;
        let view = resource::view::<Account>(work, row).await?;
        Ok(Outcome::Done(Answer::json(Done::Created, &view)?.version(version)))
    };
    store.write(ctx, command).await
}

/// Whether the newest code fits; a wrong try counts, a right one uses it up.
async fn redeem(work: &Work, customer: Uuid, code: &str) -> Result<bool, Fault> {
    locks::hold(work, vec![format!("customer_code|{customer}")]).await?;
    let newest = Entity::find()
        .filter(Column::CustomerId.eq(customer))
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Id)
        .limit(1)
        .lock(LockType::Update)
        .one(&work.db())
        .await?;
    let Some(row) = newest.filter(|row| row.used_at.is_none() && row.expires_at > work.now && row.tries < TRIES) else {
        return Ok(false);
    };
    let right = bool::from(row.code_hash.as_bytes().ct_eq(hash(work, row.id, code).as_bytes()));
    let tries = row.tries + 1;
    let mut change = row.into_active_model();
    change.tries = Set(tries);
    if right {
        change.used_at = Set(Some(work.now));
    }
    Entity::update(change).validate()?.exec(&work.db()).await?;
    Ok(right)
}
