//! The platform's worked examples and refusals.

mod approvals;
mod calendars;
mod catalogues;
mod connections;
mod custody;
mod documents;
mod exports;
mod feed;
mod idempotency;
mod identity;
mod inbox;
mod imports;
mod journal;
mod keeping;
pub mod notifications;
mod papers;
mod refusals;
mod registers;
mod remembering;
mod services;
mod signing_in;
mod submissions;
mod tokens;
mod vectors;
mod webhooks;
mod work_list;
