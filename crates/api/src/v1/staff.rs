//! `/v1/staff` and posts (PF-03).

use registers::staff::{Staff, commands};

use crate::router::{Act, Api, Key};

const MANAGE: &str = "platform.staff:manage";

/// Declares staff.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    api.resource::<Staff>("organisation", "staff")
        .list()
        .get()
        .history()
        .create_with(MANAGE, commands::create)
        .patch_with::<commands::StaffFields, _>(MANAGE, commands::update)
        .act_with(act("posts", "Gives somebody a post."), MANAGE, commands::start_post)
        .act_with(act("end-post", "Ends a post; it stops working at once."), MANAGE, commands::end_post);
}
