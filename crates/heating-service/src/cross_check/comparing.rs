//! Whether two laboratories agree on an item (HS-R54).

use chrono::NaiveDate;

use super::entity::Verdict;
use crate::lab::bases::Means;
use crate::lab::item::Item;
use crate::lab::precision::Table;

/// What became of one item, in units of its last decimal here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The critical difference R.
    pub limit: Option<i64>,
    pub deviation: i64,
    pub verdict: Verdict,
}

/// The decimals two laboratories compare an item with: heat in MJ/kg.
pub const fn decimals(item: Item) -> usize {
    match item {
        Item::Qgr => 2,
        other => other.decimals(),
    }
}

/// Our figure of an item on the dry basis; moisture as it is, carbon in ash too.
pub fn ours(means: &Means, c_slag: Option<i64>, item: Item) -> Option<i64> {
    match item {
        Item::Mt => means.mt,
        Item::Mad => means.mad,
        Item::CSlag => c_slag,
        Item::Aad => means.dry(means.aad),
        Item::Vad => means.dry(means.vad),
        Item::St => means.dry(means.st),
        Item::Had => means.dry(means.had),
        Item::Qgr => means.qgr_d_mj(),
    }
}

/// Compares both figures against R of the method and of their mean; R itself agrees.
pub fn compare(table: &Table, item: Item, method: &str, (ours, theirs): (i64, i64), day: NaiveDate) -> Compared {
    // The table has heat in J/g: ten of them are a hundredth of MJ/kg.
    let scale = if item == Item::Qgr { 10 } else { 1 };
    let found = table.of_mean(item, method, ((ours + theirs) * scale, 2), day);
    let limit = found.and_then(|row| row.reproducibility);
    let deviation = ours - theirs;
    let verdict = match limit {
        None => Verdict::NoLimit,
        Some(limit) if (deviation * scale).abs() <= limit => Verdict::Pass,
        Some(_) => Verdict::Fail,
    };
    Compared { limit: limit.map(|limit| limit / scale), deviation, verdict }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::precision::SHIPPED;

    #[test]
    fn hs_e07_two_laboratories_agree_within_the_critical_difference() {
        let table = Table::parse(SHIPPED).unwrap();
        let day: NaiveDate = "2011-12-01".parse().unwrap();
        for (item, method, ours, theirs, limit, deviation, verdict) in [
            (Item::Qgr, "GB/T 213", 2281, 2256, Some(30), 25, Verdict::Pass),
            (Item::Qgr, "GB/T 213", 2281, 2251, Some(30), 30, Verdict::Pass),
            (Item::Qgr, "GB/T 213", 2281, 2250, Some(30), 31, Verdict::Fail),
            (Item::Aad, "GB/T 212", 2831, 2890, Some(50), -59, Verdict::Fail),
            (Item::St, "GB/T 214 coulomb", 89, 80, Some(15), 9, Verdict::Pass),
            (Item::St, "GB/T 214 Eschka", 89, 78, Some(10), 11, Verdict::Fail),
            (Item::Mad, "GB/T 212", 320, 400, None, -80, Verdict::NoLimit),
        ] {
            let wanted = Compared { limit, deviation, verdict };
            assert_eq!(compare(&table, item, method, (ours, theirs), day), wanted, "{} {ours} {theirs}", item.code());
        }
    }
}
