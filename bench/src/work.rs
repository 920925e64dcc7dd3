//! The requests of each workload.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::data;
use crate::http::request;
use crate::load::Workload;

/// A request and what it is about.
pub struct Request {
    pub bytes: Vec<u8>,
    act: Act,
}

/// What a request does, as far as later ones depend on it.
enum Act {
    Look,
    Create,
    Assign(String),
    Start,
}

/// What is measured, in the order it runs: creating comes after reading, so that pages are of what was loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    Read,
    Page,
    Aggregate,
    Create,
    Transition,
    Mixed,
}

impl Kind {
    /// All, in order.
    pub const ALL: &'static [Self] =
        &[Self::Read, Self::Page, Self::Aggregate, Self::Create, Self::Transition, Self::Mixed];

    /// As the table names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Page => "page",
            Self::Aggregate => "aggregate",
            Self::Create => "create",
            Self::Transition => "transition",
            Self::Mixed => "mixed",
        }
    }
}

/// Tickets made under load, for transitions: each is assigned, then started.
#[derive(Default)]
pub struct Pool {
    registered: Mutex<Vec<String>>,
    assigned: Mutex<Vec<String>>,
}

impl Pool {
    /// Tickets nobody has moved yet.
    pub fn waiting(&self) -> usize {
        self.registered.lock().map_or(0, |list| list.len())
    }
    fn take(list: &Mutex<Vec<String>>) -> Option<String> {
        list.lock().ok()?.pop()
    }
    fn put(list: &Mutex<Vec<String>>, id: String) {
        if let Ok(mut list) = list.lock() {
            list.push(id);
        }
    }
}

/// What the requests of one service are made from.
pub struct Desk {
    pub token: String,
    /// The one who calls; transitions assign to him.
    pub staff_id: String,
    pub assignees: Vec<String>,
    pub tickets: u32,
    pub pool: std::sync::Arc<Pool>,
}

/// One workload at one desk.
pub struct Load {
    pub kind: Kind,
    pub desk: Desk,
}

impl Desk {
    fn look(&self, path: &str) -> Request {
        Request { bytes: request("GET", path, &self.token, None, ""), act: Act::Look }
    }
    /// Reads a ticket; the n-th and the next lie far apart.
    pub fn read(&self, n: usize) -> Request {
        let place = n.wrapping_mul(2_654_435_761) % self.tickets as usize + 1;
        self.look(&format!("/v1/tickets/{}", data::ticket_id(place)))
    }
    /// The first page of what is assigned to somebody, the most urgent first.
    pub fn page(&self, n: usize) -> Request {
        let who = &self.assignees[n % self.assignees.len()];
        self.look(&format!("/v1/tickets?status=assigned&assignee_id={who}&sort=due_at&limit=50"))
    }
    fn aggregate(&self) -> Request {
        self.look("/v1/reports/tickets/monthly-statistics?format=json")
    }
    /// The same report over all the days tickets were received in.
    pub fn whole(&self) -> Request {
        self.look("/v1/reports/tickets/monthly-statistics?format=json&from=2020-01-01")
    }
    /// Registers a repair: another home, requester and key each time.
    pub fn create(&self) -> Request {
        let n = unique();
        let unit = data::unit_id(usize::try_from(n).unwrap_or_default() % data::UNITS as usize + 1);
        let body = format!(
            r#"{{"channel_code":"walk_in","kind":"repair","category_code":"house_quality.door_window","place_kind":"unit","description":"卧室窗户关不严,夜里漏风","unit_id":"{unit}","requester":{{"name":"王小明","phone":"138{n:08}"}}}}"#
        );
        self.post("/v1/tickets", &format!("create-{n}"), &body, Act::Create)
    }
    fn transition(&self) -> Option<Request> {
        if let Some(id) = Pool::take(&self.pool.assigned) {
            return Some(self.post(&format!("/v1/tickets/{id}/start"), &format!("start-{id}"), "{}", Act::Start));
        }
        let id = Pool::take(&self.pool.registered)?;
        let body = format!(r#"{{"staff_id":"{}","force_reason":"压测不分班次"}}"#, self.staff_id);
        let (path, key) = (format!("/v1/tickets/{id}/assign"), format!("assign-{id}"));
        Some(self.post(&path, &key, &body, Act::Assign(id)))
    }
    fn post(&self, path: &str, key: &str, body: &str, act: Act) -> Request {
        Request { bytes: request("POST", path, &self.token, Some(key), body), act }
    }
}

impl Workload for Load {
    fn next(&self, n: usize) -> Option<Request> {
        let desk = &self.desk;
        Some(match self.kind {
            Kind::Read => desk.read(n),
            Kind::Page => desk.page(n),
            Kind::Aggregate => desk.aggregate(),
            Kind::Create => desk.create(),
            Kind::Transition => return desk.transition(),
            Kind::Mixed => match n % 10 {
                0 => desk.create(),
                1 | 2 => desk.page(n),
                _ => desk.read(n),
            },
        })
    }
    fn heard(&self, request: Request, answer: &[u8]) {
        match request.act {
            Act::Create => {
                if let Some(id) = created_id(answer) {
                    Pool::put(&self.desk.pool.registered, id);
                }
            }
            Act::Assign(id) => Pool::put(&self.desk.pool.assigned, id),
            Act::Look | Act::Start => {}
        }
    }
}

/// The id of what was created: its first field.
pub fn created_id(answer: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(answer.get(..64)?).ok()?;
    text.strip_prefix(r#"{"id":""#)?.get(..36).map(str::to_owned)
}

/// A number no other request of this process has.
fn unique() -> u64 {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_a_created_ticket_is_found() {
        let answer = br#"{"id":"0190a000-0000-7000-8000-0000000000ff","version":1,"number":"TK-20260115-000123"}"#;
        assert_eq!(created_id(answer).as_deref(), Some("0190a000-0000-7000-8000-0000000000ff"));
        assert_eq!(created_id(b"{}"), None);
    }
}
