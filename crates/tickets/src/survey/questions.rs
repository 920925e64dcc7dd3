//! What a survey asks, and whether answers fit.

use std::collections::HashSet;

use kernel::fault::{Fault, FieldErrors, pointer_step};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// One question of a survey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SurveyQuestion)]
pub struct Question {
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z][a-z0-9_]*$")]
    pub code: String,
    #[serde(rename = "type")]
    pub kind: QuestionKind,
    #[serde(default)]
    pub required: bool,
    /// As the customer reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 300)]
    pub text: Option<String>,
    /// What may be chosen, for `single` and `multi`; left out, any short text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 50)]
    pub options: Option<Vec<String>>,
}

/// How a question is answered.
#[codes::code(name = "SurveyQuestionType", stored = false)]
pub enum QuestionKind {
    /// 五分量表: 1 to 5; four and more is content.
    #[label("Scale of five")]
    Scale5,
    /// 推荐意愿: 0 to 10: how likely the customer is to recommend us.
    #[label("Recommendation")]
    Nps,
    /// 单选
    #[label("One of several")]
    Single,
    /// 多选
    #[label("Some of several")]
    Multi,
    /// 文字
    Text,
    /// 是否
    #[label("Yes or no")]
    YesNo,
}

/// Answers by the question's code.
pub type Answers = Map<String, Value>;

/// The most characters of a written answer, and of a chosen one.
const TEXT: usize = 2_000;
const CHOICE: usize = 200;

/// Refuses two questions of one code, and options where nothing is chosen.
pub fn check_questions(questions: &[Question]) -> Result<(), Fault> {
    let (mut errors, mut seen) = (FieldErrors::default(), HashSet::new());
    for (n, question) in questions.iter().enumerate() {
        errors.add_if(!seen.insert(&question.code), &format!("/questions/{n}/code"), "repeated_items");
        let chosen = matches!(question.kind, QuestionKind::Single | QuestionKind::Multi);
        errors.add_if(question.options.is_some() && !chosen, &format!("/questions/{n}/options"), "unknown_field");
        for (m, option) in question.options.iter().flatten().enumerate() {
            let at = format!("/questions/{n}/options/{m}");
            errors.add_if(option.trim().is_empty(), &at, "required");
            errors.add_if(option.chars().count() > CHOICE, &at, "too_long");
        }
    }
    errors.finish()
}

/// Refuses answers that do not fit what was asked; every wrong one is told.
pub fn check_answers(questions: &[Question], answers: &Answers) -> Result<(), Fault> {
    let mut errors = FieldErrors::default();
    for code in answers.keys().filter(|code| !questions.iter().any(|question| question.code == **code)) {
        errors.add(format!("/answers/{}", pointer_step(code)), "unknown_field");
    }
    for question in questions {
        let pointer = format!("/answers/{}", question.code);
        match answers.get(&question.code).filter(|answer| !answer.is_null()) {
            None => drop(errors.add_if(question.required, &pointer, "required")),
            Some(answer) => {
                if let Some(code) = wrong(question, answer) {
                    errors.add(pointer, code);
                }
            }
        }
    }
    errors.finish()
}

/// What is wrong with one answer.
fn wrong(question: &Question, answer: &Value) -> Option<&'static str> {
    let within = |most: i64, least: i64| match answer.as_i64() {
        Some(n) if (least..=most).contains(&n) => None,
        Some(_) => Some("out_of_range"),
        None => Some("invalid_type"),
    };
    let choice = |answer: &Value| match (answer.as_str(), &question.options) {
        (None, _) => Some("invalid_type"),
        (Some(text), Some(options)) => (!options.iter().any(|option| option == text)).then_some("invalid_enum"),
        (Some(text), None) => text_of(text, CHOICE, question.required),
    };
    match question.kind {
        QuestionKind::Scale5 => within(5, 1),
        QuestionKind::Nps => within(10, 0),
        QuestionKind::YesNo => (!answer.is_boolean()).then_some("invalid_type"),
        QuestionKind::Text => match answer.as_str() {
            Some(text) => text_of(text, TEXT, question.required),
            None => Some("invalid_type"),
        },
        QuestionKind::Single => choice(answer),
        QuestionKind::Multi => match answer.as_array() {
            None => Some("invalid_type"),
            Some(list) if list.is_empty() && question.required => Some("required"),
            Some(list) => {
                let distinct: HashSet<&str> = list.iter().filter_map(Value::as_str).collect();
                list.iter().find_map(choice).or_else(|| (distinct.len() < list.len()).then_some("repeated_items"))
            }
        },
    }
}

fn text_of(text: &str, most: usize, required: bool) -> Option<&'static str> {
    match text.chars().count() {
        n if n > most => Some("too_long"),
        _ if required && text.trim().is_empty() => Some("required"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question(kind: QuestionKind, required: bool, options: Option<&[&str]>) -> Question {
        let options = options.map(|options| options.iter().map(|option| (*option).to_owned()).collect());
        Question { code: "q".to_owned(), kind, required, text: None, options }
    }

    #[test]
    fn answers_fit_their_questions() {
        use QuestionKind::*;
        let check = |kind, required, options, answer: Value, code: Option<&str>| {
            let questions = [question(kind, required, options)];
            let answers =
                if answer == json!("absent") { Map::new() } else { Map::from_iter([("q".to_owned(), answer)]) };
            let told = check_answers(&questions, &answers).err();
            assert_eq!(told.as_ref().map(Fault::code), code, "{kind:?} {answers:?}");
        };
        let options: Option<&[&str]> = Some(&["好", "差"]);
        check(Scale5, true, None, json!(1), None);
        check(Scale5, true, None, json!(6), Some("out_of_range"));
        check(Scale5, true, None, json!("5"), Some("invalid_type"));
        check(Scale5, true, None, json!(4.5), Some("invalid_type"));
        check(Nps, false, None, json!(0), None);
        check(Nps, false, None, json!(11), Some("out_of_range"));
        check(Nps, false, None, json!("absent"), None);
        check(Nps, true, None, json!("absent"), Some("required"));
        check(Nps, true, None, json!(null), Some("required"));
        check(YesNo, true, None, json!(false), None);
        check(YesNo, true, None, json!("yes"), Some("invalid_type"));
        check(Single, true, options, json!("好"), None);
        check(Single, true, options, json!("中"), Some("invalid_enum"));
        check(Single, true, None, json!("随便"), None);
        check(Multi, true, options, json!(["好", "差"]), None);
        check(Multi, true, options, json!(["好", "好"]), Some("repeated_items"));
        check(Multi, true, options, json!([]), Some("required"));
        check(Multi, false, options, json!("好"), Some("invalid_type"));
        check(Text, true, None, json!("  "), Some("required"));
        check(Text, false, None, json!("长".repeat(2_001)), Some("too_long"));
    }

    #[test]
    fn an_answer_to_nothing_is_refused() {
        let answers = Map::from_iter([("other".to_owned(), json!(1))]);
        let fault = check_answers(&[question(QuestionKind::Nps, true, None)], &answers).unwrap_err();
        let told: Vec<(&str, &str)> = fault.errors().iter().map(|e| (e.pointer.as_str(), e.code.as_str())).collect();
        assert_eq!(told, [("/answers/other", "unknown_field"), ("/answers/q", "required")]);
    }
}
