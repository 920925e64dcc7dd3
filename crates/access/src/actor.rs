//! Who calls: one person or machine in one job role, and what he may know of.

use uuid::Uuid;

use crate::{JobRole, policy};

/// The caller of an operation, as his token and the assignment table say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account signed in with; clients and the system have none.
    pub account_id: Option<Uuid>,
    /// The person or machine: staff id, customer id or client id. Separation of duties compares it.
    pub sub: Uuid,
    /// As the token names him.
    pub name: String,
    /// The one role of the token.
    pub role: JobRole,
    /// Set for a person of the house.
    pub staff_id: Option<Uuid>,
    /// Set for the customer himself.
    pub customer_id: Option<Uuid>,
    /// The customer's file and those merged into it.
    pub customer_files: Vec<Uuid>,
    /// Set for a service account.
    pub client_id: Option<Uuid>,
    /// The principal, when the role is held by delegation.
    pub on_behalf_of: Option<Uuid>,
    /// The refresh-token family of the sign-in.
    pub session_id: Option<Uuid>,
    /// The rows he may know of.
    pub scope: Scope,
    /// The permissions a machine's token is confined to; none: all of its role.
    pub confined_to: Option<Vec<String>>,
    /// Everything but changing the password is refused until it is changed.
    pub must_change_password: bool,
}

/// The rows an actor may know of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Every row, whatever its unit or project.
    pub all: bool,
    /// The unit of the post.
    pub org_unit_id: Option<Uuid>,
    /// That unit and every one below it.
    pub org_unit_ids: Vec<Uuid>,
    /// The projects the post is limited to or a client is given.
    pub project_ids: Vec<Uuid>,
    /// civil, installation, fitout or landscape.
    pub discipline: Option<String>,
}

impl Actor {
    /// The house itself: jobs, flows and set-up.
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
            customer_files: Vec::new(),
            client_id: None,
            on_behalf_of: None,
            session_id: None,
            scope: Scope::default(),
            confined_to: None,
            must_change_password: false,
        }
    }

    /// Whether this is the house itself and no caller: nobody who signed in is.
    pub fn is_system(&self) -> bool {
        self.sub.is_nil() && self.scope.all && self.account_id.is_none() && self.session_id.is_none()
    }

    /// Whether he acts in this role.
    pub fn is(&self, role: JobRole) -> bool {
        self.role == role
    }

    /// Whether this is a customer, who sees only what is his.
    pub fn is_customer(&self) -> bool {
        self.role == JobRole::Customer
    }

    /// Whether this is the customer of a file, or of the one it was merged into.
    pub fn is_customer_of(&self, file: Option<Uuid>) -> bool {
        self.is_customer() && file.is_some_and(|file| self.customer_files.contains(&file))
    }

    /// Whether he knows little of the desk: what is his, was given to him or made by him. Says how rows are looked for,
    /// not who may.
    pub fn knows_few(&self) -> bool {
        use JobRole::{Customer, PropertyConsultant, RepairTechnician, ServiceOutlet};
        self.is_any(&[Customer, ServiceOutlet, RepairTechnician, PropertyConsultant])
    }

    /// Whether he acts in one of these roles.
    pub fn is_any(&self, roles: &[JobRole]) -> bool {
        roles.contains(&self.role)
    }

    /// Whether the role holds a permission and the token is not confined to others; the system holds all.
    pub fn holds(&self, permission: &str) -> bool {
        self.is_system() || (policy::allows(permission, self.role) && self.reaches(permission))
    }

    /// Whether the token's scope names a permission; what everybody may, everybody's token may.
    fn reaches(&self, permission: &str) -> bool {
        let named = |list: &Vec<String>| list.iter().any(|known| known == permission);
        self.confined_to.as_ref().is_none_or(named) || policy::is_for_everybody(permission)
    }

    /// The persons separation of duties compares: himself and his principal.
    pub fn persons(&self) -> impl Iterator<Item = Uuid> + use<> {
        [Some(self.sub), self.on_behalf_of].into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_holds_all_and_nobody_holds_nothing_of_the_house() {
        let system = Actor::system();
        assert!(system.is_system() && system.scope.all && system.is(JobRole::SystemAdmin));
        assert!(system.holds("tickets.ticket:approve"));
        assert!(!Actor::nobody().is_system());
        assert!(!Actor::nobody().holds("platform.staff:read"));
    }

    #[test]
    fn an_administrator_who_signed_in_is_not_the_system() {
        let admin = Actor { sub: Uuid::from_u128(7), session_id: Some(Uuid::from_u128(8)), ..Actor::system() };
        assert!(!admin.is_system());
        assert!(!admin.holds("tickets.ticket:approve"));
        assert!(!Actor { session_id: Some(Uuid::from_u128(8)), ..Actor::system() }.is_system());
    }

    #[test]
    fn a_confined_token_holds_what_it_names_and_what_everybody_does() {
        let role = JobRole::IntegrationClient;
        let named = Some(vec!["platform.customer:read".to_owned(), "platform.client:manage".to_owned()]);
        let confined = Actor { sub: Uuid::from_u128(3), role, confined_to: named, ..Actor::nobody() };
        assert!(confined.holds("platform.customer:read") && confined.holds("platform.me:read"));
        assert!(!confined.holds("platform.customer:create"), "not named");
        assert!(!confined.holds("platform.client:manage"), "not of the role");
        assert!(Actor { confined_to: None, ..confined }.holds("platform.customer:create"));
    }

    #[test]
    fn a_delegate_is_two_persons() {
        let (own, principal) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let delegate = Actor { sub: own, on_behalf_of: Some(principal), role: JobRole::CsManager, ..Actor::nobody() };
        assert_eq!(delegate.persons().collect::<Vec<_>>(), [own, principal]);
        assert!(delegate.is_any(crate::groups::HEAD) && !delegate.is_customer());
        let alone = Actor { on_behalf_of: None, ..delegate };
        assert_eq!(alone.persons().collect::<Vec<_>>(), [own]);
    }
}
