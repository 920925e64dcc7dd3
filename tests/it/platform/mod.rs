//! The platform's worked examples and refusals.

mod approvals;
mod calendars;
mod connections;
mod custody;
mod documents;
mod exports;
mod feed;
mod idempotency;
mod identity;
mod imports;
mod journal;
mod keeping;
pub mod notifications;
mod papers;
mod refusals;
mod remembering;
mod registers;
mod services;
mod signing_in;
mod submissions;
mod tokens;
mod vectors;
mod webhooks;
mod work_list;
