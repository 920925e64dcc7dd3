//! In which role somebody acts: posts, delegations, and the tree of units they reach into.

use access::JobRole;
use registers::delegation::commands::{CreateDelegation, create as delegate};
use registers::org_unit;
use registers::org_unit::commands::OrgUnitFields;
use registers::staff::commands::{EndPost, end_post, start_post};
use store::Context;

use crate::house::{House, PASSWORD, day, post, run};

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
