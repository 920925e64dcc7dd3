//! Approvals (审批, PF-08): routes as dated data, decisions in order, signatures cleared by edits.
//!
//! A decision is an act on its subject; the subject's crate calls [`decide`] inside its own command, so
//! signature and effect commit together. Persons are compared, not roles or tokens.

pub mod approval;
pub mod problems;
pub mod route;

pub use approval::{Decided, Decision, Subject, clear, current, decide, rest, resume, send_back, start, start_for};
