//! One call on its way through the house: what an endpoint gets and what it gives back.

use std::sync::Arc;

use access::Actor;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::http::header;
use kernel::fault::{self, Fault};
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Answer, Context, Done, Outcome, Reading, Resource, Work, resource};
use uuid::Uuid;

use crate::State;

/// Everything an endpoint may look at.
pub struct Call {
    pub state: Arc<State>,
    pub ctx: Arc<Context>,
    /// Values of the path's placeholders, in order.
    pub params: Vec<String>,
    pub query: Vec<(String, String)>,
    /// The parsed body; `Null` when there is none.
    pub body: Value,
    pub request: HttpRequest,
    /// The unread body, for uploads only.
    pub payload: Option<Payload>,
}

/// What an endpoint answers.
pub enum Reply {
    /// JSON with the usual headers.
    Answer(Answer),
    /// As [`Reply::Answer`], never cached anywhere.
    Secret(Answer),
    /// Anything else; the usual headers are added where absent.
    Raw(actix_web::HttpResponse),
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl Call {
    pub fn actor(&self) -> &Actor {
        &self.ctx.actor
    }

    /// A place to read from, at the instant of this call.
    pub fn reading(&self) -> Reading {
        self.state.store.reading(self.ctx.clone())
    }

    /// The n-th placeholder of the path as text.
    pub fn param(&self, n: usize) -> &str {
        self.params.get(n).map_or("", String::as_str)
    }

    /// The first placeholder of the path as an id; anything that is no id is not found.
    pub fn id(&self) -> Result<Uuid, Fault> {
        self.param(0).parse().map_err(|_| Fault::new(&fault::NOT_FOUND))
    }

    /// Whether the caller already has this version.
    pub fn if_none_match(&self, version: i32) -> bool {
        let sent = self.request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let tag = format!("\"v{version}\"");
        let matches = |known: &str| known == "*" || known.trim_start_matches("W/") == tag;
        sent.is_some_and(|list| list.split(',').any(|known| matches(known.trim())))
    }

    /// The value of a query parameter.
    pub fn query_value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as `T`, or all its field errors.
    pub fn read<T: DeserializeOwned + utoipa::ToSchema + validator::Validate>(&self) -> Result<T, Fault> {
        let read = self.state.api.bodies.read(&T::name(), &self.body);
        let input: T =
            read.map_err(|fault| if self.actor().is_customer() { unknown_to_customers(fault) } else { fault })?;
        input.validate().map_err(|errors| cross_field_errors(&errors))?;
        Ok(input)
    }

    /// As [`Call::read`]; when the body is wrong but the row is not the caller's, he hears 404.
    pub async fn read_for<R: Resource, T>(&self, id: Uuid) -> Result<T, Fault>
    where
        T: DeserializeOwned + utoipa::ToSchema + validator::Validate,
    {
        match self.read() {
            Ok(input) => Ok(input),
            Err(fault) => {
                resource::find::<R>(&self.reading(), id).await?;
                Err(fault)
            }
        }
    }

    /// Runs a command through the write door.
    pub async fn write<F, O>(&self, command: F) -> Result<Answer, Fault>
    where
        F: AsyncFn(&Work) -> Result<O, Fault> + 'static,
        O: Into<Outcome> + 'static,
    {
        self.state.store.write(self.ctx.clone(), command).await
    }
}

/// A customer is not told which fields the service computes: to him they do not exist (TK-R02).
fn unknown_to_customers(fault: Fault) -> Fault {
    let mut errors = fault.errors().to_vec();
    errors
        .iter_mut()
        .filter(|error| error.code == "computed_field")
        .for_each(|error| error.code = "unknown_field".to_owned());
    fault.with_errors(errors)
}

fn cross_field_errors(errors: &validator::ValidationErrors) -> Fault {
    let mut list = Vec::new();
    for (field, found) in errors.field_errors() {
        for error in found.iter() {
            let pointer = if field == "__all__" { String::new() } else { format!("/{field}") };
            let pointer = error.message.as_ref().map_or(pointer, |pointer| pointer.to_string());
            list.push(kernel::fault::FieldError::new(pointer, error.code.to_string()));
        }
    }
    list.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    Fault::fields(list)
}

/// The answer of an operation on one row: the row as the caller sees it, with what he may do next.
pub async fn answer<R: Resource>(at: &Reading, row: R::Row, done: Done) -> Result<Answer, Fault> {
    use store::resource::Row;
    #[derive(serde::Serialize)]
    struct One<V> {
        #[serde(flatten)]
        view: V,
        #[serde(skip_serializing_if = "Option::is_none")]
        allowed_actions: Option<Vec<store::life_cycle::Allowed>>,
    }
    let (id, version) = (row.id(), row.version());
    let allowed_actions = R::allowed_actions(at, &row).await?;
    let view = resource::view::<R>(at, row).await?;
    let answer = Answer::json(done, &One { view, allowed_actions })?.version(version);
    Ok(if done == Done::Created { answer.location(format!("{}/{id}", R::PATH)) } else { answer })
}
