//! The platform's worked examples and refusals.

mod approvals;
mod documents;
mod idempotency;
mod identity;
mod journal;
mod registers;
mod services;
