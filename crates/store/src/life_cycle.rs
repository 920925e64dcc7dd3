//! Life cycles as tables. The guard, `allowed_actions` with reasons, the 409 answer, the contract's
//! sentence and the walk test all read the same rows.

use access::Actor;
use chrono::{DateTime, Utc};
use kernel::fault::{self, Fault};
use kernel::lang::Lang;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Work;
use crate::resource::{self, Resource};

/// What a guard looks at.
pub struct Subject<'a, T: ?Sized> {
    pub row: &'a T,
    pub actor: &'a Actor,
    pub now: DateTime<Utc>,
}

/// A named predicate of an act: refuses with the fault a caller would hear.
pub type Guard<T> = fn(&Subject<'_, T>) -> Result<(), Fault>;

/// One act of a life cycle.
pub struct Move<S: 'static, T: ?Sized + 'static> {
    /// The verb in the path: `submit-opinion`.
    pub action: &'static str,
    /// States it is possible from; empty means any.
    pub from: &'static [S],
    /// The state it leads to; `None` when it keeps the state or decides at run time.
    pub to: Option<S>,
    /// Rules beyond the state, in the order they are told.
    pub guards: &'static [Guard<T>],
}

/// The acts of one entity.
pub struct LifeCycle<S: 'static, T: ?Sized + 'static> {
    /// `<domain>.<entity>` of the permissions.
    pub entity: &'static str,
    pub moves: &'static [Move<S, T>],
}

/// One act as the caller sees it in `allowed_actions`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllowedAction)]
pub struct Allowed {
    pub action: &'static str,
    pub allowed: bool,
    /// Why not; empty when allowed.
    pub reasons: Vec<Reason>,
}

/// Why an act is not allowed now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllowedActionReason)]
pub struct Reason {
    pub code: String,
    pub detail: String,
}

impl<S: Copy + PartialEq + Into<&'static str>, T: ?Sized> LifeCycle<S, T> {
    /// The permission of an act: `<domain>.<entity>:<action>` with `_` for `-`.
    pub fn permission(&self, action: &str) -> String {
        format!("{}:{}", self.entity, action.replace('-', "_"))
    }

    fn find(&self, action: &str) -> Result<&'static Move<S, T>, Fault> {
        self.moves
            .iter()
            .find(|row| row.action == action)
            .ok_or_else(|| Fault::internal(format!("{} has no act {action}", self.entity)))
    }

    /// Checks state and guards; answers the state the act leads to (the present one if it keeps it).
    ///
    /// # Errors
    /// `invalid_state` naming the state and those the act is possible from, then the first guard's.
    pub fn take(&self, action: &str, state: S, subject: &Subject<'_, T>) -> Result<S, Fault> {
        let row = self.find(action)?;
        check_state(row, state)?;
        for guard in row.guards {
            guard(subject)?;
        }
        Ok(row.to.unwrap_or(state))
    }

    /// Every act with whether this caller may do it now, and the reasons when not.
    pub fn allowed(&self, state: S, subject: &Subject<'_, T>, lang: Lang) -> Vec<Allowed> {
        self.allowed_under(|action| self.permission(action), state, subject, lang)
    }

    /// As [`LifeCycle::allowed`], where one permission covers several acts.
    pub fn allowed_under(
        &self,
        permission: impl Fn(&str) -> String,
        state: S,
        subject: &Subject<'_, T>,
        lang: Lang,
    ) -> Vec<Allowed> {
        let judge = |row: &Move<S, T>| {
            let permission = permission(row.action);
            let mut reasons = Vec::new();
            // Told without a fault: most acts are not possible now, and every read says so of each.
            if !subject.actor.holds(&permission) {
                let detail =
                    fill(fault::FORBIDDEN.text(lang), |name| (name == "permission").then(|| permission.clone()));
                reasons.push(Reason { code: fault::FORBIDDEN.code.to_owned(), detail });
            }
            if !row.possible_from(state) {
                let detail = fill(fault::INVALID_STATE.text(lang), |name| match name {
                    "action" => Some(row.action.to_owned()),
                    "state" => Some(Into::<&str>::into(state).to_owned()),
                    "allowed_from" => Some(row.origins().collect::<Vec<_>>().join(", ")),
                    _ => None,
                });
                reasons.push(Reason { code: fault::INVALID_STATE.code.to_owned(), detail });
            }
            if reasons.is_empty()
                && let Some(fault) = row.guards.iter().find_map(|guard| guard(subject).err())
            {
                reasons.push(Reason { code: fault.code().to_owned(), detail: sentence(&fault, lang) });
            }
            Allowed { action: row.action, allowed: reasons.is_empty(), reasons }
        };
        self.moves.iter().map(judge).collect()
    }
}

impl<S: Copy + PartialEq + Into<&'static str>, T> LifeCycle<S, T> {
    /// Takes a row for an act, and answers it with the state the act leads to: the row in scope, held until the end of
    /// the work, at the version `If-Match` named, and the act possible now.
    ///
    /// # Errors
    /// 404, 412, then as [`LifeCycle::take`].
    pub async fn begin<R: Resource<Row = T>>(
        &self,
        work: &Work,
        id: Uuid,
        action: &str,
        state: impl FnOnce(&T) -> S,
    ) -> Result<(T, S), Fault> {
        self.begin_judged::<R>(work, id, action, state, |_| Ok(())).await
    }

    /// As [`LifeCycle::begin`], for a body with rules of its own: what is wrong in it is told before version and state.
    pub async fn begin_judged<R: Resource<Row = T>>(
        &self,
        work: &Work,
        id: Uuid,
        action: &str,
        state: impl FnOnce(&T) -> S,
        judge: impl FnOnce(&T) -> Result<(), Fault>,
    ) -> Result<(T, S), Fault> {
        self.begin_checked::<R>(work, id, action, state, async |row: &T| judge(row)).await
    }

    /// As [`LifeCycle::begin_judged`], where what the body names has to be looked up.
    pub async fn begin_checked<R: Resource<Row = T>>(
        &self,
        work: &Work,
        id: Uuid,
        action: &str,
        state: impl FnOnce(&T) -> S,
        check: impl AsyncFnOnce(&T) -> Result<(), Fault>,
    ) -> Result<(T, S), Fault> {
        let row = resource::take_checked::<R>(work, id, check).await?;
        let to = self.take(action, state(&row), &resource::subject::<R>(work, &row))?;
        Ok((row, to))
    }
}

impl<S: Copy + PartialEq + Into<&'static str>, T: ?Sized> Move<S, T> {
    fn possible_from(&self, state: S) -> bool {
        self.from.is_empty() || self.from.contains(&state)
    }

    fn origins(&self) -> impl Iterator<Item = &'static str> {
        self.from.iter().map(|state| (*state).into())
    }
}

fn check_state<S: Copy + PartialEq + Into<&'static str>, T: ?Sized>(row: &Move<S, T>, state: S) -> Result<(), Fault> {
    if row.possible_from(state) {
        return Ok(());
    }
    let from: Vec<Value> = row.origins().map(Value::from).collect();
    let now: &'static str = state.into();
    Err(Fault::new(&fault::INVALID_STATE).with("action", row.action).with("state", now).with("allowed_from", from))
}

/// Refuses an act that seemed possible where a check refuses it that looks further than the guards can.
///
/// # Errors
/// What is no refusal.
pub fn refuse_where(list: &mut [Allowed], action: &str, check: Result<(), Fault>, lang: Lang) -> Result<(), Fault> {
    let refusal = match check {
        Ok(()) => return Ok(()),
        Err(refusal) if refusal.kind() == fault::Kind::Conflict => refusal,
        Err(other) => return Err(other),
    };
    for act in list.iter_mut().filter(|act| act.action == action && act.allowed) {
        act.allowed = false;
        act.reasons.push(Reason { code: refusal.code().to_owned(), detail: sentence(&refusal, lang) });
    }
    Ok(())
}

/// The fault's sentence in a language, its placeholders filled from the fault's data.
pub fn sentence(fault: &Fault, lang: Lang) -> String {
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    fill(fault.problem().text(lang), |name| match fault.args().get(name)? {
        Value::Array(list) => Some(list.iter().map(shown).collect::<Vec<_>>().join(", ")),
        value => Some(shown(value)),
    })
}

/// A text with its placeholders filled; one without a value stays.
fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('{')
        && let Some((name, after)) = from.split_once('}')
    {
        filled.push_str(before);
        match value(name) {
            Some(value) => filled.push_str(&value),
            None => filled.extend(["{", name, "}"]),
        }
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_and_unknown_ones_stay() {
        let filled = |text| fill(text, |name| (name == "who").then(|| "{甲}".to_owned()));
        assert_eq!(filled("{who} 与 {other} {"), "{甲} 与 {other} {");
        assert_eq!(filled("没有"), "没有");
    }
}
