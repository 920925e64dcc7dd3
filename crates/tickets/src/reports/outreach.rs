//! Campaigns started in the period: whom they were for, why some got nothing, what became of the rest (TK-R35).

use kernel::fault::Fault;
use kernel::report::Cell;
use sea_orm::QueryOrder;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::Slice;
use super::{count, text};
use crate::campaign::OutreachCampaign;
use crate::campaign::entity::{Column as Campaigns, Entity};
use crate::delivery::Delivery;
use kernel::report::sum::totals;

/// Reasons with a column of their own, in the order they are looked at; then what the outbox found later.
const REASONS: &[(&str, &str, &str)] = &[
    ("no_consent", "未授权", "No consent"),
    ("opted_out", "已退订", "Opted out"),
    ("no_address", "无联系方式", "No address"),
    ("frequency", "频次限制", "Frequency"),
    ("duplicate_address", "号码重复", "Duplicate address"),
    ("bad_data", "资料不全", "Bad data"),
    ("cancelled", "活动取消", "Cancelled"),
];

/// One row a campaign; each figure opens its deliveries.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = Slice::default().during("started_at", ask.period);
    let campaigns = Entity::find()
        .filter(slice.condition::<OutreachCampaign>(at)?)
        .order_by_asc(Campaigns::StartedAt)
        .order_by_asc(Campaigns::Id)
        .all(&at.db())
        .await?;
    let mut rows = Vec::new();
    for campaign in &campaigns {
        let all = Slice::default().with("campaign_id", campaign.id);
        let mut row = vec![
            Cell::from(campaign.number.clone()),
            campaign.name.clone().into(),
            campaign.kind.code().into(),
            all.count::<Delivery>(at).await?,
        ];
        let suppressed = all.with("status", "suppressed");
        row.push(suppressed.count::<Delivery>(at).await?);
        for (reason, ..) in REASONS {
            row.push(suppressed.with("reason", reason).count::<Delivery>(at).await?);
        }
        for status in ["queued,held", "sent", "delivered", "failed", "answered"] {
            row.push(all.with("status", status).count::<Delivery>(at).await?);
        }
        rows.push(row);
    }
    let mut columns = vec![
        text("number", "编号", "Number"),
        text("campaign", "活动", "Campaign"),
        text("kind", "类型", "Kind"),
        count("audience", "对象人数", "Audience"),
        count("suppressed", "未发送", "Suppressed"),
    ];
    columns.extend(REASONS.iter().map(|(key, zh, en)| count(key, zh, en)));
    columns.extend([
        count("waiting", "待发送", "Waiting"),
        count("sent", "已发送", "Sent"),
        count("delivered", "已送达", "Delivered"),
        count("failed", "失败", "Failed"),
        count("answered", "已通话", "Answered"),
    ]);
    Ok(Figures { totals: Some(totals(&columns, &rows)), columns, rows, ..Figures::default() })
}
