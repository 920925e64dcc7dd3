//! The platform's worked examples and refusals.

mod idempotency;
mod identity;
