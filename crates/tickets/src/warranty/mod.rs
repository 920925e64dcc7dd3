//! Warranty (保修, TK-R20): which part of a building is covered for how long, by whom, and who pays.

pub mod check;
pub mod coverage;
pub mod part;
pub mod season;

use chrono::{Months, NaiveDate};
use kernel::fault::Fault;
use kernel::ids;
use kernel::time::add_months_clamped;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use store::Work;
use store::journal::Fact;

pub use coverage::WarrantyCoverage;
pub use part::WarrantyPart;

/// How long a part is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    Months(i32),
    HeatingSeasons(i32),
    /// As long as the building is designed to stand.
    DesignLife,
}

impl Period {
    /// The last day covered, when it can be known: the month's end clamps, a season ends with its last day.
    pub fn until(
        self,
        start: NaiveDate,
        design_life_years: Option<i32>,
        seasons: &season::Counting,
    ) -> Option<NaiveDate> {
        match self {
            Self::Months(months) => Some(add_months_clamped(start, months)),
            Self::HeatingSeasons(n) => seasons.nth_end(start, n),
            Self::DesignLife => {
                let years = u32::try_from(design_life_years?).ok()?;
                start.checked_add_months(Months::new(years.checked_mul(12)?))
            }
        }
    }
}

/// Code, name and period of the parts a desk starts with.
const DEFAULTS: &[(&str, &str, Period)] = &[
    ("structure", "地基基础和主体结构", Period::DesignLife),
    ("waterproofing", "屋面、卫生间、外墙防水", Period::Months(60)),
    ("heating_cooling", "供热与供冷系统", Period::HeatingSeasons(2)),
    ("electrical", "电气管线", Period::Months(24)),
    ("plumbing", "给排水管道", Period::Months(24)),
    ("fitout", "装修工程", Period::Months(24)),
];

/// Installs the statutory parts; what is there, changed or not, stays as it is.
pub async fn install_defaults(work: &Work) -> Result<(), Fault> {
    let known: Vec<String> = part::Entity::find().all(&work.db()).await?.into_iter().map(|row| row.code).collect();
    let missing = DEFAULTS.iter().filter(|(code, _, _)| !known.iter().any(|known| known == code));
    let rows: Vec<part::ActiveModel> =
        missing.map(|(code, name, period)| new_part(work, code, name, *period)).collect();
    if rows.is_empty() {
        work.unchanged();
        return Ok(());
    }
    work.record(Fact::new("warranty_part.installed", "warranty_part", None).with("rows", rows.len()));
    part::Entity::insert_many(rows).exec_without_returning(&work.db()).await?;
    Ok(())
}

fn new_part(work: &Work, code: &str, name: &str, period: Period) -> part::ActiveModel {
    let (months, heating_seasons) = match period {
        Period::Months(n) => (Some(n), None),
        Period::HeatingSeasons(n) => (None, Some(n)),
        Period::DesignLife => (None, None),
    };
    part::ActiveModel {
        id: Set(ids::new_id(work.now)),
        version: Set(1),
        created_at: Set(work.now),
        created_by: Set(work.actor().sub),
        code: Set(code.to_owned()),
        name: Set(name.to_owned()),
        months: Set(months),
        heating_seasons: Set(heating_seasons),
        design_life: Set(period == Period::DesignLife),
    }
}
