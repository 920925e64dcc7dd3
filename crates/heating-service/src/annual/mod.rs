//! The year in figures (年度工作总结, HS-R80): which figures it has, and how one that was printed compares with the
//! one the records yield. What the figures are is the report's.

mod cases;
pub mod figures;
pub mod key;
pub mod verdict;

pub use key::Key;
pub use verdict::{Qualifier, Verdict};

/// Whether the caller sees the whole company, whose figures are printed; a branch or a station sees its part.
pub fn is_whole(at: &store::Reading) -> bool {
    crate::scope::knows_all(at.actor())
}
