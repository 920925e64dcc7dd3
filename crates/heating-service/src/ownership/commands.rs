//! A home changes hands.

use chrono::{Days, NaiveDate};
use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use kernel::time::business_day;
use registers::customer;
use sea_orm::entity::prelude::*;
use sea_orm::{IntoActiveModel, QueryOrder, Set};
use serde::Deserialize;
use store::{Resource, Work, numbers, resource};
use utoipa::ToSchema;
use validator::Validate;

use super::Ownership;
use super::entity::{ActiveModel, Cause, Column, Entity, Model};
use crate::household::entity::Model as Home;
use crate::household::status::Standings;
use crate::household::{Household, commands as homes};
use crate::problems::{ARREARS_OPEN, OWNERSHIP_OVERLAP};
use crate::tense::Tense;

/// A new holder. Who held it without an end does so until the day before.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CreateOwnership {
    pub customer_id: Uuid,
    pub from: NaiveDate,
    /// The last day; open when absent.
    pub to: Option<NaiveDate>,
    pub cause: Cause,
    pub document_id: Option<Uuid>,
    /// The new holder signed for what is overdue; the paper is `document_id`.
    #[serde(default)]
    pub takes_arrears: bool,
}

/// Enters a change of holder; the fact is `household.owner_changed`.
///
/// # Errors
/// 409 `ownership_overlap` unless the period begins the day after the last; `arrears_open` while something is
/// overdue, unless the new holder takes it over in writing (HS-R03).
pub async fn create(work: &Work, household_id: Uuid, input: &CreateOwnership) -> Result<Model, Fault> {
    let right = async |_: &Home| judge(work, input).await;
    let home = resource::take_checked::<Household>(work, household_id, right).await?;
    enter(work, &home, input).await
}

/// As [`create`], of a household that is held already.
pub(crate) async fn entered(work: &Work, home: &Home, input: &CreateOwnership) -> Result<Model, Fault> {
    judge(work, input).await?;
    enter(work, home, input).await
}

/// What is wrong in the body itself.
async fn judge(work: &Work, input: &CreateOwnership) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    Tense::of(work).await?.day(&mut errors, Some(input.from), "/from");
    errors.add_if(input.to.is_some_and(|to| to < input.from), "/to", "date_order");
    errors.add_if(input.takes_arrears && input.document_id.is_none(), "/document_id", "required");
    errors.finish()?;
    customer::living(work, input.customer_id, "/customer_id").await?;
    documents::ensure_one_visible(work, input.document_id, "/document_id").await
}

async fn enter(work: &Work, home: &Home, input: &CreateOwnership) -> Result<Model, Fault> {
    let of_home = Entity::find().filter(Column::HouseholdId.eq(home.id));
    let last = of_home.order_by_desc(Column::FromOn).one(&work.db()).await?;
    if let Some(last) = &last {
        ensure_follows(last, input.from)?;
        if !input.takes_arrears {
            ensure_no_arrears(work, home.id).await?;
        }
        end(work, last, input.from).await?;
    }
    let row = work.insert(row(work, home.id, input).await?).await?;
    if let Some(paper) = input.document_id {
        documents::attach(work, &[paper], Household::NAME, home.id, "ownership").await?;
    }
    let mut change = home.clone().into_active_model();
    change.customer_id =
        Set(Some(input.customer_id).filter(|_| input.to.is_none_or(|to| to >= business_day(work.now))));
    let told = row.clone();
    work.change::<Household>(home, change, "owner_changed", move |fact| {
        fact.with("ownership_id", told.id.to_string())
            .with("from", told.from_on.to_string())
            .with("cause", told.cause.code())
            .with("takes_arrears", told.takes_arrears)
    })
    .await?;
    Ok(row)
}

/// Ends the present period without another: the home is given back.
///
/// # Errors
/// 409 `ownership_overlap` when nobody holds it, or only later; `arrears_open` (HS-R03).
pub(crate) async fn end_on(work: &Work, household_id: Uuid, to: NaiveDate) -> Result<Uuid, Fault> {
    let home = homes::locked(work, household_id).await?;
    let last = Entity::find().filter(Column::HouseholdId.eq(home.id)).filter(Column::ToOn.is_null());
    let last = last.one(&work.db()).await?.filter(|last| last.from_on <= to);
    let last = last.ok_or_else(|| Fault::new(&OWNERSHIP_OVERLAP))?;
    ensure_no_arrears(work, home.id).await?;
    let mut change = last.clone().into_active_model();
    change.to_on = Set(Some(to));
    work.change::<Ownership>(&last, change, "ended", |fact| fact).await?;
    let mut change = home.clone().into_active_model();
    change.customer_id = Set(home.customer_id.filter(|_| to >= business_day(work.now)));
    let id = last.id.to_string();
    work.change::<Household>(&home, change, "owner_changed", |fact| fact.with("ownership_id", id)).await?;
    Ok(last.id)
}

async fn ensure_no_arrears(work: &Work, household_id: Uuid) -> Result<(), Fault> {
    match Standings::of(work, &[household_id], business_day(work.now)).await?.overdue(household_id) {
        0 => Ok(()),
        overdue => {
            let overdue = crate::household::money(overdue)?.to_string();
            Err(Fault::new(&ARREARS_OPEN).rule("HS-R03").with("overdue", overdue))
        }
    }
}

/// The first period of a new household.
pub(crate) async fn first(work: &Work, household_id: Uuid, customer_id: Uuid, from: NaiveDate) -> Result<(), Fault> {
    let input = CreateOwnership {
        customer_id,
        from,
        to: None,
        cause: Cause::Handover,
        document_id: None,
        takes_arrears: false,
    };
    work.insert(row(work, household_id, &input).await?).await?;
    Ok(())
}

async fn row(work: &Work, household_id: Uuid, input: &CreateOwnership) -> Result<ActiveModel, Fault> {
    Ok(ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        updated_at: Set(None),
        number: Set(Some(numbers::next(work, "CQ").await?)),
        household_id: Set(household_id),
        customer_id: Set(input.customer_id),
        from_on: Set(input.from),
        to_on: Set(input.to),
        cause: Set(input.cause),
        document_id: Set(input.document_id),
        takes_arrears: Set(input.takes_arrears),
    })
}

/// A period begins after the last one began; if that has ended, on the very next day.
fn ensure_follows(last: &Model, from: NaiveDate) -> Result<(), Fault> {
    let fits = match last.to_on {
        None => from > last.from_on,
        Some(to) => Some(from) == to.succ_opt(),
    };
    if fits { Ok(()) } else { Err(Fault::new(&OWNERSHIP_OVERLAP)) }
}

async fn end(work: &Work, last: &Model, from: NaiveDate) -> Result<(), Fault> {
    if last.to_on.is_some() {
        return Ok(());
    }
    let mut change = last.clone().into_active_model();
    change.to_on = Set(from.checked_sub_days(Days::new(1)));
    work.change::<Ownership>(last, change, "ended", |fact| fact).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_neither_overlap_nor_leave_a_gap() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let last = |to: Option<&str>| Model {
            id: Uuid::nil(),
            version: 1,
            created_at: DateTimeUtc::default(),
            created_by: Uuid::nil(),
            updated_at: None,
            number: None,
            household_id: Uuid::nil(),
            customer_id: Uuid::nil(),
            from_on: day("2010-05-01"),
            to_on: to.map(day),
            cause: Cause::Sale,
            document_id: None,
            takes_arrears: false,
        };
        for (to, from, fits) in [
            (None, "2010-05-01", false),
            (None, "2010-05-02", true),
            (Some("2011-05-31"), "2011-06-01", true),
            (Some("2011-05-31"), "2011-05-31", false),
            (Some("2011-05-31"), "2011-06-02", false),
        ] {
            assert_eq!(ensure_follows(&last(to), day(from)).is_ok(), fits, "{to:?} {from}");
        }
    }
}
