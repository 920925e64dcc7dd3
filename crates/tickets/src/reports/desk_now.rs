//! The desk now: tiles.

use kernel::fault::Fault;
use kernel::lang::Lang;
use kernel::report::Cell;
use kernel::time::{Timestamp, business_day, end_of_day};
use store::Reading;
use store::reports::Figures;

use super::slice::{OfTickets, Slice, own};
use super::{count, text};
use crate::callback::Callback;
use crate::follow_up::FollowUp;
use crate::supervision::Supervision;
use crate::ticket::Ticket;

/// A tile: what it counts in both languages, and the filter of the list that shows it.
const TILES: &[(&str, &str, &str, &str)] = &[
    ("已登记", "registered", "status", "registered"),
    ("已派单", "assigned", "status", "assigned"),
    ("处理中", "in progress", "status", "in_progress"),
    ("待审批", "waiting for approval", "status", "pending_approval"),
    ("已解决未答复", "resolved, not answered", "status", "resolved"),
    ("已答复待回访", "answered, not closed", "status", "replied"),
    ("已超时", "overdue", "overdue", "true"),
    ("临近到期", "near due", "near_due", "true"),
    ("已暂停", "paused", "paused", "true"),
    ("未派单", "unassigned", "unassigned", "true"),
];

/// Counts each tile.
pub async fn figures(at: &Reading) -> Result<Figures, Fault> {
    let columns = vec![text("what", "项目", "What"), count("count", "件数", "Count")];
    let lang = at.lang();
    let label = |zh: &str, en: &str| Cell::from(if lang == Lang::Zh { zh } else { en });
    let mut rows = Vec::new();
    for (zh, en, filter, value) in TILES {
        let tile = Slice::tickets(at).with(filter, value).count::<Ticket>(at).await?;
        rows.push(vec![label(zh, en), tile]);
    }
    // What is to be done today, or should have been done before.
    let tonight = Timestamp::from(end_of_day(business_day(at.now)));
    let due = Slice::default().with("status", "pending").with("due_at_lt", tonight);
    rows.push(vec![label("到期回访", "callbacks due"), due.count::<Callback>(at).await?]);
    let mut promises = Slice::default().with("status", "open,missed").with("promised_at_lt", tonight);
    if let Some(me) = own(at) {
        promises = promises.with("agent_id", me);
    }
    rows.push(vec![label("到期约定", "promises due"), promises.count::<FollowUp>(at).await?]);
    let open = Slice::default().with("status", "issued,answered").count::<Supervision>(at).await?;
    rows.push(vec![label("未结督办", "supervisions open"), open]);
    let waiting = Slice::tickets(at).with("status", "pending_approval");
    rows.push(vec![label("待批意见", "approvals waiting"), waiting.count::<Ticket>(at).await?]);
    Ok(Figures { columns, rows, totals: None, ..Figures::default() })
}
