//! Who a token is for: the person and post, or the machine, that becomes its claims.

use std::collections::HashSet;

use access::JobRole;
use kernel::fault::Fault;
use sea_orm::entity::prelude::*;
use store::Reading;

use crate::account::entity as account;
use crate::problems;
use crate::session::{Choice, choices, entity as session};

/// What becomes claims.
pub(crate) struct Bearer {
    pub sub: Uuid,
    pub name: String,
    pub role: JobRole,
    pub on_behalf_of: Option<Uuid>,
    pub org_unit: Option<Uuid>,
    pub project_ids: Vec<Uuid>,
    pub discipline: Option<String>,
    pub customer_id: Option<Uuid>,
    pub client_id: Option<Uuid>,
    pub scope: String,
}

/// The roles to choose from, each once.
fn codes(choices: &[&Choice]) -> Vec<&'static str> {
    let mut seen = HashSet::new();
    choices.iter().map(|choice| choice.role.code()).filter(|code| seen.insert(*code)).collect()
}

/// The role asked for among those held, or lent by the principal named; the only one when none is named. Without a
/// principal one's own post goes before the same role lent.
pub(crate) fn choose(choices: &[Choice], role: Option<&str>, principal: Option<Uuid>) -> Result<Choice, Fault> {
    let choices = choices.iter().filter(|choice| principal.is_none() || choice.on_behalf_of == principal);
    let choices: Vec<&Choice> = choices.collect();
    match role {
        Some(role) => {
            let held = codes(&choices);
            let chosen = choices.into_iter().find(|choice| choice.role.code() == role).cloned();
            chosen.ok_or_else(|| match held.is_empty() {
                true => Fault::new(&problems::ROLE_NOT_HELD),
                false => Fault::new(&problems::ROLE_NOT_HELD).with("choices", held),
            })
        }
        None => {
            let codes = codes(&choices);
            match choices.first() {
                None => Err(Fault::new(&problems::ROLE_NOT_HELD)),
                Some(only) if codes.len() == 1 => Ok((*only).clone()),
                Some(_) => Err(Fault::new(&problems::ROLE_REQUIRED).with("choices", codes)),
            }
        }
    }
}

/// A member of staff in a role he holds.
pub(crate) async fn staff_bearer(at: &Reading, staff: Uuid, choice: Choice) -> Result<Bearer, Fault> {
    let person = registers::staff::Entity::find_by_id(staff).one(&at.db()).await?;
    Ok(Bearer {
        sub: staff,
        name: person.map(|row| row.name).unwrap_or_default(),
        role: choice.role,
        on_behalf_of: choice.on_behalf_of,
        org_unit: Some(choice.org_unit_id),
        project_ids: choice.project_ids,
        discipline: choice.discipline,
        customer_id: None,
        client_id: None,
        scope: if choice.role.sees_all() { "all" } else { "org_unit" }.to_owned(),
    })
}

/// The bearer of a session as he stands now; none when account or post are gone.
pub(crate) async fn renewed(at: &Reading, session: &session::Model) -> Result<Option<Bearer>, Fault> {
    let Some(account_id) = session.account_id else { return Ok(None) };
    let account = account::Entity::find_by_id(account_id).one(&at.db()).await?;
    let Some(account) = account.filter(|row| row.status == account::Status::Active) else { return Ok(None) };
    if let Some(customer) = account.customer_id {
        return Ok(Some(Bearer {
            sub: customer,
            name: account.login,
            role: JobRole::Customer,
            on_behalf_of: None,
            org_unit: None,
            project_ids: Vec::new(),
            discipline: None,
            customer_id: Some(customer),
            client_id: None,
            scope: "self".to_owned(),
        }));
    }
    let Some(staff) = account.staff_id else { return Ok(None) };
    let held = choices(at, staff).await?;
    let same = held.into_iter().find(|c| c.role.code() == session.role && c.on_behalf_of == session.on_behalf_of);
    match same {
        Some(choice) => staff_bearer(at, staff, choice).await.map(Some),
        None => Ok(None),
    }
}
