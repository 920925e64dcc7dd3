//! The platform's worked examples and refusals.

mod approvals;
mod documents;
mod feed;
mod idempotency;
mod identity;
mod journal;
mod notifications;
mod refusals;
mod registers;
mod services;
mod signing_in;
mod submissions;
mod tokens;
mod vectors;
mod webhooks;
mod work_list;
