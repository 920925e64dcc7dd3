//! Telling others: webhooks to other systems (PF-12), notifications to people (PF-13).
//!
//! What is told is read from the sealed journal; nothing leaves the process before its fact is committed.

pub mod channel;
pub mod client;
pub mod delivery;
mod ladder;
pub mod letter;
pub mod notification;
pub mod notifications;
pub mod problems;
pub mod sign;
pub mod template;
pub mod webhook;
pub mod webhooks;
