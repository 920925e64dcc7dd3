//! `/v1/published-figures` (spec heating §7, HS-15): what was printed of a year.

use heating_service::published_figure::{PublishedFigure, commands};

use crate::router::Api;

/// Declares the printed figures.
pub fn routes(api: &mut Api) {
    api.resource::<PublishedFigure>("published figures", "published_figures")
        .read_with("heating.figure:read")
        .list()
        .get()
        .history()
        .create_with("heating.figure:create", commands::create);
}
