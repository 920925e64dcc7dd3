//! Lists as files (PF-14).

use actix_web::http::Method;
use calamine::{Data, Reader, Xlsx};
use serde_json::json;

use crate::kit::TestApp;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn csv(app: &TestApp, who: &str, path: &str) -> Vec<Vec<String>> {
    let answer = app.get(who, path).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("text/csv; charset=utf-8")),
        "{}",
        answer.body
    );
    let text = String::from_utf8(answer.bytes).unwrap();
    let rows = text.strip_prefix('\u{feff}').expect("a BOM");
    rows.split("\r\n").filter(|row| !row.is_empty()).map(|row| row.split(',').map(str::to_owned).collect()).collect()
}

async fn fill(app: &TestApp, rows: usize) {
    for chunk in (0..rows).collect::<Vec<_>>().chunks(200) {
        let row = |n: &usize| json!({ "building_id": app.fixture.building, "room_no": format!("3-3-{}{:02}", n / 90 + 1, n % 90 + 1), "use": "residence" });
        let body = json!({ "rows": chunk.iter().map(row).collect::<Vec<_>>(), "atomic": true });
        app.post("sales_manager", "/v1/units/bulk", body).await.expect(200);
    }
}

scenario! {
async fn a_list_is_sent_whole_as_csv_or_spreadsheet_with_its_filters(app) {
    fill(app, 450).await;
    let rows = csv(app, "sales_manager", "/v1/units?format=csv&sort=-room_no").await;
    assert_eq!(rows.len(), 453, "a heading, and every unit");
    let column = |name: &str| rows[0].iter().position(|heading| heading == name).unwrap();
    assert_eq!(rows[0][0], "id");
    let numbers: Vec<&String> = rows[1..].iter().map(|row| &row[column("room_no")]).collect();
    assert!(numbers.is_sorted_by(|a, b| a > b), "in the order asked for, none twice");

    let two = csv(app, "sales_manager", "/v1/units?format=csv&limit=2").await;
    assert_eq!(two.len(), 3);
    let one = csv(app, "sales_manager", "/v1/units?format=csv&room_no=3-2-1201").await;
    assert_eq!(one.len(), 2);
    let none = csv(app, "sales_manager", "/v1/units?format=csv&room_no=3-9-901").await;
    assert_eq!(none.len(), 1, "the heading alone");

    let answer = app.by("sales_manager", Method::GET, "/v1/units").header("Accept", XLSX).send().await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some(XLSX)));
    assert!(answer.header("content-disposition").unwrap().ends_with(".xlsx\""));
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(answer.bytes)).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert_eq!(sheet.height(), 453);
    assert_eq!(sheet.get_value((0, 0)), Some(&Data::String("id".to_owned())));
    let left = std::fs::read_dir(app.state.folder.join("exports")).unwrap().count();
    assert_eq!(left, 0, "no file stays");
}
}

scenario! {
/// Of what `Accept` takes the most wanted is answered; what weighs nothing is not.
async fn the_most_wanted_format_is_answered(app) {
    const JSON: &str = "application/json";
    for (accept, wanted) in [
        ("application/json;q=0.5, Text/CSV;q=0.9", "text/csv; charset=utf-8"),
        ("text/csv;q=0.1, application/json;q=0.2", JSON),
        ("text/csv;q=0, */*", JSON),
    ] {
        for path in ["/v1/customers", "/v1/reports/tickets/desk-now"] {
            let answer = app.by("cs_supervisor", Method::GET, path).header("Accept", accept).send().await;
            assert_eq!((answer.status, answer.header("content-type")), (200, Some(wanted)), "{path} {accept}");
        }
    }
}
}

scenario! {
async fn an_export_shows_what_the_list_shows(app) {
    let text = csv(app, "cs_agent", "/v1/customers?format=csv").await.concat().join("|");
    assert!(text.contains("王**") || text.contains("王*"), "{text}");
    assert!(text.contains("138****5678") && !text.contains("13800135678"));
    app.post("cost_manager", "/v1/suppliers", json!({ "kinds": ["other", "bank"], "name": "=HYPERLINK(1)" })).await.expect(201);
    let rows = csv(app, "cost_manager", "/v1/suppliers?format=csv").await;
    let column = rows[0].iter().position(|heading| heading == "name").unwrap();
    assert_eq!(rows[1][column], "'=HYPERLINK(1)");
    assert!(rows[1].contains(&"other;bank".to_owned()));
    // The customer himself sees his own rows, here too.
    assert_eq!(csv(app, "customer", "/v1/customers?format=csv").await.len(), 2);
    let told = app.get("system_admin", "/v1/journal-entries?limit=200").await.expect(200).to_string();
    assert!(told.contains("list.exported"));
}
}

scenario! {
async fn what_no_list_takes_no_export_takes(app) {
    app.get("cs_agent", "/v1/units?format=pdf").await.refused(400, "invalid_parameter");
    app.get("cs_agent", "/v1/units?format=csv&colour=red").await.refused(400, "unknown_parameter");
    app.get("cs_agent", "/v1/units?format=csv&limit=0").await.refused(400, "invalid_limit");
    app.get("cs_agent", "/v1/units?format=csv&cursor=zzz").await.refused(400, "invalid_cursor");
    app.get("customer", "/v1/suppliers?format=csv").await.refused(403, "forbidden");
    app.get("cs_agent", "/v1/units?format=json").await.expect(200);
}
}
