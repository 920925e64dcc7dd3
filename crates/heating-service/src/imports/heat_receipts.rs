//! Rows of receipts: by method and voucher.

use access::JobRole;
use kernel::fault::Fault;
use kernel::money::Money;
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use serde::Deserialize;
use store::imports::{Applied, Cell, Column, ImportRow};
use store::{Work, numbers};
use utoipa::ToSchema;

use super::RUN;
use super::known::{homes_ahead, known_household};
use crate::problems::DUPLICATE_VOUCHER;
use crate::receipt::commands::{CreateHeatReceipt, create};
use crate::receipt::entity::{Column as Of, Entity, Method};

/// A row of `heat_receipts`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ImportedHeatReceipt)]
pub struct HeatReceiptRow {
    #[schema(min_length = 1, max_length = 40)]
    household_number: String,
    method: Method,
    #[schema(min_length = 1, max_length = 60)]
    voucher_no: String,
    amount: Money,
    paid_at: Option<Timestamp>,
}

impl ImportRow for HeatReceiptRow {
    const KIND: &'static str = "heat_receipts";
    const TITLE: (&'static str, &'static str) = ("采暖费收款", "Heat receipts");
    const PERMISSION: &'static str = RUN;
    const ONLY: Option<&'static [JobRole]> = Some(&[JobRole::HeatingServiceManager, JobRole::HeatingFeeCollector]);
    const COLUMNS: &'static [Column] = &[
        Column::text("household_number", "用热户编号").or("household_id"),
        Column::text("method", "收款方式"),
        Column::text("voucher_no", "凭证号"),
        Column::text("amount", "金额"),
        Column::new("paid_at", "收款时间", Cell::Instant),
    ];

    async fn look_ahead(work: &Work, rows: &[Self]) -> Result<(), Fault> {
        homes_ahead(work, rows.iter().map(|row| row.household_number.as_str()).collect()).await?;
        numbers::ahead(work, "HR", rows.len()).await
    }

    async fn apply(&self, work: &Work) -> Result<Applied, Fault> {
        let home = known_household(work, &self.household_number).await?;
        let same = Entity::find().filter(Of::Method.eq(self.method)).filter(Of::VoucherNo.eq(self.voucher_no.trim()));
        if let Some(known) = same.one(&work.db()).await? {
            let says_the_same = known.household_id == home.id && known.amount_fen == self.amount.fen();
            return match says_the_same {
                true => Ok(Applied::unchanged("heat_receipt", known.id)),
                false => Err(Fault::new(&DUPLICATE_VOUCHER).with("number", known.number)),
            };
        }
        let input = CreateHeatReceipt {
            household_id: home.id,
            method: self.method,
            voucher_no: self.voucher_no.clone(),
            amount: self.amount,
            paid_at: self.paid_at,
            external_ids: Vec::new(),
        };
        Ok(Applied::changed("heat_receipt", create(work, &input).await?.id))
    }
}
