//! The one way out of the process: checked addresses, no redirects, bounded time and answers.
//!
//! A name is resolved by our own resolver, which hands on nothing but admitted addresses; so what was
//! checked is what is connected to, whatever the name says a moment later.

mod address;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use kernel::fault::Fault;
use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use url::{Host, Url};

pub use address::Allowed;

use crate::problems::ADDRESS_REFUSED;

/// The longest a call may take, the answer included.
const TIME: Duration = Duration::from_secs(15);
/// The longest a connection may take to come about.
const CONNECTING: Duration = Duration::from_secs(5);
/// Connections are kept so long for the next call; then the name is asked again.
const IDLE: Duration = Duration::from_secs(20);
/// What is read of an answer.
const ANSWER: usize = 64 * 1024;

/// Why a call did not come to an answer. Codes only: texts of others may hold what is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The address is none of those that may be called.
    Refused,
    /// No answer in time.
    TimedOut,
    /// No connection.
    Unreachable,
    /// The connection broke, or what came was no HTTP.
    Broken,
}

impl Failure {
    /// The code in logs of attempts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Refused => ADDRESS_REFUSED.code,
            Self::TimedOut => "timed_out",
            Self::Unreachable => "unreachable",
            Self::Broken => "broken",
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::TimedOut
        } else if caused_by_refusal(&error) {
            Self::Refused
        } else if error.is_connect() {
            Self::Unreachable
        } else {
            Self::Broken
        }
    }
}

fn caused_by_refusal(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.is::<NotAdmitted>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// A request to somebody outside.
pub struct Post<'a> {
    pub url: &'a str,
    pub headers: Vec<(&'static str, String)>,
    /// JSON.
    pub body: String,
}

/// Calls others. Cheap to share; one a process.
pub struct Caller {
    allowed: Arc<Allowed>,
    /// Plain HTTP is taken wherever an address is admitted.
    sandbox: bool,
    encrypted: Client,
    /// Plain HTTP; outside a sandbox only to listed addresses.
    plain: Client,
    /// To the one address the operator configured himself.
    configured: Client,
}

impl Caller {
    /// # Errors
    /// When the system's certificates cannot be read.
    pub fn new(allowed: Allowed, sandbox: bool) -> Result<Self, reqwest::Error> {
        let allowed = Arc::new(allowed);
        let guard = |listed_only| Guard { allowed: allowed.clone(), listed_only };
        Ok(Self {
            encrypted: builder().https_only(true).dns_resolver(guard(false)).build()?,
            plain: builder().dns_resolver(guard(!sandbox)).build()?,
            configured: builder().build()?,
            sandbox,
            allowed,
        })
    }

    /// Whether an address given by a user may be called, as far as its text says: no private literal, no plain
    /// HTTP, no credentials. Names are resolved by [`Caller::check`].
    ///
    /// # Errors
    /// 422 `invalid_format` for what is no HTTP address, `address_refused` for one that is not called.
    pub fn check_text(&self, text: &str) -> Result<Url, Fault> {
        let invalid = || Fault::field("/url", "invalid_format");
        let url = Url::parse(text).map_err(|_| invalid())?;
        let plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(invalid()),
        };
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(invalid());
        }
        let literal = match url.host().ok_or_else(invalid)? {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        let refused = match literal {
            Some(address) => !self.allowed.lists(address),
            None => plain && !self.sandbox && self.allowed.is_empty(),
        };
        if refused { Err(refusal()) } else { Ok(url) }
    }

    /// As [`Caller::check_text`], and no address the name leads to now is one that may not be called. A name that
    /// leads nowhere yet is taken: it is looked at again by every call.
    ///
    /// # Errors
    /// As there.
    pub async fn check(&self, text: &str) -> Result<(), Fault> {
        let url = self.check_text(text)?;
        let Some(Host::Domain(name)) = url.host() else { return Ok(()) };
        let listed_only = url.scheme() == "http" && !self.sandbox;
        let guard = Guard { allowed: self.allowed.clone(), listed_only };
        match tokio::time::timeout(CONNECTING, guard.addresses(name)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is::<NotAdmitted>() => Err(refusal()),
            // Plain HTTP goes to listed addresses only, and this name leads to none.
            _ if listed_only => Err(refusal()),
            _ => Ok(()),
        }
    }

    /// Sends to an address given by a user; answers the status.
    pub async fn post(&self, post: Post<'_>) -> Result<u16, Failure> {
        let url = self.check_text(post.url).map_err(|_| Failure::Refused)?;
        let client = if url.scheme() == "https" { &self.encrypted } else { &self.plain };
        send(client, url, post).await
    }

    /// Reads a text at an address of the configuration.
    pub async fn get_configured(&self, url: &str) -> Result<String, Failure> {
        let url = Url::parse(url).map_err(|_| Failure::Refused)?;
        let mut answer = self.configured.get(url).header("accept", "application/json").send().await?;
        if !answer.status().is_success() {
            return Err(Failure::Broken);
        }
        let mut read = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if read.len() + chunk.len() > ANSWER {
                return Err(Failure::Broken);
            }
            read.extend_from_slice(&chunk);
        }
        String::from_utf8(read).map_err(|_| Failure::Broken)
    }

    /// Sends to an address of the configuration; answers the status.
    pub async fn post_to_configured(&self, post: Post<'_>) -> Result<u16, Failure> {
        let url = Url::parse(post.url).map_err(|_| Failure::Refused)?;
        send(&self.configured, url, post).await
    }
}

fn refusal() -> Fault {
    Fault::field("/url", ADDRESS_REFUSED.code).rule("PF-12")
}

fn builder() -> reqwest::ClientBuilder {
    Client::builder()
        .user_agent(concat!("hearthdesk/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .timeout(TIME)
        .connect_timeout(CONNECTING)
        .pool_idle_timeout(IDLE)
}

async fn send(client: &Client, url: Url, post: Post<'_>) -> Result<u16, Failure> {
    let mut request = client.post(url).header("content-type", "application/json").body(post.body);
    for (name, value) in post.headers {
        request = request.header(name, value);
    }
    let mut answer = request.send().await?;
    let status = answer.status().as_u16();
    // Read so that the connection can serve again; what goes beyond the bound is not waited for.
    let mut read = 0;
    while read < ANSWER {
        match answer.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) => break,
            Err(error) if error.is_timeout() => return Err(Failure::TimedOut),
            Err(_) => break,
        }
    }
    Ok(status)
}

/// Resolves names to admitted addresses.
#[derive(Clone)]
struct Guard {
    allowed: Arc<Allowed>,
    /// Public ones are not enough.
    listed_only: bool,
}

/// A name leads to an address that is not called.
#[derive(Debug)]
struct NotAdmitted;

impl std::fmt::Display for NotAdmitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(ADDRESS_REFUSED.code)
    }
}
impl std::error::Error for NotAdmitted {}

type Resolved = Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>>;

impl Guard {
    /// One address that is not admitted spoils the name: it may be about to lead there.
    async fn addresses(&self, name: &str) -> Resolved {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await?.collect();
        let admitted = |ip: IpAddr| match self.listed_only {
            true => self.allowed.lists(ip),
            false => self.allowed.admits(ip),
        };
        match found.iter().all(|address| admitted(address.ip())) {
            true => Ok(found),
            false => Err(NotAdmitted.into()),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found = guard.addresses(name.as_str()).await?;
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(allowed: &str, sandbox: bool) -> Caller {
        Caller::new(allowed.parse().unwrap(), sandbox).unwrap()
    }

    #[test]
    fn the_text_of_an_address_is_judged_as_it_is_called() {
        let code = |caller: &Caller, url: &str| match caller.check_text(url) {
            Ok(_) => "ok".to_owned(),
            Err(fault) => fault.code().to_owned(),
        };
        let strict = caller("", false);
        for url in [
            "http://10.0.0.8/hook",
            "https://10.0.0.8/hook",
            "https://127.0.0.1",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.8]/",
            "https://93.184.216.34/",
            "http://example.com/",
        ] {
            assert_eq!(code(&strict, url), "address_refused", "{url}");
        }
        for url in ["ftp://example.com", "example.com/hook", "https://a:b@example.com/", "https://example.com/#x"] {
            assert_eq!(code(&strict, url), "invalid_format", "{url}");
        }
        assert_eq!(code(&strict, "https://example.com/hook?a=1"), "ok");
        assert_eq!(code(&caller("", true), "http://example.com/"), "ok");
        assert_eq!(code(&caller("127.0.0.0/8", false), "http://127.0.0.1:9/"), "ok");
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_before_and_while_calling() {
        let strict = caller("", true);
        assert_eq!(strict.check("https://localhost/hook").await.unwrap_err().code(), "address_refused");
        let post = |url| Post { url, headers: Vec::new(), body: String::new() };
        assert_eq!(strict.post(post("http://localhost:9/hook")).await, Err(Failure::Refused));
        assert_eq!(strict.post(post("https://localhost:9/hook")).await, Err(Failure::Refused));
        assert_eq!(
            caller("127.0.0.0/8", false).check("http://no-such-host.invalid/").await.unwrap_err().code(),
            "address_refused"
        );
        assert!(strict.check("https://no-such-host.invalid/hook").await.is_ok(), "it may come to lead somewhere");
        assert!(strict.post(post("https://no-such-host.invalid/hook")).await.is_err());
        let open = caller("127.0.0.0/8,::1", false);
        assert!(open.check("http://localhost/hook").await.is_ok());
        assert_eq!(open.post(post("http://localhost:9/hook")).await, Err(Failure::Unreachable));
    }
}
