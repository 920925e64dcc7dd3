//! Rates: requests per caller and per address in this process.

use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use kernel::fault::{self, Fault};
use uuid::Uuid;

/// The limiters; none when switched off.
pub struct Limits(Option<Limiters>);

struct Limiters {
    callers: DefaultKeyedRateLimiter<Uuid>,
    addresses: DefaultKeyedRateLimiter<String>,
}

/// Policies by name, with the requests a second of one signed-in caller, and of one address on public operations and with
/// tokens that are not valid.
const CALLER: (&str, u32) = ("caller", 200);
const ADDRESS: (&str, u32) = ("address", 20);

impl Limits {
    pub fn new(on: bool) -> Self {
        let quota = |n: u32| Quota::per_second(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        Self(on.then(|| Limiters {
            callers: DefaultKeyedRateLimiter::keyed(quota(CALLER.1)),
            addresses: DefaultKeyedRateLimiter::keyed(quota(ADDRESS.1)),
        }))
    }

    /// # Errors
    /// 429 with the seconds to wait.
    pub fn check_caller(&self, caller: Uuid) -> Result<(), Fault> {
        match &self.0 {
            Some(limits) => check(&limits.callers, &caller, CALLER),
            None => Ok(()),
        }
    }

    /// # Errors
    /// 429 with the seconds to wait.
    pub fn check_address(&self, address: Option<&str>) -> Result<(), Fault> {
        match &self.0 {
            Some(limits) => check(&limits.addresses, &address.unwrap_or("unknown").to_owned(), ADDRESS),
            None => Ok(()),
        }
    }

    /// Forgets those who have been quiet. Run by a job.
    pub fn forget_quiet(&self) {
        if let Some(limits) = &self.0 {
            limits.callers.retain_recent();
            limits.addresses.retain_recent();
        }
    }
}

fn check<K: std::hash::Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    (policy, quota): (&str, u32),
) -> Result<(), Fault> {
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
        Fault::new(&fault::TOO_MANY).with("retry_after", wait).with("policy", policy).with("requests_a_second", quota)
    })
}
