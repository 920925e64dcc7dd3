//! Signing in, staying in and being put out, on a database of its own (PF-01, PF-03).

#![expect(clippy::unwrap_used, reason = "tests may unwrap")]

use std::sync::Arc;

use access::JobRole;
use chrono::{Duration, NaiveDate};
use identity::account::commands::{Owner, open};
use identity::client::commands::CreateClient;
use identity::{Config, Identity, customer_code, hash_password, sign_in};
use kernel::fault::Fault;
use kernel::time::FixedClock;
use registers::delegation::commands::{CreateDelegation, create as delegate};
use registers::org_unit::commands::{CreateOrgUnit, OrgUnitFields};
use registers::org_unit::entity::Kind;
use registers::staff::commands::{CreateStaff, EndPost, StartPost, end_post, start_post};
use registers::{org_unit, staff};
use serde_json::Value;
use store::{Answer, Context, Done, Options, Store, Work};
use tokio::task::LocalSet;
use uuid::Uuid;

const PASSWORD: &str = "heron lamp 42 quilt";

struct House {
    store: Store,
    clock: Arc<FixedClock>,
    identity: Arc<Identity>,
    file: std::path::PathBuf,
    unit: Uuid,
}

impl Drop for House {
    fn drop(&mut self) {
        for tail in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{tail}", self.file.display()));
        }
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl House {
    async fn at(now: &str) -> Self {
        let clock = Arc::new(FixedClock::at(now));
        let file = std::env::temp_dir().join(format!("hearthdesk-identity-{}.db", Uuid::now_v7()));
        let options = Options {
            url: format!("sqlite://{}", file.display()),
            clock: clock.clone(),
            master_key: [7; 32],
            pool: 4,
            durable: false,
            catalogue: &[store::parameters::PLATFORM],
            offers: &[],
        };
        let store = Store::open(options).await.unwrap();
        store.migrate().await.unwrap();
        let config = Config { issuer: "https://here".to_owned(), audience: "hearthdesk".to_owned(), outside: None };
        let identity = Arc::new(Identity::new(config));
        identity.prepare(&store).await.unwrap();
        let mut house = Self { store, clock, identity, file, unit: Uuid::nil() };
        house.unit = house.new_unit("HQ", None).await;
        house
    }

    async fn new_unit(&self, code: &str, parent_id: Option<Uuid>) -> Uuid {
        let input = CreateOrgUnit {
            code: code.to_owned(),
            name: code.to_owned(),
            kind: Kind::Department,
            parent_id,
            external_ids: Vec::new(),
        };
        self.write(async move |work| Ok(org_unit::commands::create(work, &input).await?.id)).await.unwrap()
    }

    async fn write<T: serde::Serialize + serde::de::DeserializeOwned>(
        &self,
        command: impl AsyncFn(&Work) -> Result<T, Fault> + 'static,
    ) -> Result<T, Fault> {
        let run = async move |work: &Work| Answer::json(Done::Ok, &command(work).await?);
        let answer = self.store.write(Context::system("test"), run).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap())
    }

    async fn person(&self, login: &str, posts: &[JobRole]) -> Uuid {
        let hash = hash_password(PASSWORD).await.unwrap();
        let (login, posts, unit) = (login.to_owned(), posts.to_vec(), self.unit);
        self.write(async move |work| {
            let input = CreateStaff {
                number: login.clone(),
                name: login.clone(),
                email: None,
                phone: None,
                org_unit_id: unit,
                skills: Vec::new(),
                daily_capacity: None,
                external_ids: Vec::new(),
            };
            let person = staff::commands::create(work, &input).await?.id;
            for role in &posts {
                start_post(work, person, &post(*role, "2020-01-01", None)).await?;
            }
            open(work, &login, &hash, Owner::Staff(person), false).await?;
            Ok(person)
        })
        .await
        .unwrap()
    }

    fn move_to(&self, at: &str) {
        self.clock.set(at.parse::<chrono::DateTime<chrono::FixedOffset>>().unwrap().to_utc());
    }

    async fn login(&self, login: &str, password: &str, role: Option<&str>) -> Result<Value, Fault> {
        let ctx = Arc::new(Context::of(access::Actor::nobody(), "login"));
        let wanted = sign_in::Wanted { role: role.map(str::to_owned), on_behalf_of: None };
        let answer = self.identity.login(&self.store, ctx, login, password, wanted).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap())
    }

    async fn refresh(&self, token: &Value) -> Result<Value, Fault> {
        let ctx = Arc::new(Context::of(access::Actor::nobody(), "token"));
        let answer = self.identity.refresh(&self.store, ctx, token["refresh_token"].as_str().unwrap(), None).await?;
        Ok(serde_json::from_slice(&answer.body).unwrap())
    }

    async fn read(&self, token: &Value) -> Result<access::Actor, Fault> {
        self.identity.actor(&self.store, token["access_token"].as_str().unwrap(), false, None).await
    }
}

fn post(role: JobRole, from: &str, to: Option<&str>) -> StartPost {
    StartPost {
        role,
        org_unit_id: None,
        project_ids: Vec::new(),
        discipline: None,
        scope: None,
        from: day(from),
        to: to.map(day),
    }
}

/// Stands for the letter a code goes with.
async fn posted(_: &Work, code: &customer_code::NewCode) -> Result<Uuid, Fault> {
    Ok(code.id)
}

fn run<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test);
}

#[test]
fn five_wrong_passwords_lock_for_fifteen_minutes_from_the_last() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        house.person("wang", &[JobRole::CsAgent]).await;
        for minute in ["00", "03", "06", "09", "12"] {
            house.move_to(&format!("2026-03-02T09:{minute}:00+08:00"));
            assert_eq!(house.login("wang", "wrong", None).await.unwrap_err().code(), "invalid_credentials");
        }
        house.move_to("2026-03-02T09:26:59+08:00");
        assert_eq!(house.login("Wang", PASSWORD, None).await.unwrap_err().code(), "invalid_credentials");
        house.move_to("2026-03-02T09:27:00+08:00");
        let token = house.login("Wang", PASSWORD, None).await.unwrap();
        assert_eq!(house.read(&token).await.unwrap().role, JobRole::CsAgent);
        assert_eq!(house.login("nobody", PASSWORD, None).await.unwrap_err().code(), "invalid_credentials");
    });
}

#[test]
fn failures_further_apart_than_the_window_do_not_lock() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        house.person("wang", &[JobRole::CsAgent]).await;
        for at in ["09:00:00", "09:03:00", "09:06:00", "09:09:00", "09:15:01"] {
            house.move_to(&format!("2026-03-02T{at}+08:00"));
            assert!(house.login("wang", "wrong", None).await.is_err());
        }
        assert!(house.login("wang", PASSWORD, None).await.is_ok());
    });
}

#[test]
fn a_person_of_two_posts_chooses() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        house.person("wang", &[JobRole::CsAgent, JobRole::TeamLeader]).await;
        let fault = house.login("wang", PASSWORD, None).await.unwrap_err();
        assert_eq!(
            (fault.code(), &fault.args()["choices"]),
            ("role_required", &serde_json::json!(["cs_agent", "team_leader"]))
        );
        assert_eq!(house.login("wang", PASSWORD, Some("cs_manager")).await.unwrap_err().code(), "role_not_held");
        assert_eq!(house.login("wang", PASSWORD, Some("team_leader")).await.unwrap()["role"], "team_leader");
    });
}

#[test]
fn a_delegation_ends_with_its_last_day_and_with_the_principals_post() {
    run(async {
        let house = House::at("2024-05-06T09:00:00+08:00").await;
        let manager = house.person("m", &[JobRole::CsManager]).await;
        let stand_in = house.person("s", &[JobRole::CsAgent]).await;
        house
            .write(async move |work| {
                let input = CreateDelegation {
                    from_staff_id: Some(manager),
                    to_staff_id: stand_in,
                    role: JobRole::CsManager,
                    from: day("2024-05-06"),
                    to: day("2024-05-08"),
                    reason: "leave".to_owned(),
                };
                delegate(work, &input).await.map(|row| row.id)
            })
            .await
            .unwrap();
        house.move_to("2024-05-08T23:59:50+08:00");
        let token = house.login("s", PASSWORD, Some("cs_manager")).await.unwrap();
        assert_eq!(house.read(&token).await.unwrap().on_behalf_of, Some(manager));
        house.move_to("2024-05-09T00:00:00+08:00");
        assert_eq!(house.read(&token).await.unwrap_err().code(), "forbidden");
        house.move_to("2024-05-08T12:00:00+08:00");
        let token = house.login("s", PASSWORD, Some("cs_manager")).await.unwrap();
        house.read(&token).await.unwrap();
        house
            .write(async move |work| {
                let end = EndPost { post_id: None, role: Some(JobRole::CsManager), to: None, reason: None };
                end_post(work, manager, &end).await.map(|row| row.id)
            })
            .await
            .unwrap();
        assert_eq!(house.read(&token).await.unwrap_err().code(), "forbidden");
    });
}

#[test]
fn ending_a_role_ends_the_post_that_runs_not_one_long_over() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        let person = house.person("wang", &[]).await;
        house
            .write(async move |work| {
                start_post(work, person, &post(JobRole::CsAgent, "2020-01-01", Some("2020-12-31"))).await?;
                start_post(work, person, &post(JobRole::CsAgent, "2025-01-01", None)).await.map(|row| row.id)
            })
            .await
            .unwrap();
        let token = house.login("wang", PASSWORD, None).await.unwrap();
        house
            .write(async move |work| {
                let end = EndPost { post_id: None, role: Some(JobRole::CsAgent), to: None, reason: None };
                end_post(work, person, &end).await.map(|row| row.id)
            })
            .await
            .unwrap();
        assert_eq!(house.read(&token).await.unwrap_err().code(), "forbidden");
    });
}

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

#[test]
fn the_own_password_needs_the_old_one_and_wrong_tries_count() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        house.person("wang", &[JobRole::CsAgent]).await;
        let (mine, other) =
            (house.login("wang", PASSWORD, None).await.unwrap(), house.login("wang", PASSWORD, None).await.unwrap());
        let ctx = Arc::new(Context::of(house.read(&mine).await.unwrap(), "change_my_password"));
        let change =
            |old: &'static str, new: &'static str| sign_in::change_password(&house.store, ctx.clone(), old, new);
        assert_eq!(change(PASSWORD, "wang12345678").await.unwrap_err().code(), "password_weak");
        assert_eq!(change(PASSWORD, PASSWORD).await.unwrap_err().code(), "password_weak");
        assert_eq!(change("wrong", "otter spoon 17 ledge").await.unwrap_err().code(), "wrong_password");
        change(PASSWORD, "otter spoon 17 ledge").await.unwrap();
        house.read(&mine).await.unwrap();
        assert_eq!(house.read(&other).await.unwrap_err().code(), "unauthenticated");
        for _ in 0..5 {
            assert_eq!(change("wrong", "heron spoon 17 ledge").await.unwrap_err().code(), "wrong_password");
        }
        assert_eq!(change("otter spoon 17 ledge", "heron spoon 17 ledge").await.unwrap_err().code(), "wrong_password");
        assert!(house.login("wang", "otter spoon 17 ledge", None).await.is_err());
    });
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

#[test]
fn a_unit_never_comes_below_itself() {
    run(async {
        let house = House::at("2026-03-02T09:00:00+08:00").await;
        let below = house.new_unit("A", Some(house.unit)).await;
        let lowest = house.new_unit("B", Some(below)).await;
        let unit = house.unit;
        let moved = house.write(async move |work| {
            let row = store::resource::take::<org_unit::OrgUnit>(work, unit).await?;
            let fields = OrgUnitFields { parent_id: Some(lowest), ..OrgUnitFields::from(&row) };
            org_unit::commands::update(work, &row, fields).await.map(|row| row.id)
        });
        assert_eq!(moved.await.unwrap_err().code(), "cycle");
        let at = house.store.reading(Context::system("test"));
        assert_eq!(org_unit::subtree(&at, unit).await.unwrap(), vec![unit, below, lowest]);
    });
}
