//! `/v1/meta/enums`: every code's label in both languages.

mod care;
mod desk;
mod people;
mod platform;
mod repairs;

use std::collections::BTreeMap;

use access::JobRole;
use actix_web::http::Method;
use serde::Serialize;
use store::{Answer, Done};
use utoipa::ToSchema;

use crate::call::{Call, Reply};
use crate::router::Api;

/// The codes of every enum by its name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Enums {
    pub enums: BTreeMap<&'static str, Vec<Label>>,
}

/// One code with its labels.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = EnumLabel)]
pub struct Label {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

type Row = (&'static str, &'static str, &'static str);
/// An enum's name – that of its schema in snake case – and the labels of its codes.
type Named = (&'static str, &'static [Row]);

const ALL: &[&[Named]] = &[platform::ENUMS, desk::ENUMS, people::ENUMS, repairs::ENUMS, care::ENUMS];

/// Declares the labels.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/meta/enums", "list_enums", "platform.meta:read", async |_: Call| {
        Ok(Reply::Answer(Answer::json(Done::Ok, &all())?))
    })
    .tag("meta")
    .summary("Lists every code with its Chinese and English label.")
    .answers::<Enums>();
}

fn all() -> Enums {
    let label = |row: &Row| Label { code: row.0, zh: row.1, en: row.2 };
    let mut enums: BTreeMap<&'static str, Vec<Label>> =
        ALL.iter().copied().flatten().map(|(name, rows)| (*name, rows.iter().map(label).collect())).collect();
    let role = |role: JobRole| Label { code: role.code(), zh: role.title_zh(), en: role.title_en() };
    enums.insert("job_role", JobRole::all().map(role).collect());
    Enums { enums }
}
