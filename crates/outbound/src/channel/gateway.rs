//! The gateway for SMS and WeCom: a signed call to the one address the operator configured.

use chrono::{DateTime, Utc};
use serde_json::json;
use url::Url;

use super::{Message, Refusal};
use crate::client::{Caller, Post};
use crate::sign::{self, Secret};

/// Where the gateway is, and the secret shared with it.
pub struct Gateway {
    url: String,
    secret: Secret,
}

impl Gateway {
    /// # Errors
    /// A sentence when address or secret cannot be used.
    pub fn new(url: &str, secret: &str) -> Result<Self, String> {
        let parsed = Url::parse(url).map_err(|_| "HEARTHDESK_GATEWAY_URL is no address".to_owned())?;
        if !matches!(parsed.scheme(), "https" | "http") {
            return Err("HEARTHDESK_GATEWAY_URL must begin with https:// or http://".to_owned());
        }
        let secret = Secret::read(secret)
            .ok_or("HEARTHDESK_GATEWAY_SECRET must be whsec_ and 24 to 64 bytes in base64".to_owned())?;
        Ok(Self { url: url.to_owned(), secret })
    }

    /// The message id is the same with every attempt, so that the gateway can tell a repetition.
    pub(super) async fn send(&self, caller: &Caller, message: &Message, now: DateTime<Utc>) -> Result<(), Refusal> {
        let id = message.id.to_string();
        let body = json!({ "id": id, "channel": message.channel.code(), "to": message.to, "text": message.body,
            "lang": message.lang })
        .to_string();
        let secrets = std::slice::from_ref(&self.secret);
        let headers = sign::headers(secrets, &id, now.timestamp(), &body);
        let headers = headers.map_err(|_| Refusal::NotNow("signing".to_owned()))?;
        match caller.post_to_configured(Post { url: &self.url, headers, body }).await {
            Ok(200..300) => Ok(()),
            Ok(status @ (400 | 422)) => Err(Refusal::Never(format!("http_{status}"))),
            Ok(status) => Err(Refusal::NotNow(format!("http_{status}"))),
            Err(failure) => Err(Refusal::NotNow(failure.code().to_owned())),
        }
    }
}
