//! Receiving a multipart upload, part by part, without holding it in memory.

use std::sync::Arc;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header::{self, ContentDisposition};
use documents::document::{self, AddFileVersion, Document, UploadDocument};
use documents::{Received, Receiving};
use futures_util::StreamExt;
use kernel::fault::{self, Fault, FieldError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use store::{Context, Done, Work, parameters, resource};
use utoipa::ToSchema;

use crate::call::{Call, Reply, answer};

/// The largest part that is no file.
const PART_LIMIT: usize = 16 * 1024;
/// Parts that hold several values.
const LISTS: &[&str] = &["keywords", "shared_with"];

/// What arrived.
#[derive(Default)]
struct Form {
    fields: Map<String, Value>,
    file: Option<(Received, String)>,
}

/// Stores the file, then enters the document.
pub async fn receive(mut call: Call) -> Result<Reply, Fault> {
    let form = read(&mut call).await?;
    let (file, file_name, input) = judged::<UploadDocument>(&call, form)?;
    let ctx = context(&call, &input, &file);
    let write = async move |work: &Work| {
        let row = document::create(work, &file, &file_name, &input).await?;
        answer::<Document>(work, row, Done::Created).await
    };
    Ok(Reply::Answer(call.state.store.write(ctx, write).await?))
}

/// Stores the file, then puts it in as the newest of a document the caller may know of.
pub async fn receive_version(mut call: Call) -> Result<Reply, Fault> {
    let id = call.id()?;
    resource::find::<Document>(&call.reading(), id).await?;
    let form = read(&mut call).await?;
    let (file, file_name, input) = judged::<AddFileVersion>(&call, form)?;
    let ctx = context(&call, &input, &file);
    let write = async move |work: &Work| {
        let row = document::add(work, id, &file, &file_name, &input).await?;
        answer::<Document>(work, row, Done::Created).await
    };
    Ok(Reply::Answer(call.state.store.write(ctx, write).await?))
}

/// The call's context; its key stands for fields and content instead of the body's bytes.
fn context(call: &Call, input: &impl Serialize, file: &Received) -> Arc<Context> {
    let key = call.ctx.key.clone().map(|(key, _)| (key, hash(call, input, file)));
    Arc::new(Context { key, ..(*call.ctx).clone() })
}

/// A body that says itself that it is too large is not read at all.
pub fn refuse_too_large(call: &Call, limit: u64) -> Result<(), Fault> {
    let length =
        call.request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    // The other parts and the boundaries need room too.
    match length.is_some_and(|length| length > limit + 512 * 1024) {
        true => Err(Fault::new(&fault::TOO_LARGE).with("limit", limit)),
        false => Ok(()),
    }
}

async fn read(call: &mut Call) -> Result<Form, Fault> {
    let limit = parameters::integer(&call.reading(), "platform.documents.max_mib").await?.unsigned_abs() * 1024 * 1024;
    refuse_too_large(call, limit)?;
    let payload = call.payload.take().ok_or_else(|| Fault::new(&fault::MALFORMED))?;
    let mut parts = Multipart::new(call.request.headers(), payload);
    let mut form = Form::default();
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|error| unreadable(&error))?;
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            if form.file.is_some() {
                return Err(Fault::field("/file", fault::REPEATED_FIELD.code));
            }
            form.file = Some(read_file(call, &mut part, limit).await?);
        } else {
            let bytes = part.bytes(PART_LIMIT).await.map_err(|_| Fault::new(&fault::TOO_LARGE))?;
            let bytes = bytes.map_err(|error| unreadable(&error))?;
            let text = String::from_utf8(bytes.to_vec()).map_err(|_| Fault::new(&fault::MALFORMED))?;
            put(&mut form.fields, name, text)?;
        }
    }
    Ok(form)
}

async fn read_file(call: &Call, part: &mut Field, limit: u64) -> Result<(Received, String), Fault> {
    let declared = part.content_type().map(ToString::to_string);
    let name = part.content_disposition().and_then(file_name).unwrap_or_else(|| "file".to_owned());
    let mut file = Receiving::start(&call.state.files, limit).await?;
    while let Some(chunk) = part.next().await {
        file.write(&chunk.map_err(|error| unreadable(&error))?).await?;
    }
    let received = match call.ctx.dry_run {
        true => file.tried(declared.as_deref())?,
        false => file.finish(declared.as_deref()).await?,
    };
    Ok((received, name))
}

/// The last part of the name the sender gives a file.
pub fn file_name(disposition: &ContentDisposition) -> Option<String> {
    let extended = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    let name = extended.or_else(|| disposition.get_filename().map(str::to_owned))?;
    let last: String = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(200).collect();
    (!last.trim().is_empty()).then_some(last)
}

/// Takes a text part in; lists may also come as several parts.
fn put(fields: &mut Map<String, Value>, name: String, text: String) -> Result<(), Fault> {
    if LISTS.contains(&name.as_str()) {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from);
        if let Some(list) = fields.entry(name).or_insert_with(|| Value::Array(Vec::new())).as_array_mut() {
            list.extend(parts);
        }
        return Ok(());
    }
    let value = match name.as_str() {
        "links" => serde_json::from_str(&text).map_err(|_| Fault::field("/links", "invalid_format"))?,
        _ => Value::from(text),
    };
    match fields.insert(name.clone(), value) {
        None => Ok(()),
        Some(_) => Err(Fault::field(format!("/{name}"), fault::REPEATED_FIELD.code)),
    }
}

fn judged<T: DeserializeOwned + ToSchema>(call: &Call, form: Form) -> Result<(Received, String, T), Fault> {
    let input = call.state.api.bodies.read::<T>(&T::name(), &Value::Object(form.fields));
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

/// What makes two uploads the same: place, fields and content.
fn hash(call: &Call, input: &impl Serialize, file: &Received) -> String {
    let fields = serde_json::to_vec(input).unwrap_or_default();
    let place = Sha256::new().chain_update(call.request.path()).chain_update([0]);
    hex::encode(place.chain_update(fields).chain_update([0]).chain_update(&file.sha256).finalize())
}

/// Why a part cannot be read.
pub fn unreadable(error: &MultipartError) -> Fault {
    match error {
        MultipartError::ContentTypeIncompatible | MultipartError::ContentTypeMissing => {
            Fault::new(&fault::UNSUPPORTED_MEDIA).with("expected", "multipart/form-data")
        }
        _ => Fault::new(&fault::MALFORMED),
    }
}
