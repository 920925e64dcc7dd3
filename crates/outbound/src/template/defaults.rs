//! The texts a new house begins with.

use kernel::fault::Fault;
use kernel::ids;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use store::Work;

use super::entity::TemplateLang::{self, En, Zh};
use super::entity::{ActiveModel, Column, Entity};
use crate::notification::entity::Channel::{self, Email, InApp, Sms};

/// One text.
pub struct BuiltIn {
    pub kind: &'static str,
    pub channel: Channel,
    pub lang: TemplateLang,
    pub subject: Option<&'static str>,
    pub body: &'static str,
}

const fn text(
    kind: &'static str,
    channel: Channel,
    lang: TemplateLang,
    subject: &'static str,
    body: &'static str,
) -> BuiltIn {
    BuiltIn { kind, channel, lang, subject: Some(subject), body }
}

const fn short(kind: &'static str, channel: Channel, lang: TemplateLang, body: &'static str) -> BuiltIn {
    BuiltIn { kind, channel, lang, subject: None, body }
}

/// Every text, each in both languages.
pub static DEFAULTS: &[BuiltIn] = &[
    text(
        "ticket_assigned",
        InApp,
        Zh,
        "新派工单 {{number}}",
        "工单 {{number}}({{category}},{{severity}})已派给您,请及时处理。",
    ),
    text(
        "ticket_assigned",
        InApp,
        En,
        "Ticket {{number}} is yours",
        "Ticket {{number}} ({{category}}, {{severity}}) was assigned to you.",
    ),
    text(
        "ticket_grave",
        InApp,
        Zh,
        "重要诉求 {{number}}",
        "工单 {{number}}({{category}})为 {{severity}} 级,请即关注。",
    ),
    text(
        "ticket_grave",
        InApp,
        En,
        "A grave case: {{number}}",
        "Ticket {{number}} ({{category}}) is {{severity}} and wants your attention at once.",
    ),
    text("ticket_chased", InApp, Zh, "催办 {{number}}", "工单 {{number}} 第 {{count}} 次被催办,请抓紧处理。"),
    text(
        "ticket_chased",
        InApp,
        En,
        "{{number}} is waited for",
        "Ticket {{number}} was chased, {{count}} times by now.",
    ),
    text("ticket_contested", InApp, Zh, "答复有争议 {{number}}", "客户不认可工单 {{number}} 的答复,请跟进。"),
    text(
        "ticket_contested",
        InApp,
        En,
        "The answer to {{number}} is contested",
        "The customer does not accept the answer to ticket {{number}}.",
    ),
    text("ticket_rated_low", InApp, Zh, "评价过低 {{number}}", "客户对工单 {{number}} 的评价为 {{rating}} 分,请跟进。"),
    text(
        "ticket_rated_low",
        InApp,
        En,
        "{{number}} was rated low",
        "The customer rated ticket {{number}} with {{rating}}.",
    ),
    text("repair_dispatched", InApp, Zh, "新维修单 {{number}}", "维修单 {{number}}({{part}})已派给您方,请按时接单。"),
    text(
        "repair_dispatched",
        InApp,
        En,
        "Repair order {{number}} is yours",
        "Repair order {{number}} ({{part}}) was given to you; please accept or refuse it in time.",
    ),
    text("repair_reworked", InApp, Zh, "多次返工 {{number}}", "维修单 {{number}} 已第 {{count}} 次评价不合格,请关注。"),
    text(
        "repair_reworked",
        InApp,
        En,
        "Repair {{number}} failed again",
        "Repair order {{number}} was found wanting {{count}} times.",
    ),
    text("promise_missed", InApp, Zh, "约定答复失约", "应于 {{due_at}} 兑现的约定答复已失约,请跟进。"),
    text(
        "promise_missed",
        InApp,
        En,
        "A promise was missed",
        "A promise to a customer, due at {{due_at}}, was not kept.",
    ),
    short("repair_quoted", Sms, Zh, "您的维修单 {{number}} 报价 {{amount}} 元,请确认是否同意。"),
    short(
        "repair_quoted",
        Sms,
        En,
        "The repair {{number}} would cost {{amount}} yuan; please tell us whether you agree.",
    ),
    text("supervision_issued", InApp, Zh, "督办 {{number}}", "工单 {{number}}({{severity}})被督办,请按期回复。"),
    text(
        "supervision_issued",
        InApp,
        En,
        "An account of {{number}} is asked for",
        "Somebody asks for an account of ticket {{number}} ({{severity}}).",
    ),
    text("shift_stopped", InApp, Zh, "责令停止工作", "{{date}} {{shift}} 班有人被责令停止工作,请查看班次记录。"),
    text(
        "shift_stopped",
        InApp,
        En,
        "Somebody was told to stop working",
        "On {{date}}, shift {{shift}}, somebody was told to stop working; see the shift.",
    ),
    text(
        "valve_told",
        InApp,
        Zh,
        "请关栓 {{number}}",
        "关栓核查 {{number}} 未关栓或多次无人在家,请在 {{due_at}} 前关栓。",
    ),
    text(
        "valve_told",
        InApp,
        En,
        "Valve to close {{number}}",
        "The valve of check {{number}} is open, or nobody got in; close it by {{due_at}}.",
    ),
    text("ticket_escalated", InApp, Zh, "工单升级 {{number}}", "工单 {{number}} 已升级至第 {{level}} 级,请关注处理。"),
    text(
        "ticket_escalated",
        InApp,
        En,
        "Ticket {{number}} was escalated",
        "Ticket {{number}} climbed to level {{level}} and wants your attention.",
    ),
    text("approval_waiting", InApp, Zh, "待您审批", "有一项审批({{subject}})轮到您所在岗位({{roles}})办理。"),
    text(
        "approval_waiting",
        InApp,
        En,
        "An approval waits for you",
        "It is the turn of {{roles}} to decide on {{subject}}.",
    ),
    text("approval_decided", InApp, Zh, "审批进展", "您提交的审批({{subject}})有新的意见:{{decision}}。"),
    text(
        "approval_decided",
        InApp,
        En,
        "Your application was decided on",
        "On your {{subject}} somebody decided: {{decision}}.",
    ),
    text(
        "webhook_disabled",
        InApp,
        Zh,
        "事件推送已停用",
        "一个事件推送已被停用,原因:{{reason}}。请检查接收方后重新启用。",
    ),
    text(
        "webhook_disabled",
        InApp,
        En,
        "A webhook was switched off",
        "A webhook was switched off: {{reason}}. Look after its receiver and switch it on again.",
    ),
    text(
        "webhook_disabled",
        Email,
        Zh,
        "事件推送已停用",
        "一个事件推送已被停用,原因:{{reason}}。请检查接收方后重新启用。",
    ),
    text(
        "webhook_disabled",
        Email,
        En,
        "A webhook was switched off",
        "A webhook was switched off: {{reason}}. Look after its receiver and switch it on again.",
    ),
    text(
        "deadline_near",
        InApp,
        Zh,
        "时限提醒 {{number}}",
        "工单 {{number}} 的{{what}}时限已用 {{percent}}%,到期时间 {{due_at}}。",
    ),
    text(
        "deadline_near",
        InApp,
        En,
        "Deadline of {{number}}",
        "{{percent}} % of the time for {{what_en}} of ticket {{number}} are used; it is due at {{due_at}}.",
    ),
    text(
        "deadline_breached",
        InApp,
        Zh,
        "已超时 {{number}}",
        "工单 {{number}} 的{{what}}已超过时限({{due_at}}),请立即处理。",
    ),
    text(
        "deadline_breached",
        InApp,
        En,
        "Ticket {{number}} is late",
        "{{what_en}} of ticket {{number}} is past its limit of {{due_at}}.",
    ),
    text(
        "deadline_passed",
        InApp,
        Zh,
        "超时升级 {{number}}",
        "工单 {{number}} 的{{what}}已用时限的 {{percent}}%,仍未完成(到期时间 {{due_at}})。",
    ),
    text(
        "deadline_passed",
        InApp,
        En,
        "Ticket {{number}} is still late",
        "{{percent}} % of the time for {{what_en}} of ticket {{number}} have passed; it was due at {{due_at}}.",
    ),
    text("work_near_due", InApp, Zh, "即将到期:{{what}} {{number}}", "{{what}}({{number}})将于 {{due_at}} 到期。"),
    text(
        "work_near_due",
        InApp,
        En,
        "Soon due: {{what_en}} {{number}}",
        "{{what_en}} {{number}} is due at {{due_at}}.",
    ),
    text("work_due", InApp, Zh, "已到期:{{what}} {{number}}", "{{what}}({{number}})已于 {{due_at}} 到期,请尽快办理。"),
    text("work_due", InApp, En, "Due: {{what_en}} {{number}}", "{{what_en}} {{number}} was due at {{due_at}}."),
    short("ticket_replied", Sms, Zh, "您的诉求(编号 {{number}})答复如下:{{answer}}"),
    short("ticket_replied", Sms, En, "The answer to your case {{number}}: {{answer}}"),
];

/// The text a new house has for a kind, channel and language.
pub fn built_in(kind: &str, channel: Channel, lang: &str) -> Option<&'static BuiltIn> {
    DEFAULTS.iter().find(|text| text.kind == kind && text.channel == channel && text.lang.code() == lang)
}

/// Adds the texts that are not there yet as version 1.
pub async fn install(work: &Work) -> Result<(), Fault> {
    let row = |text: &BuiltIn| ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        kind: Set(text.kind.to_owned()),
        channel: Set(text.channel),
        lang: Set(text.lang),
        number: Set(1),
        subject: Set(text.subject.map(str::to_owned)),
        body: Set(text.body.to_owned()),
        created_by: Set(Uuid::nil()),
    };
    let key = [Column::Kind, Column::Channel, Column::Lang, Column::Number];
    let known = OnConflict::columns(key).do_nothing().to_owned();
    Entity::insert_many(DEFAULTS.iter().map(row)).on_conflict(known).exec_without_returning(&work.db()).await?;
    Ok(())
}
