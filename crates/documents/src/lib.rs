//! Plain documents (文件, PF-07): files kept once by their content, what is said about them, and who may
//! read them. It knows nothing of what a document is attached to but the name.

pub mod bundle;
pub mod document;
pub mod file;
mod media;
pub mod problems;

pub use document::{Document, ensure_visible, kinds};
pub use file::{Received, Receiving};
