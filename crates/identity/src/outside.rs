//! An issuer outside the house whose tokens are accepted for staff (PF-01).

use std::sync::{Arc, RwLock};

use access::JobRole;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use kernel::fault::Fault;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::Store;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::token::{Claims, in_time, validation};
use crate::unauthenticated;

/// 3072 bits.
const RSA_BYTES: usize = 384;

/// Whom to trust beside ourselves.
#[derive(Clone, Debug)]
pub struct OutsideIssuer {
    pub issuer: String,
    pub audience: String,
    /// Its public keys, shared by all who verify.
    pub keys: Arc<OutsideKeys>,
    /// The claim that names the job role.
    pub role_claim: String,
    /// The claim that holds the staff number.
    pub staff_number_claim: String,
}

/// The public keys of an outside issuer. Others take their place when it signs with new ones; until the first are
/// read, nothing it signed is accepted.
#[derive(Debug, Default)]
pub struct OutsideKeys {
    keys: RwLock<Vec<Jwk>>,
    missed: Notify,
}

/// A JSON Web Key Set before its keys are looked at.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl OutsideKeys {
    /// The keys of a JSON Web Key Set.
    ///
    /// # Errors
    /// When the text is none.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        let keys = Self::default();
        keys.replace(text)?;
        Ok(keys)
    }

    /// Takes the keys of another set instead. One of a kind nobody here knows is passed over (RFC 7517 §5).
    ///
    /// # Errors
    /// When the text is no JSON Web Key Set; the present keys stay.
    pub fn replace(&self, text: &str) -> Result<(), serde_json::Error> {
        let set: KeySet = serde_json::from_str(text)?;
        let known = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        if let Ok(mut keys) = self.keys.write() {
            *keys = known;
        }
        Ok(())
    }

    /// Waits until somebody came with a key that is not among these.
    pub async fn missed(&self) {
        self.missed.notified().await;
    }

    fn find(&self, kid: &str) -> Option<Jwk> {
        let named = |key: &&Jwk| key.common.key_id.as_deref() == Some(kid);
        let found = self.keys.read().ok()?.iter().find(named).cloned();
        if found.is_none() {
            self.missed.notify_one();
        }
        found
    }
}

/// The one algorithm a key is good for: EdDSA, ES256, or RS256 from 3072 bits on.
fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    let by_kind = match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => Algorithm::ES256,
        AlgorithmParameters::RSA(key) if BASE64.decode(&key.n).is_ok_and(|n| n.len() >= RSA_BYTES) => Algorithm::RS256,
        _ => return None,
    };
    let signs = !matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption));
    let named = jwk.common.key_algorithm.is_none_or(|name| name.to_string() == format!("{by_kind:?}"));
    (signs && named).then_some(by_kind)
}

impl OutsideIssuer {
    pub(crate) fn verify(&self, store: &Store, token: &str, header: &Header) -> Result<Claims, Fault> {
        let jwk = header.kid.as_deref().and_then(|kid| self.keys.find(kid)).ok_or_else(unauthenticated)?;
        if algorithm_of(&jwk) != Some(header.alg) {
            return Err(unauthenticated());
        }
        let key = DecodingKey::from_jwk(&jwk).map_err(|_| unauthenticated())?;
        let claims: Value =
            jsonwebtoken::decode(token, &key, &validation(header.alg)).map_err(|_| unauthenticated())?.claims;
        let text = |name: &str| claims[name].as_str().map(str::to_owned);
        let for_us = match &claims["aud"] {
            Value::String(audience) => *audience == self.audience,
            Value::Array(list) => list.iter().any(|audience| audience == self.audience.as_str()),
            _ => false,
        };
        let exp = claims["exp"].as_i64().ok_or_else(unauthenticated)?;
        let nbf = claims["nbf"].as_i64().unwrap_or(0);
        in_time(store, nbf, exp)?;
        let named = text("sub").is_some() && text("iss").as_deref() == Some(self.issuer.as_str());
        let (Some(number), true, true) = (text(&self.staff_number_claim), named, for_us) else {
            return Err(unauthenticated());
        };
        let role = text(&self.role_claim).unwrap_or_default();
        Ok(Claims {
            iss: self.issuer.clone(),
            sub: stable_id(&self.issuer, &number),
            aud: self.audience.clone(),
            exp,
            iat: claims["iat"].as_i64().unwrap_or(nbf),
            nbf,
            jti: Uuid::nil(),
            sid: None,
            name: String::new(),
            role: role.parse::<JobRole>().map(|role| role.code().to_owned()).unwrap_or_default(),
            org_unit: None,
            project_ids: Vec::new(),
            discipline: None,
            customer_id: None,
            client_id: None,
            on_behalf_of: None,
            scope: String::new(),
            outside: Some(number),
        })
    }
}

/// A stable id for somebody known only by text; it keys the cache and nothing else.
fn stable_id(issuer: &str, number: &str) -> Uuid {
    let hash = Sha256::digest(format!("{issuer}|{number}"));
    Uuid::from_slice(&hash[..16]).unwrap_or_default()
}
