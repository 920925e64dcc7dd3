//! The platform's worked examples and refusals.

mod idempotency;
mod identity;
mod journal;
mod registers;
mod services;
