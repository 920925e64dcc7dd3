//! Who gets which customer (TK-R26): by count and ability, exactly, the same every time.

use std::cmp::Ordering;

/// Somebody customers are given to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Staff number; the lower one wins a tie.
    pub number: String,
    /// 1–5.
    pub level: i64,
    /// Customers he has.
    pub customers: i64,
}

impl Candidate {
    /// Compares (count + 1) ÷ level as exact fractions, then the count, then the staff number.
    fn before(&self, other: &Self) -> Ordering {
        let ours = (self.customers + 1) * other.level;
        let theirs = (other.customers + 1) * self.level;
        ours.cmp(&theirs).then(self.customers.cmp(&other.customers)).then_with(|| self.number.cmp(&other.number))
    }
}

/// Gives `customers` customers, one after the other, to the candidate who then has the least for his level.
/// Answers the candidate's place for each, or none once everybody has `most`; the counts go along.
pub fn allocate(customers: usize, candidates: &mut [Candidate], most: i64) -> Vec<Option<usize>> {
    let mut given = Vec::with_capacity(customers);
    for _ in 0..customers {
        let room = candidates.iter().enumerate().filter(|(_, candidate)| candidate.customers < most);
        let next = room.min_by(|(_, a), (_, b)| a.before(b)).map(|(place, _)| place);
        if let Some(place) = next {
            candidates[place].customers += 1;
        }
        given.push(next);
    }
    given
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn candidate(number: &str, level: i64, customers: i64) -> Candidate {
        Candidate { number: number.to_owned(), level, customers }
    }

    #[test]
    fn tk_e13_six_new_customers_go_where_the_fraction_is_least() {
        let mut people = [candidate("A", 2, 10), candidate("B", 3, 12), candidate("C", 4, 20)];
        let given = allocate(6, &mut people, 300);
        let names: String = given.iter().map(|place| people[place.unwrap()].number.as_str()).collect();
        assert_eq!(names, "BBBCBA");
        assert_eq!(people.map(|person| person.customers), [11, 16, 21]);
    }

    #[test]
    fn a_tie_of_fraction_and_count_goes_to_the_lower_number() {
        let mut people = [candidate("S2", 3, 0), candidate("S1", 3, 0)];
        assert_eq!(allocate(3, &mut people, 300), [Some(1), Some(0), Some(1)]);
    }

    #[test]
    fn nobody_gets_more_than_the_most() {
        let mut people = [candidate("A", 5, 2), candidate("B", 1, 1)];
        assert_eq!(allocate(3, &mut people, 2), [Some(1), None, None]);
    }

    fn people() -> impl Strategy<Value = Vec<Candidate>> {
        prop::collection::vec((1..=5i64, 0..40i64), 1..8).prop_map(|rows| {
            let numbered = |(n, (level, customers))| candidate(&format!("S{n:02}"), level, customers);
            rows.into_iter().enumerate().map(numbered).collect()
        })
    }

    proptest! {
        /// Whoever got a customer last would not have been better off giving him away.
        #[test]
        fn the_allocation_is_balanced(before in people(), customers in 0..60usize) {
            let mut after = before.clone();
            let given = allocate(customers, &mut after, 1_000);
            prop_assert_eq!(given.iter().flatten().count(), customers);
            for (n, receiver) in after.iter().enumerate().filter(|(n, _)| given.contains(&Some(*n))) {
                for (m, other) in after.iter().enumerate().filter(|(m, _)| *m != n) {
                    prop_assert!(
                        receiver.customers * other.level <= (other.customers + 1) * receiver.level,
                        "{} holds more for his level than {} ({m}) would", receiver.number, other.number
                    );
                }
            }
        }

        /// The order in which people are named decides nothing, and a longer list begins as a shorter one.
        #[test]
        fn the_allocation_is_stable(before in people(), customers in 0..40usize) {
            let names = |people: &[Candidate], given: &[Option<usize>]| -> Vec<String> {
                given.iter().map(|place| people[place.unwrap()].number.clone()).collect()
            };
            let mut forward = before.clone();
            let given = allocate(customers, &mut forward, 1_000);
            let mut backward: Vec<Candidate> = before.iter().rev().cloned().collect();
            let turned = allocate(customers, &mut backward, 1_000);
            prop_assert_eq!(names(&forward, &given), names(&backward, &turned));
            let mut longer = before.clone();
            let more = allocate(customers + 5, &mut longer, 1_000);
            prop_assert_eq!(&more[..customers], &given[..]);
        }
    }
}
