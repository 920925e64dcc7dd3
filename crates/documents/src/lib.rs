//! Documents (文件, PF-07): files kept once by their content, what is said about them, who may read them; the
//! custody of originals and the seal register.
//!
//! It knows nothing of what a document is attached to but the name, and what [`attached`] was told of it.

pub mod attached;
pub mod bundle;
pub mod custody;
pub mod document;
pub mod due;
pub mod file;
mod media;
pub mod problems;
pub mod seal;

pub use attached::attach;
pub use document::{Document, ensure_all_visible, ensure_one_visible, ensure_visible, install_routes, kinds, show};
pub use file::{Files, Received, Receiving};
