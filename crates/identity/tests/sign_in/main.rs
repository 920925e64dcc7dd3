//! Signing in, staying in and being put out, on a database of its own (PF-01, PF-03).

#![expect(clippy::unwrap_used, reason = "tests may unwrap")]

mod customers;
mod house;
mod outside;
mod passwords;
mod posts;
mod tokens;
