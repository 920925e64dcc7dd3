//! Service requests of the period by type or reason: what became of them, how long it took (TK-R37).

use std::collections::BTreeMap;

use kernel::fault::Fault;
use kernel::report::{Cell, Column, ColumnKind, Value, quotient, share};
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Figures};

use super::slice::{OfTickets, Slice};
use super::{DAY_SECONDS, count, percent, text};
use crate::service_request::ServiceRequest;
use crate::service_request::entity::{Entity, Model, RequestType, Status};

#[derive(Clone, Default)]
struct Row {
    received: i64,
    approved: i64,
    refused: i64,
    completed: i64,
    /// From receipt to completion, of those completed.
    seconds: i64,
    /// Completed returns.
    returned: i64,
    reasons: BTreeMap<String, i64>,
}

/// Counts the requests received in the period; of an agent those he registered.
pub async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slice = Slice::written(at).during("created_at", ask.period);
    let requests = Entity::find().filter(slice.condition::<ServiceRequest>(at)?).all(&at.db()).await?;
    let delivered = requests.iter().filter(|request| was_delivered(request)).count();
    let delivered = i64::try_from(delivered).map_err(Fault::internal)?;
    let mut groups: BTreeMap<String, Row> = BTreeMap::new();
    let mut all = Row::default();
    for request in &requests {
        let key = match ask.by {
            "reason" => request.reason_code.clone().unwrap_or_default(),
            _ => request.r#type.code().to_owned(),
        };
        groups.entry(key).or_default().add(request);
        all.add(request);
    }
    let filter = if ask.by == "reason" { "reason_code" } else { "type" };
    let mut rows = Vec::new();
    for (key, row) in &groups {
        let label = match RequestType::ALL.iter().copied().find(|of| of.code() == key) {
            Some(of) if ask.by != "reason" => Value::from(at.lang().of(of.labels())),
            _ if key.is_empty() => Value::Nothing,
            _ => Value::from(key.as_str()),
        };
        // Only returns come back from what was delivered.
        let of = if ask.by == "reason" || key == RequestType::Return.code() { delivered } else { 0 };
        let list = (!key.is_empty()).then(|| slice.with(filter, key));
        rows.push(row.cells(label, of, list.as_ref()));
    }
    let columns = vec![
        text("group", "类型/原因", "Group"),
        count("received", "受理", "Received"),
        count("approved", "批准", "Approved"),
        count("refused", "拒绝", "Refused"),
        count("completed", "完成", "Completed"),
        Column::new("days", "平均用时(天)", "Mean days", ColumnKind::Number),
        text("reasons", "原因", "Reasons"),
        percent("return_rate", "退货率%", "Return rate %"),
    ];
    Ok(Figures {
        columns,
        rows,
        totals: Some(all.cells(Value::Nothing, delivered, Some(&slice))),
        ..Figures::default()
    })
}

fn was_delivered(request: &Model) -> bool {
    request.r#type == RequestType::Order && matches!(request.status, Status::Delivered | Status::Completed)
}

impl Row {
    fn add(&mut self, request: &Model) {
        self.received += 1;
        self.approved += i64::from(request.decision().is_some_and(|decision| decision.approved));
        self.refused += i64::from(request.status == Status::Refused);
        if let (Status::Completed, Some(completed)) = (request.status, request.completed_at) {
            self.completed += 1;
            self.seconds += (completed - request.created_at).num_seconds();
            self.returned += i64::from(request.r#type == RequestType::Return);
        }
        if let Some(reason) = &request.reason_code {
            *self.reasons.entry(reason.clone()).or_default() += 1;
        }
    }

    /// The reasons, the most frequent first.
    fn reasons(&self) -> Value {
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by(|(a, n), (b, m)| m.cmp(n).then(a.cmp(b)));
        let texts: Vec<String> = reasons.into_iter().map(|(reason, n)| format!("{reason} {n}")).collect();
        if texts.is_empty() { Value::Nothing } else { Value::Text(texts.join(", ")) }
    }

    fn cells(&self, label: Value, delivered: i64, slice: Option<&Slice>) -> Vec<Cell> {
        let open = |value: i64, name: &str, code: &str| {
            Slice::open::<ServiceRequest>(slice, value, |slice| slice.with(name, code))
        };
        vec![
            label.into(),
            Slice::open::<ServiceRequest>(slice, self.received, Slice::clone),
            open(self.approved, "approved", "true"),
            open(self.refused, "status", "refused"),
            open(self.completed, "status", "completed"),
            quotient(self.seconds, self.completed * DAY_SECONDS).into(),
            self.reasons().into(),
            share(self.returned, delivered).into(),
        ]
    }
}
