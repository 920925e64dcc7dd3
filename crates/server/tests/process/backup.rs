//! Backups taken under writes and restored elsewhere (PF-E22).

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::crash::create;
use crate::house::{House, Server, scratch};

const OTHER_KEY: &str = "40313233343536373839616263646566303132333435363738394142434445ff";
const CONTENT: &str = "报修照片说明";

/// Uploads a document; answers its id.
fn upload(server: &Server, token: &str) -> String {
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nproof\r\n--b\r\nContent-Disposition: form-data; \
         name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\n{CONTENT}\r\n--b--\r\n"
    );
    let headers = [("Authorization", token), ("Content-Type", "multipart/form-data; boundary=b")];
    let (status, row) = server.send("POST", "/v1/documents", &headers, &body).unwrap();
    assert_eq!(status, 201, "{row}");
    let row: serde_json::Value = serde_json::from_str(&row).unwrap();
    row["id"].as_str().unwrap().to_owned()
}

/// Eight writers go on while the backup is made; answers what was acknowledged before it began.
fn back_up_under_writes(house: &House, server: &Server, backup: &Path) -> Vec<(usize, String)> {
    let (port, token) = (server.port, server.token("cs_specialist"));
    let (stop, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(1)));
    let acknowledged: Arc<Mutex<Vec<(usize, String)>>> = Arc::default();
    let writer = |_| {
        let (stop, next, token, acknowledged) = (stop.clone(), next.clone(), token.clone(), acknowledged.clone());
        thread::spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                let n = next.fetch_add(1, Ordering::SeqCst);
                if let Some((201, row)) = create(port, &token, n) {
                    acknowledged.lock().unwrap().push((n, row["id"].as_str().unwrap().to_owned()));
                }
            }
        })
    };
    let writers: Vec<_> = (0..8).map(writer).collect();
    let before = (0..600).find_map(|_| {
        thread::sleep(Duration::from_millis(50));
        Some(acknowledged.lock().unwrap().clone()).filter(|written| written.len() > 10)
    });
    let before = before.expect("the writers write");
    let (code, said) = house.run(&["backup", backup.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    stop.store(true, Ordering::SeqCst);
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let after = acknowledged.lock().unwrap().len();
    assert!(after > before.len(), "{} before and {after} after the backup", before.len());
    before
}

async fn what_was_acknowledged_comes_back(house: House, target: House) {
    let folder = scratch();
    let backup = folder.join("backup");
    let at = backup.to_str().unwrap();
    let server = house.serve();
    let document = upload(&server, &server.token("cs_specialist"));
    let before = back_up_under_writes(&house, &server, &backup);
    drop(server);
    let (code, said) = house.run(&["backup", at]);
    assert!(code == 2 && said.contains("not empty"), "{said}");
    let manifest = std::fs::read_to_string(backup.join("manifest.json")).unwrap();
    assert!(!manifest.contains(crate::house::MASTER_KEY), "the master key is in the backup");

    let (code, said) = target.run_with_key(OTHER_KEY, &["restore", at]);
    assert!(code == 2 && said.contains("wrong master key"), "{said}");
    let (code, said) = target.run(&["restore", at]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("whole: "), "{said}");
    let (code, said) = target.run(&["restore", at]);
    assert!(code == 2 && said.contains("empty"), "{said}");
    target.assert_journal_whole();
    let (code, said) = target.run_with_key(OTHER_KEY, &["doctor"]);
    assert!(code == 1 && said.contains("wrong master key"), "{said}");
    assert_eq!(target.run(&["doctor"]).0, 0);

    let server = target.serve();
    let token = server.token("cs_specialist");
    for (n, id) in before {
        let (status, row) = create(server.port, &token, n).unwrap();
        assert_eq!((status, row["id"].as_str()), (201, Some(id.as_str())), "customer {n} was acknowledged and is gone");
    }
    let path = format!("/v1/documents/{document}/content");
    let (status, content) = server.send("GET", &path, &[("Authorization", &token)], "").unwrap();
    assert_eq!((status, content.as_str()), (200, CONTENT));
    drop(server);

    let spoilt = |name: &str| {
        let path = backup.join(name);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let (code, said) = target.run(&["restore", "--check", at]);
        std::fs::write(&path, whole).unwrap();
        assert_eq!(code, 2, "{said}");
        said
    };
    assert_eq!(target.run(&["restore", "--check", at]).0, 0);
    let known: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let upload =
        known["files"].as_array().unwrap().iter().find(|piece| piece["path"].as_str().unwrap().starts_with("files/"));
    let upload = upload.unwrap()["path"].as_str().unwrap();
    assert!(spoilt(upload).contains(upload));
    let edited = manifest.replace("\"position\": ", "\"position\": 1");
    std::fs::write(backup.join("manifest.json"), edited).unwrap();
    let (code, said) = target.run(&["restore", "--check", at]);
    assert!(code == 2 && said.contains("edited"), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[actix_web::test]
async fn pf_e22_a_backup_of_sqlite_under_writes_comes_back_whole() {
    what_was_acknowledged_comes_back(House::sqlite().await, House::empty_sqlite()).await;
}

#[actix_web::test]
async fn pf_e22_a_backup_of_postgres_under_writes_comes_back_whole() {
    what_was_acknowledged_comes_back(House::postgres().await, House::empty_postgres().await).await;
}
