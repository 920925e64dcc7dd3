//! The declaration of an import kind (PF-14): what a row of a file holds, who may bring it, and the command
//! that takes it over – the same one the API uses.

use access::{Actor, JobRole};
use futures_util::future::LocalBoxFuture;
use kernel::fault::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use uuid::Uuid;

use crate::Work;

/// How the text of a cell becomes a field of the row.
#[codes::code(name = "ImportCell", stored = false)]
pub enum Cell {
    /// 文字: as it is written, trimmed; also codes and decimals.
    Text,
    /// 整数: a whole number.
    #[label("Whole number")]
    Integer,
    /// 是否: true or false, 是 or 否, 1 or 0.
    #[label("Yes or no")]
    Boolean,
    /// 日期: a calendar day, `2026-01-15` or `2026/1/15`.
    Date,
    /// 时刻: an instant; without an offset it is business time.
    Instant,
    /// 列表: several texts, separated by semicolons or line breaks.
    List,
    /// 代码: several codes, separated by commas, semicolons or 、.
    Codes,
}

/// A column of the file: a field of the row.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ImportColumn)]
pub struct Column {
    /// The heading, and the field of the row.
    pub name: &'static str,
    /// The Chinese heading, taken as well.
    pub title_zh: &'static str,
    pub cell: Cell,
    /// Another heading that is taken: the path the API knows the field by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<&'static str>,
}

impl Column {
    /// A column of this name.
    pub const fn new(name: &'static str, title_zh: &'static str, cell: Cell) -> Self {
        Self { name, title_zh, cell, alias: None }
    }
    /// A column of text.
    pub const fn text(name: &'static str, title_zh: &'static str) -> Self {
        Self::new(name, title_zh, Cell::Text)
    }
    /// Also known by this heading; refusals of this field are told of this column.
    pub const fn or(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }
    /// Whether a heading means this column.
    pub fn is_named(&self, heading: &str) -> bool {
        heading == self.name || heading == self.title_zh || self.alias == Some(heading)
    }
}

/// What became of a row that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Name and id of what the row stands for: `supplier`.
    pub resource: &'static str,
    pub id: Uuid,
    /// False: everything was there already.
    pub changed: bool,
}

impl Applied {
    /// The row was entered, or changed something.
    pub fn changed(resource: &'static str, id: Uuid) -> Self {
        Self { resource, id, changed: true }
    }
    /// The row said nothing new.
    pub fn unchanged(resource: &'static str, id: Uuid) -> Self {
        Self { resource, id, changed: false }
    }
}

/// A row of one kind. Its schema is checked like a body; a blank cell is an absent field and, for what is
/// there already, leaves things as they are.
#[expect(async_fn_in_trait, reason = "imports run on one thread; their futures need not be Send")]
pub trait ImportRow: DeserializeOwned + ToSchema + 'static {
    /// The kind: `suppliers`.
    const KIND: &'static str;
    /// In Chinese and English.
    const TITLE: (&'static str, &'static str);
    /// Whoever creates one by hand may import many; or the permission of a domain's files.
    const PERMISSION: &'static str;
    /// Who of those that hold the permission brings files of this kind; all of them when absent.
    const ONLY: Option<&'static [JobRole]> = None;
    /// A column for each field.
    const COLUMNS: &'static [Column];

    /// Finds what the row stands for by its natural key or external id, and enters or changes it through the
    /// commands of the register.
    async fn apply(&self, work: &Work) -> Result<Applied, Fault>;

    /// Looks up at once what these rows will ask for and keeps it with the work ([`Work::keep`]); a run does so for
    /// some rows at a time, before it takes them over one by one.
    async fn look_ahead(_work: &Work, _rows: &[Self]) -> Result<(), Fault> {
        Ok(())
    }

    /// What follows once, after the rows, when one of them changed something.
    async fn follow(_work: &Work) -> Result<(), Fault> {
        Ok(())
    }
}

type Follow = for<'a> fn(&'a Work) -> LocalBoxFuture<'a, Result<(), Fault>>;
type LookAhead = for<'a> fn(&'a Work, Vec<Value>) -> LocalBoxFuture<'a, Result<(), Fault>>;
type Apply = for<'a> fn(&'a Work, Value) -> LocalBoxFuture<'a, Result<Applied, Fault>>;
type Named = (String, RefOr<Schema>);

/// An import kind as the list of its crate holds it.
pub struct Kind {
    pub name: &'static str,
    pub title_zh: &'static str,
    pub title_en: &'static str,
    pub permission: &'static str,
    /// Who of those that hold the permission; all of them when absent.
    pub only: Option<&'static [JobRole]>,
    pub columns: &'static [Column],
    /// Name of the row's schema.
    pub schema: fn() -> String,
    /// The row's schema and those it refers to.
    pub schemas: fn() -> Vec<Named>,
    /// Looks up what rows will ask for, checked against the schema before.
    pub look_ahead: LookAhead,
    /// Takes over one row, checked against the schema before.
    pub apply: Apply,
    /// What follows once when rows changed something.
    pub follow: Follow,
}

impl Kind {
    /// The kind of these rows.
    pub const fn of<R: ImportRow>() -> Self {
        Self {
            name: R::KIND,
            title_zh: R::TITLE.0,
            title_en: R::TITLE.1,
            permission: R::PERMISSION,
            only: R::ONLY,
            columns: R::COLUMNS,
            schema: name_of::<R>,
            schemas: schemas_of::<R>,
            look_ahead: look_ahead::<R>,
            apply: apply::<R>,
            follow: |work| Box::pin(R::follow(work)),
        }
    }

    /// Whether an actor may take such a file over.
    pub fn is_open_to(&self, actor: &Actor) -> bool {
        let among = self.only.is_none_or(|roles| actor.is_system() || actor.is_any(roles));
        actor.holds(self.permission) && among
    }

    /// The column a JSON pointer of a refusal means: the field itself, or what it is called in the API.
    pub fn column_of(&self, pointer: &str) -> Option<&'static str> {
        let path = pointer.strip_prefix('/')?.replace('/', ".");
        let means = |name: &str| path == name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        let found = self.columns.iter().find(|column| means(column.name) || column.alias.is_some_and(means));
        found.map(|column| column.name)
    }
}

fn name_of<R: ImportRow>() -> String {
    R::name().into_owned()
}

fn schemas_of<R: ImportRow>() -> Vec<Named> {
    let mut found = Vec::new();
    R::schemas(&mut found);
    found.push((name_of::<R>(), R::schema()));
    found
}

fn apply<R: ImportRow>(work: &Work, row: Value) -> LocalBoxFuture<'_, Result<Applied, Fault>> {
    Box::pin(async move {
        let row: R = serde_json::from_value(row).map_err(|error| {
            // The types of the kernel say their code; serde's own sentences stay inside.
            let text = error.to_string();
            let is_code = text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            Fault::field("", if is_code { text.as_str() } else { "invalid" })
        })?;
        row.apply(work).await
    })
}

fn look_ahead<R: ImportRow>(work: &Work, rows: Vec<Value>) -> LocalBoxFuture<'_, Result<(), Fault>> {
    Box::pin(async move {
        // What cannot be read is refused when its turn comes.
        let rows: Vec<R> = rows.into_iter().filter_map(|row| serde_json::from_value(row).ok()).collect();
        R::look_ahead(work, &rows).await
    })
}

/// Whether two values say the same on the wire: what was read before, and what a row makes of it.
pub fn same(before: &impl Serialize, after: &impl Serialize) -> Result<bool, Fault> {
    let json = |value: Result<Value, serde_json::Error>| value.map_err(Fault::internal);
    Ok(json(serde_json::to_value(before))? == json(serde_json::to_value(after))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, ToSchema)]
    #[expect(dead_code, reason = "only its columns are looked at")]
    struct Person {
        id_number: String,
        phones: Vec<String>,
    }

    impl ImportRow for Person {
        const KIND: &'static str = "people";
        const TITLE: (&'static str, &'static str) = ("人员", "People");
        const PERMISSION: &'static str = "platform.people:create";
        const COLUMNS: &'static [Column] = &[
            Column::text("id_number", "证件号码").or("id_document.number"),
            Column::new("phones", "电话", Cell::List),
        ];
        async fn apply(&self, _: &Work) -> Result<Applied, Fault> {
            Ok(Applied::unchanged("person", Uuid::nil()))
        }
    }

    #[test]
    fn a_refused_field_is_told_of_its_column() {
        let kind = Kind::of::<Person>();
        let check = |pointer: &str, wanted: Option<&str>| assert_eq!(kind.column_of(pointer), wanted, "{pointer}");
        check("/id_number", Some("id_number"));
        check("/id_document/number", Some("id_number"));
        check("/phones/1", Some("phones"));
        check("/phones_of", None);
        check("", None);
    }

    #[test]
    fn headings_are_read_in_both_languages() {
        let column = Person::COLUMNS[0];
        for heading in ["id_number", "证件号码", "id_document.number"] {
            assert!(column.is_named(heading), "{heading}");
        }
        assert!(!column.is_named("number"));
    }
}
