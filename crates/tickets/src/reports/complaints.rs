//! Complaints per thousand households, beside how soon and how well people were answered (TK-R39).

use std::collections::{BTreeMap, HashSet};

use kernel::fault::{Fault, INVALID_PARAMETER};
use kernel::report::{Cell, Column, ColumnKind, Period, Value, quotient, share};
use registers::property::project;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QuerySelect};
use store::reports::{Ask, Figures};
use store::{Reading, parameters};

use super::slice::{OfTickets, Slice};
use super::{callbacks, count, group, percent, text, timeliness};
use crate::catalogue::Kind;
use crate::heating_facts::{self, CountedBy};
use crate::ticket::Ticket;
use crate::ticket::entity::{Column as TicketColumn, Entity};

/// The days asked for, or those of the heating season.
async fn within(at: &Reading, ask: &Ask) -> Result<Ask, Fault> {
    let Some(number) = &ask.season else { return Ok(ask.clone()) };
    let season = heating_facts::season(at, number).await?;
    let (from, to) = season.ok_or_else(|| Fault::new(&INVALID_PARAMETER).with("parameter", "season"))?;
    Ok(Ask { period: Period { from, to }, ..ask.clone() })
}

/// Counts by station or project.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let ask = &within(at, ask).await?;
    let column = if ask.by == "project" { TicketColumn::ProjectId } else { TicketColumn::StationOrgUnitId };
    let filter = group::id_column(ask.by);
    let slice = Slice::tickets(at).during("received_at", ask.period).net().with("kind", Kind::Complaint.code());
    let rows: Vec<(Option<Uuid>, i64)> = Entity::find()
        .select_only()
        .column(column)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(slice.condition::<Ticket>(at)?)
        .group_by(column)
        .into_tuple()
        .all(&at.db())
        .await?;
    let complaints: BTreeMap<String, i64> =
        rows.into_iter().map(|(key, n)| (key.map(|key| key.to_string()).unwrap_or_default(), n)).collect();
    let mut households = households(at, ask).await?;
    let replies = timeliness::replies(at, ask).await?;
    let content = callbacks::content(at, ask).await?;
    let own = own_places(at, ask.by).await?;
    let everywhere = own.is_none();
    if let Some(own) = own {
        let told =
            |key: &String| complaints.contains_key(key) || replies.contains_key(key) || content.contains_key(key);
        households.retain(|key, _| own.contains(key) || told(key));
    }
    let names = group::names(at, ask.by).await?;
    let mut keys: Vec<&String> =
        complaints.keys().chain(households.keys()).chain(replies.keys()).chain(content.keys()).collect();
    keys.sort();
    keys.dedup();
    let mut all = Sum::default();
    let mut rows = Vec::new();
    for key in keys {
        let (known, complaints) = (households.get(key).copied(), complaints.get(key).copied().unwrap_or_default());
        let sum = Sum {
            households: known,
            complaints,
            rated: if known.is_some() || everywhere { complaints } else { 0 },
            replies: replies.get(key).copied().unwrap_or_default(),
            content: content.get(key).copied().unwrap_or_default(),
        };
        all.add(&sum);
        let label = group::label(&names, key);
        let list = (!key.is_empty()).then(|| slice.with(filter, key));
        rows.push(sum.cells(label, list.as_ref()));
    }
    let columns = vec![
        text("group", "站点/项目", "Station or project"),
        count("households", "户数", "Households"),
        count("complaints", "投诉净量", "Complaints, net"),
        Column::new("complaint_rate", "千户投诉率‰", "Complaints per 1000", ColumnKind::Number),
        percent("timely_reply_rate", "答复及时率%", "Timely replies %"),
        percent("satisfaction", "满意率%", "Satisfaction %"),
    ];
    Ok(Figures { columns, rows, totals: Some(all.cells(Value::Nothing, Some(&slice))), ..Figures::default() })
}

#[derive(Clone, Copy, Default)]
struct Sum {
    households: Option<i64>,
    complaints: i64,
    /// Those that make a rate: to whom not all households are known, those from where they are.
    rated: i64,
    /// Met and due.
    replies: (i64, i64),
    /// Satisfied and asked.
    content: (i64, i64),
}

impl Sum {
    fn add(&mut self, other: &Self) {
        if let Some(households) = other.households {
            self.households = Some(self.households.unwrap_or_default() + households);
        }
        self.complaints += other.complaints;
        self.rated += other.rated;
        self.replies = (self.replies.0 + other.replies.0, self.replies.1 + other.replies.1);
        self.content = (self.content.0 + other.content.0, self.content.1 + other.content.1);
    }

    fn cells(&self, label: Value, slice: Option<&Slice>) -> Vec<Cell> {
        vec![
            label.into(),
            self.households.map_or(Value::Nothing, Value::Count).into(),
            Slice::open::<Ticket>(slice, self.complaints, Slice::clone),
            quotient(self.rated * 1000, self.households.unwrap_or_default()).into(),
            share(self.replies.0, self.replies.1).into(),
            share(self.content.0, self.content.1).into(),
        ]
    }
}

/// Households by the id of the station or project on the period's last day: connected ones as the heating service
/// counts them, where it has none as the parameter says.
async fn households(at: &Reading, ask: &Ask) -> Result<BTreeMap<String, i64>, Fault> {
    let table = parameters::value_on(at, "tickets.report.households", ask.period.to, None).await?;
    let known = group::names(at, ask.by).await?;
    let rows = table.as_object().into_iter().flatten();
    let rows = rows.filter(|(id, _)| known.contains_key(*id));
    let mut households: BTreeMap<String, i64> = rows.filter_map(|(id, n)| Some((id.clone(), n.as_i64()?))).collect();
    let by = if ask.by == "project" { CountedBy::Project } else { CountedBy::Station };
    let counted = heating_facts::households(at, by, ask.period.to).await?;
    households.extend(counted.into_iter().map(|(id, n)| (id.to_string(), n)));
    Ok(households)
}

/// The ids of the stations or projects of the caller's own units; nothing where he sees all. Of others he knows the
/// households only where a ticket he may know of is.
async fn own_places(at: &Reading, by: &str) -> Result<Option<HashSet<String>>, Fault> {
    let scope = &at.actor().scope;
    if scope.all {
        return Ok(None);
    }
    let units = scope.org_unit_ids.iter().copied();
    if by != "project" {
        return Ok(Some(units.map(|unit| unit.to_string()).collect()));
    }
    let own = Condition::any()
        .add(project::Column::Id.is_in(scope.project_ids.iter().copied()))
        .add(project::Column::OrgUnitId.is_in(units));
    let ids = project::Entity::find().select_only().column(project::Column::Id).filter(own);
    let ids: Vec<Uuid> = ids.into_tuple().all(&at.db()).await?;
    Ok(Some(ids.into_iter().map(|id| id.to_string()).collect()))
}
