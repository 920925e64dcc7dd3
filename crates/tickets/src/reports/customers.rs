//! Service customer statistics: customers new in the period, by where they came from or what they are.

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::report::{Cell, Value};
use registers::customer::entity::Column;
use registers::customer::{Customer, CustomerStatus, Entity};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{Condition, QuerySelect};
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::Slice;
use super::{count, group, text};
use crate::contact_log::ContactLog;
use crate::contact_log::entity::{self as contact_log, Column as Contact};
use crate::ticket::Ticket;
use crate::ticket::entity::{Column as TicketColumn, Entity as Tickets};
use store::Resource;

#[derive(Clone, Copy, Default)]
struct Row {
    new: i64,
    owned: i64,
    contacted: i64,
    served: i64,
}

/// Counts the customers whose file was opened in the period and still stands.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = Slice::default().during("created_at", ask.period).with("status", CustomerStatus::Active.code());
    let column = match ask.by {
        "category" => Column::Category,
        "owner" => Column::OwnerStaffId,
        _ => Column::Source,
    };
    let mut groups: BTreeMap<Option<String>, Row> = BTreeMap::new();
    let owned = Condition::all().add(Column::OwnerStaffId.is_not_null());
    let served = Query::select()
        .column(TicketColumn::CustomerId)
        .from(Tickets)
        .cond_where(Ticket::visible_to(at.actor()))
        .and_where(TicketColumn::CustomerId.is_not_null())
        .to_owned();
    let served = Condition::all().add(Column::Id.in_subquery(served));
    let reached = Query::select()
        .column(Contact::CustomerId)
        .from(contact_log::Entity)
        .cond_where(ContactLog::visible_to(at.actor()))
        .and_where(Contact::Reached.eq(true))
        .to_owned();
    let contacted = Condition::all().add(Column::Id.in_subquery(reached));
    for (key, n) in counted(at, &slice, column, Condition::all()).await? {
        groups.entry(key).or_default().new = n;
    }
    for (key, n) in counted(at, &slice, column, owned).await? {
        groups.entry(key).or_default().owned = n;
    }
    for (key, n) in counted(at, &slice, column, contacted).await? {
        groups.entry(key).or_default().contacted = n;
    }
    for (key, n) in counted(at, &slice, column, served).await? {
        groups.entry(key).or_default().served = n;
    }
    let names = group::names(at, "person").await?;
    let mut all = Row::default();
    let mut rows = Vec::new();
    for (key, row) in &groups {
        all.new += row.new;
        all.owned += row.owned;
        all.contacted += row.contacted;
        all.served += row.served;
        let label = match key {
            Some(key) => Value::Text(names.get(key).cloned().unwrap_or_else(|| key.clone())),
            None => Value::Nothing,
        };
        let filter = match ask.by {
            "category" => "category",
            "owner" => "owner_staff_id",
            _ => "source",
        };
        let list = key.as_ref().map(|key| slice.with(filter, key));
        rows.push(cells(label, row, list.as_ref()));
    }
    let columns = vec![
        text("group", "分组", "Group"),
        count("new_customers", "新增客户", "New customers"),
        count("with_owner", "已分配专属客服", "With an owner"),
        count("contacted", "已联系客户", "Contacted"),
        count("served", "有诉求的客户", "With a case"),
    ];
    Ok(Figures { columns, rows, totals: Some(cells(Value::Nothing, &all, Some(&slice))), ..Figures::default() })
}

fn cells(label: Value, row: &Row, slice: Option<&Slice>) -> Vec<Cell> {
    let new = Slice::open::<Customer>(slice, row.new, Slice::clone);
    vec![label.into(), new, row.owned.into(), row.contacted.into(), row.served.into()]
}

async fn counted(
    at: &Reading,
    slice: &Slice,
    column: Column,
    further: Condition,
) -> Result<Vec<(Option<String>, i64)>, Fault> {
    let select = Entity::find()
        .select_only()
        .column(column)
        .expr_as(Expr::cust("COUNT(*)"), "n")
        .filter(slice.condition::<Customer>(at)?)
        .filter(further)
        .group_by(column);
    if matches!(column, Column::OwnerStaffId) {
        let rows: Vec<(Option<Uuid>, i64)> = select.into_tuple().all(&at.db()).await?;
        return Ok(rows.into_iter().map(|(key, n)| (key.map(|key| key.to_string()), n)).collect());
    }
    Ok(select.into_tuple().all(&at.db()).await?)
}
