//! Who could ever get a ticket (TK-R16): posts and skills seldom change and are remembered, for every receipt asks.

use std::collections::HashMap;

use access::JobRole;
use kernel::fault::Fault;
use kernel::time::business_day;
use registers::{org_unit, staff};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;

use super::pool::Handlers;

/// The posts of everybody active, with what he is skilled in.
struct Hands(Vec<Hand>);

struct Hand {
    post: staff::post::Model,
    role: JobRole,
    skills: Vec<String>,
}

/// Whether anybody of a unit or below it could ever get such a ticket.
pub(super) async fn could_take(at: &Reading, unit: Uuid, handlers: &Handlers) -> Result<bool, Fault> {
    let hands = at.remembered(async |db| {
        let posts = staff::post::Entity::find().filter(staff::post::Column::EndedAt.is_null()).all(&db).await?;
        let skills: Vec<(Uuid, String)> = staff::Entity::find()
            .select_only()
            .columns([staff::Column::Id, staff::Column::Skills])
            .filter(staff::Column::Status.eq(staff::entity::ACTIVE))
            .into_tuple()
            .all(&db)
            .await?;
        let skills: HashMap<Uuid, Vec<String>> =
            skills.into_iter().map(|(person, json)| (person, staff::skilled_in(&json))).collect();
        let hand = |post: staff::post::Model| {
            let (role, skills) = (post.job_role()?, skills.get(&post.staff_id)?.clone());
            Some(Hand { post, role, skills })
        };
        Ok(Hands(posts.into_iter().filter_map(hand).collect()))
    });
    let (hands, units, day) = (hands.await?, org_unit::subtree(at, unit).await?, business_day(at.now));
    Ok(hands.0.iter().any(|Hand { post, role, skills }| {
        units.contains(&post.org_unit_id) && post.is_held_on(day) && handlers.include(*role, skills)
    }))
}
