//! Whose turn it is: the caller's, in the role of his token or in one lent to him (代理).

use access::Actor;
use kernel::time::business_day;
use registers::delegation;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{BinOper, Condition, ExprTrait, Query, SelectStatement, SimpleExpr};
use store::Reading;

use super::entity::{Column, Entity, Status, decision};

/// Resources whose steps are signed by their roles wherever these work; any other is signed within its unit.
const SIGNED_ANYWHERE: &[&str] = &["document"];

/// The open step is one for the role of the caller's token.
fn of_role(actor: &Actor) -> Condition {
    let turn = Column::NextRoles.contains(format!(",{},", actor.role.code()));
    Condition::all().add(Column::Status.eq(Status::Open)).add(turn)
}

/// The open step is one for a role lent to the caller today, and its principal neither applied nor signed; none for
/// whoever has no file as staff.
fn of_lent_role(at: &Reading) -> Option<Condition> {
    use delegation::Column as Lent;
    let (staff, today) = (at.actor().staff_id?, business_day(at.now));
    let join = |left: SimpleExpr, right: SimpleExpr| left.binary(BinOper::Custom("||"), right);
    let role = join(join(Expr::val("%,"), Lent::Role.into_expr()), Expr::val(",%"));
    let approval = |column: Column| Expr::col((Entity, column));
    let signed = |column: decision::Column| {
        Query::select()
            .expr(Expr::val(1))
            .from(decision::Entity)
            .and_where(Expr::col((decision::Entity, decision::Column::ApprovalId)).eq(approval(Column::Id)))
            .and_where(Expr::col((decision::Entity, column)).eq(Lent::FromStaffId.into_expr()))
            .to_owned()
    };
    let lent = Query::select()
        .expr(Expr::val(1))
        .from(delegation::Entity)
        .and_where(Lent::ToStaffId.eq(staff))
        .and_where(Lent::RevokedAt.is_null())
        .and_where(Lent::FromOn.lte(today))
        .and_where(Lent::ToOn.gte(today))
        .and_where(approval(Column::NextRoles).binary(BinOper::Like, role))
        .and_where(approval(Column::ApplicantId).ne(Lent::FromStaffId.into_expr()))
        .and_where(Expr::exists(signed(decision::Column::ActorId)).not())
        .and_where(Expr::exists(signed(decision::Column::OnBehalfOf)).not())
        .to_owned();
    Some(Condition::all().add(Column::Status.eq(Status::Open)).add(Expr::exists(lent)))
}

/// Open approvals it is the caller's turn to decide, in his role or one lent to him; he took no part before.
pub fn waits_for(at: &Reading) -> Condition {
    let turn = Condition::any().add(of_role(at.actor())).add_option(of_lent_role(at));
    at.actor()
        .persons()
        .fold(Condition::all().add(turn), |all, person| all.add(Column::Excluded.contains(person.to_string()).not()))
}

/// Open approvals whose step the caller's role decides and that lie in no unit, or in one that does not matter.
pub(super) fn decided_anywhere(actor: &Actor) -> Condition {
    of_role(actor).add(anywhere())
}

/// As [`decided_anywhere`], in a role lent to the caller.
pub(super) fn lent_anywhere(at: &Reading) -> Option<Condition> {
    Some(of_lent_role(at)?.add(anywhere()))
}

fn anywhere() -> Condition {
    let signed_anywhere = Column::Resource.is_in(SIGNED_ANYWHERE.iter().copied());
    Condition::any().add(Column::OrgUnitId.is_null()).add(signed_anywhere)
}

/// Approvals this person signed, for himself or through somebody who stood in for him.
pub(super) fn signed_by(person: Uuid) -> SimpleExpr {
    let signed = Query::select()
        .column(decision::Column::ApprovalId)
        .from(decision::Entity)
        .cond_where(
            Condition::any().add(decision::Column::ActorId.eq(person)).add(decision::Column::OnBehalfOf.eq(person)),
        )
        .to_owned();
    Column::Id.in_subquery(signed)
}

fn subjects(resource: &str, of: Condition) -> SelectStatement {
    Query::select()
        .column(Column::ResourceId)
        .from(Entity)
        .and_where(Column::Resource.eq(resource))
        .cond_where(of)
        .to_owned()
}

/// Subjects of a resource that wait for this caller's role, or that he signed: he may know of them.
pub fn subjects_of(resource: &str, actor: &Actor) -> SelectStatement {
    subjects(resource, Condition::any().add(of_role(actor)).add(signed_by(actor.sub)))
}

/// Subjects of a resource that wait for a role lent to the caller; none for whoever has no file as staff.
pub fn subjects_lent(resource: &str, at: &Reading) -> Option<SelectStatement> {
    of_lent_role(at).map(|of| subjects(resource, of))
}
