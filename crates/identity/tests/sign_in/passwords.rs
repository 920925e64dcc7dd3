//! Wrong passwords lock an account out; a new one needs the old one.

use std::sync::Arc;

use access::JobRole;
use identity::sign_in;
use store::Context;

use crate::house::{House, PASSWORD, run};

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
