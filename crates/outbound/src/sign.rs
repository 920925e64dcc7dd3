//! Signatures after Standard Webhooks: `v1,` and the HMAC-SHA256 of `id.timestamp.body`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use kernel::fault::Fault;
use sha2::Sha256;
use store::protected;
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";

/// A secret that signs. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// 256 random bits.
    pub fn new() -> Result<Self, Fault> {
        Ok(Self(Zeroizing::new(protected::random::<32>()?.to_vec())))
    }
    /// Reads `whsec_…`; `None` for anything else or fewer than 24 bytes.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text.strip_prefix(PREFIX)?).ok()?;
        (24..=64).contains(&bytes.len()).then(|| Self(Zeroizing::new(bytes)))
    }
    /// As the receiver is given it: `whsec_…`.
    pub fn show(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(&*self.0))
    }

    fn sign(&self, id: &str, timestamp: i64, body: &str) -> Result<String, Fault> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(Fault::internal)?;
        for part in [id, ".", &timestamp.to_string(), ".", body] {
            mac.update(part.as_bytes());
        }
        Ok(format!("v1,{}", BASE64.encode(mac.finalize().into_bytes())))
    }
}

/// The headers of a message, signed with every secret that holds: a receiver may know either.
pub fn headers(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> Result<Vec<(&'static str, String)>, Fault> {
    let signatures = secrets.iter().map(|secret| secret.sign(id, timestamp, body));
    let signatures = signatures.collect::<Result<Vec<_>, _>>()?.join(" ");
    Ok(vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signatures),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification.
    #[test]
    fn the_published_example_is_signed_alike() {
        let secret = Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_receiver_with_either_secret_verifies() {
        let (old, new) = (Secret::new().unwrap(), Secret::new().unwrap());
        let body = r#"{"type":"ticket.assigned"}"#;
        let signed = headers(&[new.clone(), old.clone()], "msg_1", 1_700_000_000, body).unwrap();
        let mut map = std::collections::HashMap::new();
        signed.iter().for_each(|(name, value)| {
            map.insert(*name, value.clone());
        });
        for secret in [&new, &old] {
            let reference = standardwebhooks::Webhook::new(&secret.show()).unwrap();
            let ours = secret.sign("msg_1", 1_700_000_000, body).unwrap();
            assert_eq!(reference.sign("msg_1", 1_700_000_000, body.as_bytes()).unwrap(), ours);
            assert!(map["webhook-signature"].split(' ').any(|one| one == ours));
        }
    }

    #[test]
    fn only_whole_secrets_are_read() {
        let secret = Secret::new().unwrap();
        assert_eq!(Secret::read(&secret.show()).unwrap().show(), secret.show());
        for text in ["", "whsec_", "whsec_short", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_AAAA"] {
            assert!(Secret::read(text).is_none(), "{text}");
        }
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
