//! `/v1/notifications` and `/v1/notification-templates` (PF-13).

use outbound::notification::{self, Notification};
use outbound::template::{self, Template};

use crate::router::{Act, Api, Key};

const TAG: &str = "notifications";
const READ: &str = "platform.notification:read";
const MANAGE: &str = "platform.notification_template:manage";

/// Declares the inbox and the texts.
pub fn routes(api: &mut Api) {
    api.resource::<Notification>(TAG, "notifications").read_with(READ).list().act_with(
        Act { action: "read", summary: "Marks a message of the caller's inbox as read.", key: Key::Optional },
        READ,
        notification::read,
    );
    api.resource::<Template>(TAG, "notification_templates")
        .read_with(MANAGE)
        .list()
        .get()
        .history()
        .create_with(MANAGE, template::create);
}
