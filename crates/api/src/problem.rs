//! Faults as RFC 9457 problem+json. The only place that knows status codes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use kernel::fault::{Fault, Kind, Problem};
use kernel::lang::Lang;
use serde::Serialize;
use serde_json::{Map, Value};
use store::life_cycle::sentence;
use utoipa::ToSchema;

/// Every catalogue of the house.
static CATALOGUES: &[&[&Problem]] = &[
    kernel::fault::CATALOGUE,
    store::problems::CATALOGUE,
    identity::problems::CATALOGUE,
    registers::problems::CATALOGUE,
    documents::problems::CATALOGUE,
    approvals::problems::CATALOGUE,
    submissions::problems::CATALOGUE,
    outbound::problems::CATALOGUE,
    imports::problems::CATALOGUE,
    tickets::problems::CATALOGUE,
    heating_service::problems::CATALOGUE,
];

/// Refusals that machines know from RFC 6749.
static OAUTH: &[&Problem] = &[
    &identity::problems::INVALID_GRANT,
    &identity::problems::INVALID_CLIENT,
    &identity::problems::INVALID_SCOPE,
    &identity::problems::UNSUPPORTED_GRANT_TYPE,
    &identity::problems::INVALID_REQUEST,
];

static BY_CODE: LazyLock<BTreeMap<&'static str, &'static Problem>> =
    LazyLock::new(|| CATALOGUES.iter().flat_map(|part| part.iter()).map(|problem| (problem.code, *problem)).collect());

/// The catalogue entry of a code.
pub fn lookup(code: &str) -> Option<&'static Problem> {
    BY_CODE.get(code).copied()
}

/// Every code, in order.
pub fn all() -> impl Iterator<Item = &'static Problem> {
    BY_CODE.values().copied()
}

/// The status a kind of fault answers with.
pub fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Kind::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Gone => StatusCode::GONE,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::RangeNotSatisfiable => StatusCode::RANGE_NOT_SATISFIABLE,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// What a refused caller reads.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Page that explains the code: `/problems/<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the code says, without data.
    pub title: String,
    /// The HTTP status once more.
    pub status: u16,
    /// The sentence of this refusal, in the language of `Accept-Language`.
    pub detail: String,
    /// Path of the request.
    pub instance: String,
    /// Stable machine code.
    pub code: String,
    /// As `X-Request-Id`; the house finds the call by it.
    pub request_id: String,
    /// The code once more where RFC 6749 §5.2 has it: what `/v1/auth/token` refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The business rule by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
    /// Every wrong field, not only the first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// Data of this refusal: the state, the states allowed, limits.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub context: Map<String, Value>,
}

/// One wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// JSON pointer into the body.
    pub pointer: String,
    /// Stable machine code, explained at `/problems/{code}`.
    pub code: String,
    /// What is wrong, and what would be taken.
    pub detail: String,
}

/// The problem a caller hears, in his language.
pub fn body(fault: &Fault, instance: &str, request_id: &str, lang: Lang) -> ProblemBody {
    let code = fault.code().to_owned();
    let known = lookup(&code).unwrap_or(fault.problem());
    let detail = match fault.errors().first() {
        Some(first) if fault.is(&kernel::fault::INVALID) => field_detail(first, lang),
        _ => sentence(fault, lang),
    };
    let errors = fault.errors().iter().map(|error| FieldProblem {
        pointer: error.pointer.clone(),
        code: error.code.clone(),
        detail: field_detail(error, lang),
    });
    ProblemBody {
        kind: format!("/problems/{code}"),
        title: title(known, lang),
        status: status(fault.kind()).as_u16(),
        detail,
        instance: instance.to_owned(),
        error: OAUTH.iter().any(|problem| fault.is(problem)).then(|| code.clone()),
        code,
        request_id: request_id.to_owned(),
        rule: fault.rule_id(),
        errors: errors.collect(),
        context: fault.args().clone(),
    }
}

/// The catalogue text as it reads without data: brackets, asides and ends that only hold data are left out, other data is
/// an ellipsis.
pub fn title(problem: &Problem, lang: Lang) -> String {
    let text = without_brackets(problem.text(lang));
    let mut title = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        title.push_str(before);
        title.push('…');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    title.push_str(rest);
    for (open, close) in [('(', ')'), ('(', ')')] {
        while let Some(from) = title.find(open)
            && let Some(length) = title[from..].find(close)
            && title[from..from + length].contains('…')
        {
            title.replace_range(from..from + length + close.len_utf8(), "");
        }
    }
    let data_at_the_end = [":…", ": …"].iter().find_map(|end| title.strip_suffix(end));
    data_at_the_end.unwrap_or(&title).trim_end().to_owned()
}

/// A catalogue text without what is said only where there is data for it.
fn without_brackets(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('[') {
        kept.push_str(before);
        rest = from.split_once(']').map_or("", |(_, after)| after);
    }
    kept + rest
}

/// The catalogue text as its page shows it: all it may say, with the names of the data.
pub fn whole(problem: &Problem, lang: Lang) -> String {
    problem.text(lang).replace(['[', ']'], "")
}

fn field_detail(error: &kernel::fault::FieldError, lang: Lang) -> String {
    let Some(problem) = lookup(&error.code) else { return error.code.clone() };
    let mut fault = Fault::new(problem);
    for (name, value) in &error.args {
        fault = fault.with(name, value.clone());
    }
    sentence(&fault, lang)
}

/// The answer to a fault. Logs what must not leave the process, once.
pub fn respond(fault: &Fault, instance: &str, request_id: &str, lang: Lang) -> HttpResponse {
    if let Some(cause) = fault.cause() {
        match fault.kind() {
            Kind::Internal => tracing::error!(request_id, cause, "internal error"),
            _ => tracing::warn!(request_id, cause, code = fault.code(), "unavailable"),
        }
    }
    let mut response = HttpResponse::build(status(fault.kind()));
    response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    match fault.kind() {
        Kind::Unauthenticated => {
            let error = if fault.code() == "unauthenticated" { "invalid_token" } else { "invalid_request" };
            response.insert_header((header::WWW_AUTHENTICATE, format!("Bearer error=\"{error}\"")));
        }
        Kind::Unavailable => {
            response.insert_header((header::RETRY_AFTER, "2"));
        }
        Kind::Conflict if fault.is(&kernel::fault::IDEMPOTENCY_IN_PROGRESS) => {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        Kind::TooMany => {
            let wait = fault.args().get("retry_after").and_then(Value::as_u64).unwrap_or(1);
            response.insert_header((header::RETRY_AFTER, wait));
            let policy = fault.args().get("policy").and_then(Value::as_str);
            if let (Some(policy), Some(quota)) = (policy, fault.args().get("requests_a_second")) {
                response.insert_header(("ratelimit-policy", format!("\"{policy}\";q={quota};w=1")));
                response.insert_header(("ratelimit", format!("\"{policy}\";r=0;t={wait}")));
            }
        }
        Kind::RangeNotSatisfiable => {
            let size = fault.args().get("size").and_then(Value::as_u64).unwrap_or_default();
            response.insert_header((header::CONTENT_RANGE, format!("bytes */{size}")));
        }
        Kind::MethodNotAllowed => {
            let allow = fault.args().get("allow").and_then(Value::as_str).unwrap_or_default();
            if let Ok(value) = HeaderValue::from_str(allow) {
                response.insert_header((header::ALLOW, value));
            }
        }
        _ => {}
    }
    response.json(body(fault, instance, request_id, lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever looks a code up reads what the refusal said, whichever domain refused.
    #[test]
    fn a_refusal_by_rule_has_one_text() {
        let mut texts = BTreeMap::new();
        let conflicts = CATALOGUES.iter().flat_map(|part| part.iter()).filter(|problem| problem.kind == Kind::Conflict);
        for problem in conflicts {
            assert_eq!(texts.insert(problem.code, problem.zh), None, "{} stands twice", problem.code);
        }
    }

    /// Whoever refuses a field need not know the limit.
    #[test]
    fn a_wrong_field_reads_without_data() {
        let of_fields = kernel::fault::CATALOGUE.iter().filter(|problem| problem.kind == Kind::Invalid);
        for problem in of_fields.filter(|problem| problem.code != "calendar_year_missing") {
            for lang in [Lang::Zh, Lang::En] {
                let text = field_detail(&kernel::fault::FieldError::new("/name", problem.code), lang);
                assert!(!text.contains(['{', '[']), "{}: {text}", problem.code);
            }
        }
    }

    #[test]
    fn a_title_reads_without_its_data() {
        let check = |code: &str, zh: &str, en: &str| {
            let problem = lookup(code).unwrap();
            assert_eq!((title(problem, Lang::Zh).as_str(), title(problem, Lang::En).as_str()), (zh, en));
        };
        check("invalid_parameter", "查询参数 … 的值无效", "The query parameter … has a bad value");
        check("unknown_parameter", "未知的查询参数", "Unknown query parameter");
        check(
            "stale",
            "数据已被他人修改,或 If-Match 不是其版本,请刷新后重试",
            "The row was changed meanwhile, or If-Match names no version of it",
        );
        check("invalid_state", "当前状态 … 不允许此操作", "Not possible in state …");
        check("invalid_enum", "不在允许的取值之内", "Not one of the allowed values");
        check("forbidden", "当前岗位没有权限 …", "This job role lacks the permission …");
        for problem in all() {
            for lang in [Lang::Zh, Lang::En] {
                let title = title(problem, lang);
                assert!(!title.is_empty() && !title.contains(['{', '}', '[', ']']), "{}: {title}", problem.code);
            }
        }
    }
}
