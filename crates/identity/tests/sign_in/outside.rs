//! Tokens of an outside issuer.

use std::sync::Arc;

use access::JobRole;
use identity::{Config, Identity};
use serde_json::Value;

use crate::house::{House, run};

#[test]
fn an_outside_issuer_is_trusted_for_what_it_must_say() {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    use jsonwebtoken::{Algorithm, EncodingKey, Header};
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        let wang = house.person("wang", &[JobRole::CsAgent]).await;
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).unwrap();
        let public = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
        let x = BASE64.encode(public.public_key().as_ref());
        // A key of a kind nobody here knows spoils no other.
        let set = format!(
            r#"{{"keys":[{{"kty":"NEW","kid":"next"}},{{"kty":"OKP","crv":"Ed25519","kid":"theirs","x":"{x}"}}]}}"#
        );
        let outside = identity::OutsideIssuer {
            issuer: "https://there".to_owned(),
            audience: "hearthdesk".to_owned(),
            keys: Arc::new(identity::OutsideKeys::read(&set).unwrap()),
            role_claim: "post".to_owned(),
            staff_number_claim: "sub".to_owned(),
        };
        let config =
            Config { issuer: "https://here".to_owned(), audience: "hearthdesk".to_owned(), outside: Some(outside) };
        let identity = Identity::new(config);
        identity.prepare(&house.store).await.unwrap();
        let now = house.store.now().timestamp();
        let good = serde_json::json!({ "iss": "https://there", "aud": ["hearthdesk"], "sub": "wang", "exp": now + 60, "post": "cs_agent" });
        let sign = |claims: &Value| {
            let header = Header { kid: Some("theirs".to_owned()), ..Header::new(Algorithm::EdDSA) };
            jsonwebtoken::encode(&header, claims, &EncodingKey::from_ed_der(pkcs8.as_ref())).unwrap()
        };
        let actor = identity.actor(&house.store, &sign(&good), true, None).await.unwrap();
        assert_eq!((actor.sub, actor.role), (wang, JobRole::CsAgent));
        let table = [
            ("iss", serde_json::json!("https://elsewhere"), "unauthenticated"),
            ("iss", Value::Null, "unauthenticated"),
            ("aud", serde_json::json!("others"), "unauthenticated"),
            ("aud", Value::Null, "unauthenticated"),
            ("sub", Value::Null, "unauthenticated"),
            ("sub", serde_json::json!("nobody"), "unauthenticated"),
            ("exp", Value::Null, "unauthenticated"),
            ("exp", serde_json::json!(now - 5), "unauthenticated"),
            ("post", Value::Null, "forbidden"),
            ("post", serde_json::json!("cs_manager"), "forbidden"),
        ];
        for (claim, value, code) in table {
            let mut claims = good.clone();
            claims[claim] = value.clone();
            let fault = identity.actor(&house.store, &sign(&claims), true, None).await.unwrap_err();
            assert_eq!(fault.code(), code, "{claim} {value}");
        }
    });
}
