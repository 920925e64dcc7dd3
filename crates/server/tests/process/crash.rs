//! Killed and doubled: nothing acknowledged is lost, nothing happens twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::house::{House, call};

/// Enters a customer under a key of his own; `None` when no whole answer came.
pub fn create(port: u16, token: &str, n: usize) -> Option<(u16, Value)> {
    let body = json!({ "kind": "person", "name": "王小明", "phones": [format!("139{n:08}")] });
    let key = format!("customer-{n}");
    call(port, "POST", "/v1/customers", &[("Authorization", token), ("Idempotency-Key", &key)], Some(&body))
}

/// Kills the binary in the middle of writes, again and again.
async fn nothing_is_lost_and_nothing_doubled(house: House) {
    let mut acknowledged: HashMap<usize, String> = HashMap::new();
    let next = Arc::new(AtomicUsize::new(1));
    for _ in 0..3 {
        let mut server = house.serve();
        let (port, token) = (server.port, server.token("cs_specialist"));
        let stop = Arc::new(AtomicBool::new(false));
        let writer = || {
            let (next, stop, token) = (next.clone(), stop.clone(), token.clone());
            thread::spawn(move || {
                let mut seen = Vec::new();
                while !stop.load(Ordering::SeqCst) {
                    let n = next.fetch_add(1, Ordering::SeqCst);
                    let answer = create(port, &token, n);
                    seen.push((n, answer));
                }
                seen
            })
        };
        let writers: Vec<_> = (0..4).map(|_| writer()).collect();
        thread::sleep(Duration::from_millis(500));
        server.child.kill().unwrap();
        stop.store(true, Ordering::SeqCst);
        let seen: Vec<_> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
        drop(server);

        let server = house.serve();
        let token = server.token("cs_specialist");
        for (n, answer) in seen {
            let (status, body) = create(server.port, &token, n).unwrap();
            assert_eq!(status, 201, "{body}");
            let id = body["id"].as_str().unwrap().to_owned();
            if let Some((status, first)) = answer {
                assert_eq!((status, &first["id"]), (201, &body["id"]), "an acknowledged write was lost");
            }
            acknowledged.insert(n, id);
        }
        drop(server);
    }
    let server = house.serve();
    let token = server.token("cs_specialist");
    let path = "/v1/customers?include_total=true&limit=1";
    let (_, page) = server.call("GET", path, &[("Authorization", &token)], None).unwrap();
    assert!(acknowledged.len() > 20, "too few writes to mean anything: {}", acknowledged.len());
    assert_eq!(page["total"], acknowledged.len());
    drop(server);
    house.assert_journal_whole();
}

#[actix_web::test]
async fn a_killed_service_on_sqlite_loses_and_doubles_nothing() {
    nothing_is_lost_and_nothing_doubled(House::sqlite().await).await;
}

#[actix_web::test]
async fn a_killed_service_on_postgres_loses_and_doubles_nothing() {
    nothing_is_lost_and_nothing_doubled(House::postgres().await).await;
}

/// Two processes on one PostgreSQL: one effect a key, one winner a transition, one chain without gaps.
#[actix_web::test]
async fn two_services_on_one_database_agree() {
    let house = House::postgres().await;
    let servers = [house.serve(), house.serve()];
    let ports = servers.each_ref().map(|server| server.port);
    let token = servers[0].token("cs_specialist");
    let together = |count: usize, run: Arc<dyn Fn(usize) -> (u16, Value) + Send + Sync>| -> Vec<(u16, Value)> {
        let threads: Vec<_> = (0..count)
            .map(|n| {
                let run = run.clone();
                thread::spawn(move || run(n))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    };
    let same = {
        let token = token.clone();
        Arc::new(move |n: usize| create(ports[n % 2], &token, 7).unwrap())
    };
    let answers = together(16, same);
    assert!(answers.iter().all(|answer| answer.0 == 201 && answer.1["id"] == answers[0].1["id"]), "{answers:?}");

    let (agent, leader) = (servers[0].token("cs_agent"), servers[1].token("team_leader"));
    let report = json!({ "channel_code": "walk_in", "kind": "consultation", "category_code": "other", "place_kind": "none",
        "description": "咨询物业费如何缴纳", "requester": { "name": "李雷", "phone": "13900001111" } });
    let (status, ticket) = servers[0].call("POST", "/v1/tickets", &[("Authorization", &agent)], Some(&report)).unwrap();
    assert_eq!(status, 201, "{ticket}");
    let path = format!("/v1/tickets/{}", ticket["id"].as_str().unwrap());
    let unit = json!({ "org_unit_id": ticket["received_org_unit_id"] });
    let assigned =
        servers[1].call("POST", &format!("{path}/assign"), &[("Authorization", &leader)], Some(&unit)).unwrap();
    assert_eq!(assigned.0, 200, "{}", assigned.1);
    let start = {
        let (agent, path) = (agent.clone(), format!("{path}/start"));
        Arc::new(move |n: usize| {
            call(ports[n % 2], "POST", &path, &[("Authorization", &agent)], Some(&json!({}))).unwrap()
        })
    };
    let answers = together(16, start);
    assert_eq!(answers.iter().filter(|answer| answer.0 == 200).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| answer.0 == 409).count(), 15, "{answers:?}");
    drop(servers);
    house.assert_journal_whole();
}
