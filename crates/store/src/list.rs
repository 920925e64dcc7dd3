//! Lists: filters by field name, keyset pages, signed cursors. One grammar for every resource.

mod place;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, NaiveDate, Utc};
use kernel::fault::{self, Fault};
use kernel::time::Month;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ColumnType, NullOrdering, Order, SelectStatement};
use sea_orm::{Condition, ConnectionTrait, Value};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::resource::{Resource, Row};
use crate::{Reading, rows, search};
pub use place::{limit, place_after, place_cursor};

/// Rows a page when the caller names no limit.
pub const DEFAULT_LIMIT: u64 = 50;
/// Rows a page at most.
pub const MAX_LIMIT: u64 = 200;
/// Counting stops here; `total` then means "at least".
const TOTAL_CAP: u64 = 100_000;

/// Builds the condition of a filter that is more than a column.
pub type Custom = fn(&Reading, &str) -> Result<Condition, Fault>;

enum Test<C> {
    /// Any of the values, comma-separated.
    AnyOf(C, &'static [&'static str]),
    /// Any of the months, comma-separated, in a column that holds them as text.
    Months(C),
    AtLeast(C),
    Below(C),
    Custom(Custom, &'static str),
    Search,
}

/// The filters and sorts of a resource.
pub struct Columns<R: Resource> {
    filters: Vec<(String, Test<<R::Entity as EntityTrait>::Column>)>,
    sorts: Vec<(&'static str, <R::Entity as EntityTrait>::Column)>,
    default_sort: &'static str,
}

/// A filter as the contract shows it.
pub struct FilterDoc {
    pub name: String,
    pub kind: &'static str,
    pub codes: Vec<&'static str>,
    /// What it leaves of the list.
    pub text: &'static str,
}

impl<R: Resource> Columns<R> {
    /// Starts with the sort used when the caller names none.
    pub fn sorted_by(default_sort: &'static str) -> Self {
        Self { filters: Vec::new(), sorts: Vec::new(), default_sort }
    }
    /// `name=a,b`: any of the values.
    pub fn by(mut self, name: &str, column: <R::Entity as EntityTrait>::Column) -> Self {
        self.filters.push((name.to_owned(), Test::AnyOf(column, &[])));
        self
    }
    /// `name=a,b` where only these codes are possible.
    pub fn code(
        mut self,
        name: &str,
        column: <R::Entity as EntityTrait>::Column,
        codes: &'static [&'static str],
    ) -> Self {
        self.filters.push((name.to_owned(), Test::AnyOf(column, codes)));
        self
    }
    /// `name=2026-03,2026-04`: any of the months, in a column that holds them as `YYYY-MM`.
    pub fn months(mut self, name: &str, column: <R::Entity as EntityTrait>::Column) -> Self {
        self.filters.push((name.to_owned(), Test::Months(column)));
        self
    }
    /// `name_gte=` and `name_lt=`.
    pub fn range(mut self, name: &str, column: <R::Entity as EntityTrait>::Column) -> Self {
        self.filters.push((format!("{name}_gte"), Test::AtLeast(column)));
        self.filters.push((format!("{name}_lt"), Test::Below(column)));
        self
    }
    /// `name_gte=` alone.
    pub fn at_least(mut self, name: &str, column: <R::Entity as EntityTrait>::Column) -> Self {
        self.filters.push((format!("{name}_gte"), Test::AtLeast(column)));
        self
    }
    /// A filter with a condition of its own; `kind` is its schema type: `boolean`, `string`, `uuid`.
    pub fn custom(mut self, name: &str, kind: &'static str, condition: Custom) -> Self {
        self.filters.push((name.to_owned(), Test::Custom(condition, kind)));
        self
    }
    /// `q=`: text search in what [`search::index`] was given for this resource.
    pub fn searched(mut self) -> Self {
        self.filters.push(("q".to_owned(), Test::Search));
        self
    }
    /// A field lists may be sorted by. Where the column may be null, null comes before every value.
    pub fn sort(mut self, name: &'static str, column: <R::Entity as EntityTrait>::Column) -> Self {
        self.sorts.push((name, column));
        self
    }
    /// For the contract: the filters by name.
    pub fn filter_docs(&self) -> Vec<FilterDoc> {
        let doc = |(name, test): &(String, Test<_>)| {
            let (kind, codes) = match test {
                Test::AnyOf(column, codes) => (kind_of(column), codes.to_vec()),
                Test::Months(column) | Test::AtLeast(column) | Test::Below(column) => (kind_of(column), Vec::new()),
                Test::Custom(_, kind) => (*kind, Vec::new()),
                Test::Search => ("string", Vec::new()),
            };
            FilterDoc { name: name.clone(), kind, codes, text: effect(name, kind, test) }
        };
        self.filters.iter().map(doc).collect()
    }
    /// For the contract: the sortable fields.
    pub fn sort_names(&self) -> Vec<&'static str> {
        self.sorts.iter().map(|(name, _)| *name).collect()
    }
    /// For the contract: the sort used when none is named.
    pub fn default_sort(&self) -> &'static str {
        self.default_sort
    }
}

/// What a filter leaves of a list.
fn effect<C>(name: &str, kind: &str, test: &Test<C>) -> &'static str {
    match test {
        _ if kind == "boolean" => "Only what is so, or only what is not.",
        _ if name.ends_with("_gte") => "Only from this on.",
        _ if name.ends_with("_lt") => "Only what lies before this.",
        Test::Months(_) => "Only these months, e.g. 2026-03; several with commas between.",
        Test::AnyOf(..) => "Only these; several with commas between.",
        Test::Search => "Text search, in Chinese too.",
        Test::Custom(..) if name == "as_of" => "As of this day.",
        Test::Custom(..) if name == "on" => "On this day.",
        _ => "Only what matches this.",
    }
}

/// What a caller asked of a list.
#[derive(Clone, Debug, Default)]
pub struct Query {
    pub filters: Vec<(String, String)>,
    pub sort: Option<String>,
    pub limit: Option<u64>,
    pub cursor: Option<String>,
    pub include_total: bool,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Opaque; give it as `cursor` for the next page. Null on the last.
    pub next_cursor: Option<String>,
    /// Only with `include_total=true`; counting stops at 100,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl Query {
    /// Reads the reserved parameters and keeps the rest as filters. A parameter may come once.
    pub fn read(pairs: Vec<(String, String)>) -> Result<Self, Fault> {
        let mut query = Self::default();
        let mut seen = std::collections::HashSet::new();
        for (name, value) in pairs {
            if !seen.insert(name.clone()) {
                return Err(Fault::new(&fault::INVALID_PARAMETER).with("parameter", name));
            }
            match name.as_str() {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                    query.limit = Some(limit.ok_or_else(|| Fault::new(&fault::INVALID_LIMIT))?);
                }
                "cursor" => query.cursor = Some(value),
                "sort" => query.sort = Some(value),
                "include_total" => query.include_total = truth("include_total", &value)?,
                _ => query.filters.push((name, value)),
            }
        }
        Ok(query)
    }
}

/// `true` or `false`, else 400.
pub fn truth(parameter: &str, value: &str) -> Result<bool, Fault> {
    value.parse().map_err(|_| bad(parameter, "true, false"))
}

/// A uuid, else 400.
pub fn uuid(parameter: &str, value: &str) -> Result<Uuid, Fault> {
    value.parse().map_err(|_| bad(parameter, "UUID"))
}

/// Several uuids, comma-separated, else 400.
pub fn uuids(parameter: &str, value: &str) -> Result<Vec<Uuid>, Fault> {
    value.split(',').map(|one| uuid(parameter, one)).collect()
}

/// People, comma-separated: `me` is the caller, anybody else an id; else 400.
pub fn people(at: &Reading, parameter: &str, value: &str) -> Result<Vec<Uuid>, Fault> {
    let one = |text: &str| if text == "me" { Ok(at.actor().sub) } else { uuid(parameter, text) };
    value.split(',').map(one).collect()
}

/// What rows are about, comma-separated: a kind of resource `ticket`, one of them `ticket:<id>`, or its id alone; else 400.
pub fn about<C: ColumnTrait>(parameter: &str, value: &str, kind: C, id: C) -> Result<Condition, Fault> {
    value.split(',').try_fold(Condition::any(), |any, one| -> Result<Condition, Fault> {
        if let Ok(known) = one.parse::<Uuid>() {
            return Ok(any.add(id.eq(known)));
        }
        let (name, known) = one.split_once(':').map_or((one, None), |(name, known)| (name, Some(known)));
        let known = known.map(|known| uuid(parameter, known)).transpose()?;
        Ok(any.add(Condition::all().add(kind.eq(name)).add_option(known.map(|known| id.eq(known)))))
    })
}

/// A day `YYYY-MM-DD`, else 400.
pub fn day(parameter: &str, value: &str) -> Result<NaiveDate, Fault> {
    kernel::time::parse_date(value).map_err(|_| bad(parameter, "YYYY-MM-DD"))
}

/// A month `YYYY-MM`, else 400.
pub fn month(parameter: &str, value: &str) -> Result<Month, Fault> {
    Month::parse(value).map_err(|_| bad(parameter, "YYYY-MM"))
}

/// Several months, comma-separated, else 400.
pub fn months(parameter: &str, value: &str) -> Result<Vec<Month>, Fault> {
    value.split(',').map(|one| month(parameter, one)).collect()
}

/// `expected` in words that read in every language.
fn bad(parameter: &str, expected: impl Into<serde_json::Value>) -> Fault {
    Fault::new(&fault::INVALID_PARAMETER).with("parameter", parameter).with("expected", expected)
}

#[derive(Serialize, Deserialize)]
struct Cursor {
    /// Hash of filters and sort; a cursor belongs to one list.
    list: String,
    keys: Vec<serde_json::Value>,
    id: Uuid,
}

const CURSOR_KEY: &str = "list.cursor";

/// A page of the rows the caller may know of.
pub async fn page<R: Resource>(at: &Reading, query: &Query) -> Result<Page<R::View>, Fault> {
    let rows = rows::<R>(at, query, R::visible(at)).await?;
    Ok(Page { items: R::views(at, rows.items).await?, next_cursor: rows.next_cursor, total: rows.total })
}

/// As [`page`], before the rows become views, within a scope given by the caller.
pub async fn rows<R: Resource>(at: &Reading, query: &Query, scope: Condition) -> Result<Page<R::Row>, Fault> {
    let columns = R::columns();
    let mut select = rows::select::<R::Entity>();
    select.cond_where(scope).cond_where(narrowed(at, &columns, &query.filters)?);
    let total = match query.include_total {
        true => Some(count(at, select.clone()).await?),
        false => None,
    };
    let sort = read_sort(&columns, query.sort.as_deref().unwrap_or(columns.default_sort))?;
    let id = column_named::<R>("id")?;
    let fingerprint = fingerprint::<R>(at, query);
    if let Some(cursor) = &query.cursor {
        select.cond_where(after::<R>(at, cursor, &fingerprint, &sort, id)?);
    }
    for (column, order) in &sort {
        let by = column.as_column_ref();
        match (column.def().is_null(), order) {
            (false, _) => select.order_by(by, order.clone()),
            (true, Order::Desc) => select.order_by_with_nulls(by, order.clone(), NullOrdering::Last),
            (true, _) => select.order_by_with_nulls(by, order.clone(), NullOrdering::First),
        };
    }
    let last_order = sort.last().map_or(Order::Asc, |(_, order)| order.clone());
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT);
    select.order_by(id.as_column_ref(), last_order).limit(limit + 1);
    let mut items = rows::all::<R>(&at.db(), &select).await?;
    let mut next_cursor = None;
    if items.len() as u64 > limit {
        items.truncate(limit as usize);
        next_cursor = items.last().map(|row| write_cursor::<R>(at, row, &fingerprint, &sort)).transpose()?;
    }
    Ok(Page { items, next_cursor, total })
}

/// The rows a list with these filters shows this caller, as a condition: what reports count (PF-15).
pub fn shown<R: Resource>(at: &Reading, filters: &[(String, String)]) -> Result<Condition, Fault> {
    Ok(Condition::all().add(R::visible(at)).add(narrowed::<R>(at, &R::columns(), filters)?))
}

fn narrowed<R: Resource>(at: &Reading, columns: &Columns<R>, filters: &[(String, String)]) -> Result<Condition, Fault> {
    let mut asked = Vec::with_capacity(filters.len());
    for (name, value) in filters {
        let Some(place) = columns.filters.iter().position(|(known, _)| known == name) else {
            return Err(Fault::new(&fault::UNKNOWN_PARAMETER).with("parameter", name.as_str()));
        };
        asked.push((place, value));
    }
    // In the order they are declared: a day is known before what is computed for it.
    asked.sort_by_key(|(place, _)| *place);
    asked.into_iter().try_fold(Condition::all(), |all, (place, value)| {
        let (name, test) = &columns.filters[place];
        Ok(all.add(condition::<R>(at, name, test, value)?))
    })
}

/// Counts up to the cap.
async fn count(at: &Reading, mut ids: SelectStatement) -> Result<u64, Fault> {
    ids.clear_selects().expr(Expr::val(1)).limit(TOTAL_CAP);
    let mut total = sea_orm::sea_query::Query::select();
    total.expr(Expr::cust("COUNT(*)")).from_subquery(ids, "counted");
    let row = at.db().query_one(&total).await?;
    let total = row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?.unwrap_or_default();
    Ok(total.unsigned_abs())
}

pub(crate) fn column_named<R: Resource>(name: &str) -> Result<<R::Entity as EntityTrait>::Column, Fault> {
    use std::str::FromStr;
    <R::Entity as EntityTrait>::Column::from_str(name).map_err(|_| Fault::internal("no such column"))
}

/// Of these rows those the caller may know of, by id; none where he may know of all.
pub(crate) fn known_of<R: Resource>(at: &Reading, ids: Vec<Uuid>) -> Result<Option<SelectStatement>, Fault> {
    let known = R::visible(at);
    if known.is_empty() {
        return Ok(None);
    }
    let id = column_named::<R>("id")?;
    let mut select = sea_orm::sea_query::Query::select();
    select.column(id.as_column_ref()).from(R::Entity::default().table_ref());
    select.cond_where(Condition::all().add(id.is_in(ids)).add(known));
    Ok(Some(select))
}

type Sort<C> = Vec<(C, Order)>;

fn read_sort<R: Resource>(columns: &Columns<R>, text: &str) -> Result<Sort<<R::Entity as EntityTrait>::Column>, Fault> {
    let part = |part: &str| {
        let (name, order) = part.strip_prefix('-').map_or((part, Order::Asc), |name| (name, Order::Desc));
        let column = columns.sorts.iter().find(|(known, _)| *known == name).map(|(_, column)| *column);
        column.map(|column| (column, order)).ok_or_else(|| bad("sort", columns.sort_names()))
    };
    text.split(',').map(part).collect()
}

fn condition<R: Resource>(
    at: &Reading,
    name: &str,
    test: &Test<<R::Entity as EntityTrait>::Column>,
    value: &str,
) -> Result<Condition, Fault> {
    Ok(match test {
        Test::AnyOf(column, codes) => {
            let parts: Vec<&str> = value.split(',').collect();
            if !codes.is_empty() && parts.iter().any(|part| !codes.contains(part)) {
                return Err(bad(name, codes.to_vec()));
            }
            let values: Vec<Value> = parts.iter().map(|part| parse(name, column, part)).collect::<Result<_, _>>()?;
            Condition::all().add(column.is_in(values))
        }
        Test::Months(column) => {
            let months: Vec<String> =
                value.split(',').map(|text| Ok(month(name, text)?.to_string())).collect::<Result<_, Fault>>()?;
            Condition::all().add(column.is_in(months))
        }
        Test::AtLeast(column) => Condition::all().add(column.gte(parse(name, column, value)?)),
        Test::Below(column) => Condition::all().add(column.lt(parse(name, column, value)?)),
        // Ids may be several here too.
        Test::Custom(condition, "uuid") => {
            let any = |any: Condition, one: &str| Ok::<_, Fault>(any.add(condition(at, one)?));
            value.split(',').try_fold(Condition::any(), any)?
        }
        Test::Custom(condition, _) => condition(at, value)?,
        Test::Search => Condition::all().add(column_named::<R>("id")?.in_subquery(search::matches(at, R::NAME, value))),
    })
}

fn kind_of<C: ColumnTrait>(column: &C) -> &'static str {
    match column.def().get_column_type() {
        ColumnType::Uuid => "uuid",
        ColumnType::Boolean => "boolean",
        ColumnType::SmallInteger | ColumnType::Integer | ColumnType::BigInteger => "integer",
        ColumnType::Timestamp | ColumnType::TimestampWithTimeZone | ColumnType::DateTime => "date-time",
        ColumnType::Date => "date",
        _ => "string",
    }
}

fn parse<C: ColumnTrait>(name: &str, column: &C, text: &str) -> Result<Value, Fault> {
    match kind_of(column) {
        "uuid" => text.parse::<Uuid>().map(Value::from).map_err(|_| bad(name, "UUID")),
        "boolean" => text.parse::<bool>().map(Value::from).map_err(|_| bad(name, "true, false")),
        "integer" => text.parse::<i32>().map(Value::from).map_err(|_| bad(name, "1, 2, 3 …")),
        "date-time" => instant(text).map(Value::from).ok_or_else(|| bad(name, "2026-01-15T09:30:00+08:00")),
        "date" => day(name, text).map(Value::from),
        _ if text.contains('\0') => Err(bad(name, "text")),
        _ => Ok(Value::from(text.to_owned())),
    }
}

/// An instant with offset. A `+` that the query string turned into a blank is taken as meant.
pub fn instant(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(&text.replace(' ', "+")).ok().map(|at| at.to_utc())
}

fn fingerprint<R: Resource>(at: &Reading, query: &Query) -> String {
    let mut filters = query.filters.clone();
    filters.sort();
    let text = format!("{}|{:?}|{:?}|{}", R::PATH, filters, query.sort, at.actor().sub);
    hex::encode(&at.store.keys().mac("list.filters", text.as_bytes())[..8])
}

fn write_cursor<R: Resource>(
    at: &Reading,
    row: &R::Row,
    fingerprint: &str,
    sort: &Sort<<R::Entity as EntityTrait>::Column>,
) -> Result<String, Fault> {
    let keys = sort.iter().map(|(column, _)| encode(row.get(*column))).collect();
    let cursor = Cursor { list: fingerprint.to_owned(), keys, id: row.id() };
    sealed(at, CURSOR_KEY, &cursor)
}

/// A value as a text that only this house can have written.
pub(crate) fn sealed(at: &Reading, key: &str, value: &impl Serialize) -> Result<String, Fault> {
    let json = serde_json::to_vec(value).map_err(Fault::internal)?;
    let mac = at.store.keys().mac(key, &json);
    Ok(BASE64.encode([&mac[..16], &json].concat()))
}

/// The value behind such a text.
pub(crate) fn unsealed<T: serde::de::DeserializeOwned>(at: &Reading, key: &str, text: &str) -> Result<T, Fault> {
    let invalid = || Fault::new(&fault::INVALID_CURSOR);
    let bytes = BASE64.decode(text).map_err(|_| invalid())?;
    let (mac, json) = bytes.split_at_checked(16).ok_or_else(invalid)?;
    if at.store.keys().mac(key, json)[..16] != *mac {
        return Err(invalid());
    }
    serde_json::from_slice(json).map_err(|_| invalid())
}

/// The condition "after the row this cursor ended with".
fn after<R: Resource>(
    at: &Reading,
    cursor: &str,
    fingerprint: &str,
    sort: &Sort<<R::Entity as EntityTrait>::Column>,
    id: <R::Entity as EntityTrait>::Column,
) -> Result<Condition, Fault> {
    let invalid = || Fault::new(&fault::INVALID_CURSOR);
    let cursor: Cursor = unsealed(at, CURSOR_KEY, cursor)?;
    if cursor.list != fingerprint || cursor.keys.len() != sort.len() {
        return Err(invalid());
    }
    let mut keys: Vec<(_, Order, Option<Value>)> = Vec::new();
    for ((column, order), key) in sort.iter().zip(&cursor.keys) {
        let key = match key {
            serde_json::Value::Null if column.def().is_null() => None,
            key => Some(decode(column, key).ok_or_else(invalid)?),
        };
        keys.push((*column, order.clone(), key));
    }
    let last_order = sort.last().map_or(Order::Asc, |(_, order)| order.clone());
    keys.push((id, last_order, Some(cursor.id.into())));
    Ok(beyond(&keys))
}

/// `(a, b, id) > (x, y, z)` with a direction each, in a form that an index range serves. None is null.
fn beyond<C: ColumnTrait>(keys: &[(C, Order, Option<Value>)]) -> Condition {
    let Some(((column, order, value), rest)) = keys.split_first() else { return Condition::all() };
    let past = past(column, order, value.as_ref());
    if rest.is_empty() {
        return past;
    }
    let further = Condition::any().add(past).add(beyond(rest));
    match from(column, order, value.as_ref()) {
        Some(from) => Condition::all().add(from).add(further),
        None => further,
    }
}

/// What comes after a value in this direction.
fn past<C: ColumnTrait>(column: &C, order: &Order, value: Option<&Value>) -> Condition {
    match (value, order) {
        (Some(value), Order::Desc) => with_null(column, Condition::any().add(column.lt(value.clone()))),
        (Some(value), _) => Condition::all().add(column.gt(value.clone())),
        // Nothing comes before null.
        (None, Order::Desc) => Condition::all().add(column.is_null()).add(column.is_not_null()),
        (None, _) => Condition::all().add(column.is_not_null()),
    }
}

/// The value itself and what comes after it in this direction; none when that is everything.
fn from<C: ColumnTrait>(column: &C, order: &Order, value: Option<&Value>) -> Option<Condition> {
    match (value, order) {
        (Some(value), Order::Desc) => Some(with_null(column, Condition::any().add(column.lte(value.clone())))),
        (Some(value), _) => Some(Condition::all().add(column.gte(value.clone()))),
        (None, Order::Desc) => Some(Condition::all().add(column.is_null())),
        (None, _) => None,
    }
}

/// Downwards null comes last, where the column may be null.
fn with_null<C: ColumnTrait>(column: &C, any: Condition) -> Condition {
    if column.def().is_null() { any.add(column.is_null()) } else { any }
}

fn encode(value: Value) -> serde_json::Value {
    match value {
        Value::ChronoDateTimeUtc(Some(at)) => at.timestamp_micros().into(),
        Value::ChronoDate(Some(day)) => day.to_string().into(),
        Value::Uuid(Some(id)) => id.to_string().into(),
        Value::Int(Some(n)) => n.into(),
        Value::BigInt(Some(n)) => n.into(),
        Value::SmallInt(Some(n)) => n.into(),
        Value::Bool(Some(b)) => b.into(),
        Value::String(Some(text)) => text.as_str().into(),
        _ => serde_json::Value::Null,
    }
}

fn decode<C: ColumnTrait>(column: &C, value: &serde_json::Value) -> Option<Value> {
    Some(match kind_of(column) {
        "date-time" => DateTime::<Utc>::from_timestamp_micros(value.as_i64()?)?.into(),
        "date" => value.as_str()?.parse::<NaiveDate>().ok()?.into(),
        "uuid" => value.as_str()?.parse::<Uuid>().ok()?.into(),
        "integer" => value.as_i64()?.into(),
        "boolean" => value.as_bool()?.into(),
        _ => value.as_str()?.to_owned().into(),
    })
}
