//! Who calls: one person or machine in one job role, and what he may know of.

use uuid::Uuid;

use crate::{JobRole, policy};

/// The caller of an operation, as his token and the assignment table say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub account_id: Option<Uuid>,
    /// The person or machine: staff id, customer id or client id. Separation of duties compares it.
    pub sub: Uuid,
    pub name: String,
    pub role: JobRole,
    pub staff_id: Option<Uuid>,
    pub customer_id: Option<Uuid>,
    pub client_id: Option<Uuid>,
    /// The principal, when the role is held by delegation.
    pub on_behalf_of: Option<Uuid>,
    pub session_id: Option<Uuid>,
    pub scope: Scope,
    /// Everything but changing the password is refused until it is changed.
    pub must_change_password: bool,
}

/// The rows an actor may know of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    pub all: bool,
    /// The unit of the post.
    pub org_unit_id: Option<Uuid>,
    /// That unit and every one below it.
    pub org_unit_ids: Vec<Uuid>,
    pub project_ids: Vec<Uuid>,
    /// civil, installation, fitout or landscape.
    pub discipline: Option<String>,
}

impl Actor {
    /// Jobs, flows and set-up.
    pub fn system() -> Self {
        let scope = Scope { all: true, ..Scope::default() };
        Self { name: "system".to_owned(), role: JobRole::SystemAdmin, scope, ..Self::nobody() }
    }

    /// A caller who is not signed in.
    pub fn nobody() -> Self {
        Self {
            account_id: None,
            sub: Uuid::nil(),
            name: String::new(),
            role: JobRole::Customer,
            staff_id: None,
            customer_id: None,
            client_id: None,
            on_behalf_of: None,
            session_id: None,
            scope: Scope::default(),
            must_change_password: false,
        }
    }

    /// Whether this is the house itself and no person.
    pub fn is_system(&self) -> bool {
        self.sub.is_nil() && self.scope.all
    }

    pub fn is_customer(&self) -> bool {
        self.role == JobRole::Customer
    }

    pub fn is_any(&self, roles: &[JobRole]) -> bool {
        roles.contains(&self.role)
    }

    /// Whether the role holds a permission; the system holds all.
    pub fn holds(&self, permission: &str) -> bool {
        self.is_system() || policy::allows(permission, self.role)
    }

    /// The persons separation of duties compares: himself and his principal.
    pub fn persons(&self) -> impl Iterator<Item = Uuid> + use<> {
        [Some(self.sub), self.on_behalf_of].into_iter().flatten()
    }
}
