//! The platform's worked examples and refusals.

mod idempotency;
mod identity;
mod registers;
mod services;
