//! Files in a folder, and in a bucket that is not there.

use futures_util::TryStreamExt;
use uuid::Uuid;

use super::*;

fn scratch() -> PathBuf {
    std::env::temp_dir().join(format!("documents-{}", Uuid::now_v7()))
}

async fn receive(files: &Files, content: &[u8]) -> Result<Received, Fault> {
    let mut file = Receiving::start(files, 100).await?;
    for chunk in content.chunks(9) {
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

#[cfg(feature = "s3")]
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
