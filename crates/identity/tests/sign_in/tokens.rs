//! Tokens: used once, ending in time, signed with a key that is known; those of machines.

use std::sync::Arc;

use access::JobRole;
use chrono::Duration;
use identity::client::commands::CreateClient;
use serde_json::Value;
use store::Context;

use crate::house::{House, PASSWORD, run};

#[test]
fn a_refresh_token_used_twice_ends_the_family() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        house.person("wang", &[JobRole::CsAgent]).await;
        let first = house.login("wang", PASSWORD, None).await.unwrap();
        let second = house.refresh(&first).await.unwrap();
        house.read(&second).await.unwrap();
        assert_eq!(house.refresh(&first).await.unwrap_err().code(), "invalid_grant");
        assert_eq!(house.refresh(&second).await.unwrap_err().code(), "invalid_grant");
        assert_eq!(house.read(&second).await.unwrap_err().code(), "unauthenticated");
    });
}

#[test]
fn tokens_end_in_time_and_rotated_keys_hold_until_their_last_token() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        house.person("wang", &[JobRole::CsAgent]).await;
        let token = house.login("wang", PASSWORD, None).await.unwrap();
        house.identity.rotate_keys(&house.store).await.unwrap();
        house.read(&token).await.unwrap();
        let other = house.login("wang", PASSWORD, None).await.unwrap();
        let kid = |token: &Value| token["access_token"].as_str().unwrap().split('.').next().unwrap().to_owned();
        assert_ne!(kid(&token), kid(&other));
        house.clock.advance(Duration::seconds(15 * 60 + 4));
        house.read(&token).await.unwrap();
        house.clock.advance(Duration::seconds(1));
        assert_eq!(house.read(&token).await.unwrap_err().code(), "unauthenticated");
        let at = house.store.reading(Context::system("test"));
        assert_eq!(house.identity.jwks(&at).await.unwrap()["keys"].as_array().unwrap().len(), 2);
        house.clock.advance(Duration::minutes(1));
        let at = house.store.reading(Context::system("test"));
        assert_eq!(house.identity.jwks(&at).await.unwrap()["keys"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn forged_tokens_are_refused() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        house.person("wang", &[JobRole::CsAgent]).await;
        let token = house.login("wang", PASSWORD, None).await.unwrap();
        let parts: Vec<&str> = token["access_token"].as_str().unwrap().split('.').collect();
        let header: Value = serde_json::from_slice(&BASE64.decode(parts[0]).unwrap()).unwrap();
        let kid = header["kid"].as_str().unwrap();
        let heads = [
            format!(r#"{{"alg":"none","typ":"at+jwt","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"HS256","typ":"at+jwt","kid":"{kid}"}}"#),
            format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{kid}"}}"#),
            r#"{"alg":"EdDSA","typ":"at+jwt","kid":"unknown"}"#.to_owned(),
            r#"{"alg":"EdDSA","typ":"at+jwt"}"#.to_owned(),
        ];
        for head in heads {
            let forged = format!("{}.{}.{}", BASE64.encode(&head), parts[1], parts[2]);
            let fault = house.identity.actor(&house.store, &forged, false, None).await.unwrap_err();
            assert_eq!(fault.code(), "unauthenticated", "{head}");
        }
    });
}

#[test]
fn a_client_is_let_in_only_from_its_addresses() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        house
            .write(async |work| {
                let input = CreateClient {
                    client_id: "crm".to_owned(),
                    name: "crm".to_owned(),
                    role: JobRole::IntegrationClient,
                    scopes: Vec::new(),
                    project_ids: Vec::new(),
                    ip_allow: vec!["10.0.0.8".to_owned()],
                    org_unit_id: None,
                };
                identity::client::commands::open(work, &input, "secret").await.map(|row| row.id)
            })
            .await
            .unwrap();
        let from = |ip: &str| {
            let ctx = Context { ip: Some(ip.to_owned()), ..Context::of(access::Actor::nobody(), "token") };
            house.identity.client_credentials(&house.store, Arc::new(ctx), "crm", "secret", None)
        };
        assert_eq!(from("10.0.0.9").await.unwrap_err().code(), "invalid_client");
        let token: Value = serde_json::from_slice(&from("10.0.0.8").await.unwrap().body).unwrap();
        let actor = |ip: &'static str| {
            house.identity.actor(&house.store, token["access_token"].as_str().unwrap(), false, Some(ip))
        };
        assert_eq!(actor("10.0.0.8").await.unwrap().role, JobRole::IntegrationClient);
        assert_eq!(actor("10.0.0.9").await.unwrap_err().code(), "unauthenticated");
    });
}
