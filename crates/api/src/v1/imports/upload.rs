//! Receiving a file of rows: multipart, streamed, looked at once before anything happens.

use std::sync::Arc;

use actix_multipart::{Field, Multipart};
use futures_util::StreamExt;
use imports::{AT_ONCE, Arrived, Incoming, Sent};
use kernel::fault::{self, Fault, FieldError};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::{Context, parameters};
use utoipa::ToSchema;

use super::{StartImport, tools};
use crate::call::{Call, Reply};
use crate::serve::require_key;
use crate::v1::documents::upload::{file_name, refuse_too_large, unreadable};

/// The largest part that is no file.
const PART_LIMIT: usize = 1024;

#[derive(Default)]
struct Form {
    fields: Map<String, Value>,
    file: Option<(Arrived, String)>,
}

/// Takes a file over, or accepts a long one.
pub async fn receive(mut call: Call) -> Result<Reply, Fault> {
    let at = call.reading();
    let limit = parameters::integer(&at, "platform.documents.max_mib").await?.unsigned_abs() * 1024 * 1024;
    let max_rows = parameters::integer(&at, "platform.imports.max_rows").await?;
    refuse_too_large(&call, limit)?;
    let payload = call.payload.take().ok_or_else(|| Fault::new(&fault::MALFORMED))?;
    let tools = tools(&call.state);
    let parts = Multipart::new(call.request.headers(), payload);
    let form = read(parts, &tools.folder, limit).await?;
    let dry_run = call.ctx.dry_run || form.fields.get("dry_run").is_some_and(|flag| *flag == Value::Bool(true));
    require_key(call.ctx.key.is_some(), dry_run)?;
    let (file, file_name, input) = judged(&call, form)?;
    let kind = tools.kind(&input.kind).ok_or_else(|| {
        let known: Vec<&str> = tools.kinds.iter().map(|kind| kind.name).collect();
        Fault::fields(vec![FieldError::new("/kind", "invalid_enum").with("allowed", known)])
    })?;
    if !kind.is_open_to(call.actor()) {
        return Err(Fault::new(&fault::ABOVE_AUTHORITY).with("permission", kind.permission));
    }
    let max_rows = u32::try_from(max_rows).unwrap_or(u32::MAX);
    let plan = imports::inspect(kind, file.path(), file.format, max_rows, tools.check.clone()).await?;
    let key = call.ctx.key.clone().filter(|_| !dry_run).map(|(key, _)| (key, hash(&input, &file)));
    let ctx = Arc::new(Context { key, dry_run, ..(*call.ctx).clone() });
    let sent = Sent { file_name, sha256: file.sha256.clone(), partial: input.partial };
    let store = &call.state.store;
    let answer = match dry_run || plan.rows <= AT_ONCE {
        true => imports::run_now(store, ctx, plan, sent).await,
        false => imports::accept(store, ctx, &tools.folder, file, plan, sent).await,
    };
    Ok(Reply::Answer(answer?))
}

async fn read(mut parts: Multipart, folder: &std::path::Path, limit: u64) -> Result<Form, Fault> {
    let mut form = Form::default();
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|error| unreadable(&error))?;
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            if form.file.is_some() {
                return Err(Fault::field("/file", fault::REPEATED_FIELD.code));
            }
            form.file = Some(read_file(&mut part, folder, limit).await?);
            continue;
        }
        let bytes = part.bytes(PART_LIMIT).await.map_err(|_| Fault::new(&fault::TOO_LARGE))?;
        let bytes = bytes.map_err(|error| unreadable(&error))?;
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| Fault::new(&fault::MALFORMED))?;
        let flag = ["dry_run", "partial"].contains(&name.as_str()).then(|| text.parse::<bool>().ok()).flatten();
        if form.fields.insert(name.clone(), flag.map_or_else(|| text.into(), Value::from)).is_some() {
            return Err(Fault::field(format!("/{name}"), fault::REPEATED_FIELD.code));
        }
    }
    Ok(form)
}

async fn read_file(part: &mut Field, folder: &std::path::Path, limit: u64) -> Result<(Arrived, String), Fault> {
    let name = part.content_disposition().and_then(file_name).unwrap_or_else(|| "file".to_owned());
    let mut file = Incoming::start(folder, limit).await?;
    while let Some(chunk) = part.next().await {
        file.write(&chunk.map_err(|error| unreadable(&error))?).await?;
    }
    Ok((file.finish().await?, name))
}

fn judged(call: &Call, form: Form) -> Result<(Arrived, String, StartImport), Fault> {
    let input = call.state.api.bodies.read::<StartImport>(&StartImport::name(), &Value::Object(form.fields));
    match (input, form.file) {
        (Ok(input), Some((file, name))) => Ok((file, name, input)),
        (Err(fault), Some(_)) => Err(fault),
        (input, None) => {
            let mut errors = input.err().map(|fault| fault.errors().to_vec()).unwrap_or_default();
            errors.push(FieldError::new("/file", "required"));
            Err(Fault::fields(errors))
        }
    }
}

/// What makes two uploads the same: fields and content.
fn hash(input: &StartImport, file: &Arrived) -> String {
    let fields = serde_json::to_vec(input).unwrap_or_default();
    hex::encode(Sha256::new().chain_update(fields).chain_update([0]).chain_update(&file.sha256).finalize())
}
