//! `/v1/heating-seasons` and `/v1/heat-prices` (spec heating §7, HS-01, HS-12).

use flows::season_end;
use heating_service::price::{self, HeatPrice};
use heating_service::season::HeatingSeason;
use heating_service::season::commands::{self, HeatingSeasonFields};

use crate::router::{Act, Api, Key};

/// Declares the seasons and their prices.
pub fn routes(api: &mut Api) {
    let act = |action, summary, key| Act { action, summary, key };
    api.resource::<HeatingSeason>("heating seasons", "heating_seasons")
        .read_with("heating.season:read")
        .list()
        .get()
        .history()
        .create_with("heating.season:create", commands::create)
        .patch_with::<HeatingSeasonFields, _>("heating.season:update", commands::update)
        .act_with(
            act("open", "Opens a season; its dates are frozen from now on.", Key::Optional),
            "heating.season:open",
            commands::open,
        )
        .act_with(
            act("close", "Closes a season that is over; its stops lapse, its dashboard is kept.", Key::Optional),
            "heating.season:close",
            season_end::close,
        );
    api.resource::<HeatPrice>("heating seasons", "heat_prices")
        .read_with("heating.price:read")
        .list()
        .get()
        .history()
        .create_with("heating.price:create", price::commands::create)
        .act_with(
            act("approve", "Approves a price; one a season and use.", Key::Required),
            "heating.price:approve",
            price::commands::approve,
        );
}
