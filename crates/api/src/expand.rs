//! `expand=customer,unit`: related rows inside each item, one level, listed names only.

use kernel::fault::{self, Fault};
use serde_json::Value;
use store::resource::Expansion;
use store::{Reading, Resource};
use uuid::Uuid;

use crate::call::Call;
use crate::contract::Parameter;

/// The parameter as the contract shows it; none when the resource expands nothing.
pub fn parameter<R: Resource>() -> Option<Parameter> {
    let names: Vec<&str> = R::expansions().iter().map(|expansion| expansion.name).collect();
    let text = format!("Show related rows, comma-separated: {}.", names.join(", "));
    (!names.is_empty()).then(|| Parameter::new("expand", "string", &text))
}

type Pairs = Vec<(String, String)>;

/// The names asked for, and the query without them.
pub fn take<R: Resource>(call: &Call) -> Result<(Vec<String>, Pairs), Fault> {
    let known = R::expansions();
    let (asked, rest): (Vec<_>, Vec<_>) =
        call.query.iter().cloned().partition(|(name, _)| name == "expand" && !known.is_empty());
    let names: Vec<String> = asked.iter().flat_map(|(_, value)| value.split(',')).map(str::to_owned).collect();
    if names.iter().all(|name| known.iter().any(|expansion| expansion.name == name)) {
        return Ok((names, rest));
    }
    let names: Vec<&str> = known.iter().map(|expansion| expansion.name).collect();
    Err(Fault::new(&fault::INVALID_PARAMETER).with("parameter", "expand").with("expected", names))
}

/// Puts the related rows into the items.
pub async fn fill<R: Resource>(at: &Reading, names: &[String], items: &mut [Value]) -> Result<(), Fault> {
    let asked = R::expansions().into_iter().filter(|expansion| names.iter().any(|name| name == expansion.name));
    for expansion in asked {
        let mut keys: Vec<Uuid> = items.iter().filter_map(|item| key(item, &expansion)).collect();
        keys.sort_unstable();
        keys.dedup();
        let found = expansion.load(at, keys).await?;
        for item in items.iter_mut() {
            let related = key(item, &expansion).and_then(|key| found.get(&key)).unwrap_or(&expansion.absent);
            item[expansion.name] = related.clone();
        }
    }
    Ok(())
}

fn key(item: &Value, expansion: &Expansion) -> Option<Uuid> {
    item[expansion.key].as_str()?.parse().ok()
}
