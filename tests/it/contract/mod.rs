//! Tests that walk the contract: a new operation is covered before anybody writes a test for it.

mod bodies;
mod document;
mod retry;
mod scope;
mod walk;
