//! Response, CSAT and NPS (TK-R25): two decimals, half away from zero; nothing where nobody answered.

use kernel::fixed::Percent;
use kernel::report::{Value, quotient, share};

use super::questions::{Answers, Question, QuestionKind};

/// A scale of five or a recommendation, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers of a scale of five, their sum, and those of four and more.
    pub scale: i64,
    pub sum: i64,
    pub content: i64,
    /// Recommendations, those of nine and ten, and those up to six; without what others said for customers.
    pub asked: i64,
    pub promoters: i64,
    pub detractors: i64,
    /// Every answer of any kind.
    pub answers: i64,
}

impl Tally {
    /// Counts the answers to these questions.
    pub fn add<'a>(&mut self, questions: impl Iterator<Item = &'a Question>, answers: &Answers, proxy: bool) {
        for question in questions {
            let Some(answer) = answers.get(&question.code).filter(|answer| !answer.is_null()) else { continue };
            self.answers += 1;
            match (question.kind, answer.as_i64()) {
                (QuestionKind::Scale5, Some(n)) => {
                    self.scale += 1;
                    self.sum += n;
                    self.content += i64::from(n >= 4);
                }
                (QuestionKind::Nps, Some(n)) if !proxy => {
                    self.asked += 1;
                    self.promoters += i64::from(n >= 9);
                    self.detractors += i64::from(n <= 6);
                }
                _ => {}
            }
        }
    }

    /// The share of content customers.
    pub fn csat(&self) -> Value {
        share(self.content, self.scale)
    }

    /// The mean of the scale.
    pub fn mean(&self) -> Value {
        quotient(self.sum, self.scale)
    }

    /// Promoters less detractors, in percent; may be negative.
    pub fn nps(&self) -> Value {
        let net = self.promoters - self.detractors;
        match share(net.abs(), self.asked) {
            Value::Percent(percent) if net < 0 => {
                Percent::from_units(-percent.units()).map_or(Value::Nothing, Value::Percent)
            }
            other => other,
        }
    }
}

/// The share of those who answered among those who were reached.
pub fn response(answered: i64, sent: i64, undeliverable: i64) -> Value {
    share(answered, sent - undeliverable)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    fn text(value: Value) -> serde_json::Value {
        serde_json::to_value(value).unwrap()
    }

    fn tally(kind: QuestionKind, answers: &[i64], proxy: bool) -> Tally {
        let question = Question { code: "q".to_owned(), kind, required: true, text: None, options: None };
        let mut tally = Tally::default();
        for answer in answers {
            tally.add([&question].into_iter(), &Map::from_iter([("q".to_owned(), json!(answer))]), proxy);
        }
        tally
    }

    #[test]
    fn tk_e13_figures_of_a_survey() {
        assert_eq!(text(response(10, 16, 0)), "62.50");
        let scale = tally(QuestionKind::Scale5, &[5, 5, 4, 4, 4, 3, 2, 5, 1, 4], false);
        assert_eq!((text(scale.csat()), text(scale.mean())), (json!("70.00"), json!("3.70")));
        let nps = tally(QuestionKind::Nps, &[10, 9, 9, 8, 7, 6, 10, 3, 0, 9], false);
        assert_eq!((nps.promoters, nps.detractors), (5, 3));
        assert_eq!(text(nps.nps()), "20.00");
    }

    #[test]
    fn rounding_is_away_from_zero_on_both_sides() {
        assert_eq!(text(tally(QuestionKind::Nps, &[0, 0, 7], false).nps()), "-66.67");
        assert_eq!(text(tally(QuestionKind::Nps, &[9, 10, 7], false).nps()), "66.67");
        assert_eq!(text(tally(QuestionKind::Nps, &[0, 7, 7, 7, 7, 7, 7, 7], false).nps()), "-12.50");
    }

    #[test]
    fn nobody_asked_is_no_figure() {
        assert_eq!(response(0, 3, 3), Value::Nothing);
        assert_eq!(tally(QuestionKind::Nps, &[9, 9], true).nps(), Value::Nothing, "what others said is no NPS");
        assert_eq!(tally(QuestionKind::Scale5, &[], false).csat(), Value::Nothing);
    }
}
