//! `/v1/meta/enums`: every code's label in both languages.

use std::collections::BTreeMap;

use access::JobRole;
use actix_web::http::Method;
use heck::ToSnakeCase;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Answer, Done};
use utoipa::ToSchema;

use crate::call::{Call, Reply};
use crate::router::Api;

/// The codes of every enum by its name in the contract, in snake case.
#[derive(Debug, Serialize, ToSchema)]
pub struct Enums {
    pub enums: BTreeMap<String, Vec<Label>>,
}

/// One code with its labels.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = EnumLabel)]
pub struct Label {
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// Labels by the name of their enum.
pub type Labels = BTreeMap<String, Vec<Label>>;

/// The labels schemas carry (`x-labels`), and those of the job roles.
pub fn labels(schemas: &Map<String, Value>) -> Labels {
    let of_schema = |(name, schema): (&String, &Value)| {
        Some((name.to_snake_case(), Deserialize::deserialize(schema.get("x-labels")?).ok()?))
    };
    let mut all: Labels = schemas.iter().filter_map(of_schema).collect();
    let role = |role: JobRole| Label {
        code: role.code().to_owned(),
        zh: role.title_zh().to_owned(),
        en: role.title_en().to_owned(),
    };
    all.insert("job_role".to_owned(), JobRole::all().map(role).collect());
    all
}

/// Declares the labels.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/meta/enums", "list_enums", "platform.meta:read", async |call: Call| {
        let enums = call.state.api.document().labels.clone();
        Ok(Reply::Answer(Answer::json(Done::Ok, &Enums { enums })?))
    })
    .tag("meta")
    .summary("Lists every code with its Chinese and English label.")
    .answers::<Enums>();
}
