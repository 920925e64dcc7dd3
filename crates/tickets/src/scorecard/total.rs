//! The total of a monitored call: pure arithmetic (TK-R30).

use std::collections::BTreeMap;

use kernel::fault::{Fault, FieldErrors};

use super::entity::Criterion;

/// Points by criterion, 0–100 each.
pub type Scores = BTreeMap<String, i64>;

/// Σ weight × score ÷ 100 in hundredths, half up; nothing at all after a fatal error.
///
/// # Errors
/// 422 for each score that is missing (`required`), outside 0–100 (`score_out_of_range`) or of no
/// criterion (`unknown_field`), and for each fatal code the card does not know (`not_found`).
pub fn total(criteria: &[Criterion], known_fatal: &[String], scores: &Scores, fatal: &[String]) -> Result<i32, Fault> {
    let mut errors = FieldErrors::default();
    for criterion in criteria {
        errors.add_if(!scores.contains_key(&criterion.code), &format!("/scores/{}", criterion.code), "required");
    }
    for (code, score) in scores {
        let pointer = format!("/scores/{code}");
        errors.add_if(!criteria.iter().any(|criterion| criterion.code == *code), &pointer, "unknown_field");
        errors.add_if(!(0..=100).contains(score), &pointer, "score_out_of_range");
    }
    for (n, code) in fatal.iter().enumerate() {
        errors.add_if(!known_fatal.contains(code), &format!("/fatal/{n}"), "not_found");
    }
    errors.finish().map_err(|fault| fault.rule("TK-R30"))?;
    if !fatal.is_empty() {
        return Ok(0);
    }
    // Weights are whole percent and scores whole points, so the sum is in hundredths already.
    let sum: i64 = criteria.iter().map(|c| c.weight_percent * scores.get(&c.code).copied().unwrap_or_default()).sum();
    i32::try_from(sum).map_err(Fault::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(weights: &[i64], points: &[i64], fatal: &[&str]) -> Result<i32, String> {
        let code = |n: usize| format!("c{n}");
        let criterion = |(n, weight): (usize, &i64)| Criterion { code: code(n), name: None, weight_percent: *weight };
        let criteria: Vec<Criterion> = weights.iter().enumerate().map(criterion).collect();
        let scores = points.iter().enumerate().map(|(n, score)| (code(n), *score)).collect();
        let fatal: Vec<String> = fatal.iter().map(|code| (*code).to_owned()).collect();
        total(&criteria, &["abuse".to_owned()], &scores, &fatal).map_err(|fault| {
            fault.errors().iter().map(|e| format!("{} {}", e.pointer, e.code)).collect::<Vec<_>>().join(", ")
        })
    }

    #[test]
    fn a_total_weighs_the_scores_and_a_fatal_error_leaves_nothing() {
        let weights = [25, 25, 10, 20, 20];
        assert_eq!(judge(&weights, &[90, 85, 80, 75, 95], &[]), Ok(8575));
        assert_eq!(judge(&weights, &[90, 85, 80, 75, 95], &["abuse"]), Ok(0));
        assert_eq!(judge(&weights, &[100; 5], &[]), Ok(10_000));
        assert_eq!(judge(&weights, &[0; 5], &[]), Ok(0));
        assert_eq!(judge(&[33, 33, 34], &[1, 1, 1], &[]), Ok(100));
    }

    #[test]
    fn every_wrong_score_is_named() {
        let wrong = judge(&[50, 50], &[101], &["whistling"]);
        assert_eq!(wrong, Err("/scores/c1 required, /scores/c0 score_out_of_range, /fatal/0 not_found".to_owned()));
        assert_eq!(
            judge(&[100], &[-1, 5], &[]),
            Err("/scores/c0 score_out_of_range, /scores/c1 unknown_field".to_owned())
        );
    }
}
