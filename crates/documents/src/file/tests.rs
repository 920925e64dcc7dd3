//! Files in a folder, in a bucket, and in a bucket that is not there.

use futures_util::TryStreamExt;
use uuid::Uuid;

use super::*;

fn scratch() -> PathBuf {
    std::env::temp_dir().join(format!("documents-{}", Uuid::now_v7()))
}

async fn receive(files: &Files, content: &[u8]) -> Result<Received, Fault> {
    receive_at_most(files, content, 100).await
}

async fn receive_at_most(files: &Files, content: &[u8], limit: u64) -> Result<Received, Fault> {
    let mut file = Receiving::start(files, limit).await?;
    for chunk in content.chunks(content.len().div_ceil(7).max(1)) {
        file.write(chunk).await?;
    }
    file.finish(Some("application/pdf")).await
}

async fn all(files: &Files, sha256: &str, range: Range<u64>) -> Vec<u8> {
    let pieces: Vec<Bytes> = files.read(sha256, range).await.unwrap().try_collect().await.unwrap();
    pieces.concat()
}

fn count(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn the_same_content_is_stored_once() {
    let folder = scratch();
    let files = Files::folder(&folder);
    files.check().await.unwrap();
    let first = receive(&files, b"%PDF-1.7\ntext").await.unwrap();
    let second = receive(&files, b"%PDF-1.7\ntext").await.unwrap();
    assert_eq!((&first.sha256, first.size), (&second.sha256, 13));
    assert!(path(&folder, &first.sha256).exists());
    assert_eq!(count(&folder), 1);
    assert_eq!(all(&files, &first.sha256, 9..13).await, b"text");
    assert_eq!(receive(&files, b"%PDF-1.7\n").await.unwrap().size, 9);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn nothing_is_left_of_what_was_refused() {
    let folder = scratch();
    let files = Files::folder(&folder);
    assert_eq!(receive(&files, &[b'x'; 101]).await.unwrap_err().code(), "too_large");
    assert_eq!(receive(&files, b"no pdf").await.unwrap_err().code(), "type_mismatch");
    assert_eq!(receive(&files, b"").await.unwrap_err().code(), "file_empty");
    assert_eq!(count(&folder), 0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_bucket_that_does_not_answer_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let bucket = Bucket {
        name: "papers".to_owned(),
        endpoint: Some(endpoint),
        region: None,
        credentials: Some(("key".to_owned(), "secret".to_owned())),
    };
    let files = Files::bucket(&bucket).unwrap();
    let checked = tokio::time::timeout(std::time::Duration::from_millis(300), files.check()).await;
    assert!(!matches!(checked, Ok(Ok(()))));
    assert!(Files::bucket(&Bucket::default()).is_err(), "a bucket has a name");
}

/// The bucket of the store that `scripts/s3.sh` starts, empty.
fn bucket() -> (Files, bucket::Store) {
    let bucket = Bucket {
        name: "papers".to_owned(),
        endpoint: Some(std::env::var("TEST_S3_ENDPOINT").expect("scripts/s3.sh names the store")),
        region: None,
        credentials: Some(("key".to_owned(), "secret".to_owned())),
    };
    let files = Files::bucket(&bucket).unwrap();
    let Place::Bucket(store) = &files.0 else { panic!("a folder") };
    let store = store.clone();
    (files, store)
}

#[tokio::test]
#[ignore = "needs a store: make s3"]
async fn a_bucket_keeps_what_a_folder_keeps() {
    use object_store::ObjectStore;
    let (files, store) = bucket();
    let stored = async || {
        let found: Vec<_> = store.list(None).try_collect().await.unwrap();
        found.into_iter().map(|object| object.location.to_string()).collect::<Vec<_>>()
    };
    files.check().await.unwrap();
    assert!(stored().await.is_empty(), "a check leaves nothing");

    let first = receive(&files, b"%PDF-1.7\ntext").await.unwrap();
    let second = receive(&files, b"%PDF-1.7\ntext").await.unwrap();
    assert_eq!((&first.sha256, first.size), (&second.sha256, 13));
    assert_eq!(stored().await, [place(&first.sha256)], "each content once");
    assert_eq!(all(&files, &first.sha256, 9..13).await, b"text");

    // More than one part of five megabytes.
    let large = [b"%PDF-1.7\n".as_slice(), &vec![b'x'; 12 << 20]].concat();
    let whole = receive_at_most(&files, &large, 16 << 20).await.unwrap();
    assert_eq!(whole.size, large.len() as u64);
    let end = whole.size;
    assert_eq!(all(&files, &whole.sha256, end - 3..end).await, b"xxx");
    let mut opened = files.open(&whole.sha256).await.unwrap().unwrap();
    let mut read = Vec::new();
    std::io::Read::read_to_end(&mut opened, &mut read).unwrap();
    assert!(read == large, "what is opened is what was kept");
    assert!(files.open(&"0".repeat(64)).await.unwrap().is_none());

    assert_eq!(receive(&files, &[b'x'; 101]).await.unwrap_err().code(), "too_large");
    assert_eq!(receive(&files, b"no pdf").await.unwrap_err().code(), "type_mismatch");
    assert_eq!(receive(&files, b"").await.unwrap_err().code(), "file_empty");
    assert_eq!(stored().await.len(), 2, "nothing is left of what was refused");
}
