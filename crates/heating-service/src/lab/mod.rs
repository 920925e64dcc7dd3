//! The arithmetic of the coal and ash laboratory (煤质、灰渣化验, HS-08): what is determined, how exactly, when two
//! values agree, and what a mean says on another basis. Pure; whole numbers of an item's last decimal throughout.

pub mod bases;
pub mod decision;
pub mod exact;
pub mod item;
pub mod precision;
pub mod raw;

use kernel::fixed::{Fixed, Plain};

/// A mass in grams, two decimals.
pub type Grams = Fixed<2, Plain>;

/// A figure of an instrument, two decimals.
pub type Figure = Fixed<2, Plain>;
