//! What people are told of, and which words of a fact a template may use.

/// A value of a fact. None is personal but the answer, which goes to nobody but the customer himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Of the fact's data.
    Data(&'static str),
    /// What a field became with the fact.
    Became(&'static str),
    /// What a field was when the resource began.
    Began(&'static str),
    /// The content of the answer to a customer, shortened.
    Answer,
}

/// A kind of notification.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    pub code: &'static str,
    /// What `{{name}}` stands for.
    pub variables: &'static [(&'static str, Source)],
}

use Source::{Answer, Became, Began, Data};

/// 派单
pub static TICKET_ASSIGNED: Kind = Kind {
    code: "ticket_assigned",
    variables: &[("number", Data("number")), ("category", Data("category_code")), ("severity", Data("severity"))],
};
/// 升级
pub static TICKET_ESCALATED: Kind = Kind {
    code: "ticket_escalated",
    variables: &[("number", Data("number")), ("level", Data("level")), ("severity", Data("severity"))],
};
/// 严重、重大诉求
pub static TICKET_GRAVE: Kind = Kind {
    code: "ticket_grave",
    variables: &[("number", Data("number")), ("category", Data("category_code")), ("severity", Data("severity"))],
};
/// 催办
pub static TICKET_CHASED: Kind =
    Kind { code: "ticket_chased", variables: &[("number", Data("number")), ("count", Data("chase_count"))] };
/// 答复有争议
pub static TICKET_CONTESTED: Kind = Kind { code: "ticket_contested", variables: &[("number", Data("number"))] };
/// 评价过低
pub static TICKET_RATED_LOW: Kind =
    Kind { code: "ticket_rated_low", variables: &[("number", Data("number")), ("rating", Data("rating"))] };
/// 维修派工
pub static REPAIR_DISPATCHED: Kind =
    Kind { code: "repair_dispatched", variables: &[("number", Data("number")), ("part", Data("part_code"))] };
/// 维修报价
pub static REPAIR_QUOTED: Kind =
    Kind { code: "repair_quoted", variables: &[("number", Data("number")), ("amount", Data("quote"))] };
/// 多次返工
pub static REPAIR_REWORKED: Kind =
    Kind { code: "repair_reworked", variables: &[("number", Data("number")), ("count", Data("rework_count"))] };
/// 约定答复失约
pub static PROMISE_MISSED: Kind = Kind { code: "promise_missed", variables: &[("due_at", Data("promised_at"))] };
/// 督办
pub static SUPERVISION_ISSUED: Kind = Kind {
    code: "supervision_issued",
    variables: &[("number", Data("ticket_number")), ("severity", Data("severity"))],
};
/// 责令停止工作
pub static SHIFT_STOPPED: Kind =
    Kind { code: "shift_stopped", variables: &[("date", Data("date")), ("shift", Data("definition_code"))] };
/// 通知分公司关栓
pub static VALVE_TOLD: Kind =
    Kind { code: "valve_told", variables: &[("number", Data("number")), ("due_at", Data("rectify_by"))] };
/// 答复客户
pub static TICKET_REPLIED: Kind =
    Kind { code: "ticket_replied", variables: &[("number", Data("number")), ("answer", Answer)] };
/// 待审批
pub static APPROVAL_WAITING: Kind = Kind {
    code: "approval_waiting",
    variables: &[("subject", Began("subject_kind")), ("roles", Became("next_roles"))],
};
/// 审批结果
pub static APPROVAL_DECIDED: Kind =
    Kind { code: "approval_decided", variables: &[("subject", Began("subject_kind")), ("decision", Data("decision"))] };
/// 推送停用
pub static WEBHOOK_DISABLED: Kind = Kind { code: "webhook_disabled", variables: &[("reason", Data("reason"))] };

const CLOCK: &[(&str, Source)] = &[
    ("number", Data("number")),
    ("what", Data("what_zh")),
    ("what_en", Data("what_en")),
    ("percent", Data("percent")),
    ("due_at", Data("due_at")),
];
/// 时限提醒
pub static DEADLINE_NEAR: Kind = Kind { code: "deadline_near", variables: CLOCK };
/// 超时
pub static DEADLINE_BREACHED: Kind = Kind { code: "deadline_breached", variables: CLOCK };
/// 超时升级
pub static DEADLINE_PASSED: Kind = Kind { code: "deadline_passed", variables: CLOCK };
const WORK: &[(&str, Source)] =
    &[("number", Data("about")), ("what", Data("what_zh")), ("what_en", Data("what_en")), ("due_at", Data("due_at"))];
/// 待办将到期
pub static WORK_NEAR_DUE: Kind = Kind { code: "work_near_due", variables: WORK };
/// 待办到期
pub static WORK_DUE: Kind = Kind { code: "work_due", variables: WORK };

/// 信函: what a domain wrote for one customer; it has no template here.
pub static LETTER: Kind = Kind { code: "letter", variables: &[] };

/// Every kind with a template.
pub static KINDS: &[&Kind] = &[
    &TICKET_ASSIGNED,
    &TICKET_ESCALATED,
    &TICKET_GRAVE,
    &TICKET_CHASED,
    &TICKET_CONTESTED,
    &TICKET_RATED_LOW,
    &REPAIR_DISPATCHED,
    &REPAIR_QUOTED,
    &REPAIR_REWORKED,
    &PROMISE_MISSED,
    &SUPERVISION_ISSUED,
    &SHIFT_STOPPED,
    &VALVE_TOLD,
    &TICKET_REPLIED,
    &APPROVAL_WAITING,
    &APPROVAL_DECIDED,
    &WEBHOOK_DISABLED,
    &DEADLINE_NEAR,
    &DEADLINE_BREACHED,
    &DEADLINE_PASSED,
    &WORK_NEAR_DUE,
    &WORK_DUE,
];

/// The kind with a code.
pub fn kind(code: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.code == code).copied()
}
