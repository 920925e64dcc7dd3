//! Cells and boxes of cells.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::OrgPaths;
use crate::catalogue::{Kind, Severity};
use crate::policy::Policy;
use crate::policy::matching::covers;

const NAMES: [&str; 6] = ["kind", "category_code", "severity", "channel_code", "org_unit_id", "project_id"];

/// Per dimension the places of its cells; a box is never empty in any.
pub(super) type Cells = [BTreeSet<usize>; 6];

/// The values a set names, per dimension.
pub(super) struct Grid {
    values: [Vec<String>; 6],
    /// Dimensions that have a cell for any other value, after those named.
    open: [bool; 6],
}

impl Grid {
    /// The grid of a set. Kind and severity are closed: all named, nothing else is left.
    pub fn of(policies: &[&Policy]) -> Self {
        let mut named: [BTreeSet<String>; 6] = Default::default();
        for policy in policies {
            for (dimension, values) in conditions(policy).into_iter().enumerate() {
                named[dimension].extend(values.into_iter().flatten());
            }
        }
        let open = [named[0].len() < Kind::ALL.len(), true, named[2].len() < Severity::ALL.len(), true, true, true];
        Self { values: named.map(|values| values.into_iter().collect()), open }
    }

    /// The box of a policy.
    pub fn cells_of(&self, policy: &Policy, paths: &OrgPaths) -> Cells {
        let conditions = conditions(policy);
        std::array::from_fn(|dimension| {
            let values = &self.values[dimension];
            match &conditions[dimension] {
                None => (0..values.len() + usize::from(self.open[dimension])).collect(),
                Some(wanted) => {
                    let inside = |value: &String| wanted.iter().any(|want| holds(dimension, want, value, paths));
                    (0..values.len()).filter(|place| inside(&values[*place])).collect()
                }
            }
        })
    }

    /// One cell of a box in words, without the dimensions the set does not look at.
    pub fn example(&self, cells: &Cells) -> BTreeMap<String, String> {
        let mut example = BTreeMap::new();
        for (dimension, places) in cells.iter().enumerate() {
            if let (false, Some(place)) = (self.values[dimension].is_empty(), places.first()) {
                let value = self.values[dimension].get(*place).map_or("*", String::as_str);
                example.insert(NAMES[dimension].to_owned(), value.to_owned());
            }
        }
        example
    }
}

fn conditions(policy: &Policy) -> [Option<Vec<String>>; 6] {
    let wanted = &policy.conditions;
    let ids = |list: &Option<Vec<Uuid>>| list.as_ref().map(|list| list.iter().map(Uuid::to_string).collect());
    [
        wanted.kinds.as_ref().map(|list| list.iter().map(|kind| kind.code().to_owned()).collect()),
        wanted.category_codes.clone(),
        wanted.severities.as_ref().map(|list| list.iter().map(|severity| severity.code().to_owned()).collect()),
        wanted.channel_codes.clone(),
        ids(&wanted.org_unit_ids),
        ids(&wanted.project_ids),
    ]
}

/// Whether a value meets a condition: categories and units with everything below them.
fn holds(dimension: usize, wanted: &str, value: &str, paths: &OrgPaths) -> bool {
    match NAMES[dimension] {
        "category_code" => covers(wanted, value),
        "org_unit_id" => {
            let above = value.parse().ok().and_then(|unit: Uuid| paths.get(&unit));
            wanted == value || above.is_some_and(|path| path.iter().any(|unit| unit.to_string() == wanted))
        }
        _ => wanted == value,
    }
}

/// What the search for a free cell came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    Free,
    Taken,
    /// It took too many steps to tell.
    Unproven,
}

/// Steps one search may take; real sets need a few dozen.
const STEPS: u32 = 100_000;

/// Whether some cell of a box lies in none of the earlier ones.
pub(super) fn free_cell(cells: &Cells, earlier: &[Cells]) -> Search {
    let mut steps = STEPS;
    search(cells, earlier, &mut steps)
}

fn search(cells: &Cells, earlier: &[Cells], steps: &mut u32) -> Search {
    if cells.iter().any(BTreeSet::is_empty) {
        return Search::Taken;
    }
    let Some(first) = earlier.iter().position(|other| common(cells, other).is_some()) else { return Search::Free };
    if *steps == 0 {
        return Search::Unproven;
    }
    *steps -= 1;
    let (taker, rest) = (&earlier[first], &earlier[first + 1..]);
    let mut piece = cells.clone();
    for dimension in 0..cells.len() {
        piece[dimension] = &cells[dimension] - &taker[dimension];
        if !piece[dimension].is_empty() {
            match search(&piece, rest, steps) {
                Search::Taken => {}
                told => return told,
            }
        }
        piece[dimension] = &cells[dimension] & &taker[dimension];
    }
    Search::Taken
}

/// The cells two boxes share, if any.
pub(super) fn common(a: &Cells, b: &Cells) -> Option<Cells> {
    let shared: Cells = std::array::from_fn(|dimension| &a[dimension] & &b[dimension]);
    shared.iter().all(|places| !places.is_empty()).then_some(shared)
}
