//! The real binary from outside: killed, doubled, backed up.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on should stop")]

mod backup;
mod commands;
mod crash;
mod demo;
mod house;
mod telemetry;
mod webhooks;
