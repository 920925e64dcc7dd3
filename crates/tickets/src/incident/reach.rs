//! What an incident reaches: categories with those below them, at its projects, buildings and stations.

use std::collections::HashMap;

use kernel::fault::{Fault, FieldErrors};
use kernel::ids;
use registers::property::{building::Building, project::Project};
use registers::referenced;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use store::{Reading, Work};
use utoipa::ToSchema;

use super::entity::place::Kind;
use super::entity::{category, place};
use crate::catalogue;
use crate::ticket::entity::{Column as TicketColumn, Model as TicketRow};

/// Where an incident holds; not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentScope {
    #[serde(default)]
    #[schema(max_items = 50)]
    pub project_ids: Vec<Uuid>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub building_ids: Vec<Uuid>,
    #[serde(default)]
    #[schema(max_items = 50)]
    pub station_org_unit_ids: Vec<Uuid>,
}

/// Categories and places together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub category_codes: Vec<String>,
    pub scope: IncidentScope,
}

impl IncidentScope {
    fn places(&self) -> impl Iterator<Item = (Kind, Uuid)> {
        let of = |kind: Kind, ids: &[Uuid]| ids.iter().map(|id| (kind, *id)).collect::<Vec<_>>();
        let lists = [
            of(Kind::Project, &self.project_ids),
            of(Kind::Building, &self.building_ids),
            of(Kind::Station, &self.station_org_unit_ids),
        ];
        lists.into_iter().flatten()
    }
}

impl Reach {
    /// Whether a ticket of this category at this place is explained.
    pub fn covers(&self, ticket: &TicketRow) -> bool {
        let named = catalogue::ancestors(&ticket.category_code);
        let at = |list: &[Uuid], id: Option<Uuid>| id.is_some_and(|id| list.contains(&id));
        let scope = &self.scope;
        self.category_codes.iter().any(|code| named.contains(&code.as_str()))
            && (at(&scope.project_ids, ticket.project_id)
                || at(&scope.building_ids, ticket.building_id)
                || at(&scope.station_org_unit_ids, ticket.station_org_unit_id))
    }

    /// The same as a condition on tickets.
    pub fn tickets(&self) -> Condition {
        let mut of_category = Condition::any();
        for code in &self.category_codes {
            of_category = of_category
                .add(TicketColumn::CategoryCode.eq(code.as_str()))
                .add(TicketColumn::CategoryCode.starts_with(format!("{code}.")));
        }
        let somewhere = Condition::any()
            .add(TicketColumn::ProjectId.is_in(self.scope.project_ids.iter().copied()))
            .add(TicketColumn::BuildingId.is_in(self.scope.building_ids.iter().copied()))
            .add(TicketColumn::StationOrgUnitId.is_in(self.scope.station_org_unit_ids.iter().copied()));
        Condition::all().add(of_category).add(somewhere)
    }

    /// Checks that everything named is there for the caller.
    ///
    /// # Errors
    /// 422 `required` at `/scope`, `invalid_enum` for an unknown category, `not_found` for a place.
    pub async fn check(&self, at: &Reading) -> Result<(), Fault> {
        let mut errors = FieldErrors::default();
        errors.add_if(self.scope == IncidentScope::default(), "/scope", "required");
        let known = catalogue::category::Entity::find()
            .filter(catalogue::category::Column::Code.is_in(self.category_codes.iter().map(String::as_str)))
            .all(&at.db())
            .await?;
        for (n, code) in self.category_codes.iter().enumerate() {
            let missing = !known.iter().any(|row| row.code == *code);
            errors.add_if(missing, &format!("/category_codes/{n}"), "invalid_enum");
        }
        errors.finish()?;
        for (n, id) in self.scope.project_ids.iter().enumerate() {
            referenced::known::<Project>(at, *id, &format!("/scope/project_ids/{n}")).await?;
        }
        for (n, id) in self.scope.building_ids.iter().enumerate() {
            referenced::known::<Building>(at, *id, &format!("/scope/building_ids/{n}")).await?;
        }
        for (n, id) in self.scope.station_org_unit_ids.iter().enumerate() {
            registers::org_unit_known(at, *id, &format!("/scope/station_org_unit_ids/{n}")).await?;
        }
        Ok(())
    }

    /// Writes what an incident reaches, in place of what it reached before.
    pub async fn keep(&self, work: &Work, incident_id: Uuid) -> Result<(), Fault> {
        let db = work.db();
        category::Entity::delete_many().filter(category::Column::IncidentId.eq(incident_id)).exec(&db).await?;
        place::Entity::delete_many().filter(place::Column::IncidentId.eq(incident_id)).exec(&db).await?;
        let id = || Set(ids::new_id(work.now));
        let mut codes = self.category_codes.clone();
        codes.sort();
        codes.dedup();
        let categories = codes.into_iter().map(|code| category::ActiveModel {
            id: id(),
            incident_id: Set(incident_id),
            category_code: Set(code),
        });
        category::Entity::insert_many(categories).exec_without_returning(&db).await?;
        let mut places: Vec<(Kind, Uuid)> = self.scope.places().collect();
        places.sort_by_key(|(_, place)| *place);
        places.dedup_by_key(|(_, place)| *place);
        let places = places.into_iter().map(|(kind, place_id)| place::ActiveModel {
            id: id(),
            incident_id: Set(incident_id),
            kind: Set(kind),
            place_id: Set(place_id),
        });
        place::Entity::insert_many(places).exec_without_returning(&db).await?;
        Ok(())
    }

    /// What each of these incidents reaches.
    pub async fn of(at: &Reading, incidents: &[Uuid]) -> Result<HashMap<Uuid, Self>, Fault> {
        let mut found: HashMap<Uuid, Self> = HashMap::new();
        let codes = category::Entity::find()
            .filter(category::Column::IncidentId.is_in(incidents.iter().copied()))
            .order_by_asc(category::Column::CategoryCode);
        for row in codes.all(&at.db()).await? {
            found.entry(row.incident_id).or_default().category_codes.push(row.category_code);
        }
        let places = place::Entity::find()
            .filter(place::Column::IncidentId.is_in(incidents.iter().copied()))
            .order_by_asc(place::Column::PlaceId);
        for row in places.all(&at.db()).await? {
            let scope = &mut found.entry(row.incident_id).or_default().scope;
            match row.kind {
                Kind::Project => scope.project_ids.push(row.place_id),
                Kind::Building => scope.building_ids.push(row.place_id),
                Kind::Station => scope.station_org_unit_ids.push(row.place_id),
            }
        }
        Ok(found)
    }
}
