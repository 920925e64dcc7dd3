//! Passwords: argon2id off the request threads, two at a time; strength by length, habit and login.

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use kernel::fault::{Fault, FieldError};
use tokio::sync::Semaphore;

/// As many at once as there are cores to spare: more would only wait for each other.
static TURNS: Semaphore = Semaphore::const_new(2);

/// A hash nobody's password has; unknown logins take as long as known ones.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy10aGlz$8rQXJ3rAEJYvYX5Jx0N2Z3lq7l0m8y0uJz0r1oJm0bE";

/// The hash of a password, for storing.
pub async fn hash_password(password: &str) -> Result<String, Fault> {
    let password = password.to_owned();
    off_thread(move || {
        let hash = Argon2::default().hash_password(password.as_bytes()).map_err(Fault::internal)?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether a password fits a hash; without a hash it takes as long and never fits.
pub async fn fits(password: &str, hash: Option<&str>) -> Result<bool, Fault> {
    let (password, known) = (password.to_owned(), hash.is_some());
    let hash = hash.unwrap_or(NOBODY).to_owned();
    off_thread(move || Ok(Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok() && known)).await
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Fault> {
    let turn = TURNS.acquire().await.map_err(Fault::unavailable)?;
    // The turn goes along: a caller who hangs up does not free it before the hash is done.
    let work = move || {
        let result = work();
        drop(turn);
        result
    };
    tokio::task::spawn_blocking(work).await.map_err(Fault::internal)?
}

/// # Errors
/// 422 `password_weak` at `pointer`: too short, common, or holding the login.
pub fn check_strength(password: &str, login: &str, min: i64, pointer: &str) -> Result<(), Fault> {
    let short = (password.chars().count() as i64) < min;
    let holds_login = !login.is_empty() && password.to_lowercase().contains(&login.to_lowercase());
    let common = zxcvbn::zxcvbn(password, &[login]).score() < zxcvbn::Score::Two;
    if short || holds_login || common || password.chars().count() > 128 {
        return Err(Fault::fields(vec![FieldError::new(pointer, "password_weak").with("least", min)]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused() {
        let table = [
            ("short-9ch", "wang", false),
            ("wang-is-my-login-99", "wang", false),
            ("password123", "wang", false),
            ("1234567890", "wang", false),
            ("heron lamp 42 quilt", "wang", true),
        ];
        for (password, login, good) in table {
            assert_eq!(check_strength(password, login, 10, "/password").is_ok(), good, "{password}");
        }
    }

    #[tokio::test]
    async fn a_hash_fits_only_its_password() {
        let hash = hash_password("heron lamp 42 quilt").await.unwrap();
        assert!(fits("heron lamp 42 quilt", Some(&hash)).await.unwrap());
        assert!(!fits("heron lamp 42 quil", Some(&hash)).await.unwrap());
        assert!(!fits("nobody", None).await.unwrap());
    }
}
