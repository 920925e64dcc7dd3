//! Files in a bucket of an S3-compatible store.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use kernel::fault::Fault;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};
use tokio::runtime::Handle;
use uuid::Uuid;

use super::{Bucket, place};

/// Parts of one file on their way at once.
const PARTS: usize = 2;

/// The store behind a bucket.
pub(super) type Store = Arc<dyn ObjectStore>;

/// Connects; says nothing about whether it answers.
pub(super) fn open(bucket: &Bucket) -> Result<Store, Fault> {
    if bucket.name.is_empty() {
        return Err(Fault::unavailable("a bucket has a name"));
    }
    let patience = RetryConfig { max_retries: 2, retry_timeout: Duration::from_secs(8), ..RetryConfig::default() };
    // Other providers than Amazon rarely know deleting in bulk.
    let mut builder =
        AmazonS3Builder::new().with_bucket_name(&bucket.name).with_retry(patience).with_disable_bulk_delete(true);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    if let Some(region) = &bucket.region {
        builder = builder.with_region(region);
    }
    if let Some((key, secret)) = &bucket.credentials {
        builder = builder.with_access_key_id(key).with_secret_access_key(secret);
    }
    Ok(Arc::new(builder.build().map_err(Fault::unavailable)?))
}

/// A file being written beside its place.
pub(super) struct Writing {
    store: Store,
    incoming: Path,
    /// None once it ended, well or not.
    upload: Option<WriteMultipart>,
}

/// A sender who hangs up leaves nothing behind.
impl Drop for Writing {
    fn drop(&mut self) {
        if let (Some(upload), Ok(runtime)) = (self.upload.take(), Handle::try_current()) {
            runtime.spawn(upload.abort());
        }
    }
}

impl Writing {
    pub async fn start(store: &Store) -> Result<Self, Fault> {
        let incoming = Path::from(format!("incoming/{}", Uuid::now_v7()));
        let upload = store.put_multipart(&incoming).await.map_err(Fault::unavailable)?;
        Ok(Self { store: store.clone(), incoming, upload: Some(WriteMultipart::new(upload)) })
    }

    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), Fault> {
        let upload = self.upload.as_mut().ok_or_else(|| Fault::internal("a file that ended goes on"))?;
        upload.wait_for_capacity(PARTS).await.map_err(Fault::unavailable)?;
        upload.write(chunk);
        Ok(())
    }

    /// Puts it at its place, unless the same content lies there already.
    pub async fn keep(mut self, sha256: &str) -> Result<(), Fault> {
        let upload = self.upload.take().ok_or_else(|| Fault::internal("a file that ended goes on"))?;
        upload.finish().await.map_err(Fault::unavailable)?;
        let place = Path::from(place(sha256));
        let moved = match self.store.head(&place).await {
            Ok(_) => self.store.delete(&self.incoming).await,
            Err(object_store::Error::NotFound { .. }) => self.store.rename(&self.incoming, &place).await,
            Err(error) => Err(error),
        };
        moved.map_err(Fault::unavailable)
    }
}

/// A range of a stored content, in pieces.
pub(super) async fn read(
    store: &Store,
    sha256: &str,
    range: Range<u64>,
) -> Result<BoxStream<'static, Result<Bytes, std::io::Error>>, Fault> {
    let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
    let found = store.get_opts(&Path::from(place(sha256)), options).await.map_err(Fault::unavailable)?;
    Ok(found.into_stream().map_err(std::io::Error::other).boxed())
}

/// A stored content, fetched into a local file; none when it is gone.
pub(super) async fn spool(store: &Store, sha256: &str, file: std::fs::File) -> Result<Option<std::fs::File>, Fault> {
    let found = match store.get(&Path::from(place(sha256))).await {
        Ok(found) => found,
        Err(object_store::Error::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(Fault::unavailable(error)),
    };
    let (mut pieces, mut file) = (found.into_stream(), tokio::fs::File::from_std(file));
    while let Some(piece) = pieces.try_next().await.map_err(Fault::unavailable)? {
        file.write_all(&piece).await.map_err(Fault::unavailable)?;
    }
    file.rewind().await.map_err(Fault::unavailable)?;
    Ok(Some(file.into_std().await))
}

/// Writes, reads and removes a small file: whether the bucket is there and allows it.
pub(super) async fn check(store: &Store) -> Result<(), Fault> {
    let place = Path::from(format!("check/{}", Uuid::now_v7()));
    store.put(&place, "ok".into()).await.map_err(Fault::unavailable)?;
    let read = store.get(&place).await.map_err(Fault::unavailable)?.bytes().await;
    store.delete(&place).await.map_err(Fault::unavailable)?;
    match read {
        Ok(content) if content == "ok".as_bytes() => Ok(()),
        Ok(_) => Err(Fault::unavailable("the bucket answers something else than was written")),
        Err(error) => Err(Fault::unavailable(error)),
    }
}
