//! What ticket commands ask of the catalogues.

use chrono::NaiveDate;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::Reading;

use super::{Kind, PlaceKind, category, classification, list, valid_on};

/// The channel of a code.
///
/// # Errors
/// `invalid_enum` at `/channel_code` when there is none in use.
pub async fn channel(at: &Reading, code: &str) -> Result<super::channel::Model, Fault> {
    use super::channel::{Column, Entity};
    let row = Entity::find().filter(Column::Code.eq(code)).filter(Column::Active.eq(true)).one(&at.db()).await?;
    row.ok_or_else(|| Fault::field("/channel_code", "invalid_enum"))
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
    use classification::{Column, Entity};
    let invalid = || Fault::field("/category_code", "classification_invalid").rule("TK-R01");
    let valid = category::Entity::find()
        .filter(category::Column::Code.eq(category_code))
        .filter(valid_on(category::Column::ValidFrom, category::Column::ValidTo, on))
        .count(&at.db())
        .await?;
    if valid == 0 {
        return Err(invalid());
    }
    let rows = Entity::find()
        .filter(Column::Kind.eq(kind))
        .filter(Column::PlaceKind.eq(place_kind))
        .filter(Column::CategoryCode.is_in(ancestors(category_code)))
        .filter(Column::Active.eq(true))
        .filter(valid_on(Column::ValidFrom, Column::ValidTo, on))
        .all(&at.db())
        .await?;
    nearest(rows, category_code).ok_or_else(invalid)
}

/// Of rows for a category or those above it, the nearest.
fn nearest(rows: Vec<classification::Model>, category_code: &str) -> Option<classification::Model> {
    let serves = |row: &classification::Model| ancestors(category_code).contains(&row.category_code.as_str());
    rows.into_iter().filter(serves).max_by_key(|row| row.category_code.len())
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

/// The procedure of a code, in use or not: a ticket keeps the one it was given.
pub async fn procedure(at: &Reading, code: &str) -> Result<super::procedure::Model, Fault> {
    use super::procedure::{Column, Entity};
    let row = Entity::find().filter(Column::Code.eq(code)).one(&at.db()).await?;
    row.ok_or_else(|| Fault::internal(format!("no procedure {code}")))
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
            nearest(rows.iter().map(|code| row(code)).collect(), code).map(|row| row.category_code)
        };
        assert_eq!(check(&["heating", "heating.leak"], "heating.leak").as_deref(), Some("heating.leak"));
        assert_eq!(check(&["heating", "heating.leak"], "heating.leak.pipe").as_deref(), Some("heating.leak"));
        assert_eq!(check(&["heating", "heating.leak"], "heating.fee").as_deref(), Some("heating"));
        assert_eq!(check(&["heating.leak"], "heating.fee"), None);
        assert_eq!(check(&["heat"], "heating"), None);
    }
}
