//! The work summary of 2011 as it was printed, figure by figure (HS-R80, HS-E21): the generated books of the year come
//! in as files, and the report says what the text says.

use actix_web::http::Method;
use kernel::fault::Fault;
use serde_json::{Value, json};
use server::demo::year_2011;
use store::{Answer, Context, Work};
use uuid::Uuid;

use super::desk::*;
use crate::kit::{TestApp, id};
use crate::tickets::desk::document;

/// What the list behind a figure holds.
enum Behind {
    /// As many rows as the figure says.
    AsMany,
    /// Rows whose numbers of this name add up to it.
    Sum(usize, &'static str),
    /// The one row that says it, of this name.
    Said(&'static str),
    /// Where it is laid down.
    Rule,
}

use Behind::{AsMany, Rule, Said, Sum};

/// A figure of the text.
struct Stated {
    key: &'static str,
    /// The words of the text.
    words: &'static str,
    /// The figure in them.
    figure: &'static str,
    /// How the words mean it.
    qualifier: &'static str,
    /// What the books yield on 20 December.
    yields: &'static str,
    behind: Behind,
}

const fn exactly(key: &'static str, words: &'static str, figure: &'static str, behind: Behind) -> Stated {
    Stated { key, words, figure, qualifier: "exact", yields: figure, behind }
}

/// Every figure of the text, in its order.
static TEXT: [Stated; 26] = [
    exactly("leak_hours", "对于跑、冒、漏等报修事项,4小时内处理完毕", "4.00", Rule),
    exactly("complaint_hours", "对于一般投诉事项,24小时内处理完毕", "24.00", Rule),
    exactly("public_phones", "设置公开电话59部", "59.00", AsMany),
    exactly("station_boards", "补作所(站)公示板15块", "15.00", AsMany),
    exactly("notice_signs", "公示牌833块", "833.00", AsMany),
    exactly("service_cards", "发放便民服务卡66693张", "66693.00", Sum(2, "count")),
    Stated {
        key: "measured_households",
        words: "长白地区共测温近万户",
        figure: "10000.00",
        qualifier: "just_below",
        yields: "9860.00",
        behind: AsMany,
    },
    exactly("system_bids", "采取三家评标报价", "3.00", Said("value")),
    Stated {
        key: "visit_household_times",
        words: "共走访3200余户次",
        figure: "3200.00",
        qualifier: "at_least",
        yields: "3217.00",
        behind: Sum(161, "met"),
    },
    exactly("outages_total", "截止至12月20日共发生停缓供40起", "40.00", AsMany),
    exactly("outages_external", "涉及停水、停电25起", "25.00", AsMany),
    exactly("outages_internal", "涉及设备故障、管网渗漏15起", "15.00", AsMany),
    exactly("new_instruments", "又增加一台干燥箱", "1.00", AsMany),
    exactly("coal_samples", "共完成了965个煤样", "965.00", AsMany),
    exactly("ash_samples", "414个灰渣样的化验分析工作", "414.00", AsMany),
    exactly("basement_over_height_cases", "层高已超过2.2米,共计6户", "6.00", AsMany),
    exactly("basement_over_height_area", "涉及面积共计78.2平方米", "78.20", Sum(6, "area_m2")),
    exactly("area_increase_cases", "核实、测量私增供热面积18处", "18.00", AsMany),
    exactly("area_increase_area", "涉及面积4889.26平方米", "4889.26", Sum(18, "area_m2")),
    exactly("demolition_cases", "私拆、乱改供热设施等行为登记造册共计18处", "18.00", AsMany),
    Stated {
        key: "gifted_households",
        words: "开发商赠送面积的住户共计千余户",
        figure: "1000.00",
        qualifier: "at_least",
        yields: "1034.00",
        behind: AsMany,
    },
    exactly("gifted_agreements", "及时签署协议,共计153份", "153.00", AsMany),
    exactly("basement_survey_cases", "外扩地下室面积的住户进行了实地测量,共计14处", "14.00", AsMany),
    exactly("basement_survey_area", "涉及面积2378.76平方米", "2378.76", Sum(14, "area_m2")),
    exactly("branches_checked", "两分公司基层所(站)", "2.00", AsMany),
    exactly("valve_checked_households", "截止12月20日共对辖区的8953用户关栓情况进行了抽查", "8953.00", AsMany),
];

/// Rows under their headings.
fn csv(rows: &[Value]) -> String {
    let names: std::collections::BTreeSet<&String> =
        rows.iter().flat_map(|row| row.as_object().unwrap().keys()).collect();
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let heading: Vec<String> = names.iter().map(|name| (*name).clone()).collect();
    let mut file = heading.join(",");
    for row in rows {
        let cells: Vec<String> = names.iter().map(|name| text(row.get(name.as_str()))).collect();
        file.push('\n');
        file.push_str(&cells.join(","));
    }
    file
}

/// Brings rows as a file, and does what waits as the process beside the calls would.
async fn taken_over(app: &TestApp, kind: &str, rows: &[Value]) {
    let call = app.by(MANAGER, Method::POST, "/v1/imports").key(&name());
    let sent = call.parts(&[("kind", kind)], "rows.csv", "text/csv", csv(rows).as_bytes()).send().await.expect(202);
    let tools = api::v1::imports::tools(&app.state.clone().into_inner());
    assert_eq!(imports::run_waiting(&app.store, &tools).await.unwrap(), 1);
    let done = app.get(MANAGER, &format!("/v1/imports/{}", id(&sent))).await.expect(200);
    let told = (&done["status"], &done["ok"], &done["unchanged"], &done["refused"]);
    assert_eq!(told, (&json!("applied"), &json!(rows.len()), &json!(0), &json!(0)), "{kind}: {}", done["errors"]);
}

/// The branches with their stations, and the laboratory; the ids of the heating stations.
async fn district(app: &TestApp) -> Vec<Uuid> {
    let mut units = app.fixture.units.clone();
    let parts = [("HEAT-EAST", "branch", "HEAT"), ("HEAT-WEST", "branch", "HEAT"), ("LAB", "department", "HEAT")];
    let places = year_2011::STATIONS.map(|(_, unit, branch)| (unit, "station", branch));
    for (code, kind, parent) in parts.into_iter().chain(places) {
        if !units.contains_key(code) {
            let body = json!({ "code": code, "name": code, "kind": kind, "parent_id": units[parent] });
            let made = app.post("hr_officer", "/v1/org-units", body).await.expect(201);
            units.insert(code.to_owned(), id(&made).parse().unwrap());
        }
    }
    for body in year_2011::instruments(units["LAB"]) {
        app.post(MANAGER, "/v1/instruments", body).await.expect(201);
    }
    let mut stations = Vec::new();
    for (code, unit, branch) in year_2011::STATIONS {
        let body = year_2011::station(code, units[unit], units[branch]);
        stations.push(id(&app.post(MANAGER, "/v1/heating-stations", body).await.expect(201)).parse().unwrap());
    }
    stations
}

/// The numbers of the homes, in the order they came.
async fn numbers(app: &TestApp) -> Vec<String> {
    let list = "/v1/households?limit=1&include_total=true&sort=";
    let first = app.get(MANAGER, &format!("{list}number")).await.expect(200);
    let last = app.get(MANAGER, &format!("{list}-number")).await.expect(200);
    assert_eq!(first["total"], year_2011::HOMES);
    let serial = |page: &Value| -> usize {
        page["items"][0]["number"].as_str().unwrap().strip_prefix("RH-").unwrap().parse().unwrap()
    };
    let (first, last) = (serial(&first), serial(&last));
    assert_eq!(last - first + 1, year_2011::HOMES, "counted on without a gap");
    (first..=last).map(|n| format!("RH-{n:06}")).collect()
}

/// Everything the year left behind.
async fn written_up(app: &TestApp) {
    app.clock.set(year_2011::entered());
    season_2011(app).await;
    let stations = district(app).await;
    taken_over(app, "households", &year_2011::homes()).await;
    taken_over(app, "heating_history", &year_2011::lines(&numbers(app).await)).await;
    let put_up = async move |work: &Work| {
        year_2011::put_up(work, &stations).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    app.store.write(Context::system("year_2011"), put_up).await.unwrap();
}

/// What was printed is entered as the text says it.
async fn printed(app: &TestApp) {
    let proof = document(app, MANAGER).await;
    for stated in &TEXT {
        let source = if stated.key == "system_bids" { "by_hand" } else { "computed" };
        let body = json!({ "year": 2011, "as_of": "2011-12-20", "key": stated.key, "value": stated.figure,
            "qualifier": stated.qualifier, "text": stated.words, "source": source, "document_id": proof });
        app.post(MANAGER, "/v1/published-figures", body).await.expect(201);
    }
}

async fn summary(app: &TestApp, as_of: &str) -> Value {
    let area = quoted(year_2011::AREA);
    let path = format!("/v1/reports/heating/annual-summary?year=2011&as_of={as_of}&area={area}");
    app.get(MANAGER, &path).await.expect(200)
}

/// The values of a figure's row by the keys of their columns, with the list behind it.
fn figure(report: &Value, key: &str) -> (Value, String) {
    let columns = report["columns"].as_array().unwrap();
    let rows = report["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row[0]["value"] == key).unwrap_or_else(|| panic!("no {key}"));
    let cells = columns.iter().zip(row.as_array().unwrap());
    let values = cells.map(|(column, cell)| (column["key"].as_str().unwrap().to_owned(), cell["value"].clone()));
    let drill = row[2]["drill"].as_str().unwrap_or_else(|| panic!("{key} opens nothing")).to_owned();
    (Value::Object(values.collect()), drill)
}

/// A list with all its rows, and how many there are.
async fn opened(app: &TestApp, drill: &str) -> (Vec<Value>, usize) {
    let path = format!("{drill}{}limit=200&include_total=true", if drill.contains('?') { "&" } else { "?" });
    let page = app.get(MANAGER, &path).await.expect(200);
    (page["items"].as_array().unwrap().clone(), usize::try_from(page["total"].as_u64().unwrap()).unwrap())
}

/// A number in hundredths, whole ones as they are.
fn hundredths(value: &Value) -> i64 {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (whole, part) = text.split_once('.').unwrap_or((&text, "00"));
    whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()
}

async fn behind(app: &TestApp, stated: &Stated, drill: &str) {
    let (rows, total) = opened(app, drill).await;
    let (key, yields) = (stated.key, hundredths(&json!(stated.yields)));
    match stated.behind {
        AsMany => assert_eq!(i64::try_from(total).unwrap() * 100, yields, "{key}: {drill}"),
        Sum(n, field) => {
            let sum: i64 = rows.iter().map(|row| hundredths(&row[field])).sum();
            assert_eq!((total, rows.len(), sum), (n, n, yields), "{key}: {drill}");
        }
        Said(field) => assert_eq!((total, &rows[0][field]), (1, &json!(stated.yields)), "{key}: {drill}"),
        Rule => assert!(total > 0, "{key}: {drill}"),
    }
}

scenario! {
async fn hs_e21_the_report_says_what_the_summary_of_2011_says(app) {
    // Nothing is there yet: the figures come from the records and from nowhere else.
    app.clock.set(year_2011::entered());
    let blank = summary(app, "2011-12-20").await;
    assert_eq!((&figure(&blank, "outages_total").0["value"], &figure(&blank, "system_bids").0["value"]),
        (&json!("0.00"), &Value::Null));

    written_up(app).await;
    printed(app).await;
    let report = summary(app, "2011-12-20").await;
    assert_eq!(report["rows"].as_array().unwrap().len(), TEXT.len(), "each figure of the text, and no other");
    for stated in &TEXT {
        let (told, drill) = figure(&report, stated.key);
        let difference = hundredths(&json!(stated.yields)) - hundredths(&json!(stated.figure));
        assert_eq!(told["value"], stated.yields, "{}", stated.words);
        assert_eq!((&told["published"], &told["text"]), (&json!(stated.figure), &json!(stated.words)));
        assert_eq!((&told["qualifier"], &told["verdict"]), (&json!(stated.qualifier), &json!("ok")), "{}", stated.words);
        assert_eq!(told["difference"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap(), difference);
        behind(app, stated, &drill).await;
    }

    // 37 of the valves were found open.
    let (_, open) = opened(app, "/v1/valve-checks?first_result=not_closed").await;
    assert_eq!(open, 37);
    // Each sample was determined twice.
    for (kind, n) in [("coal", 965), ("slag", 207), ("fly_ash", 207)] {
        let list = format!("/v1/lab-samples?kind={kind}&reviewed_at_lt=2011-12-21T00:00:00%2B08:00");
        let (samples, total) = opened(app, &list).await;
        assert_eq!(total, n, "{kind}");
        let path = format!("/v1/lab-samples/{}/results", id(&samples[0]));
        let found = app.get(MANAGER, &path).await.expect(200);
        assert_eq!(found["items"][0]["used"].as_array().unwrap().len(), 2, "{found}");
    }
    // They were told of when they were reviewed: nobody is asked to report them now.
    let waiting = app.get("coal_reviewer", "/v1/work-items?kind=lab_report").await.expect(200);
    assert_eq!(waiting["items"], json!([]));
    // Their numbers are those of the order they were received in.
    for (by, prefix, n) in [("coal", "CS", 966), ("ash", "AS", 416)] {
        let path = format!("/v1/reports/heating/sample-archive?year=2011&by={by}");
        let archive = app.get(MANAGER, &path).await.expect(200);
        let told: Vec<&str> =
            archive["rows"].as_array().unwrap().iter().map(|row| row[0]["value"].as_str().unwrap()).collect();
        assert_eq!(told, (1..=n).map(|serial| format!("{prefix}-2011-{serial:04}")).collect::<Vec<_>>());
    }
    // A day later more was done, and none of it counts the day before.
    let later = summary(app, "2011-12-21").await;
    for (key, more) in [("outages_total", "41.00"), ("coal_samples", "966.00"), ("valve_checked_households", "8960.00"),
        ("measured_households", "9870.00"), ("basement_over_height_cases", "7.00"), ("service_cards", "66713.00")]
    {
        assert_eq!(figure(&later, key).0["value"], more, "{key}");
    }
}
}
