//! Who a campaign would reach if it started now.

use std::collections::BTreeMap;

use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use serde::Serialize;
use store::Reading;
use utoipa::ToSchema;

use super::entity::Model;
use super::recipients::{Verdict, judge};
use crate::message_template;
use crate::problems::TEMPLATE_NOT_APPROVED;

/// Recipients shown one by one.
const SHOWN: usize = 200;

/// Who would be reached, and why others would not.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignAudience {
    /// Everybody of the audience.
    pub total: usize,
    /// Those who would get a message or a call.
    pub reached: usize,
    pub suppressed: usize,
    pub suppressed_by_reason: BTreeMap<&'static str, usize>,
    /// Short messages altogether; SMS only.
    pub segments: i64,
    /// The first 200 by customer number.
    pub items: Vec<CampaignRecipient>,
}

/// One customer of an audience.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CampaignRecipient {
    pub customer_id: Uuid,
    pub customer_number: String,
    /// Masked.
    pub customer_name: String,
    /// Why he gets nothing; null when he is reached.
    pub reason: Option<&'static str>,
    pub segments: Option<i32>,
}

/// Looks at the audience as it is now; changes nothing.
///
/// # Errors
/// 409 `template_not_approved` when there is no text of this code at all yet.
pub async fn audience(at: &Reading, campaign: &Model) -> Result<CampaignAudience, Fault> {
    use message_template::entity::{Column, Entity};
    let pinned = match campaign.template_id {
        Some(id) => Entity::find_by_id(id).one(&at.db()).await?,
        None => message_template::approved(at, &campaign.template_code).await?,
    };
    let template = match pinned {
        Some(template) => Some(template),
        None => Entity::find().filter(Column::Code.eq(&campaign.template_code)).one(&at.db()).await?,
    };
    let template = template.ok_or_else(|| Fault::new(&TEMPLATE_NOT_APPROVED).rule("TK-R35"))?;
    let recipients = judge(at, campaign, &template).await?;
    let mut seen = CampaignAudience {
        total: recipients.len(),
        reached: 0,
        suppressed: 0,
        suppressed_by_reason: BTreeMap::new(),
        segments: 0,
        items: Vec::new(),
    };
    for recipient in recipients {
        let (reason, segments) = match recipient.verdict {
            Verdict::Suppressed(reason) => {
                seen.suppressed += 1;
                *seen.suppressed_by_reason.entry(reason).or_default() += 1;
                (Some(reason), None)
            }
            Verdict::Told { segments, .. } => {
                seen.reached += 1;
                seen.segments += i64::from(segments.unwrap_or_default());
                (None, segments)
            }
        };
        if seen.items.len() < SHOWN {
            let row = recipient.person.row;
            let (customer_id, customer_number, customer_name) = (row.id, row.number, row.name_masked);
            seen.items.push(CampaignRecipient { customer_id, customer_number, customer_name, reason, segments });
        }
    }
    Ok(seen)
}
