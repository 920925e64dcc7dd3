//! `/v1/suppliers` (PF-06).

use registers::supplier::{self, Supplier, SupplierFields};

use crate::router::{Act, Api, Key};

/// Declares the suppliers.
pub fn routes(api: &mut Api) {
    let act = |action, summary| Act { action, summary, key: Key::Optional };
    let (manage, blacklist) = ("platform.supplier:manage", "platform.supplier:blacklist");
    api.resource::<Supplier>("suppliers", "suppliers")
        .list()
        .get()
        .history()
        .create_with(manage, supplier::create)
        .patch_with::<SupplierFields, _>(manage, supplier::update)
        .act_with(
            act("blacklist", "Puts a supplier on the blacklist: nobody chooses him anew."),
            blacklist,
            supplier::blacklist,
        )
        .act_with(act("unblacklist", "Takes a supplier off the blacklist."), blacklist, supplier::unblacklist);
}
