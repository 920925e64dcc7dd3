//! The public keys of the outside issuer, read again when it signs with new ones (PF-01).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_rt::time::{sleep, timeout};
use anyhow::Context;
use identity::OutsideKeys;
use outbound::client::Caller;

/// The oldest the keys become.
const FRESH: Duration = Duration::from_secs(600);
/// Between two readings, however many come with a key that is not there.
const PAUSE: Duration = Duration::from_secs(10);

/// Where the keys come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    File(PathBuf),
    Address(String),
}

impl Source {
    /// An address where the text is one, else a file.
    pub fn of(text: &str) -> Self {
        match text.starts_with("https://") || text.starts_with("http://") {
            true => Self::Address(text.to_owned()),
            false => Self::File(PathBuf::from(text)),
        }
    }

    /// The keys to begin with: those of a file; an address is asked once the service runs.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key set.
    pub fn first(&self) -> anyhow::Result<Arc<OutsideKeys>> {
        let keys = match self {
            Self::Address(_) => OutsideKeys::default(),
            Self::File(path) => {
                let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
                OutsideKeys::read(&text).with_context(|| format!("in {}", path.display()))?
            }
        };
        Ok(Arc::new(keys))
    }

    async fn read(&self, caller: &Caller) -> anyhow::Result<String> {
        match self {
            Self::File(path) => Ok(tokio::fs::read_to_string(path).await?),
            Self::Address(url) => caller.get_configured(url).await.map_err(|failure| anyhow::anyhow!(failure.code())),
        }
    }
}

/// Reads the keys once more.
///
/// # Errors
/// When they cannot be had or are no key set; those that are known stay.
pub async fn refresh(source: &Source, keys: &OutsideKeys, caller: &Caller) -> anyhow::Result<()> {
    let text = source.read(caller).await?;
    keys.replace(&text)?;
    Ok(())
}

/// Keeps the keys fresh for as long as the service runs: now and then, and soon after somebody came with one that is
/// not among them.
pub async fn run(source: Source, keys: Arc<OutsideKeys>, caller: Arc<Caller>) {
    loop {
        if let Err(error) = refresh(&source, &keys, &caller).await {
            tracing::warn!(%error, "the keys of the outside issuer could not be read; those that are known stay");
        }
        sleep(PAUSE).await;
        // Asked for or old: either way they are read.
        let _ = timeout(FRESH, keys.missed()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_an_address_or_a_file() {
        let address = "https://sso.example.com/jwks.json";
        assert_eq!(Source::of(address), Source::Address(address.to_owned()));
        assert_eq!(Source::of("keys/https.json"), Source::File(PathBuf::from("keys/https.json")));
        assert!(Source::of("/nowhere/jwks.json").first().is_err());
    }
}
