//! How far the desk kept its promises for heating (TK-R39): leaks and complaints handled, replies given.

use kernel::fault::Fault;
use kernel::report::Period;
use store::Reading;
use tickets::reports::service::{self, Kept};

/// What was promised for heating in a period, and how much of it in time.
#[derive(Clone, Copy, Default)]
pub(super) struct Promises {
    leaks: Kept,
    complaints: Kept,
    all: Kept,
}

impl Promises {
    /// Of a period, from one look at the ledgers of its tickets.
    pub(super) async fn of(at: &Reading, period: Period) -> Result<Self, Fault> {
        let heating = service::counted().with("category_code", "heating");
        let [leaks, complaints, all] = service::kept_of(at, period, &heating, [is_leak, is_complaint, any]).await?;
        Ok(Self { leaks, complaints, all })
    }

    /// Together with those of another period.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            leaks: self.leaks.and(other.leaks),
            complaints: self.complaints.and(other.complaints),
            all: self.all.and(other.all),
        }
    }

    /// Leaks handled, and those of them in time.
    pub(super) fn leaks(&self) -> (i64, i64) {
        self.leaks.handled
    }

    /// Complaints handled, and those of them in time.
    pub(super) fn complaints(&self) -> (i64, i64) {
        self.complaints.handled
    }

    /// Replies due, and those of them in time.
    pub(super) fn replies(&self) -> (i64, i64) {
        self.all.replies
    }
}

fn is_leak(_kind: &str, category: &str) -> bool {
    category.strip_prefix("heating.leak").is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn is_complaint(kind: &str, _category: &str) -> bool {
    kind == "complaint"
}

fn any(_kind: &str, _category: &str) -> bool {
    true
}
