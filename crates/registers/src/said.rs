//! What a patch says of a field that may be left out, given or removed.

use serde::{Deserialize, Deserializer};

/// Tells null from a field that is left out, which `default` makes `None`.
pub(crate) fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}
