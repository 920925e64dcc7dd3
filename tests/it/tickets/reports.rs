//! The reports of the desk (TK-11): figures, drill links, renderings, scope.

use serde_json::{Value, json};

use super::desk::*;
use super::figures;
use super::outreach::{self, template};
use super::portfolio::{assign, contact, customer};
use super::repair_desk;
use super::surveys::opened;
use crate::heating::desk::{household, season};
use crate::kit::{TestApp, with};

pub async fn report(app: &TestApp, who: &str, path: &str) -> Value {
    app.get(who, &format!("/v1/reports/tickets/{path}")).await.expect(200)
}

fn place(report: &Value, column: &str) -> usize {
    let columns = report["columns"].as_array().unwrap();
    columns.iter().position(|known| known["key"] == column).unwrap_or_else(|| panic!("no column {column}"))
}

pub fn figure(report: &Value, row: &Value, column: &str) -> Value {
    row[place(report, column)]["value"].clone()
}

pub fn total(report: &Value, column: &str) -> Value {
    figure(report, &report["totals"], column)
}

/// Three tickets: one closed in time, one resolved too late, one open and overdue.
async fn a_day(app: &TestApp) {
    app.at("2026-03-02T09:00:00+08:00");
    closed(app, json!({})).await;
    let late = started(app, json!({ "description": "厨房窗户漏风" })).await;
    register(
        app,
        json!({ "kind": "complaint", "category_code": "property_service", "place_kind": "none",
        "unit_id": null, "description": "保洁不及时" }),
    )
    .await;
    app.at("2026-03-09T09:00:00+08:00");
    let with_reason =
        json!({ "solution": "更换密封条", "root_cause_code": "wear", "delay_reason_code": "contractor_late" });
    act(app, "cs_agent", &late, "resolve", with_reason).await.expect(200);
}

/// What stands in the row that begins with a text, by column.
pub fn row<'a>(report: &'a Value, label: &str) -> impl Fn(&str) -> Value + 'a {
    let rows = report["rows"].as_array().unwrap();
    let found = rows.iter().find(|row| row.as_array().unwrap().iter().any(|cell| cell["value"] == label));
    let found = found.unwrap_or_else(|| panic!("no row {label} in {rows:?}"));
    move |column| figure(report, found, column)
}

/// Repairs with a recourse claim, a settled month, parts that moved, monitored calls, requests, an assessment.
async fn some_work(app: &TestApp) {
    let (order, _) = repair_desk::recourse(app, "12").await;
    app.post("cs_specialist", "/v1/defect-claims", json!({ "repair_order_id": order["id"] })).await.expect(201);
    figures::settled(app).await;
    figures::moved_about(app).await;
    figures::monitored(app).await;
    figures::asked_for(app).await;
    figures::assessed(app).await;
    app.post(
        "team_leader",
        &format!("/v1/tickets/{}/supervisions", order["ticket_id"].as_str().unwrap()),
        json!({ "to_staff_id": app.fixture.staff["cs_agent"], "text": "请说明维修进度" }),
    )
    .await
    .expect(201);
}

/// Customers with an agent, a promise missed, a survey and a campaign.
async fn some_care(app: &TestApp) {
    let people = [customer(app, 1).await, customer(app, 2).await];
    assign(app, &people, &["cs_agent"]).await;
    let promise = json!({ "next_promise_at": "2026-03-10T09:00:00+08:00" });
    app.post("cs_agent", "/v1/contact-logs", contact(&people[0], promise)).await.expect(201);
    opened(app, &people, json!({})).await;
    template(app, "greeting", "sms", "{{unit_number}}业主您好").await;
    outreach::started(app, &people, json!({})).await;
    app.at("2026-03-20T09:00:00+08:00");
}

scenario! {
async fn tk_11_timeliness_counts_from_the_ledger(app) {
    a_day(app).await;
    let month = report(app, "cs_supervisor", "timeliness?month=2026-03").await;
    assert_eq!(total(&month, "received"), 3);
    assert_eq!(total(&month, "resolved"), 2);
    assert_eq!((total(&month, "closed"), total(&month, "closing_rate")), (json!(1), json!("33.33")));
    assert_eq!((total(&month, "met"), total(&month, "missed")), (json!(1), json!(1)));
    assert_eq!(total(&month, "sla_rate"), "50.00");
    assert_eq!(total(&month, "overdue_open"), 1);
    // Solved at once, and after 7 × 24 h.
    assert_eq!((total(&month, "handling_p50_hours"), total(&month, "handling_p90_hours")), (json!("0.00"), json!("168.00")));
    assert_eq!((total(&month, "dwell_hours"), total(&month, "paused_hours")), (json!("168.00"), json!("0.00")));
    let february = report(app, "cs_supervisor", "timeliness?from=2026-02-01&to=2026-02-28").await;
    assert_eq!((total(&february, "received"), total(&february, "sla_rate")), (json!(0), Value::Null));
    assert_eq!((total(&february, "closed"), total(&february, "closing_rate")), (json!(0), Value::Null));
    for by in ["person", "project", "station", "category", "channel", "kind"] {
        let grouped = report(app, "cs_supervisor", &format!("timeliness?month=2026-03&by={by}")).await;
        let rows = grouped["rows"].as_array().unwrap();
        let sum: i64 = rows.iter().map(|row| figure(&grouped, row, "received").as_i64().unwrap()).sum();
        assert_eq!(sum, 3, "by {by}");
    }
}
}

scenario! {
/// The list behind a figure has exactly as many rows.
async fn every_drill_opens_what_was_counted(app) {
    a_day(app).await;
    some_care(app).await;
    some_work(app).await;
    let paths = ["desk-now", "timeliness?month=2026-03", "timeliness?month=2026-03&by=kind",
        "monthly-statistics?month=2026-03", "reasons?month=2026-03", "reasons?month=2026-03&by=delay_reason",
        "calls?month=2026-03", "workload?month=2026-03", "portfolio?month=2026-03", "surveys?month=2026-03",
        "outreach?month=2026-03",
        "weekly-desk?from=2026-03-02&to=2026-03-08", "callbacks?month=2026-03", "callbacks?month=2026-03&by=org_unit",
        "reasons?month=2026-03&by=pause_reason", "roster-coverage?month=2026-03", "roster-coverage?month=2026-03&by=person",
        "daily-shift?from=2026-03-02&to=2026-03-04", "quality-monitoring?month=2026-03",
        "quality-monitoring?month=2026-03&by=criterion", "repairs?month=2026-03", "repairs?month=2026-03&by=technician",
        "repairs?month=2026-03&by=part", "defect-claims?month=2026-03", "defect-claims?month=2026-03&by=contract",
        "settlement?month=2026-03", "parts-month?month=2026-03", "parts-loss?month=2026-03", "requests?month=2026-03",
        "requests?month=2026-03&by=reason", "assessment?from=2026-02-01&to=2026-03-31",
        "assessment?from=2026-02-01&to=2026-03-31&by=rule", "timeliness?month=2026-03&by=person",
        "service-customer-statistics?month=2026-03", "complaint-rate?month=2026-03&by=project",
        "quality-analysis?from=2026-02-21&to=2026-03-20", "report-calendar?month=2026-03",
        // What is overdue now was not received yet.
        "timeliness?from=2026-02-01&to=2026-02-28", "quality-analysis?from=2026-01-21&to=2026-02-20"];
    let mut opened = 0;
    // Who reads everything, and for whom a report is made.
    let readers = [("cs_supervisor", ""), ("cs_agent", ""), ("company_leader", ""), ("fee_settlement_clerk", "settlement"),
        ("regional_service_rep", "settlement"), ("parts_clerk", "parts-"), ("hr_officer", "assessment"), ("hr_officer", "workload"),
        ("cost_manager", "defect-claims"), ("quality_inspector", "quality-"), ("technical_support", "repairs")];
    for (who, begins) in readers {
        for path in paths.iter().filter(|path| path.starts_with(begins)) {
            let answer = report(app, who, path).await;
            let rows = answer["rows"].as_array().unwrap().iter().chain(answer["totals"].is_array().then_some(&answer["totals"]));
            for cell in rows.flat_map(|row| row.as_array().unwrap()) {
                let Some(drill) = cell["drill"].as_str() else { continue };
                opened += 1;
                if !cell["value"].is_i64() {
                    // Money and quantities: the list they are sums of.
                    app.get(who, drill).await.expect(200);
                    continue;
                }
                let join = if drill.contains('?') { '&' } else { '?' };
                let list = app.get(who, &format!("{drill}{join}include_total=true")).await.expect(200);
                assert_eq!(list["total"], cell["value"], "{who} {path}: {drill}");
            }
        }
    }
    assert!(opened > 400, "only {opened} figures can be opened");
}
}

scenario! {
async fn statistics_tell_gross_from_net(app) {
    a_day(app).await;
    let ticket = register(app, json!({ "description": "客户改变主意" })).await;
    let proof = document(app, "cs_agent").await;
    let withdrawn = json!({ "reason": "客户撤回", "proof_document_id": proof });
    act(app, "cs_agent", &ticket, "withdraw", withdrawn).await.expect(200);
    let month = report(app, "cs_supervisor", "monthly-statistics?month=2026-03").await;
    assert_eq!((total(&month, "gross"), total(&month, "withdrawn"), total(&month, "net")), (json!(4), json!(1), json!(3)));
    let april = report(app, "cs_supervisor", "monthly-statistics?month=2026-04").await;
    assert_eq!((total(&april, "gross"), total(&april, "month_before")), (json!(0), json!(3)));
    let next_year = report(app, "cs_supervisor", "monthly-statistics?month=2027-03").await;
    assert_eq!(total(&next_year, "same_month_last_year"), 3);
}
}

scenario! {
async fn reasons_add_up_to_everything(app) {
    a_day(app).await;
    let causes = report(app, "cs_supervisor", "reasons?month=2026-03").await;
    let last = causes["rows"].as_array().unwrap().last().unwrap();
    assert_eq!(figure(&causes, last, "cumulative_share"), "100.00");
    assert_eq!(total(&causes, "count"), 2);
    let delays = report(app, "cs_supervisor", "reasons?month=2026-03&by=delay_reason").await;
    assert_eq!(total(&delays, "count"), 1);
}
}

scenario! {
async fn every_report_renders_in_every_format(app) {
    a_day(app).await;
    let reports = app.get("cs_supervisor", "/v1/reports").await.expect(200);
    assert_eq!(reports.get("next_cursor"), Some(&Value::Null), "a list like any other");
    let reports = reports["items"].as_array().unwrap();
    assert!(reports.len() >= 7);
    for entry in reports {
        let url = entry["url"].as_str().unwrap();
        for (format, media, starts) in [
            ("json", "application/json", "{"),
            ("csv", "text/csv; charset=utf-8", "\u{feff}"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"),
            ("svg", "image/svg+xml", "<svg "),
        ] {
            let answer = app.get("cs_supervisor", &format!("{url}?format={format}")).await;
            assert_eq!(answer.status, 200, "{url} {format}");
            assert_eq!(answer.header("content-type"), Some(media), "{url}");
            assert!(answer.bytes.starts_with(starts.as_bytes()), "{url} {format}");
        }
        app.get("cs_supervisor", &format!("{url}?format=pdf")).await.refused(400, "invalid_parameter");
    }
}
}

scenario! {
async fn a_report_is_for_those_the_table_names(app) {
    app.get("customer", "/v1/reports/tickets/timeliness").await.refused(403, "forbidden");
    for who in ["courier", "sales_manager", "heating_station_head", "regional_sales_manager"] {
        app.get(who, "/v1/reports/tickets/timeliness").await.refused(403, "forbidden");
    }
    let none = app.get("customer", "/v1/reports").await.expect(200);
    assert_eq!(none["items"], json!([]));
    let lead = "/v1/reports/tickets/timeliness";
    for query in ["month=2026-13", "from=2026-03-02&to=2026-03-01", "to=2026-03-01", "by=colour", "month=2026-03&from=2026-03-01"] {
        app.get("cs_supervisor", &format!("{lead}?{query}")).await.refused(400, "invalid_parameter");
    }
    app.get("cs_supervisor", &format!("{lead}?colour=red")).await.refused(400, "unknown_parameter");
}
}

scenario! {
/// An agent's report holds what he holds; who leads or makes the statistics sees the unit.
async fn an_agent_sees_his_own_rows(app) {
    a_day(app).await;
    for (who, tickets) in [("cs_agent", 2), ("cs_agent2", 0), ("information_officer", 3), ("cs_supervisor", 3)] {
        let month = report(app, who, "monthly-statistics?month=2026-03").await;
        assert_eq!(total(&month, "gross"), tickets, "{who}");
    }
    let heating = report(app, "heating_service_manager", "monthly-statistics?month=2026-03").await;
    assert_eq!(total(&heating, "gross"), 0, "another branch");
}
}

scenario! {
async fn tk_11_the_week_of_the_desk_beside_the_week_before(app) {
    a_day(app).await;
    let first = report(app, "cs_director", "weekly-desk?from=2026-03-02&to=2026-03-08").await;
    let row = |report: &Value, n: usize, column: &str| figure(report, &report["rows"][n], column);
    for (column, n) in [("received", 3), ("handled", 1), ("replies_due", 1), ("replies_on_time", 1), ("callbacks_due", 1),
        ("callbacks_done", 1), ("satisfied", 1), ("reopened", 0)] {
        assert_eq!(row(&first, 0, column), n, "{column}");
        assert_eq!(row(&first, 1, column), 0, "{column}");
    }
    // A longer period stands for its last week.
    let second = report(app, "cs_director", "weekly-desk").await;
    assert_eq!(row(&second, 0, "handled"), 1);
    assert_eq!(second["rows"][1].as_array().unwrap()[2..4], first["rows"][0].as_array().unwrap()[2..4]);
}
}

scenario! {
async fn tk_11_complaints_per_thousand_households(app) {
    register(app, json!({ "kind": "complaint", "category_code": "house_quality.door_window" })).await;
    register(app, json!({ "kind": "complaint", "category_code": "house_quality.wall" })).await;
    let withdrawn = register(app, json!({ "kind": "complaint", "category_code": "house_quality" })).await;
    let proof = document(app, "cs_agent").await;
    act(app, "cs_agent", &withdrawn, "withdraw", json!({ "reason": "客户撤回", "proof_document_id": proof })).await.expect(200);
    let nothing = report(app, "cs_supervisor", "complaint-rate?month=2026-03&by=project").await;
    assert_eq!((total(&nothing, "complaints"), total(&nothing, "complaint_rate")), (json!(2), Value::Null));
    let households = json!({ "value": { (app.fixture.project.to_string()): 480 }, "valid_from": "2026-03-02", "reason": "年度户数" });
    let path = "/v1/parameters/tickets.report.households";
    app.by("system_admin", actix_web::http::Method::PUT, path).json(households).send().await.expect(200);
    let month = report(app, "cs_supervisor", "complaint-rate?month=2026-03&by=project").await;
    assert_eq!((total(&month, "households"), total(&month, "complaint_rate")), (json!(480), json!("4.17")));
    assert_eq!(figure(&month, &month["rows"][0], "complaint_rate"), "4.17");
    season(app, "2025-2026", "2025-11-01", "2026-03-31").await;
    season(app, "2024-2025", "2024-11-01", "2025-03-31").await;
    for (number, complaints) in [("2025-2026", 2), ("2024-2025", 0)] {
        let whole = report(app, "cs_supervisor", &format!("complaint-rate?season={number}&by=project")).await;
        assert_eq!(total(&whole, "complaints"), complaints, "{number}");
    }
    for wrong in ["season=1999-2000", "season=2025-2026&month=2026-03"] {
        let path = format!("/v1/reports/tickets/complaint-rate?{wrong}");
        app.get("cs_supervisor", &path).await.refused(400, "invalid_parameter");
    }
}
}

scenario! {
async fn tk_11_quality_analysis_and_customers_gather_what_others_show(app) {
    a_day(app).await;
    let analysis = report(app, "team_leader", "quality-analysis?from=2026-02-21&to=2026-03-20").await;
    // TK-R40: its month ends on the 20th.
    let march = report(app, "team_leader", "quality-analysis?month=2026-03").await;
    assert_eq!(march["period"], json!({ "from": "2026-02-21", "to": "2026-03-20" }));
    assert_eq!(march["rows"], analysis["rows"]);
    let year = report(app, "team_leader", "quality-analysis?year=2026").await;
    assert_eq!(year["period"], json!({ "from": "2026-01-01", "to": "2026-12-31" }));
    let timeliness = report(app, "team_leader", "timeliness?from=2026-02-21&to=2026-03-20").await;
    let rows = analysis["rows"].as_array().unwrap();
    let met = rows.iter().find(|row| figure(&analysis, row, "item") == "办结及时").unwrap();
    assert_eq!(figure(&analysis, met, "share"), total(&timeliness, "sla_rate"));
    assert!(rows.iter().any(|row| figure(&analysis, row, "section") == "主要原因"));
    let customers = report(app, "cs_supervisor", "service-customer-statistics?month=2026-03&by=category").await;
    assert!(total(&customers, "new_customers").as_i64().unwrap() >= total(&customers, "served").as_i64().unwrap());
    for name in ["weekly-desk", "complaint-rate", "quality-analysis", "report-calendar", "reasons", "calls"] {
        let svg = app.get("cs_supervisor", &format!("/v1/reports/tickets/{name}?format=svg")).await;
        assert!(svg.status == 200 && String::from_utf8(svg.bytes).unwrap().ends_with("</svg>"), "{name}");
    }
}
}

scenario! {
/// TK-R39, links row 36: the households of a rate are those connected on the period's last day.
async fn tk_r39_complaints_per_thousand_connected_households(app) {
    household(app, json!({})).await;
    household(app, json!({ "connected_on": "2026-03-31" })).await;
    household(app, json!({ "connected_on": "2026-04-01" })).await;
    household(app, json!({ "connected_on": null })).await;
    let station = app.fixture.units["STATION"];
    let complaint = json!({ "kind": "complaint", "category_code": "house_quality.wall", "station_org_unit_id": station });
    register(app, complaint).await;
    let parameter = json!({ "value": { (station.to_string()): 480 }, "valid_from": "2026-03-02", "reason": "年度户数" });
    let path = "/v1/parameters/tickets.report.households";
    app.by("system_admin", actix_web::http::Method::PUT, path).json(parameter).send().await.expect(200);
    let month = report(app, "cs_supervisor", "complaint-rate?month=2026-03&by=station").await;
    assert_eq!((total(&month, "households"), total(&month, "complaint_rate")), (json!(2), json!("500.00")));
}
}

scenario! {
/// Whose station it is knows its households, others where a ticket they may know of is; a rate counts the complaints
/// from where households are known, of who sees everything all of them.
async fn tk_r39_households_of_the_callers_own_stations(app) {
    household(app, json!({})).await;
    let complaint = json!({ "kind": "complaint", "category_code": "house_quality.wall" });
    register(app, complaint.clone()).await;
    let rate = async |who: &str| {
        let month = report(app, who, "complaint-rate?month=2026-03&by=station").await;
        ["households", "complaints", "complaint_rate"].map(|column| total(&month, column))
    };
    assert_eq!(rate("heating_branch_manager").await, [json!(1), json!(0), json!("0.00")]);
    assert_eq!(rate("cs_supervisor").await, [Value::Null, json!(1), Value::Null]);
    assert_eq!(rate("company_leader").await, [json!(1), json!(1), json!("1000.00")]);
    register(app, with(complaint, &json!({ "station_org_unit_id": app.fixture.units["STATION"] }))).await;
    assert_eq!(rate("cs_supervisor").await, [json!(1), json!(2), json!("1000.00")]);
}
}
