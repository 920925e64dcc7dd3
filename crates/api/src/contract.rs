//! The contract: OpenAPI 3.1, assembled from the same declarations as the routes.

mod parameter;

use std::collections::BTreeSet;

use access::policy::{self, Holders};
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use store::life_cycle::Allowed;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

pub use self::parameter::Parameter;
use crate::export::XLSX;
use crate::problem::ProblemBody;
use crate::router::{Body, Endpoint, FORM, Key};
use crate::v1::meta::{Labels, labels};

/// What the contract says of an operation beyond its endpoint.
#[derive(Default)]
pub struct Operation {
    pub tag: &'static str,
    pub summary: String,
    pub query: Vec<Parameter>,
    pub body: Option<Value>,
    pub answer: Option<Value>,
    pub media: Option<&'static str>,
    /// What else the good answer is rendered as.
    pub renderings: &'static [&'static str],
    /// Of the good answer; 0 means 200, or 204 when there is no body.
    pub status: u16,
    /// Other statuses the same answer may come with: 201 of an upsert, 207 of a mixed bulk.
    pub also: Vec<u16>,
    pub etag: bool,
    /// It changes no row: there is no version to name in `If-Match`.
    pub changes_nothing: bool,
}

/// Types by their names in the contract.
pub type Named = Vec<(String, RefOr<Schema>)>;

/// A type and all it refers to.
pub fn parts<T: ToSchema>() -> Named {
    let mut found = Vec::new();
    T::schemas(&mut found);
    found.push((T::name().to_string(), T::schema()));
    found
}

/// The property names of an object type.
pub fn properties<T: PartialSchema>() -> Vec<String> {
    let schema = serde_json::to_value(T::schema()).unwrap_or_default();
    schema["properties"].as_object().map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
}

/// What holds for every operation, told once.
const ABOUT: &str = "\
Service desk and operations backend of a property developer group and its heating company.

- **Signing in.** `POST /v1/auth/login` answers an access token for `Authorization: Bearer …`; machines use \
`POST /v1/auth/token`. A token has one job role; `x-permission` and `x-roles` say who may call an operation.
- **Reading.** A list answers `items` and `next_cursor`, which the next page takes as `cursor`. Filters are named as the \
fields are, several values with commas between; `sort=-received_at` is descending. Every list also comes as CSV and XLSX.
- **Writing.** `Idempotency-Key` makes a call that is sent again answer the same, once. A `PATCH` is a JSON merge patch \
under `If-Match` with the row's `ETag`; acts are `POST` on the row, and its `allowed_actions` tell which are possible now.
- **Values.** Money, areas and temperatures are decimal strings, instants RFC 3339 with offset, days `2026-01-15`, months \
`2026-01`. `/v1/meta/enums` has every code with its label.
- **Refusals** are `application/problem+json` with a stable `code` and every wrong field by JSON pointer, in Chinese or, \
with `Accept-Language: en`, in English; `/problems/{code}` explains a code.";

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// The finished contract. Kept as text: as values it would take many times the memory.
#[derive(Debug, Default)]
pub struct Document {
    text: String,
    /// What every code is called.
    pub labels: Labels,
}

impl Document {
    /// The contract as it is served.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The contract to look into.
    pub fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

/// The document while it grows. Routes that are only to be called are declared without one: it takes most of the
/// time of a start, and few processes are ever asked for it.
#[derive(Default)]
pub struct Contract {
    /// Whether what is declared is written down.
    pub(crate) written: bool,
    paths: Map<String, Value>,
    schemas: Map<String, Value>,
    tags: BTreeSet<&'static str>,
    /// Names two different types claim; a finished contract has none.
    clashes: Vec<String>,
}

impl Contract {
    /// Nothing declared yet.
    pub(crate) fn new(written: bool) -> Self {
        Self { written, ..Self::default() }
    }

    /// Adds a type and all it refers to; answers the reference.
    pub fn schema<T: ToSchema>(&mut self) -> Value {
        self.named_schemas(parts::<T>);
        reference(&T::name())
    }

    /// Adds types by their names.
    pub fn named_schemas(&mut self, found: impl FnOnce() -> Named) {
        if !self.written {
            return;
        }
        for (name, schema) in found() {
            let Ok(value) = serde_json::to_value(schema) else { continue };
            if self.schemas.get(&name).is_some_and(|known| *known != value) {
                self.clashes.push(name.clone());
            }
            self.schemas.insert(name, value);
        }
    }

    /// A type of its own: the one a reference names, with `allowed_actions`. Where that is one of several, each of them
    /// has the field: generators of clients know no fields beside a choice.
    pub fn with_actions(&mut self, view: Value) -> Value {
        let actions = self.schema::<Allowed>();
        let Some(name) = view["$ref"].as_str().and_then(|path| path.rsplit('/').next()) else { return view };
        let named = format!("{name}WithActions");
        if self.written && !self.schemas.contains_key(&named) {
            let kinds = self.schemas.get(name).and_then(|schema| schema.get("oneOf")).cloned();
            let schema = match kinds {
                Some(Value::Array(kinds)) => {
                    let each: Vec<Value> = kinds.into_iter().map(|kind| self.with_actions(kind)).collect();
                    json!({ "oneOf": each })
                }
                _ => {
                    let text = "Every act of the life cycle, whether this caller may do it now, and why not.";
                    let part = json!({ "type": "object", "properties": {
                        "allowed_actions": { "type": "array", "items": actions, "description": text } } });
                    let about = "The row, and what this caller may do with it now.";
                    json!({ "description": about, "allOf": [view, part] })
                }
            };
            self.schemas.insert(named.clone(), schema);
        }
        reference(&named)
    }

    /// As [`Contract::schema`], with every field optional: what a merge patch may hold.
    pub fn patch_schema<T: ToSchema>(&mut self) -> Value {
        self.schema::<T>();
        let name = T::name().to_string();
        let patch = format!("{name}Patch");
        if let Some(Value::Object(mut schema)) = self.schemas.get(&name).cloned() {
            schema.remove("required");
            self.schemas.insert(patch.clone(), Value::Object(schema));
        }
        reference(&patch)
    }

    pub(crate) fn add(&mut self, endpoint: &Endpoint, operation: Operation) {
        if !self.written {
            return;
        }
        if !operation.tag.is_empty() {
            self.tags.insert(operation.tag);
        }
        let status = match (operation.status, &operation.answer, operation.media) {
            (0, None, None) => 204,
            (0, ..) => 200,
            (status, ..) => status,
        };
        let mut good = json!({ "description": description(status) });
        if let Some(answer) = &operation.answer {
            good["content"] = json!({ operation.media.unwrap_or("application/json"): { "schema": answer } });
        } else if let Some(media) = operation.media {
            good["content"] = json!({ media: {} });
        }
        let files: &[&str] = if endpoint.exports { &["text/csv", XLSX] } else { operation.renderings };
        for media in files {
            good["content"][*media] = rendering(media);
        }
        if operation.etag {
            good["headers"] = headers(status);
        }
        let mut responses = Map::new();
        if operation.also.contains(&206) {
            responses.insert("416".to_owned(), refusal("The range lies beyond the content."));
        }
        for also in &operation.also {
            let mut other = good.clone();
            other["description"] = json!(description(*also));
            if operation.etag {
                other["headers"] = headers(*also);
            }
            if *also == 304
                && let Some(other) = other.as_object_mut()
            {
                other.remove("content");
            }
            responses.insert(also.to_string(), other);
        }
        responses.insert(status.to_string(), good);
        for (status, text) in refusals(endpoint, !operation.renderings.is_empty()) {
            responses.insert(status.to_string(), refusal(text));
        }
        let mut value = json!({
            "operationId": endpoint.operation,
            "summary": operation.summary,
            "tags": [operation.tag],
            "parameters": parameters(endpoint, &operation),
            "responses": responses,
            "x-permission": endpoint.permission,
            "x-roles": roles(endpoint.permission),
        });
        if endpoint.key == Key::Required {
            value["x-idempotency-key"] = json!("required");
        }
        if !matches!(policy::grant(endpoint.permission).map(|grant| &grant.holders), Some(Holders::Public)) {
            value["security"] = json!([{ "bearer": [] }]);
        } else {
            value["security"] = json!([]);
        }
        if let Some(body) = &operation.body {
            let media = match endpoint.body {
                Body::Form => FORM,
                Body::Stream => "multipart/form-data",
                _ if endpoint.method == Method::PATCH => "application/merge-patch+json",
                _ => "application/json",
            };
            // An empty body is an object without fields, and taken as one.
            let required = !matches!(endpoint.body, Body::Json | Body::JsonOrForm) || self.requires(body);
            value["requestBody"] = json!({ "required": required, "content": { media: { "schema": body } } });
            if endpoint.body == Body::JsonOrForm {
                value["requestBody"]["content"][FORM] = json!({ "schema": body });
            }
        }
        let path = self.paths.entry(endpoint.path.clone()).or_insert_with(|| json!({}));
        path[endpoint.method.as_str().to_lowercase()] = value;
    }

    /// Whether a schema asks for any field.
    fn requires(&self, schema: &Value) -> bool {
        let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        let schema = name.and_then(|name| self.schemas.get(name)).unwrap_or(schema);
        schema["type"] != "object" || schema["required"].as_array().is_some_and(|names| !names.is_empty())
    }

    /// The document of all that was declared.
    ///
    /// # Errors
    /// Names that two types claim.
    pub(crate) fn finish(mut self) -> Result<Document, String> {
        self.schema::<ProblemBody>();
        if !self.clashes.is_empty() {
            return Err(format!("two types share a schema name: {}", self.clashes.join(", ")));
        }
        let tags: Vec<Value> =
            self.tags.iter().map(|tag| json!({ "name": tag, "description": describe(tag) })).collect();
        self.loosen();
        let mut schemas = self.reachable();
        schemas.iter_mut().for_each(|(name, schema)| explain_fields(name, schema));
        let labels = labels(&schemas);
        let document = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "Hearthdesk",
                "version": env!("CARGO_PKG_VERSION"),
                "description": ABOUT,
                "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
            },
            "servers": [{ "url": "/" }],
            "tags": tags,
            "paths": self.paths,
            "components": {
                "schemas": schemas,
                "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            },
        });
        Ok(Document { text: document.to_string(), labels })
    }

    /// A part of a view that can be absent as a whole – what only the house sees of a row – is flattened into it: its
    /// fields are there, or none of them. As derived, the contract would ask for all of them, or for null instead of the row.
    fn loosen(&mut self) {
        let mut loosened = Vec::new();
        for (name, schema) in &self.schemas {
            for (n, part) in schema["allOf"].as_array().into_iter().flatten().enumerate() {
                if let Some(fields) = self.optional_part(part) {
                    loosened.push((name.clone(), n, fields));
                }
            }
        }
        for (name, n, fields) in loosened {
            if let Some(part) = self.schemas.get_mut(&name).and_then(|schema| schema["allOf"].get_mut(n)) {
                *part = fields;
            }
        }
    }

    /// The fields of a type that stands in a choice with null, none of them required.
    fn optional_part(&self, part: &Value) -> Option<Value> {
        let kinds = part["oneOf"].as_array()?;
        if !kinds.iter().any(|kind| kind["type"] == "null") {
            return None;
        }
        let name = kinds.iter().find_map(|kind| kind["$ref"].as_str()?.rsplit('/').next())?;
        let mut fields = self.schemas.get(name)?.as_object()?.clone();
        fields.remove("required");
        Some(Value::Object(fields))
    }

    /// The schemas callers meet: what paths refer to, and what those refer to.
    fn reachable(&self) -> Map<String, Value> {
        let mut found = Map::new();
        let mut open = vec![Value::Object(self.paths.clone())];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(fields) => {
                    let name = fields.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
                    if let Some((name, schema)) = name.and_then(|name| self.schemas.get_key_value(name))
                        && !found.contains_key(name)
                    {
                        found.insert(name.clone(), schema.clone());
                        open.push(schema.clone());
                    }
                    open.extend(fields.into_iter().map(|(_, value)| value));
                }
                Value::Array(items) => open.extend(items),
                _ => {}
            }
        }
        found.into_iter().collect::<std::collections::BTreeMap<_, _>>().into_iter().collect()
    }
}

/// What a tag is about.
fn describe(tag: &str) -> &'static str {
    match tag {
        "access" => "Who may do what, and why not 权限",
        "accounts" => "Logins of people 账号",
        "reports" => "Figures as JSON, CSV, XLSX and charts, each with the list behind it 报表",
        "approvals" => "What waits for a signature, and who signs what 审批",
        "auth" => "Signing in and out 登录",
        "calendars" => "Working days with make-up days 工作日历",
        "callbacks" => "Asking the customer whether he is content 回访",
        "calls" => "Calls of the hotline 来电",
        "clients" => "Machines that sign in with a secret 接口账号",
        "customers" => "Persons and companies, personal data protected 客户",
        "deadline policies" => "Which deadline holds for which case 时限策略",
        "documents" => "Files and what they prove 资料",
        "events" => "Every fact in one order, for other systems 事件",
        "imports" => "Files taken over row by row, and long work to watch 导入",
        "journal" => "The audit trail 日志",
        "me" => "The caller himself 本人",
        "meta" => "Codes and their labels 代码表",
        "organisation" => "Units, people, posts, delegations 组织与人员",
        "outreach" => "Templates, campaigns and what became of them 客户关怀与活动",
        "parameters" => "Rates, limits and deadlines by date 参数",
        "portfolio" => "Whose customer somebody is, contacts and promises 客户分配与联系",
        "property" => "Projects, buildings, units and owners 楼盘与房屋",
        "sandbox" => "The clock of a sandbox 沙箱时钟",
        "suppliers" => "Contractors and other suppliers 供应商",
        "surveys" => "Satisfaction surveys answered by token 满意度调查",
        "system" => "Health, version, contract 系统",
        "ticket catalogues" => "Channels, categories, reasons 工单字典",
        "assessments" => "Rules, violations and the month of each person 月度考核",
        "case archives" => "Ended cases as evidence 案卷归档",
        "custody" => "Who holds the originals 原件保管",
        "defect claims" => "Recourse to contractors 质量索赔",
        "heat bills" => "What households are billed, and what they paid 采暖费账单与收款",
        "evaluations" => "Inspecting and scoring stations, and what they put right 综合检查评比与整改",
        "heating seasons" => "Seasons and their prices 供暖期与单价",
        "heating stations" => "Stations and who visits them 供热站与包保",
        "heat complaints" => "Complaints about heat, how they count, and the official lines 供热投诉与对账",
        "heat refunds" => "What cold homes get back 退费",
        "inspection" => "Hidden heat use: cases, measurements, notices, agreements 稽查与协议",
        "valve checks" => "Whether unpaid and stopped homes are closed, and opened again 关栓核查",
        "instruments" => "Instruments and their calibrations 仪器设备",
        "laboratory" => "Coal and ash: samples under blind codes, determinations, reports, cross-checks 煤质与灰渣化验",
        "outages" => "Heat that is stopped or reduced, level by level 停缓供",
        "service assets" => "Public phones, boards, signs and cards, and reports by their codes 便民设施与服务卡",
        "station rules" => "Rules of the stations, and trainings on them 所站制度与培训",
        "published figures" => "What was printed of a year 已公布数字",
        "temperature cases" => "Room temperature: asked for, measured, remedied, called back 测温",
        "households" => "Heat accounts: areas, holders, alterations, ledger 用热户",
        "stop applications" => "Stopping for a season, and resuming 报停与恢复",
        "incidents" => "Mass incidents and the tickets they explain 群发事件",
        "knowledge" => "Articles and technical notices 知识库",
        "leave" => "Leave and its hand-over 请假与交接",
        "quality" => "Monitored calls, summaries and trainings 质检与培训",
        "repair network" => "Outlets, tariffs and fee claims 维修网点与结算",
        "repair orders" => "Repairs from draft to closing 维修单",
        "requests" => "Applications, returns, exchanges, orders and the counter 服务申请与柜台",
        "rosters" => "Shifts, rotas, musters and duty logs 排班与值班",
        "seals" => "The seal register 盖章登记",
        "site receipts" => "Money taken on the spot 现场收款",
        "spare parts" => "Parts, prices and the stock ledger 配件与库存",
        "supervisions" => "Accounts that are asked for 督办",
        "visits" => "Visits to the far ends: plans, credit, problems, monthly summaries 包保走访",
        "warranty" => "Warranty parts, coverages and checks 保修",
        "tickets" => "Wishes, complaints and repairs, from the call to the closed case 诉求工单",
        "notifications" => "What the caller is told, and the texts people are told with 通知",
        "work items" => "What is due, overdue or waiting 待办",
        "webhooks" => "Facts sent to other systems as they happen 事件推送",
        _ => "",
    }
}

/// Says of the fields every row has what they are, where the type does not.
fn explain_fields(name: &str, schema: &mut Value) {
    if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        parts.iter_mut().for_each(|part| explain_fields(name, part));
    }
    let Some(fields) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    let row = name.ends_with("View") && fields.contains_key("id");
    for (field, kind) in fields {
        let text = match field.as_str() {
            "id" if row => "Never changes; later rows have greater ones.",
            "version" if row => "Counts the changes of the row; `If-Match: \"v7\"` names one.",
            "number" if row => "What people call it by.",
            "created_at" => "When it was entered.",
            "updated_at" => "When it was last changed.",
            "created_by" => "Who entered it.",
            "external_ids" => "Its keys in other systems.",
            "next_cursor" => "Opaque; give it as `cursor` for the next page. Null on the last.",
            _ => continue,
        };
        if let Some(kind) = kind.as_object_mut() {
            kind.entry("description").or_insert_with(|| text.into());
        }
    }
}

fn roles(permission: &str) -> Value {
    match policy::grant(permission).map(|grant| &grant.holders) {
        Some(Holders::Public) => json!(["public"]),
        Some(Holders::Any) => json!(["any"]),
        _ => policy::roles(permission).iter().map(|role| Value::from(role.code())).collect(),
    }
}

fn parameters(endpoint: &Endpoint, operation: &Operation) -> Vec<Value> {
    let mut list = Vec::new();
    for part in endpoint.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        let schema =
            if part == "id" { json!({ "type": "string", "format": "uuid" }) } else { json!({ "type": "string" }) };
        let text = match part {
            "id" => "The row's `id`; its number is not taken.",
            "system" => "The other system's name, as in `external_ids`.",
            "external_id" => "The row's key there, percent-encoded.",
            "code" => "The code itself.",
            "key" => "The parameter's key, e.g. `tickets.chase.min_interval_minutes`.",
            "token" => "The token of the link or code that was handed out.",
            _ => "Its name.",
        };
        list.push(json!({ "name": part, "in": "path", "required": true, "schema": schema, "description": text }));
    }
    list.extend(operation.query.iter().map(Parameter::shown));
    if endpoint.dry_run {
        list.push(json!({ "name": "dry_run", "in": "query", "required": false, "schema": { "type": "boolean" },
            "description": "Check everything and answer the same, keep nothing." }));
    }
    if endpoint.key != Key::No {
        let required = endpoint.key == Key::Required;
        let text = match required && endpoint.dry_run {
            true => "The same key and request answer the same, once. Required; only a dry run needs none.",
            false => "The same key and request answer the same, once.",
        };
        let always = required && !endpoint.dry_run;
        list.push(json!({ "name": "Idempotency-Key", "in": "header", "required": always, "description": text,
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" } }));
    }
    // Where there is no row yet there is no version either, nor a change where nothing changes.
    if endpoint.key != Key::No && endpoint.path.contains('{') && !operation.changes_nothing {
        list.push(json!({ "name": "If-Match", "in": "header", "required": endpoint.if_match_required,
            "description": "The version the change is meant for, e.g. \"v7\", or several.",
            "schema": { "type": "string", "pattern": "^(\\*|\"v[0-9]+\"( *, *\"v[0-9]+\")*)$" } }));
    }
    list
}

fn refusals(endpoint: &Endpoint, rendered: bool) -> Vec<(u16, &'static str)> {
    let grant = policy::grant(endpoint.permission).map(|grant| &grant.holders);
    let mut list = vec![(400, "The request cannot be read.")];
    if !matches!(grant, Some(Holders::Public)) {
        list.push((401, "No valid access token."));
        list.push((403, "The job role lacks the permission."));
    } else if endpoint.operation == "login" || endpoint.operation == "token" {
        list.push((401, "Wrong credentials."));
        list.push((403, "The role is not held."));
    }
    list.push((404, "Absent, or outside the caller's scope."));
    if endpoint.json || rendered {
        list.push((406, "`Accept` takes none of what is offered."));
    }
    if endpoint.method != Method::GET {
        list.push((409, "State or business rule."));
        list.push((412, "If-Match names another version."));
        list.push((413, "The body is too large."));
        list.push((415, "The media type is not read here."));
        list.push((422, "Wrong fields, all of them named."));
    }
    if endpoint.if_match_required {
        list.push((428, "If-Match is required."));
    }
    list.push((429, "Too many requests."));
    list.push((503, "Overloaded, or a dependency is away."));
    list
}

fn refusal(text: &str) -> Value {
    let problem = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    json!({ "description": text, "content": problem })
}

fn rendering(media: &str) -> Value {
    match media {
        XLSX => json!({ "schema": { "type": "string", "format": "binary" } }),
        _ => json!({ "schema": { "type": "string" } }),
    }
}

/// What comes with a row.
fn headers(status: u16) -> Value {
    let header = |text: &str| json!({ "description": text, "schema": { "type": "string" } });
    let mut headers = json!({ "ETag": header("The version, for If-Match.") });
    if status == 201 {
        headers["Location"] = header("The path of what was created.");
    }
    headers
}

fn description(status: u16) -> &'static str {
    match status {
        201 => "Created.",
        202 => "Accepted; see the operation.",
        204 => "Done; no body.",
        206 => "The range of bytes that was asked for.",
        207 => "One result a row.",
        304 => "As the caller has it.",
        _ => "Good.",
    }
}
