//! Mail by SMTP.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message as Letter};
use lettre::transport::smtp::Error;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::{Message, Refusal};

/// The longest one step of the conversation may take.
const TIME: Duration = Duration::from_secs(15);

/// The mail server and who writes.
pub struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mail {
    /// `smtps://user:password@host`, or `smtp://host?tls=required`.
    ///
    /// # Errors
    /// A sentence when server or sender cannot be used.
    pub fn new(url: &str, from: &str) -> Result<Self, String> {
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| "HEARTHDESK_SMTP_URL must be smtps://user:password@host or smtp://host?tls=required")?;
        let from = from.parse().map_err(|_| "HEARTHDESK_MAIL_FROM is no address such as Desk <desk@example.com>")?;
        Ok(Self { server: server.timeout(Some(TIME)).build(), from })
    }

    pub(super) async fn send(&self, message: &Message, now: DateTime<Utc>) -> Result<(), Refusal> {
        let never = |code: &str| Refusal::Never(code.to_owned());
        let to = message.to.parse().map_err(|_| never("address_invalid"))?;
        let letter = Letter::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(message.subject.clone().unwrap_or_default())
            // The same with every attempt: a mailbox can tell a repetition.
            .message_id(Some(format!("<{}@{}>", message.id, self.from.email.domain())))
            .date(SystemTime::from(now))
            .header(ContentType::TEXT_PLAIN)
            .body(message.body.clone())
            .map_err(|_| never("letter_invalid"))?;
        self.server.send(letter).await.map(drop).map_err(|error| refusal(&error))
    }
}

fn refusal(error: &Error) -> Refusal {
    match error.status() {
        Some(code) if error.is_permanent() => Refusal::Never(format!("smtp_{code}")),
        Some(code) => Refusal::NotNow(format!("smtp_{code}")),
        None if error.is_timeout() => Refusal::NotNow("timed_out".to_owned()),
        None => Refusal::NotNow("unreachable".to_owned()),
    }
}
