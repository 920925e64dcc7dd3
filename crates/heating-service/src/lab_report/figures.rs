//! What a report says of a sample: the means, and the same on other bases (HS-R43).

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::time::business_day;
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};
use store::Reading;
use utoipa::ToSchema;

use crate::lab::Grams;
use crate::lab::bases::Means;
use crate::lab::decision::Rule;
use crate::lab::exact::shown;
use crate::lab::item::Item;
use crate::lab_result;
use crate::season::commands::decimal;

/// Figures of a sample by basis: `ad` air-dried, `d` dry, `ar` as received. Per cent, heat in MJ/kg unless the name
/// says J/g or kcal/kg; null where an item it needs was not determined.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LabFigures)]
pub struct Figures {
    #[serde(rename = "Mt")]
    pub mt: Option<String>,
    #[serde(rename = "Mad")]
    pub mad: Option<String>,
    #[serde(rename = "Aad")]
    pub aad: Option<String>,
    #[serde(rename = "Ad")]
    pub ad: Option<String>,
    #[serde(rename = "Aar")]
    pub aar: Option<String>,
    #[serde(rename = "Vad")]
    pub vad: Option<String>,
    #[serde(rename = "FCad")]
    pub fcad: Option<String>,
    #[serde(rename = "St_ad")]
    pub st_ad: Option<String>,
    #[serde(rename = "St_d")]
    pub st_d: Option<String>,
    #[serde(rename = "Had")]
    pub had: Option<String>,
    #[serde(rename = "Qgr_ad_j_g")]
    pub qgr_ad_j_g: Option<String>,
    #[serde(rename = "Qgr_ad")]
    pub qgr_ad: Option<String>,
    #[serde(rename = "Qgr_d")]
    pub qgr_d: Option<String>,
    #[serde(rename = "Qnet_ar_j_g")]
    pub qnet_ar_j_g: Option<String>,
    #[serde(rename = "Qnet_ar")]
    pub qnet_ar: Option<String>,
    #[serde(rename = "Qnet_ar_kcal_kg")]
    pub qnet_ar_kcal_kg: Option<String>,
    #[serde(rename = "C_slag")]
    pub c_slag: Option<String>,
    /// How each mean was taken, by item.
    pub rules: BTreeMap<Item, Rule>,
    /// Whether Qnet,ar lies below what the supply contract demands: purchasing is told.
    pub below_supply_limit: bool,
}

/// The means of a sample.
pub(crate) async fn means(at: &Reading, sample_id: Uuid) -> Result<(Means, Option<i64>, BTreeMap<Item, Rule>), Fault> {
    let latest = lab_result::latest(at, sample_id).await?;
    let mean = |item: Item| latest.get(&item).and_then(|result| result.mean_units);
    let means = Means {
        mt: mean(Item::Mt),
        mad: mean(Item::Mad),
        aad: mean(Item::Aad),
        vad: mean(Item::Vad),
        st: mean(Item::St),
        qgr: mean(Item::Qgr),
        had: mean(Item::Had),
    };
    let rules = latest.values().filter_map(|result| Some((result.item, result.rule?))).collect();
    Ok((means, mean(Item::CSlag), rules))
}

/// The figures of a sample as of now.
pub(crate) async fn of_sample(at: &Reading, sample_id: Uuid) -> Result<Figures, Fault> {
    let (it, c_slag, rules) = means(at, sample_id).await?;
    let limit: Grams = decimal(at, "heating.lab.supply_limit_qnet_ar", business_day(at.now)).await?;
    let two = |units: Option<i64>| units.map(|units| shown(units, 2));
    let whole = |units: Option<i64>| units.map(|units| shown(units, 0));
    Ok(Figures {
        mt: it.mt.map(|units| shown(units, 1)),
        mad: two(it.mad),
        aad: two(it.aad),
        ad: two(it.dry(it.aad)),
        aar: two(it.received(it.aad)),
        vad: two(it.vad),
        fcad: two(it.fixed_carbon()),
        st_ad: two(it.st),
        st_d: two(it.dry(it.st)),
        had: two(it.had),
        qgr_ad_j_g: whole(it.qgr),
        qgr_ad: two(it.qgr_ad_mj()),
        qgr_d: two(it.qgr_d_mj()),
        qnet_ar_j_g: whole(it.qnet_ar_j()),
        qnet_ar: two(it.qnet_ar_mj()),
        qnet_ar_kcal_kg: whole(it.qnet_ar_kcal()),
        c_slag: two(c_slag),
        rules,
        below_supply_limit: it.qnet_ar_mj().is_some_and(|q| q < limit.units()),
    })
}
