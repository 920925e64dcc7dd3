//! The steps of each type of request, in order; only the next one is legal (TK-R37).

use access::JobRole::{self, *};

use super::entity::{RequestType, Status};

/// One step: the act and the state it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The verb in the path.
    pub action: &'static str,
    pub to: Status,
}

const CHECK: Step = Step { action: "check", to: Status::Checked };
const APPROVE: Step = Step { action: "approve", to: Status::Approved };
const RECEIVE: Step = Step { action: "receive-goods", to: Status::GoodsReceived };
const INSPECT: Step = Step { action: "inspect", to: Status::Inspected };
const ALLOCATE: Step = Step { action: "allocate", to: Status::Allocated };
const PICK: Step = Step { action: "pick", to: Status::Picked };
const DELIVER: Step = Step { action: "deliver", to: Status::Delivered };
const REFUND: Step = Step { action: "refund", to: Status::Refunded };
const COMPLETE: Step = Step { action: "complete", to: Status::Completed };

/// The steps of a type.
pub fn steps(of: RequestType) -> &'static [Step] {
    match of {
        RequestType::Application => &[CHECK, APPROVE, COMPLETE],
        RequestType::Return => &[CHECK, APPROVE, RECEIVE, INSPECT, REFUND, COMPLETE],
        RequestType::Exchange => &[CHECK, APPROVE, RECEIVE, INSPECT, ALLOCATE, PICK, DELIVER, COMPLETE],
        RequestType::QualityReturn => &[CHECK, APPROVE, RECEIVE, INSPECT, COMPLETE],
        RequestType::PresaleRepair => &[RECEIVE, INSPECT, DELIVER, COMPLETE],
        RequestType::Order => &[CHECK, APPROVE, ALLOCATE, PICK, DELIVER, COMPLETE],
    }
}

/// Whether goods come back for a reason of the catalogue `return_reason`.
pub fn gives_back(of: RequestType) -> bool {
    matches!(of, RequestType::Return | RequestType::Exchange | RequestType::QualityReturn)
}

/// The state a request of this type must be in for a step; nothing when the type has no such step. Refusing
/// takes the place of approving.
pub fn before(of: RequestType, action: &str) -> Option<Status> {
    let action = if action == "refuse" { "approve" } else { action };
    let steps = steps(of);
    let place = steps.iter().position(|step| step.action == action)?;
    Some(place.checked_sub(1).map_or(Status::Submitted, |before| steps[before].to))
}

/// The step that is next, if the request is still under way.
pub fn next(of: RequestType, status: Status) -> Option<Step> {
    steps(of).iter().find(|step| before(of, step.action) == Some(status)).copied()
}

/// Who approves or refuses a request of this type; a presale repair needs no approval.
pub fn deciders(of: RequestType) -> &'static [JobRole] {
    match of {
        RequestType::Application => &[CsSupervisor, CsManager, EngineeringOfficer],
        RequestType::Return | RequestType::Exchange => &[CsSupervisor, AftersalesAgent],
        RequestType::QualityReturn => &[RegionalServiceRep],
        RequestType::Order => &[OrderClerk],
        RequestType::PresaleRepair => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_goes_its_way_to_the_end() {
        for &of in RequestType::ALL {
            let (mut status, mut way) = (Status::Submitted, Vec::new());
            while let Some(step) = next(of, status) {
                way.push(step.action);
                status = step.to;
            }
            assert_eq!(status, Status::Completed, "{of:?}");
            assert_eq!(way, steps(of).iter().map(|step| step.action).collect::<Vec<_>>(), "{of:?}");
        }
    }

    #[test]
    fn only_the_next_step_is_legal() {
        assert_eq!(before(RequestType::Exchange, "inspect"), Some(Status::GoodsReceived));
        assert_eq!(before(RequestType::Exchange, "refuse"), Some(Status::Checked));
        assert_eq!(before(RequestType::Exchange, "refund"), None);
        assert_eq!(before(RequestType::PresaleRepair, "receive-goods"), Some(Status::Submitted));
        assert_eq!(before(RequestType::PresaleRepair, "approve"), None);
        assert_eq!(next(RequestType::Application, Status::Refused), None);
        assert_eq!(next(RequestType::Order, Status::Allocated).map(|step| step.action), Some("pick"));
    }

    #[test]
    fn a_type_that_is_approved_has_somebody_to_approve_it() {
        for &of in RequestType::ALL {
            assert_eq!(before(of, "approve").is_some(), !deciders(of).is_empty(), "{of:?}");
        }
    }
}
