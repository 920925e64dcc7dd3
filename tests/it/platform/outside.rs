//! An outside issuer (PF-01): its tokens open what the post opens, by the keys it signs with now.

use std::sync::{Arc, Mutex};

use actix_web::http::Method;
use actix_web::{App, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use identity::{OutsideIssuer, OutsideKeys};
use outbound::client::Caller;
use serde_json::{Value, json};
use server::outside_keys::{Source, refresh};

use crate::kit::{Answer, TestApp, id};

const CLAIMS: &str =
    r#"{"iss":"https://sso.example.com","aud":"hearthdesk","sub":"cs_agent","role":"cs_agent","exp":4102444800}"#;

/// Name of a key, its public half, and the signature of the claims by it.
type Signed = (&'static str, &'static str, &'static str);
const SPRING: Signed = (
    "spring",
    "RzXUngAEawlkbC1z1vvcPnaEJwD5xvbtosuC1lhLB4k",
    "qSItNvWpM-yAT60lG8Db5JlGA232in8-0OeGTautxp2IbgCELk1sNYGmKLTkPF6qsNHnQwWz3qSdy2MIKK89DA",
);
const AUTUMN: Signed = (
    "autumn",
    "rtD_ZzuwPJ4MM8dI2fqfHk4Ynnv-8vKcvVkRz2LI9uE",
    "oKPJTJSQeLHo9weEum0QqdXn-l03X9Tm-28nhn9XIdhkqDgDzUXWXPCcN9O3jwYTmJwzdI3nzU_jddjLv8UMAg",
);

fn set(keys: &[Signed]) -> String {
    let key = |(kid, x, _): &Signed| json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x });
    json!({ "keys": keys.iter().map(key).collect::<Vec<Value>>() }).to_string()
}

fn issuer(keys: &Arc<OutsideKeys>) -> OutsideIssuer {
    OutsideIssuer {
        issuer: "https://sso.example.com".to_owned(),
        audience: "hearthdesk".to_owned(),
        keys: keys.clone(),
        role_claim: "role".to_owned(),
        staff_number_claim: "sub".to_owned(),
    }
}

async fn me(app: &TestApp, (kid, _, signature): Signed) -> Answer {
    let head = BASE64.encode(format!(r#"{{"alg":"EdDSA","kid":"{kid}"}}"#));
    let bearer = format!("Bearer {head}.{}.{signature}", BASE64.encode(CLAIMS));
    app.call(Method::GET, "/v1/me").header("Authorization", &bearer).send().await
}

async fn publish(set: web::Data<Mutex<String>>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(set.lock().unwrap().clone())
}

scenario! {
async fn a_token_is_good_by_the_keys_of_now(app) {
    let keys = Arc::new(OutsideKeys::read(&set(&[SPRING])).unwrap());
    let house = app.trusting(issuer(&keys)).await;
    let mine = me(&house, SPRING).await.expect(200);
    assert_eq!((&mine["role"], &mine["staff_id"]), (&json!("cs_agent"), &json!(app.fixture.staff["cs_agent"])));
    me(&house, AUTUMN).await.refused(401, "unauthenticated");
    me(app, SPRING).await.refused(401, "unauthenticated");
    keys.replace(&set(&[SPRING, AUTUMN])).unwrap();
    me(&house, SPRING).await.expect(200);
    me(&house, AUTUMN).await.expect(200);
    keys.replace(&set(&[AUTUMN])).unwrap();
    me(&house, SPRING).await.refused(401, "unauthenticated");
    assert!(keys.replace("no set").is_err());
    me(&house, AUTUMN).await.expect(200);
    let path = format!("/v1/staff/{}/end-post", app.fixture.staff["cs_agent"]);
    app.post("hr_officer", &path, json!({ "role": "cs_agent" })).await.expect(200);
    me(&house, AUTUMN).await.refused(403, "forbidden");
}
}

scenario! {
/// Whose account is locked or disabled here is shut out, whoever vouches for him.
async fn a_locked_account_shuts_out_for_every_issuer(app) {
    let keys = Arc::new(OutsideKeys::read(&set(&[SPRING])).unwrap());
    let house = app.trusting(issuer(&keys)).await;
    me(&house, SPRING).await.expect(200);
    let found = app.get("system_admin", "/v1/accounts?login=cs_agent").await.expect(200);
    let account = format!("/v1/accounts/{}", id(&found["items"][0]));
    for (act, status) in [("lock", 401), ("unlock", 200), ("disable", 401)] {
        app.post("system_admin", &format!("{account}/{act}"), json!({})).await.expect(200);
        me(&house, SPRING).await.expect(status);
    }
}
}

scenario! {
async fn keys_are_read_again_where_they_are_published(app) {
    let published = web::Data::new(Mutex::new(set(&[SPRING])));
    let shared = published.clone();
    let server = HttpServer::new(move || App::new().app_data(shared.clone()).default_service(web::route().to(publish)));
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let source = Source::of(&format!("http://{}/jwks.json", server.addrs()[0]));
    let running = server.run();
    let handle = running.handle();
    actix_web::rt::spawn(running);
    let keys = source.first().unwrap();
    let house = app.trusting(issuer(&keys)).await;
    me(&house, SPRING).await.refused(401, "unauthenticated");
    let caller = Caller::new("".parse().unwrap(), false).unwrap();
    refresh(&source, &keys, &caller).await.unwrap();
    me(&house, SPRING).await.expect(200);
    *published.lock().unwrap() = "gone".to_owned();
    assert!(refresh(&source, &keys, &caller).await.is_err());
    me(&house, SPRING).await.expect(200);
    *published.lock().unwrap() = set(&[AUTUMN]);
    me(&house, AUTUMN).await.refused(401, "unauthenticated");
    keys.missed().await;
    refresh(&source, &keys, &caller).await.unwrap();
    me(&house, AUTUMN).await.expect(200);
    me(&house, SPRING).await.refused(401, "unauthenticated");
    handle.stop(false).await;
}
}
