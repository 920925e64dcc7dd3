//! What ticket commands ask of the catalogues.

use std::sync::Arc;

use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::Reading;

use super::{Kind, PlaceKind, category, classification, list};

/// The catalogues as commands ask for them, remembered: small, and changed a few times a year.
struct Catalogues {
    channels: Vec<super::channel::Model>,
    categories: Vec<category::Model>,
    classifications: Vec<classification::Model>,
    procedures: Vec<super::procedure::Model>,
}

async fn catalogues(at: &Reading) -> Result<Arc<Catalogues>, Fault> {
    at.remembered(async |db| {
        Ok(Catalogues {
            channels: super::channel::Entity::find().all(&db).await?,
            categories: category::Entity::find().all(&db).await?,
            classifications: classification::Entity::find().all(&db).await?,
            procedures: super::procedure::Entity::find().all(&db).await?,
        })
    })
    .await
}

fn is_valid(from: NaiveDate, to: Option<NaiveDate>, on: NaiveDate) -> bool {
    from <= on && to.is_none_or(|to| on <= to)
}

/// The channel of a code.
///
/// # Errors
/// `invalid_enum` at `/channel_code` when there is none in use.
pub async fn channel(at: &Reading, code: &str) -> Result<super::channel::Model, Fault> {
    let known = catalogues(at).await?;
    let row = known.channels.iter().find(|row| row.code == code && row.active);
    row.cloned().ok_or_else(|| Fault::field("/channel_code", "invalid_enum"))
}

/// A dotted category code and the codes above it, nearest first.
pub fn ancestors(code: &str) -> Vec<&str> {
    let dots = code.rmatch_indices('.').map(|(at, _)| &code[..at]);
    std::iter::once(code).chain(dots).collect()
}

/// The classification of a combination on a day: its own row or that of the nearest category above (TK-R01).
///
/// # Errors
/// `classification_invalid` when the category is unknown or not valid that day, or no row serves it.
pub async fn classify(
    at: &Reading,
    kind: Kind,
    category_code: &str,
    place_kind: PlaceKind,
    on: NaiveDate,
) -> Result<classification::Model, Fault> {
    let invalid = || Fault::field("/category_code", "classification_invalid").rule("TK-R01");
    let known = catalogues(at).await?;
    if !known.categories.iter().any(|row| row.code == category_code && is_valid(row.valid_from, row.valid_to, on)) {
        return Err(invalid());
    }
    let rows = known.classifications.iter().filter(|row| {
        row.kind == kind && row.place_kind == place_kind && row.active && is_valid(row.valid_from, row.valid_to, on)
    });
    nearest(rows, category_code).cloned().ok_or_else(invalid)
}

/// The classification a ticket received on a day stands under, also when the combination is no longer offered: the
/// nearest row in use, else the nearest that was. None when no row was valid that day; such a ticket has no procedure.
pub async fn class_of(
    at: &Reading,
    kind: Kind,
    category_code: &str,
    place_kind: PlaceKind,
    received_on: NaiveDate,
) -> Result<Option<classification::Model>, Fault> {
    let known = catalogues(at).await?;
    Ok(kept(&known.classifications, (kind, category_code, place_kind), received_on).cloned())
}

fn kept<'a>(
    rows: &'a [classification::Model],
    (kind, category_code, place_kind): (Kind, &str, PlaceKind),
    on: NaiveDate,
) -> Option<&'a classification::Model> {
    let serving = |row: &&classification::Model| {
        row.kind == kind && row.place_kind == place_kind && is_valid(row.valid_from, row.valid_to, on)
    };
    let in_use = rows.iter().filter(serving).filter(|row| row.active);
    nearest(in_use, category_code).or_else(|| nearest(rows.iter().filter(serving), category_code))
}

/// Of rows for a category or those above it, the nearest.
fn nearest<'a>(
    rows: impl Iterator<Item = &'a classification::Model>,
    category_code: &str,
) -> Option<&'a classification::Model> {
    let above = ancestors(category_code);
    rows.filter(|row| above.contains(&row.category_code.as_str())).max_by_key(|row| row.category_code.len())
}

/// An entry in use of a word list: `root_cause`, `pause_reason` …
///
/// # Errors
/// `invalid_enum` at the pointer when there is none.
pub async fn list_item(at: &Reading, list: &str, code: &str, pointer: &str) -> Result<list::Model, Fault> {
    let row = list::Entity::find()
        .filter(list::Column::List.eq(list))
        .filter(list::Column::Code.eq(code))
        .filter(list::Column::Active.eq(true))
        .one(&at.db())
        .await?;
    row.ok_or_else(|| Fault::field(pointer, "invalid_enum"))
}

/// A word that was chosen once, offered still or not.
pub async fn listed(at: &Reading, list: &str, code: &str) -> Result<list::Model, Fault> {
    let row = list::Entity::find()
        .filter(list::Column::List.eq(list))
        .filter(list::Column::Code.eq(code))
        .one(&at.db())
        .await?;
    row.ok_or_else(|| Fault::internal(format!("no {list} {code}")))
}

/// The procedure of a code, in use or not: a ticket keeps the one it was given.
pub async fn procedure(at: &Reading, code: &str) -> Result<super::procedure::Model, Fault> {
    let known = catalogues(at).await?;
    let row = known.procedures.iter().find(|row| row.code == code);
    row.cloned().ok_or_else(|| Fault::internal(format!("no procedure {code}")))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::catalogue::Severity;
    use crate::catalogue::classification::Rule;

    fn row(category_code: &str) -> classification::Model {
        classification::Model {
            id: Uuid::nil(),
            version: 1,
            created_at: DateTime::<Utc>::UNIX_EPOCH,
            kind: Kind::Repair,
            category_code: category_code.to_owned(),
            place_kind: PlaceKind::Unit,
            unit_required: true,
            default_severity: Severity::Normal,
            responsible_rule: Rule::Desk,
            responsible_org_unit_id: None,
            handler_roles: "[]".to_owned(),
            procedure_code: None,
            warranty_part_code: None,
            active: true,
            valid_from: NaiveDate::MIN,
            valid_to: None,
        }
    }

    #[test]
    fn a_category_lies_below_each_prefix_of_whole_words() {
        assert_eq!(ancestors("heating.leak.pipe"), ["heating.leak.pipe", "heating.leak", "heating"]);
        assert_eq!(ancestors("heating"), ["heating"]);
    }

    #[test]
    fn the_nearest_row_above_serves_a_category() {
        let check = |rows: &[&str], code: &str| {
            let rows: Vec<_> = rows.iter().map(|code| row(code)).collect();
            nearest(rows.iter(), code).map(|row| row.category_code.clone())
        };
        assert_eq!(check(&["heating", "heating.leak"], "heating.leak").as_deref(), Some("heating.leak"));
        assert_eq!(check(&["heating", "heating.leak"], "heating.leak.pipe").as_deref(), Some("heating.leak"));
        assert_eq!(check(&["heating", "heating.leak"], "heating.fee").as_deref(), Some("heating"));
        assert_eq!(check(&["heating.leak"], "heating.fee"), None);
        assert_eq!(check(&["heat"], "heating"), None);
    }

    #[test]
    fn a_ticket_keeps_a_row_that_is_no_longer_offered() {
        let idle = |code: &str| classification::Model { active: false, ..row(code) };
        let day = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        let check = |rows: &[classification::Model]| {
            kept(rows, (Kind::Repair, "heating.leak", PlaceKind::Unit), day).map(|row| row.category_code.clone())
        };
        assert_eq!(check(&[idle("heating.leak")]).as_deref(), Some("heating.leak"));
        assert_eq!(check(&[idle("heating.leak"), row("heating")]).as_deref(), Some("heating"));
        assert_eq!(check(&[classification::Model { valid_to: day.pred_opt(), ..row("heating.leak") }]), None);
    }
}
