//! The notification row and its attempts.

use sea_orm::entity::prelude::*;
use serde::Serialize;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub version: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Of the fact.
    pub position: i64,
    pub kind: String,
    pub channel: Channel,
    pub urgent: bool,
    pub recipient_kind: RecipientKind,
    pub recipient_id: Uuid,
    pub resource: String,
    pub resource_id: Option<Uuid>,
    /// JSON by language; in-app only, the others are written when they are sent.
    #[serde(skip)]
    pub texts: Option<String>,
    pub template_id: Option<Uuid>,
    /// The letter it brings, where a domain wrote one.
    pub letter_id: Option<Uuid>,
    pub status: Status,
    /// Why it was suppressed or given up.
    pub reason: Option<String>,
    pub attempts: i32,
    pub rung: i32,
    pub since: Option<DateTimeUtc>,
    pub due_at: DateTimeUtc,
    pub lease: Option<Uuid>,
    pub leased_until: Option<DateTimeUtc>,
    pub sent_at: Option<DateTimeUtc>,
    pub read_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

/// The way somebody is told (渠道).
#[codes::code(name = "NotificationChannel")]
pub enum Channel {
    /// 站内消息
    #[label("Inbox")]
    InApp,
    /// 邮件
    #[label("E-mail")]
    Email,
    /// 短信
    #[label("SMS")]
    Sms,
    /// 企业微信
    #[label("WeCom")]
    Wecom,
}

impl Channel {
    /// Those that ring: the quiet hours are for them.
    pub const RINGING: [Self; 2] = [Self::Sms, Self::Wecom];

    /// Whether a customer who names this channel means this one.
    pub fn is_named(self, code: &str) -> bool {
        code == self.code() || (self == Self::InApp && code == "app")
    }
    /// Whether a message has a subject line.
    pub fn has_subject(self) -> bool {
        matches!(self, Self::InApp | Self::Email)
    }
}

/// Who is told.
#[codes::code]
pub enum RecipientKind {
    /// 员工
    Staff,
    /// 客户
    Customer,
}

/// What became of it.
#[codes::code]
pub enum Status {
    /// 待发送: waits for its time or its next attempt.
    Pending,
    /// 已发送
    Sent,
    /// 失败: given up.
    Failed,
    /// 未发送: not to be sent: no consent, no address.
    Suppressed,
}

pub mod attempt {
    //! One try to send.
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "notification_attempt")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub notification_id: Uuid,
        pub n: i32,
        pub at: DateTimeUtc,
        /// `sent`, or a code.
        pub result: String,
    }
    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
