//! The bodies that many acts share: nothing, or why.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Nothing but the act itself.
#[derive(Clone, Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BareAct {}

/// An act that says why it is done.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct ReasonedAct {
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}
