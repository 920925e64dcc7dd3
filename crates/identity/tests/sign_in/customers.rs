//! A customer opens his own account with a code sent to his phone.

use std::sync::Arc;

use access::JobRole;
use chrono::Duration;
use identity::customer_code;
use kernel::fault::Fault;
use serde_json::Value;
use store::{Context, Work};
use uuid::Uuid;

use crate::house::{House, PASSWORD, run};

/// Stands for the letter a code goes with.
async fn posted(_: &Work, code: &customer_code::NewCode) -> Result<Uuid, Fault> {
    Ok(code.id)
}

#[test]
fn an_unknown_phone_is_answered_like_a_known_one() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        let ctx = Arc::new(Context::of(access::Actor::nobody(), "send_customer_code"));
        let answer = customer_code::send(&house.store, ctx, "13800135678", true, posted).await.unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&answer.body).unwrap(), serde_json::json!({ "expires_in": 600 }));
    });
}

#[test]
fn a_customer_opens_his_account_with_the_code() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        house
            .write(async |work| {
                let input = serde_json::json!({ "kind": "person", "name": "王小明", "phones": ["13800135678"] });
                let input = serde_json::from_value(input).unwrap();
                registers::customer::commands::create(work, &input).await.map(|row| row.id)
            })
            .await
            .unwrap();
        let ctx = |name| Arc::new(Context::of(access::Actor::nobody(), name));
        let send = async || {
            let answer = customer_code::send(&house.store, ctx("send_customer_code"), "138-0013-5678", true, posted)
                .await
                .unwrap();
            serde_json::from_slice::<Value>(&answer.body).unwrap()["code"].as_str().map(str::to_owned)
        };
        let register = async |code: &str| {
            let input =
                serde_json::json!({ "phone": "13800135678", "code": code, "login": "Xiaoming", "password": PASSWORD });
            let input = serde_json::from_value(input).unwrap();
            customer_code::register(&house.store, ctx("register_customer_account"), input).await
        };
        let other = |code: &str| format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
        let void = send().await.unwrap();
        for _ in 0..5 {
            assert_eq!(register(&other(&void)).await.unwrap_err().code(), "code_invalid");
        }
        assert_eq!(register(&void).await.unwrap_err().code(), "code_invalid");
        let old = send().await.unwrap();
        house.clock.advance(Duration::minutes(10));
        assert_eq!(register(&old).await.unwrap_err().code(), "code_invalid");
        let code = send().await.unwrap();
        register(&code).await.unwrap();
        assert_eq!(register(&code).await.unwrap_err().code(), "code_invalid");
        let token = house.login("xiaoming", PASSWORD, None).await.unwrap();
        let actor = house.read(&token).await.unwrap();
        assert_eq!((actor.role, actor.customer_id), (JobRole::Customer, Some(actor.sub)));
        assert_eq!(house.login("xiaoming", PASSWORD, Some("cs_agent")).await.unwrap_err().code(), "role_not_held");
        assert!(send().await.is_some() && send().await.is_some() && send().await.is_none());
    });
}
