//! Life cycles as tables. The guard, `allowed_actions` with reasons, the 409 answer, the contract's
//! sentence and the walk test all read the same rows.

use access::Actor;
use chrono::{DateTime, Utc};
use kernel::fault::{self, Fault};
use kernel::lang::Lang;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

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
            let mut faults = Vec::new();
            if !subject.actor.holds(&permission) {
                faults.push(Fault::new(&fault::FORBIDDEN).with("permission", permission));
            }
            faults.extend(check_state(row, state).err());
            if faults.is_empty() {
                faults.extend(row.guards.iter().filter_map(|guard| guard(subject).err()).take(1));
            }
            let reasons = faults.iter().map(|f| Reason { code: f.code().to_owned(), detail: sentence(f, lang) });
            Allowed { action: row.action, allowed: faults.is_empty(), reasons: reasons.collect() }
        };
        self.moves.iter().map(judge).collect()
    }
}

fn check_state<S: Copy + PartialEq + Into<&'static str>, T: ?Sized>(row: &Move<S, T>, state: S) -> Result<(), Fault> {
    if row.from.is_empty() || row.from.contains(&state) {
        return Ok(());
    }
    let from: Vec<Value> = row.from.iter().map(|state| Value::from((*state).into())).collect();
    let now: &'static str = state.into();
    Err(Fault::new(&fault::INVALID_STATE).with("action", row.action).with("state", now).with("allowed_from", from))
}

/// The fault's sentence in a language, its placeholders filled from the fault's data.
pub fn sentence(fault: &Fault, lang: Lang) -> String {
    let mut text = match lang {
        Lang::Zh => fault.problem().zh,
        Lang::En => fault.problem().en,
    }
    .to_owned();
    for (name, value) in fault.args() {
        let shown = match value {
            Value::String(text) => text.clone(),
            Value::Array(list) => list
                .iter()
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join(", "),
            other => other.to_string(),
        };
        text = text.replace(&format!("{{{name}}}"), &shown);
    }
    text
}
