//! Life cycles as tables. The guard, `allowed_actions` with reasons, the 409 answer, the contract's
//! sentence and the walk test all read the same rows.

use std::any::TypeId;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use access::{Actor, JobRole};
use chrono::{DateTime, Utc};
use kernel::fault::{self, Fault};
use kernel::lang::Lang;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::resource::{self, Resource};
use crate::{Reading, Work};

/// What a guard looks at.
pub struct Subject<'a, T: ?Sized> {
    pub row: &'a T,
    pub actor: &'a Actor,
    pub now: DateTime<Utc>,
}

impl<'a, T: ?Sized> Subject<'a, T> {
    /// A row before who calls, now.
    pub fn of(at: &'a Reading, row: &'a T) -> Self {
        Self { row, actor: at.actor(), now: at.now }
    }
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
    /// The state a row is in now.
    pub state: fn(&Subject<'_, T>) -> S,
    pub moves: &'static [Move<S, T>],
}

/// One act as the caller sees it in `allowed_actions`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllowedAction)]
pub struct Allowed {
    /// The last part of the path it is called by: `POST …/{id}/<action>`.
    pub action: &'static str,
    /// Whether this caller may do it now.
    pub allowed: bool,
    /// Why not; empty when allowed.
    pub reasons: Vec<Reason>,
}

/// Why an act is not allowed now.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AllowedActionReason)]
pub struct Reason {
    /// The code the act would be refused with.
    #[schema(value_type = String)]
    pub code: Cow<'static, str>,
    /// The sentence of that refusal.
    #[schema(value_type = String)]
    pub detail: Arc<str>,
}

/// What role and state alone say of each act of a life cycle: why it is not possible, or nothing.
type Judged = Arc<[Vec<Reason>]>;
/// A life cycle – by where its table lies, what it is of and the type of its states, for the compiler lays tables that
/// are alike in one place –, a role, a state and a language.
type Known = HashMap<(usize, &'static str, TypeId, JobRole, &'static str, Lang), Judged>;

/// Every read of a row tells of each act, and most acts are refused for what changes with neither row nor time.
static JUDGED: Mutex<Option<Known>> = Mutex::new(None);
/// So many are remembered.
const MOST_JUDGED: usize = 1_000;

impl Reason {
    fn of(fault: &Fault, lang: Lang) -> Self {
        let code = match fault.problem().code {
            code if code == fault.code() => Cow::Borrowed(code),
            _ => Cow::Owned(fault.code().to_owned()),
        };
        Self { code, detail: sentence(fault, lang).into() }
    }
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
    pub fn take(&self, action: &str, subject: &Subject<'_, T>) -> Result<S, Fault> {
        let (row, state) = (self.find(action)?, (self.state)(subject));
        check_state(row, state)?;
        for guard in row.guards {
            guard(subject)?;
        }
        Ok(row.to.unwrap_or(state))
    }

    /// Every act with whether this caller may do it now, and the reasons when not.
    pub fn allowed(&self, subject: &Subject<'_, T>, lang: Lang) -> Vec<Allowed> {
        self.allowed_under(|action| self.permission(action), subject, lang)
    }

    /// As [`LifeCycle::allowed`], where one permission covers several acts.
    pub fn allowed_under(
        &self,
        permission: impl Fn(&str) -> String,
        subject: &Subject<'_, T>,
        lang: Lang,
    ) -> Vec<Allowed> {
        let judged = self.judged(&permission, (self.state)(subject), subject.actor, lang);
        let act = |(row, known): (&Move<S, T>, &Vec<Reason>)| {
            let mut reasons = known.clone();
            if reasons.is_empty()
                && let Some(fault) = row.guards.iter().find_map(|guard| guard(subject).err())
            {
                reasons.push(Reason::of(&fault, lang));
            }
            Allowed { action: row.action, allowed: reasons.is_empty(), reasons }
        };
        self.moves.iter().zip(judged.iter()).map(act).collect()
    }

    /// What permissions and the state say of each act, remembered where only the role decides what its bearer may.
    fn judged(&self, permission: &impl Fn(&str) -> String, state: S, actor: &Actor, lang: Lang) -> Judged {
        let judge = || self.moves.iter().map(|row| row.refusals(&permission(row.action), state, actor, lang)).collect();
        if actor.is_system() || actor.confined_to.is_some() {
            return judge();
        }
        let key = (self.moves.as_ptr().addr(), self.entity, TypeId::of::<S>(), actor.role, state.into(), lang);
        let mut known = JUDGED.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        if let Some(judged) = known.get(&key) {
            return judged.clone();
        }
        if known.len() >= MOST_JUDGED {
            known.clear();
        }
        known.entry(key).or_insert_with(judge).clone()
    }
}

impl<S: Copy + PartialEq + Into<&'static str>, T> LifeCycle<S, T> {
    /// Takes a row for an act, and answers it with the state the act leads to: the row in scope, held until the end of
    /// the work, at the version `If-Match` named, and the act possible now.
    ///
    /// # Errors
    /// 404, 412, then as [`LifeCycle::take`].
    pub async fn begin<R: Resource<Row = T>>(&self, work: &Work, id: Uuid, action: &str) -> Result<(T, S), Fault> {
        self.begin_judged::<R>(work, id, action, |_| Ok(())).await
    }

    /// As [`LifeCycle::begin`], for a body with rules of its own: what is wrong in it is told before version and state.
    pub async fn begin_judged<R: Resource<Row = T>>(
        &self,
        work: &Work,
        id: Uuid,
        action: &str,
        judge: impl FnOnce(&T) -> Result<(), Fault>,
    ) -> Result<(T, S), Fault> {
        self.begin_checked::<R>(work, id, action, async |row: &T| judge(row)).await
    }

    /// As [`LifeCycle::begin_judged`], where what the body names has to be looked up.
    pub async fn begin_checked<R: Resource<Row = T>>(
        &self,
        work: &Work,
        id: Uuid,
        action: &str,
        check: impl AsyncFnOnce(&T) -> Result<(), Fault>,
    ) -> Result<(T, S), Fault> {
        let row = resource::take_checked::<R>(work, id, check).await?;
        let to = self.take(action, &Subject::of(work, &row))?;
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

    /// Why the act is not possible for this role or from this state.
    fn refusals(&self, permission: &str, state: S, actor: &Actor, lang: Lang) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if !actor.holds(permission) {
            reasons.push(Reason::of(&Fault::new(&fault::FORBIDDEN).with("permission", permission), lang));
        }
        if let Err(fault) = check_state(self, state) {
            reasons.push(Reason::of(&fault, lang));
        }
        reasons
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
        act.reasons.push(Reason::of(&refusal, lang));
    }
    Ok(())
}

/// The fault's sentence in a language, its placeholders filled from the fault's data; what stands in brackets is left out
/// where that has none.
pub fn sentence(fault: &Fault, lang: Lang) -> String {
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    fill(fault.problem().text(lang), |name| match fault.args().get(name)? {
        Value::Array(list) => Some(list.iter().map(shown).collect::<Vec<_>>().join(", ")),
        value => Some(shown(value)),
    })
}

/// A text with its placeholders filled, and without the brackets around what is said; those without a value are left out.
fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('[')
        && let Some((aside, after)) = from.split_once(']')
    {
        filled.push_str(&fill_names(before, &value));
        if names(aside).all(|name| value(name).is_some()) {
            filled.push_str(&fill_names(aside, &value));
        }
        rest = after;
    }
    filled + &fill_names(rest, &value)
}

/// The names of a text's placeholders.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|from| from.split_once('}')).map(|(name, _)| name)
}

/// A text with its placeholders filled; one without a value is an ellipsis.
fn fill_names(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('{')
        && let Some((name, after)) = from.split_once('}')
    {
        filled.push_str(before);
        match value(name) {
            Some(value) => filled.push_str(&value),
            None => filled.push('…'),
        }
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two life cycles of one table, as the compiler may make of two that are alike.
    #[test]
    fn life_cycles_that_share_a_table_are_told_apart() {
        const ROWS: &[Move<&str, ()>] = &[Move { action: "publish", from: &["draft"], to: None, guards: &[] }];
        let cycle = |entity| LifeCycle { entity, state: |_| "draft", moves: ROWS };
        let role = JobRole::HeatingServiceManager;
        let actor = Actor { role, ..Actor::nobody() };
        let subject = Subject { row: &(), actor: &actor, now: DateTime::<Utc>::UNIX_EPOCH };
        let allowed = |entity| cycle(entity).allowed(&subject, Lang::Zh).iter().all(|act| act.allowed);
        for _ in 0..2 {
            assert!(allowed("heating.scheme"));
            assert!(!allowed("tickets.monthly_assessment"));
        }
    }

    #[test]
    fn placeholders_are_filled_and_none_is_shown() {
        let filled = |text| fill(text, |name| (name == "who").then(|| "{甲}".to_owned()));
        assert_eq!(filled("{who} 与 {other} {"), "{甲} 与 … {");
        assert_eq!(filled("没有"), "没有");
        assert_eq!(filled("错误[,应为 {who}][,至多 {limit}]"), "错误,应为 {甲}");
        assert_eq!(filled("错误[,{who} 与 {other}],重试"), "错误,重试");
        assert_eq!(filled("[{who}]["), "{甲}[");
    }
}
