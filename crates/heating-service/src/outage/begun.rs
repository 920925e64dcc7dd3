//! What follows in other domains once an outage has begun that was opened ahead of it. Nobody acts at that instant, so
//! whoever looks lets it follow. Who composes the domains offers it with the store; without one nothing follows.

use futures_util::future::LocalBoxFuture;
use kernel::fault::Fault;
use store::Store;

/// Lets follow what is due. Safe to run late and twice.
pub struct Begun {
    pub follow: for<'a> fn(&'a Store) -> LocalBoxFuture<'a, Result<(), Fault>>,
}

/// Lets follow what is due, as far as anybody offers it.
pub(super) async fn follow(store: &Store) -> Result<(), Fault> {
    match store.offered::<Begun>() {
        Some(begun) => (begun.follow)(store).await,
        None => Ok(()),
    }
}
