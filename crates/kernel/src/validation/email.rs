//! E-mail addresses of staff.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::wire;

/// An e-mail address as mail systems write it today: ASCII, the domain in small letters. `Debug` prints it masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address. Errors: `email_invalid`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or("email_invalid")?;
        let atom = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&c);
        let atoms = |part: &str| !part.is_empty() && part.bytes().all(atom);
        let label = |part: &str| {
            let inner = part.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
            !part.is_empty() && part.len() <= 63 && inner && !part.starts_with('-') && !part.ends_with('-')
        };
        let right = local.len() <= 64
            && text.len() <= 254
            && local.split('.').all(atoms)
            && domain.contains('.')
            && domain.split('.').all(label);
        if right { Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase()))) } else { Err("email_invalid") }
    }

    /// The address in clear text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first letter and the domain: `w***@example.com`.
pub fn mask_email(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().take(1).collect::<String>()),
        None => "***".to_owned(),
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({})", mask_email(&self.0))
    }
}

impl Serialize for Email {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        wire::read(input, "email_invalid", Self::parse)
    }
}

impl PartialSchema for Email {
    fn schema() -> RefOr<Schema> {
        wire::string("email", None, "wang.li@example.com", "An e-mail address.")
    }
}

impl ToSchema for Email {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_masked() {
        let email = Email::parse(" Wang.Li+desk@Mail.Example.COM ").unwrap();
        assert_eq!(email.as_str(), "Wang.Li+desk@mail.example.com");
        assert_eq!(format!("{email:?}"), "Email(W***@mail.example.com)");
        for text in
            ["", "a", "a@b", "@example.com", "a@", "a b@example.com", "a..b@example.com", "a@-x.com", "王@example.com"]
        {
            assert_eq!(Email::parse(text), Err("email_invalid"), "{text}");
        }
        assert_eq!(Email::parse("a@example.com\r\nBcc: b@example.com"), Err("email_invalid"));
    }
}
