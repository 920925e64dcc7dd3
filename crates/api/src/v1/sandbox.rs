//! `/v1/sandbox/clock`: the clock that can be moved, in sandbox mode only (PF-09).

use std::cell::Cell;
use std::rc::Rc;

use actix_web::http::Method;
use chrono::TimeDelta;
use kernel::fault::Fault;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Answer, Done, Work, sandbox};
use utoipa::ToSchema;
use validator::Validate;

use crate::call::{Call, Reply};
use crate::router::Api;

const CLOCK: &str = "platform.sandbox:clock";

/// Business time.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockView {
    pub now: Timestamp,
}

/// Where the clock shall stand.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct MoveClock {
    pub now: Timestamp,
}

/// Declares the sandbox clock; outside sandbox mode its path does not exist.
pub fn routes(api: &mut Api) {
    api.operation(Method::GET, "/v1/sandbox/clock", "get_sandbox_clock", CLOCK, async |call: Call| {
        let now = call.state.store.now().into();
        Ok(Reply::Answer(Answer::json(Done::Ok, &ClockView { now })?))
    })
    .tag("sandbox")
    .summary("Shows business time.")
    .answers::<ClockView>();
    api.operation(Method::PUT, "/v1/sandbox/clock", "move_sandbox_clock", CLOCK, move_clock)
        .tag("sandbox")
        .summary("Moves business time forward; back only while no business fact exists.")
        .dry_run()
        .takes::<MoveClock>()
        .answers::<ClockView>();
}

async fn move_clock(call: Call) -> Result<Reply, Fault> {
    let now = call.read::<MoveClock>()?.now;
    let offset = Rc::new(Cell::new(None::<TimeDelta>));
    let found = offset.clone();
    let write = async move |work: &Work| {
        let moved = sandbox::move_clock(work, now.into()).await?;
        if moved.backwards {
            identity::sign_in::end_all_sessions(work, "clock_moved").await?;
        }
        found.set(Some(moved.offset));
        Answer::json(Done::Ok, &ClockView { now })
    };
    let answer = call.write(write).await?;
    if let Some(offset) = offset.get().filter(|_| !call.ctx.dry_run) {
        call.state.store.set_clock_offset(offset);
        call.state.store.forget_remembered();
    }
    Ok(Reply::Answer(answer))
}
