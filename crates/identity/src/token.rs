//! Access tokens: JWT, EdDSA, at most 15 minutes; one algorithm a key; every claim checked here.

use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use kernel::fault::Fault;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::Store;
use uuid::Uuid;

use crate::{Identity, keys, unauthenticated};

/// Seconds two clocks may differ.
const LEEWAY: i64 = 5;
const TYPE: &str = "at+jwt";

/// What a token says of its bearer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub sub: Uuid,
    pub aud: String,
    pub exp: i64,
    pub iat: i64,
    pub nbf: i64,
    pub jti: Uuid,
    pub sid: Option<Uuid>,
    pub name: String,
    #[serde(default)]
    pub role: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_unit: Option<Uuid>,
    #[serde(default)]
    pub project_ids: Vec<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discipline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Uuid>,
    /// The principal, when the role is held by delegation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Uuid>,
    #[serde(default)]
    pub scope: String,
    /// Staff number of a token from an outside issuer; never in our own.
    #[serde(skip)]
    pub outside: Option<String>,
}

impl Identity {
    /// Signs claims with the newest key.
    pub(crate) fn sign(&self, claims: &Claims) -> Result<String, Fault> {
        let keys = self.keys.read().map_err(Fault::internal)?;
        let (kid, key) = keys.newest.as_ref().ok_or_else(|| Fault::unavailable("no signing key"))?;
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, key).map_err(Fault::internal)
    }

    /// Issuer and audience of our tokens.
    pub(crate) fn names(&self) -> (&str, &str) {
        (&self.config.issuer, &self.config.audience)
    }

    /// Checks signature, kind, issuer, audience and times.
    pub(crate) async fn verify(&self, store: &Store, token: &str) -> Result<Claims, Fault> {
        if token.len() > 8192 {
            return Err(unauthenticated());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| unauthenticated())?;
        let kid = header.kid.clone().ok_or_else(unauthenticated)?;
        if let Some(key) = self.own_key(store, &kid).await? {
            if header.alg != Algorithm::EdDSA || header.typ.as_deref() != Some(TYPE) {
                return Err(unauthenticated());
            }
            let digest: [u8; 32] = Sha256::digest(token).into();
            let claims = match self.verified(&digest) {
                Some(claims) => claims,
                None => self.check(token, &key, digest)?,
            };
            in_time(store, claims.nbf, claims.exp)?;
            return Ok(claims);
        }
        match &self.config.outside {
            Some(outside) => outside.verify(store, token, &header),
            None => Err(unauthenticated()),
        }
    }

    /// Checks signature and names, and remembers that they were right: the bytes of a token do not change.
    fn check(&self, token: &str, key: &DecodingKey, digest: [u8; 32]) -> Result<Claims, Fault> {
        let decoded = jsonwebtoken::decode::<Claims>(token, key, &validation(Algorithm::EdDSA));
        let claims = decoded.map_err(|_| unauthenticated())?.claims;
        let (issuer, audience) = self.names();
        if claims.iss != issuer || claims.aud != audience || claims.jti.is_nil() {
            return Err(unauthenticated());
        }
        if let Ok(mut verified) = self.verified.lock() {
            if verified.len() >= crate::MANY {
                verified.clear();
            }
            verified.insert(digest, claims.clone());
        }
        Ok(claims)
    }

    fn verified(&self, digest: &[u8; 32]) -> Option<Claims> {
        self.verified.lock().ok()?.get(digest).cloned()
    }

    async fn own_key(&self, store: &Store, kid: &str) -> Result<Option<DecodingKey>, Fault> {
        let known = || -> Result<Option<DecodingKey>, Fault> {
            Ok(self.keys.read().map_err(Fault::internal)?.public.get(kid).cloned())
        };
        self.fresh_keys(store, keys::TRUST).await?;
        match known()? {
            Some(key) => Ok(Some(key)),
            None => {
                self.fresh_keys(store, keys::UNKNOWN).await?;
                known()
            }
        }
    }
}

/// The library checks the signature only; times are compared with the service's clock here.
pub(crate) fn validation(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    validation
}

pub(crate) fn in_time(store: &Store, nbf: i64, exp: i64) -> Result<(), Fault> {
    let now = store.now().timestamp();
    if nbf > now + LEEWAY || exp <= now - LEEWAY { Err(unauthenticated()) } else { Ok(()) }
}
