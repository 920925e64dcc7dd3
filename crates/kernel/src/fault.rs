//! Why something was refused: a code, data for the sentence, the field errors – never the sentence itself.
//!
//! A [`Problem`] is an entry of the bilingual catalogue; a [`Fault`] is one occurrence of it. Status
//! codes are chosen by the HTTP layer from [`Kind`]; the texts come from the catalogue in the
//! caller's language.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::lang::Lang;

/// What sort of refusal it is. The HTTP layer alone maps this to a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The request cannot be read: not JSON, bad query syntax.
    Malformed,
    /// No, expired or bad credentials.
    Unauthenticated,
    /// The role lacks the permission of the operation.
    Forbidden,
    /// Absent, or outside the caller's scope – indistinguishable on purpose.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// No representation the caller accepts.
    NotAcceptable,
    /// State or business rule.
    Conflict,
    /// `If-Match` named another version.
    Stale,
    /// The body or a file is larger than allowed.
    TooLarge,
    /// The media type is not read here.
    UnsupportedMedia,
    /// The range of bytes asked for lies beyond the content.
    RangeNotSatisfiable,
    /// The body is JSON but wrong.
    Invalid,
    /// `If-Match` is required and missing.
    PreconditionRequired,
    /// More requests than the configured rate.
    TooMany,
    /// A defect of ours. Its text never leaves the process.
    Internal,
    /// A dependency is away or the service is overloaded.
    Unavailable,
    /// The operation is known and not offered in this mode.
    Gone,
}

/// An entry of the problem catalogue. Texts may hold `{name}` placeholders filled from [`Fault::args`]; a part in brackets
/// is said only where the data it holds is there.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable machine code, e.g. `callback_missing`.
    pub code: &'static str,
    pub kind: Kind,
    pub zh: &'static str,
    pub en: &'static str,
}

impl Problem {
    /// What it says in a language, with its placeholders and brackets.
    pub fn text(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

/// Declares catalogue entries as constants and collects them in `CATALOGUE`.
#[macro_export]
macro_rules! problems {
    ($($name:ident = $kind:ident, $code:literal, $zh:literal, $en:literal;)*) => {
        $(#[doc = concat!("`", $code, "`: ", $en)]
        pub static $name: $crate::fault::Problem = $crate::fault::Problem {
            code: $code, kind: $crate::fault::Kind::$kind, zh: $zh, en: $en,
        };)*
        /// Every entry declared here, for the contract and the problem pages.
        pub static CATALOGUE: &[&$crate::fault::Problem] = &[$(&$name),*];
    };
}

/// One wrong field of a body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON pointer into the body, e.g. `/requester/phone`; empty for the body as a whole.
    pub pointer: String,
    /// Stable machine code, e.g. `phone_invalid`.
    pub code: String,
    /// Data for the sentence (limits, allowed values) – never the refused value.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub args: Map<String, Value>,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, code: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), args: Map::new() }
    }
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }
}

/// A refusal or failure on its way to the caller.
#[derive(Clone, Debug)]
pub struct Fault(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    problem: &'static Problem,
    rule: Option<&'static str>,
    args: Map<String, Value>,
    errors: Vec<FieldError>,
    /// For the log only.
    cause: Option<String>,
    retry: bool,
}

impl Fault {
    pub fn new(problem: &'static Problem) -> Self {
        Self(Box::new(Inner { problem, rule: None, args: Map::new(), errors: Vec::new(), cause: None, retry: false }))
    }
    /// A 422 with one wrong field.
    pub fn field(pointer: impl Into<String>, code: impl Into<String>) -> Self {
        Self::fields(vec![FieldError::new(pointer, code)])
    }
    /// A 422 with all wrong fields; its own code is that of the first.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let mut fault = Self::new(&INVALID);
        fault.0.errors = errors;
        fault
    }
    /// A defect of ours; `cause` is logged, never answered.
    pub fn internal(cause: impl fmt::Display) -> Self {
        let mut fault = Self::new(&INTERNAL);
        fault.0.cause = Some(cause.to_string());
        fault
    }
    /// A dependency is away; `cause` is logged, never answered.
    pub fn unavailable(cause: impl fmt::Display) -> Self {
        let mut fault = Self::new(&UNAVAILABLE);
        fault.0.cause = Some(cause.to_string());
        fault
    }
    /// The business rule that refused, by its id in the specification.
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.0.rule = Some(rule);
        self
    }
    /// Adds a value for the sentence and for machines. Never personal data.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.args.insert(name.to_owned(), value.into());
        self
    }
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.0.errors = errors;
        self
    }
    /// Marks a failure (serialization, deadlock, busy) after which the whole write may be tried again.
    pub fn retryable(mut self) -> Self {
        self.0.retry = true;
        self
    }
    pub fn is_retryable(&self) -> bool {
        self.0.retry
    }
    pub fn problem(&self) -> &'static Problem {
        self.0.problem
    }
    pub fn kind(&self) -> Kind {
        self.0.problem.kind
    }
    /// The stable code callers switch on. A body with wrong fields answers the first field's code.
    pub fn code(&self) -> &str {
        match self.0.errors.first() {
            Some(first) if self.0.problem == &INVALID => &first.code,
            _ => self.0.problem.code,
        }
    }
    pub fn rule_id(&self) -> Option<&'static str> {
        self.0.rule
    }
    pub fn args(&self) -> &Map<String, Value> {
        &self.0.args
    }
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }
    pub fn is(&self, problem: &'static Problem) -> bool {
        self.0.problem == problem
    }
}

/// A field's name as one step of a JSON pointer (RFC 6901 §3).
pub fn pointer_step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// For the log: the code, where the body was wrong, and what lies behind it.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())?;
        for error in &self.0.errors {
            write!(f, " [{} {}]", error.pointer, error.code)?;
        }
        match &self.0.cause {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}

/// Collects field errors so that a caller hears all of them at once.
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    pub fn add(&mut self, pointer: impl Into<String>, code: impl Into<String>) -> &mut Self {
        self.0.push(FieldError::new(pointer, code));
        self
    }
    pub fn add_if(&mut self, wrong: bool, pointer: &str, code: &str) -> &mut Self {
        if wrong {
            self.add(pointer, code);
        }
        self
    }
    pub fn finish(self) -> Result<(), Fault> {
        if self.0.is_empty() { Ok(()) } else { Err(Fault::fields(self.0)) }
    }
}

problems! {
    MALFORMED_JSON = Malformed, "malformed_json", "请求体不是有效的 JSON[(第 {line} 行第 {column} 列)]", "The body is not valid JSON[ (line {line}, column {column})]";
    MALFORMED = Malformed, "malformed_request", "请求格式有误", "The request cannot be read";
    UNKNOWN_PARAMETER = Malformed, "unknown_parameter", "未知的查询参数:{parameter}", "Unknown query parameter: {parameter}";
    INVALID_PARAMETER = Malformed, "invalid_parameter", "查询参数 {parameter} 的值无效[,应为 {expected}]", "The query parameter {parameter} has a bad value[; expected: {expected}]";
    INVALID_LIMIT = Malformed, "invalid_limit", "limit 必须在 1 到 200 之间", "limit must lie between 1 and 200";
    INVALID_CURSOR = Malformed, "invalid_cursor", "游标无效,或与当前筛选条件不符", "The cursor was edited, or belongs to other filters";
    IDEMPOTENCY_KEY_REQUIRED = Malformed, "idempotency_key_required", "此操作必须带 Idempotency-Key", "This operation requires an Idempotency-Key";
    IDEMPOTENCY_KEY_INVALID = Malformed, "idempotency_key_invalid", "Idempotency-Key 须为 1–255 个可见 ASCII 字符", "An Idempotency-Key has 1–255 visible ASCII characters";
    IDEMPOTENCY_KEY_NOT_TAKEN = Malformed, "idempotency_key_not_taken", "此操作不接受 Idempotency-Key", "This operation takes no Idempotency-Key";
    UNAUTHENTICATED = Unauthenticated, "unauthenticated", "未登录或令牌无效", "No valid access token";
    INVALID_CREDENTIALS = Unauthenticated, "invalid_credentials", "账号或密码不正确", "Login or password is wrong";
    FORBIDDEN = Forbidden, "forbidden", "当前岗位没有权限 {permission}", "This job role lacks the permission {permission}";
    NOT_FOUND = NotFound, "not_found", "未找到", "Not found";
    PATH_NOT_FOUND = NotFound, "not_found", "没有此路径,见 /openapi.json", "There is no such path; /openapi.json lists them";
    METHOD_NOT_ALLOWED = MethodNotAllowed, "method_not_allowed", "该路径不支持此方法[,可用 {allow}]", "The path does not offer this method[; it offers {allow}]";
    NOT_ACCEPTABLE = NotAcceptable, "not_acceptable", "无法提供所要求的格式[,可用 {offered}]", "None of the accepted formats is offered[; offered: {offered}]";
    INVALID_STATE = Conflict, "invalid_state", "当前状态 {state} 不允许此操作[,允许的状态:{allowed_from}]", "Not possible in state {state}[; possible from: {allowed_from}]";
    SEPARATION_OF_DUTIES = Conflict, "separation_of_duties", "职责分离:{first} 与 {second} 不能由同一人办理", "Separation of duties: {first} and {second} need different persons";
    ABOVE_AUTHORITY = Conflict, "above_authority", "超出本岗位在此事项上的权限", "This case is beyond the caller's authority";
    NOT_YOUR_TURN = Conflict, "not_your_turn", "尚未轮到,当前应由 {next_roles} 办理", "Not yet: it is the turn of {next_roles}";
    IDEMPOTENCY_IN_PROGRESS = Conflict, "idempotency_in_progress", "相同 Idempotency-Key 的请求正在处理", "A request with this Idempotency-Key is still running";
    IDEMPOTENCY_KEY_REUSED = Invalid, "idempotency_key_reused", "该 Idempotency-Key 已用于另一请求", "This Idempotency-Key was used for another request";
    STALE = Stale, "stale", "数据已被他人修改,或 If-Match 不是其版本[(当前为 \"v{version}\")],请刷新后重试", "The row was changed meanwhile, or If-Match names no version of it[; it is at \"v{version}\"]";
    NO_VERSION_YET = Stale, "no_version_yet", "新建的数据尚无版本,If-Match 无从比对", "What is only to be created has no version that If-Match could name";
    PRECONDITION_REQUIRED = PreconditionRequired, "precondition_required", "修改须带 If-Match,即所据版本的 ETag,如 \"v7\"", "A change requires If-Match with the ETag of the version it is meant for, e.g. \"v7\"";
    TOO_LARGE = TooLarge, "too_large", "请求体超过上限", "The body is larger than allowed";
    UNSUPPORTED_MEDIA = UnsupportedMedia, "unsupported_media_type", "不支持的内容类型[,应为 {expected}]", "This media type is not read here[; expected: {expected}]";
    TYPE_MISMATCH = UnsupportedMedia, "type_mismatch", "文件内容与声明的类型不符", "The file is not of the declared type";
    RANGE_NOT_SATISFIABLE = RangeNotSatisfiable, "range_not_satisfiable", "请求的字节范围超出内容(共 {size} 字节)", "The range of bytes lies beyond the content of {size} bytes";
    INVALID = Invalid, "invalid", "请求体有误", "The body is wrong";
    TOO_MANY = TooMany, "too_many_requests", "请求过于频繁,请稍后再试", "Too many requests; try again later";
    TIMED_OUT = Unavailable, "timed_out", "处理超时", "The time limit of this operation was reached";
    INTERNAL = Internal, "internal", "服务内部错误", "Internal error";
    UNAVAILABLE = Unavailable, "unavailable", "服务暂时不可用,请稍后再试", "Temporarily unavailable; try again";
    PRICE_MISSING = Conflict, "price_missing", "缺少有效的单价", "There is no price in force";
    UNREACHABLE_NOT_PROVEN = Conflict, "unreachable_not_proven", "未达到认定无法联系的次数要求", "Not enough attempts to say that nobody can be reached";
    POSSIBLE_DUPLICATE = Conflict, "possible_duplicate", "可能已存在相同记录", "A matching record may exist already";
    CALENDAR_YEAR_MISSING = Invalid, "calendar_year_missing", "缺少 {year} 年的日历数据", "There is no calendar data for {year}";
    REQUIRED = Invalid, "required", "必填", "Required";
    UNKNOWN_FIELD = Invalid, "unknown_field", "未知字段", "Unknown field";
    REPEATED_FIELD = Invalid, "repeated_field", "字段出现两次", "The field stands twice";
    ONLY_ONE = Invalid, "only_one", "只能填写其中一项", "Only one of the two may be given";
    COMPUTED_FIELD = Invalid, "computed_field", "该字段由系统计算,不能填写", "Only the service writes this field";
    INVALID_TYPE = Invalid, "invalid_type", "数据类型不对[,应为 {expected}]", "Wrong type[; expected: {expected}]";
    INVALID_ENUM = Invalid, "invalid_enum", "不在允许的取值之内[:{allowed}]", "Not one of the allowed values[: {allowed}]";
    INVALID_FORMAT = Invalid, "invalid_format", "格式不对[,应为 {expected}]", "Wrong format[; expected: {expected}]";
    TOO_LONG = Invalid, "too_long", "内容太长[,至多 {limit} 个字符]", "Too long[: at most {limit} characters]";
    TOO_SHORT = Invalid, "too_short", "内容太短[,至少 {limit} 个字符]", "Too short[: at least {limit} characters]";
    TOO_MANY_ITEMS = Invalid, "too_many_items", "项数太多[,至多 {limit} 项]", "Too many items[: at most {limit}]";
    TOO_FEW_ITEMS = Invalid, "too_few_items", "项数太少[,至少 {limit} 项]", "Too few items[: at least {limit}]";
    REPEATED_ITEMS = Invalid, "repeated_items", "有重复项", "Repeated items";
    OUT_OF_RANGE = Invalid, "out_of_range", "超出允许范围[,大于 {above}][,不小于 {min}][,小于 {below}][,不大于 {max}]", "Out of range[, above {above}][, at least {min}][, below {below}][, at most {max}]";
    MONEY_FORMAT = Invalid, "money_format", "金额须为至多两位小数的字符串,如 \"1184867.46\"", "An amount of money is a decimal string, e.g. \"1184867.46\"";
    NUMBER_FORMAT = Invalid, "number_format", "须为小数字符串,如 \"89.37\"", "A decimal string is expected, e.g. \"89.37\"";
    TOO_MANY_DECIMALS = Invalid, "too_many_decimals", "小数位数过多", "Too many decimals";
    ID_INVALID = Invalid, "id_invalid", "身份证号码无效", "The identity card number is not valid";
    USCC_INVALID = Invalid, "uscc_invalid", "统一社会信用代码无效", "The unified social credit code is not valid";
    PHONE_INVALID = Invalid, "phone_invalid", "电话号码无效", "The phone number is not valid";
    EMAIL_INVALID = Invalid, "email_invalid", "电子邮箱无效", "The e-mail address is not valid";
    ROOM_INVALID = Invalid, "room_invalid", "房号无效", "The room number is not valid";
    DATE_IN_FUTURE = Invalid, "date_in_future", "时间不能晚于现在", "Lies in the future";
    DATE_ORDER = Invalid, "date_order", "起止先后有误", "The order of the dates is wrong";
    TEXT_INVALID = Invalid, "text_invalid", "含有不允许的字符", "Holds characters that are not allowed";
    FIELD_NOT_FOUND = Invalid, "not_found", "未找到", "Not found";
    MUST_BE_TRUE = Invalid, "must_be_true", "须为是", "Must be true";
    UNCHANGED = Invalid, "unchanged", "与现状相同", "The same as now";
    REASON_REQUIRED = Invalid, "reason_required", "须说明理由", "A reason is required";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_names_every_wrong_field() {
        let check = |fault: Fault, wanted: &str| assert_eq!(fault.to_string(), wanted);
        check(Fault::new(&NOT_FOUND), "not_found");
        check(Fault::field("/name", "too_long"), "too_long [/name too_long]");
        let two = vec![FieldError::new("/name", "required"), FieldError::new("/tags/0", "too_long")];
        check(Fault::fields(two), "required [/name required] [/tags/0 too_long]");
        check(Fault::internal("no table"), "internal: no table");
    }
}
