//! The default classifications: which kinds go with which category at which place.

use crate::catalogue::Kind::{self, *};
use crate::catalogue::PlaceKind::{self, *};
use crate::catalogue::classification::Rule;

/// One default classification.
pub(super) struct Combination {
    pub kind: Kind,
    pub category_code: &'static str,
    pub place_kind: PlaceKind,
    pub rule: Rule,
    pub handler_roles: &'static [&'static str],
    pub procedure_code: Option<&'static str>,
    pub warranty_part_code: Option<&'static str>,
}

struct Area {
    category_code: &'static str,
    rule: Rule,
    handler_roles: &'static [&'static str],
    /// Places where consultations, complaints, suggestions and applications are taken.
    places: &'static [PlaceKind],
    /// Places where something can be repaired.
    repairs: &'static [PlaceKind],
    warranty_part_code: Option<&'static str>,
}

const TALK: &[Kind] = &[Consultation, Complaint, Suggestion, Application];
const HOUSE: &[PlaceKind] = &[Unit, BuildingCommon, ProjectCommon, Parking];
const HOUSE_OR_NONE: &[PlaceKind] = &[Unit, BuildingCommon, ProjectCommon, Parking, None];
const SALE: &[PlaceKind] = &[Unit, Parking, None];
const HEAT: &[PlaceKind] = &[Unit, BuildingCommon, ProjectCommon, StationArea];
const HEAT_OR_NONE: &[PlaceKind] = &[Unit, BuildingCommon, ProjectCommon, StationArea, None];

const DESK: &[&str] = &["cs_agent", "service_rep", "cs_specialist"];
const PROJECT: &[&str] = &["cs_specialist", "engineering_officer", "cs_agent"];
const STATION: &[&str] = &["heating_station_head", "heating_hotline_agent", "repair_team_leader"];
const GOODS: &[&str] = &["aftersales_agent", "technical_support", "cs_agent"];
const CONDUCT: &[&str] = &["cs_specialist", "cs_agent", "team_leader"];

const fn project(category_code: &'static str, places: &'static [PlaceKind], repairs: &'static [PlaceKind]) -> Area {
    Area {
        category_code,
        rule: Rule::ProjectTeam,
        handler_roles: PROJECT,
        places,
        repairs,
        warranty_part_code: Option::None,
    }
}

/// A part of the house with a warranty of its own; talk about it is served by `house_quality`.
const fn part(category_code: &'static str, warranty_part_code: &'static str) -> Area {
    Area { warranty_part_code: Some(warranty_part_code), ..project(category_code, &[], HOUSE) }
}

const fn desk(
    category_code: &'static str,
    handler_roles: &'static [&'static str],
    places: &'static [PlaceKind],
) -> Area {
    Area { category_code, rule: Rule::Desk, handler_roles, places, repairs: &[], warranty_part_code: Option::None }
}

const AREAS: &[Area] = &[
    project("house_quality", HOUSE_OR_NONE, HOUSE),
    part("house_quality.water_leak", "waterproofing"),
    part("house_quality.waterproofing", "waterproofing"),
    part("house_quality.structure", "structure"),
    part("house_quality.door_window", "fitout"),
    part("house_quality.plumbing", "plumbing"),
    part("house_quality.electrical", "electrical"),
    part("house_quality.wall", "fitout"),
    project("planning_design", HOUSE_OR_NONE, &[]),
    Area { warranty_part_code: Some("fitout"), ..project("fitout_quality", HOUSE_OR_NONE, HOUSE) },
    desk("sales", DESK, SALE),
    desk("contract", DESK, SALE),
    desk("payment", DESK, SALE),
    desk("title", DESK, SALE),
    project("property_service", HOUSE_OR_NONE, HOUSE),
    desk("staff_conduct", CONDUCT, &[ProjectCommon, StationArea, None]),
    Area {
        category_code: "heating",
        rule: Rule::Station,
        handler_roles: STATION,
        places: HEAT_OR_NONE,
        repairs: HEAT,
        warranty_part_code: Option::None,
    },
    Area { repairs: &[Unit, None], ..desk("goods", GOODS, &[Unit, None]) },
    Area {
        repairs: &[Unit, BuildingCommon, ProjectCommon, Parking, StationArea],
        ..desk("other", DESK, &[Unit, BuildingCommon, ProjectCommon, Parking, StationArea, None])
    },
];

/// Every default classification.
pub(super) fn all() -> Vec<Combination> {
    let mut all = Vec::new();
    for area in AREAS {
        let talk = TALK.iter().flat_map(|kind| area.places.iter().map(move |place| (*kind, *place)));
        let repairs = area.repairs.iter().map(|place| (Repair, *place));
        all.extend(talk.chain(repairs).map(|(kind, place_kind)| Combination {
            kind,
            category_code: area.category_code,
            place_kind,
            rule: area.rule,
            handler_roles: area.handler_roles,
            procedure_code: Some(match kind {
                Complaint => "complaint",
                Repair => "repair",
                _ => "general",
            }),
            warranty_part_code: area.warranty_part_code.filter(|_| kind == Repair),
        }));
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::catalogue::ancestors;
    use crate::catalogue::defaults::words;

    fn served(kind: Kind, category_code: &str, place_kind: PlaceKind) -> bool {
        let codes = ancestors(category_code);
        all().iter().any(|row| row.kind == kind && row.place_kind == place_kind && codes.contains(&row.category_code))
    }

    #[test]
    fn each_combination_is_named_once_and_of_a_known_category_and_procedure() {
        let mut seen = HashSet::new();
        for row in all() {
            assert!(seen.insert((row.kind, row.category_code, row.place_kind)), "{} twice", row.category_code);
            assert!(words::CATEGORIES.iter().any(|(code, _)| *code == row.category_code));
            let mandatory = words::PROCEDURES
                .iter()
                .find(|(code, ..)| Some(*code) == row.procedure_code)
                .map(|(_, _, steps)| steps.iter().any(|(.., mandatory)| *mandatory));
            assert_eq!(mandatory, Some(false), "a default procedure asks for nothing");
        }
    }

    #[test]
    fn every_handler_role_is_a_role() {
        for row in all() {
            for role in row.handler_roles {
                assert!(role.parse::<access::JobRole>().is_ok(), "{role}");
            }
        }
    }

    #[test]
    fn every_ticket_that_a_flow_opens_is_served() {
        let homes = [Unit, StationArea];
        for (category, _) in words::CATEGORIES.iter().filter(|(code, _)| code.starts_with("house_quality")) {
            assert!(served(Repair, category, Unit), "{category}");
        }
        assert!(served(Consultation, "payment", None));
        for place in homes {
            assert!(served(Application, "heating.room_temperature", place));
            assert!(served(Repair, "heating.room_temperature", place));
            assert!(served(Repair, "heating.leak", place));
            assert!(served(Consultation, "heating.fee", place));
            assert!(served(Consultation, "heating.other", place));
        }
        assert!(served(Suggestion, "heating.other", StationArea));
        assert!(!served(Repair, "payment", None));
    }

    #[test]
    fn every_category_takes_each_kind_of_talk_somewhere() {
        for (category, _) in words::CATEGORIES {
            for kind in TALK {
                assert!(HOUSE_OR_NONE.iter().any(|place| served(*kind, category, *place)), "{category}");
            }
        }
    }
}
