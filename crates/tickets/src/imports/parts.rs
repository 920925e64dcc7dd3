//! Rows of spare parts and of their price catalogue (《维修零配件价目手册》): by the code of the part.

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::fixed::Stock;
use kernel::money::Money;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use store::Work;
use store::imports::{Applied, Cell, Column, ImportRow};
use utoipa::ToSchema;

use crate::part::{self, CreatePart, price};

/// A row of `parts`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedSparePart)]
pub struct PartRow {
    #[schema(min_length = 1, max_length = 40)]
    code: String,
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    #[schema(min_length = 1, max_length = 16)]
    unit: String,
    min_stock: Option<Stock>,
    recovery_required: Option<bool>,
}

impl ImportRow for PartRow {
    const KIND: &'static str = "parts";
    const TITLE: (&'static str, &'static str) = ("配件", "Spare parts");
    const PERMISSION: &'static str = "tickets.part:manage";
    const COLUMNS: &'static [Column] = &[
        Column::text("code", "配件编码"),
        Column::text("name", "名称"),
        Column::text("unit", "单位"),
        Column::text("min_stock", "最低库存"),
        Column::new("recovery_required", "旧件回收", Cell::Boolean),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let Some(known) = part::with_code(work, self.code.trim()).await? else {
            let input = CreatePart {
                code: self.code.clone(),
                name: self.name.clone(),
                unit: self.unit.clone(),
                min_stock: self.min_stock,
                recovery_required: self.recovery_required.unwrap_or_default(),
            };
            return Ok(Applied::changed("part", part::create(work, &input).await?.id));
        };
        // The ledger counts in it.
        if known.unit != self.unit.trim() {
            return Err(Fault::field("/unit", "immutable"));
        }
        let fields = part::Fields {
            name: self.name.trim().to_owned(),
            min_stock_milli: self.min_stock.map_or(known.min_stock_milli, Stock::units),
            recovery_required: self.recovery_required.unwrap_or(known.recovery_required),
        };
        match part::revise(work, &known, fields).await? {
            true => Ok(Applied::changed("part", known.id)),
            false => Ok(Applied::unchanged("part", known.id)),
        }
    }
}

/// A row of `part_prices`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedPartPrice)]
pub struct PartPriceRow {
    #[schema(min_length = 1, max_length = 40)]
    part_code: String,
    price: Money,
    valid_from: NaiveDate,
}

impl ImportRow for PartPriceRow {
    const KIND: &'static str = "part_prices";
    const TITLE: (&'static str, &'static str) = ("配件价目", "Prices of spare parts");
    const PERMISSION: &'static str = "tickets.part_price:manage";
    const COLUMNS: &'static [Column] = &[
        Column::text("part_code", "配件编码").or("part_id"),
        Column::text("price", "单价"),
        Column::new("valid_from", "执行日期", Cell::Date),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let part = part::with_code(work, self.part_code.trim()).await?;
        let part = part.ok_or_else(|| Fault::field("/part_code", "not_found"))?;
        let same = price::Entity::find()
            .filter(price::Column::PartId.eq(part.id))
            .filter(price::Column::ValidFrom.eq(self.valid_from))
            .filter(price::Column::PriceFen.eq(self.price.fen()));
        if let Some(known) = same.one(&work.db()).await? {
            return Ok(Applied::unchanged("part_price", known.id));
        }
        let input = price::CreatePartPrice { part_id: part.id, price: self.price, valid_from: self.valid_from };
        Ok(Applied::changed("part_price", price::create(work, &input).await?.id))
    }
}
