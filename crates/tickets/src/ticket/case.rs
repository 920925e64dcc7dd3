//! A ticket with the facts its guards look at.

use kernel::fault::Fault;
use registers::external_ids::{self, ExternalId};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, SelectStatement};
use sea_orm::{Condition, QueryOrder};
use store::rows::such;
use store::{Reading, Work};

use super::entity::{Column, Entity, Model, Status, json_list};
use super::person;
use crate::callback;
use crate::catalogue::Severity;
use crate::repair_order::entity as orders;
use crate::{opinion, repair_order};

/// Words for what few tickets have ([`store::Resource::beside`]).
const ORDERS: &str = "repair_orders";
const PERSONS: &str = "persons";
pub(super) const OPINIONS: &str = "opinions";
pub(super) const KEYS: &str = "external_ids";

/// What a read looks for along with the ticket.
pub(super) fn beside() -> Vec<(&'static str, SelectStatement)> {
    fn of_ticket(column: impl ColumnTrait) -> Expr {
        ExprTrait::eq(Expr::col(column.as_column_ref()), Expr::col((Entity, Column::Id)))
    }
    let keys = Condition::all()
        .add(external_ids::entity::Column::Resource.eq("ticket"))
        .add(of_ticket(external_ids::entity::Column::ResourceId));
    vec![
        (ORDERS, such::<orders::Entity>(of_ticket(orders::Column::TicketId))),
        (PERSONS, such::<person::Entity>(of_ticket(person::Column::TicketId))),
        (OPINIONS, such::<opinion::entity::Entity>(of_ticket(opinion::entity::Column::TicketId))),
        (KEYS, such::<external_ids::entity::Entity>(keys)),
    ]
}

/// A ticket just registered has neither repair orders nor opinions, and no keys but those it came with: who answers it
/// need not look. The last of its registration.
pub fn just_registered(work: &Work, row: &Model, keys: &[ExternalId]) {
    let none = [ORDERS, OPINIONS].into_iter().chain(keys.is_empty().then_some(KEYS));
    none.for_each(|word| work.found_none(row.id, word));
}

/// A ticket and what surrounds it.
pub struct Case {
    pub row: Model,
    /// Who took part in the present cycle.
    pub persons: Vec<person::Model>,
    /// The latest opinion of the present cycle.
    pub opinion: Option<opinion::entity::Model>,
    /// The open approval of that opinion.
    pub approval: Option<approvals::approval::Model>,
    /// Persons who signed that approval.
    pub signers: Vec<Uuid>,
    /// Callbacks of the present cycle.
    pub callbacks: Vec<callback::entity::Model>,
    /// Last day on which a closed ticket may be reopened.
    pub reopen_until: Option<chrono::NaiveDate>,
    /// Last day on which a merge may be undone.
    pub unmerge_until: Option<chrono::NaiveDate>,
    /// Whether the ticket it was merged into has been answered or has ended.
    pub merge_target_answered: bool,
    /// Category rule of the procedure: mandatory checklist items not ticked.
    pub unticked: Vec<String>,
    /// Document kinds the procedure asks for and that are not attached.
    pub missing_documents: Vec<String>,
    /// Repair orders of an open ticket.
    pub orders: Vec<repair_order::entity::Model>,
    pub chase_min_interval_minutes: i64,
    pub transfers_without_supervisor: i64,
}

impl Case {
    /// Loads what the guards of the row's state need, and no more.
    pub async fn load(at: &Reading, row: Model) -> Result<Self, Fault> {
        let project = row.project_id;
        let limit = async |key: &'static str| store::parameters::integer_for(at, key, project).await;
        let mut case = Self {
            persons: Vec::new(),
            opinion: None,
            approval: None,
            signers: Vec::new(),
            callbacks: Vec::new(),
            reopen_until: None,
            unmerge_until: None,
            merge_target_answered: false,
            unticked: Vec::new(),
            missing_documents: Vec::new(),
            orders: Vec::new(),
            chase_min_interval_minutes: limit("tickets.chase.min_interval_minutes").await?,
            transfers_without_supervisor: limit("tickets.transfer.max_without_supervisor").await?,
            row,
        };
        if Status::OPEN.contains(&case.row.status) && !at.has_none(case.row.id, ORDERS) {
            case.orders = repair_order::queries::of_ticket(at, case.row.id).await?;
        }
        match case.row.status {
            Status::InProgress | Status::PendingApproval | Status::Resolved => {
                case.load_opinion(at).await?;
                case.load_procedure(at).await?;
            }
            Status::Replied => {
                case.callbacks = callback::entity::Entity::find()
                    .filter(callback::entity::Column::TicketId.eq(case.row.id))
                    .filter(callback::entity::Column::Cycle.eq(case.row.cycle))
                    .all(&at.db())
                    .await?;
            }
            Status::Closed => {
                let days = limit("tickets.reopen.window_days").await?;
                case.reopen_until = case
                    .row
                    .closed_at
                    .map(|closed| kernel::time::business_day(closed) + chrono::Days::new(days.unsigned_abs()));
            }
            Status::Merged => case.load_merge(at).await?,
            _ => {}
        }
        Ok(case)
    }

    /// As [`Case::load`], with what resolving looks at from whatever state.
    pub async fn load_to_resolve(at: &Reading, row: Model) -> Result<Self, Fault> {
        let mut case = Self::load(at, row).await?;
        if matches!(case.row.status, Status::Registered | Status::Assigned) {
            case.load_opinion(at).await?;
            case.load_procedure(at).await?;
        }
        Ok(case)
    }

    async fn load_opinion(&mut self, at: &Reading) -> Result<(), Fault> {
        let db = at.db();
        if !at.has_none(self.row.id, PERSONS) {
            self.persons = person::Entity::find()
                .filter(person::Column::TicketId.eq(self.row.id))
                .filter(person::Column::Cycle.eq(self.row.cycle))
                .all(&db)
                .await?;
        }
        if !at.has_none(self.row.id, OPINIONS) {
            self.opinion = opinion::entity::Entity::find()
                .filter(opinion::entity::Column::TicketId.eq(self.row.id))
                .filter(opinion::entity::Column::Cycle.eq(self.row.cycle))
                .order_by_desc(opinion::entity::Column::Number)
                .one(&db)
                .await?;
        }
        if self.row.status == Status::PendingApproval {
            self.approval = approvals::current(at, "ticket", self.row.id).await?;
            if let Some(approval) = &self.approval {
                let signed = approvals::approval::decision::Entity::find()
                    .filter(approvals::approval::decision::Column::ApprovalId.eq(approval.id))
                    .all(&db)
                    .await?;
                self.signers = signed.iter().flat_map(|row| [Some(row.actor_id), row.on_behalf_of]).flatten().collect();
            }
        }
        Ok(())
    }

    async fn load_procedure(&mut self, at: &Reading) -> Result<(), Fault> {
        let Some(procedure) = super::queries::procedure(at, &self.row).await? else { return Ok(()) };
        let ticked: Vec<String> = json_list(&self.row.checklist);
        self.unticked = procedure.mandatory_items().into_iter().filter(|code| !ticked.contains(code)).collect();
        let required: Vec<String> = json_list(&procedure.required_document_kinds);
        if !required.is_empty() {
            let attached = documents::kinds(at, &json_list(&self.row.document_ids)).await?;
            self.missing_documents = required.into_iter().filter(|kind| !attached.contains(kind)).collect();
        }
        Ok(())
    }

    async fn load_merge(&mut self, at: &Reading) -> Result<(), Fault> {
        let merged_on = self.row.merged_on.unwrap_or_else(|| kernel::time::business_day(at.now));
        let days = store::parameters::integer_of(at, "tickets.merge.undo_days", merged_on, self.row.project_id).await?;
        self.unmerge_until = self.row.merged_on.map(|day| day + chrono::Days::new(days.unsigned_abs()));
        if let Some(target) = self.row.merged_into_id {
            let target = super::entity::Entity::find_by_id(target).one(&at.db()).await?;
            self.merge_target_answered =
                target.is_none_or(|target| target.status == Status::Replied || target.status.is_terminal());
        }
        Ok(())
    }

    /// Whether the answer needs an approved opinion first (TK-R07).
    pub fn needs_approval(&self) -> bool {
        let compensates = self.opinion.as_ref().is_some_and(|opinion| {
            opinion.compensation_fen > 0 && !matches!(opinion.status.as_str(), "withdrawn" | "void")
        });
        self.row.severity > Severity::Normal || compensates
    }

    /// Whether the latest opinion of the cycle is fully approved for at least the present severity.
    pub fn is_approved(&self) -> bool {
        self.opinion
            .as_ref()
            .is_some_and(|opinion| opinion.status == "approved" && opinion.severity >= self.row.severity)
    }
}
