//! `PATCH`: the row's changeable fields, the merge patch of RFC 7396 over them, the whole checked again.

use std::sync::Arc;

use kernel::fault::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use store::{Done, Resource, Work, resource};
use utoipa::ToSchema;
use validator::Validate;

use crate::call::{Call, Reply, answer};

/// Merges, checks and hands the result to the command, all inside the write. A patch without fields changes nothing.
pub async fn run<R, P, C>(call: Call, command: C) -> Result<Reply, Fault>
where
    R: Resource,
    P: DeserializeOwned + Serialize + ToSchema + Validate + for<'a> From<&'a R::Row> + 'static,
    C: AsyncFn(&Work, &R::Row, P) -> Result<R::Row, Fault> + Copy + Send + Sync + 'static,
{
    let id = call.id()?;
    let (state, patch) = (call.state.clone(), Arc::new(call.body.clone()));
    let write = async move |work: &Work| {
        let now = resource::find::<R>(work, id).await?;
        let merged = merged::<P, R>(&now, &patch)?;
        let fields: P = state.api.bodies.read(&P::name(), &merged)?;
        fields.validate().map_err(Fault::internal)?;
        let row = resource::take::<R>(work, id).await?;
        if patch.as_object().is_some_and(Map::is_empty) {
            work.unchanged();
            return answer::<R>(work, row, Done::Ok).await;
        }
        let row = command(work, &row, fields).await?;
        answer::<R>(work, row, Done::Ok).await
    };
    Ok(Reply::Answer(call.write(write).await?))
}

fn merged<P: Serialize + for<'a> From<&'a R::Row>, R: Resource>(row: &R::Row, patch: &Value) -> Result<Value, Fault> {
    let mut target = serde_json::to_value(P::from(row)).map_err(Fault::internal)?;
    match patch {
        Value::Object(fields) => merge(&mut target, fields),
        _ => return Err(Fault::field("", "invalid_type")),
    }
    Ok(target)
}

fn merge(target: &mut Value, patch: &Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(fields) = target.as_object_mut() else { return };
    for (name, value) in patch {
        match value {
            Value::Null => {
                fields.insert(name.clone(), Value::Null);
            }
            Value::Object(inner) => merge(fields.entry(name.clone()).or_insert(Value::Null), inner),
            other => {
                fields.insert(name.clone(), other.clone());
            }
        }
    }
}
