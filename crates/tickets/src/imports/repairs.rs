//! Rows of repair tariffs (维修费标准) and of the contractors' warranty (施工方保修责任).

use chrono::NaiveDate;
use kernel::fault::Fault;
use kernel::money::Money;
use registers::imports as known;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Deserialize;
use store::Work;
use store::imports::{Applied, Cell, Column, ImportRow};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::outlet::tariff::{self, CreateRepairTariff};
use crate::warranty::coverage::{self, CreateWarrantyCoverage};

/// A row of `repair_tariffs`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedRepairTariff)]
pub struct RepairTariffRow {
    #[schema(min_length = 1, max_length = 40)]
    code: String,
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    fee: Money,
    valid_from: NaiveDate,
}

impl ImportRow for RepairTariffRow {
    const KIND: &'static str = "repair_tariffs";
    const TITLE: (&'static str, &'static str) = ("维修费标准", "Repair tariffs");
    const PERMISSION: &'static str = "tickets.tariff:manage";
    const COLUMNS: &'static [Column] = &[
        Column::text("code", "编码"),
        Column::text("name", "名称"),
        Column::text("fee", "费用"),
        Column::new("valid_from", "执行日期", Cell::Date),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let same = tariff::Entity::find()
            .filter(tariff::Column::Code.eq(self.code.trim()))
            .filter(tariff::Column::Name.eq(self.name.trim()))
            .filter(tariff::Column::FeeFen.eq(self.fee.fen()))
            .filter(tariff::Column::ValidFrom.eq(self.valid_from));
        if let Some(known) = same.one(&work.db()).await? {
            return Ok(Applied::unchanged("repair_tariff", known.id));
        }
        let input = CreateRepairTariff {
            code: self.code.clone(),
            name: self.name.clone(),
            fee: self.fee,
            valid_from: self.valid_from,
        };
        Ok(Applied::changed("repair_tariff", tariff::create(work, &input).await?.id))
    }
}

/// A row of `warranty_coverages`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedWarrantyCoverage)]
pub struct WarrantyCoverageRow {
    /// Needed where the building's code alone does not say which one.
    project_code: Option<String>,
    building_code: String,
    #[schema(min_length = 1, max_length = 40)]
    part_code: String,
    /// Credit code or name of the contractor.
    supplier: String,
    accepted_on: Option<NaiveDate>,
    #[schema(minimum = 1, maximum = 1200)]
    months: Option<i32>,
    cost_contract_id: Option<Uuid>,
}

impl ImportRow for WarrantyCoverageRow {
    const KIND: &'static str = "warranty_coverages";
    const TITLE: (&'static str, &'static str) = ("施工方保修责任", "Warranty of contractors");
    const PERMISSION: &'static str = "tickets.warranty:manage";
    const COLUMNS: &'static [Column] = &[
        Column::text("project_code", "项目编码").or("project_id"),
        Column::text("building_code", "楼栋编码").or("building_id"),
        Column::text("part_code", "保修部位"),
        Column::text("supplier", "施工单位").or("supplier_id"),
        Column::new("accepted_on", "验收日期", Cell::Date),
        Column::new("months", "保修月数", Cell::Integer),
        Column::text("cost_contract_id", "合同"),
    ];

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let building = known::known_building(work, self.project_code.as_deref(), &self.building_code).await?;
        let supplier = known::known_supplier(work, &self.supplier, "/supplier").await?;
        let input = CreateWarrantyCoverage {
            building_id: building.id,
            part_code: self.part_code.clone(),
            supplier_id: supplier.id,
            cost_contract_id: self.cost_contract_id,
            accepted_on: self.accepted_on,
            months: self.months,
        };
        let there = coverage::of(work, building.id, self.part_code.trim()).await?;
        let says = |row: &coverage::Model| {
            row.supplier_id == supplier.id
                && self.accepted_on.is_none_or(|on| row.accepted_on == Some(on))
                && self.months.is_none_or(|months| row.months == Some(months))
                && self.cost_contract_id.is_none_or(|contract| row.cost_contract_id == Some(contract))
        };
        if let Some(row) = there.into_iter().find(says) {
            return Ok(Applied::unchanged("warranty_coverage", row.id));
        }
        Ok(Applied::changed("warranty_coverage", coverage::create(work, &input).await?.id))
    }
}
