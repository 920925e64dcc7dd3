//! A set of rows as a list shows it: the condition a figure counts and the URL that opens it.

use kernel::fault::Fault;
use kernel::report::{Cell, Period, Value};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect};

use crate::{Reading, Resource, list};

/// Filters of the list of a resource.
#[derive(Clone, Debug, Default)]
pub struct Slice(Vec<(String, String)>);

impl Slice {
    /// Narrower by one filter of the list.
    pub fn with(&self, name: &str, value: impl ToString) -> Self {
        let mut filters = self.0.clone();
        filters.push((name.to_owned(), value.to_string()));
        Self(filters)
    }

    /// Whether a filter of this name is set.
    pub fn names(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// Only what falls into the period by the instant of this name.
    pub fn during(&self, name: &str, period: Period) -> Self {
        let instant = |at| Timestamp::from(at).to_string();
        self.with(&format!("{name}_gte"), instant(period.starts_at()))
            .with(&format!("{name}_lt"), instant(period.ends_at()))
    }

    /// Only what falls on a day of the period, by the date of this name.
    pub fn on_days(&self, name: &str, period: Period) -> Self {
        let after = period.to.succ_opt().unwrap_or(period.to);
        self.with(&format!("{name}_gte"), period.from).with(&format!("{name}_lt"), after)
    }

    /// What a query must hold to count exactly these rows.
    pub fn condition<R: Resource>(&self, at: &Reading) -> Result<Condition, Fault> {
        list::shown::<R>(at, &self.0)
    }

    /// The list that shows these rows.
    pub fn url<R: Resource>(&self) -> String {
        let query: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        if query.is_empty() { R::PATH.to_owned() } else { format!("{}?{}", R::PATH, query.join("&")) }
    }

    /// A figure that opens these rows.
    pub fn cell<R: Resource>(&self, value: impl Into<Value>) -> Cell {
        Cell::with_drill(value.into(), self.url::<R>())
    }

    /// A figure with its list, where there is one.
    pub fn open<R: Resource>(slice: Option<&Self>, value: impl Into<Value>, narrow: impl Fn(&Self) -> Self) -> Cell {
        match slice {
            Some(slice) => narrow(slice).cell::<R>(value),
            None => value.into().into(),
        }
    }

    /// How many there are, as a figure.
    pub async fn count<R: Resource>(&self, at: &Reading) -> Result<Cell, Fault> {
        let n = R::Entity::find().filter(self.condition::<R>(at)?).select_only();
        let n: Option<i64> = n.expr(Expr::cust("COUNT(*)")).into_tuple().one(&at.db()).await?;
        Ok(self.cell::<R>(n.unwrap_or_default()))
    }
}

/// A value as it stands in a query string.
fn escape(text: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~:,*".contains(&byte);
    let one = |byte: u8| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}
