//! Which visits are credited, and why others are not (HS-R30, R32).

use super::entity::{Evidence, LineResult};

/// Why a visit, or a line of it, does not count.
#[codes::code(name = "VisitReason", stored = false)]
pub enum Reason {
    /// 非远端用户: no far-end household.
    NotFarEnd,
    /// 非本站用户: of another station.
    OtherStation,
    /// 无人在家: nobody was at home.
    Absent,
    /// 拒绝入户: the user refused.
    Refused,
    /// 无凭证: neither signed nor photographed.
    NoEvidence,
    /// 所引工作不在当日: the work named was of another day.
    WorkOtherDay,
    /// 所引工作非本人: the work named was somebody else's.
    WorkByOther,
    /// 所引工作非该户: the work named was in another household.
    WorkOtherHousehold,
    /// 有效户数不足: not enough far-end households.
    #[code("below_5")]
    #[label("Below 5")]
    Below5,
    /// 非包保责任人: the officer was not assigned to the station on that day.
    NotAssigned,
    /// 当日已有有效走访: the day has its credited visit.
    SecondSameDay,
    /// 非供暖期: outside the season.
    OutsideSeason,
    /// 非考核站: neither a boiler house nor an exchange station, or closed.
    NotTarget,
}

impl Reason {
    /// The reason of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }
}

/// How the work a line names agrees with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub day: bool,
    pub officer: bool,
    pub household: bool,
}

/// What is known of a line.
#[derive(Clone, Copy, Debug)]
pub struct LineFacts {
    pub far_end: bool,
    pub same_station: bool,
    pub result: LineResult,
    pub evidence: Evidence,
    /// Of the work it names, if it names any.
    pub work: Option<Match>,
}

/// Why a line does not count; it counts when there is no reason. The evidence of the work named is enough.
pub fn of_line(it: &LineFacts) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let mut note = |wrong: bool, reason| {
        if wrong {
            reasons.push(reason);
        }
    };
    note(!it.far_end, Reason::NotFarEnd);
    note(!it.same_station, Reason::OtherStation);
    note(it.result == LineResult::Absent, Reason::Absent);
    note(it.result == LineResult::Refused, Reason::Refused);
    match it.work {
        Some(work) => {
            note(!work.day, Reason::WorkOtherDay);
            note(!work.officer, Reason::WorkByOther);
            note(!work.household, Reason::WorkOtherHousehold);
        }
        None => note(it.result == LineResult::Met && it.evidence == Evidence::None, Reason::NoEvidence),
    }
    reasons
}

/// What is known of a visit.
#[derive(Clone, Copy, Debug)]
pub struct VisitFacts {
    /// Lines that count, and how many are needed.
    pub counted: usize,
    pub needed: usize,
    pub assigned: bool,
    /// Credited visits the station has on that day, and how many it may have.
    pub before: u64,
    pub a_day: u64,
    pub in_season: bool,
    pub target: bool,
}

/// Why a visit is not credited; it is when there is no reason.
pub fn of_visit(it: &VisitFacts) -> Vec<Reason> {
    let all = [
        (it.counted < it.needed, Reason::Below5),
        (!it.assigned, Reason::NotAssigned),
        (it.before >= it.a_day, Reason::SecondSameDay),
        (!it.in_season, Reason::OutsideSeason),
        (!it.target, Reason::NotTarget),
    ];
    all.into_iter().filter(|(wrong, _)| *wrong).map(|(_, reason)| reason).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: LineFacts = LineFacts {
        far_end: true,
        same_station: true,
        result: LineResult::Met,
        evidence: Evidence::Signature,
        work: None,
    };
    const AGREES: Match = Match { day: true, officer: true, household: true };

    fn check(it: LineFacts, wanted: &[&str]) {
        assert_eq!(of_line(&it).iter().map(|reason| reason.code()).collect::<Vec<_>>(), wanted, "{it:?}");
    }

    #[test]
    fn a_line_counts_unless_something_speaks_against_it() {
        check(COUNTS, &[]);
        check(LineFacts { evidence: Evidence::Photo, ..COUNTS }, &[]);
        check(LineFacts { far_end: false, ..COUNTS }, &["not_far_end"]);
        check(LineFacts { same_station: false, ..COUNTS }, &["other_station"]);
        check(LineFacts { evidence: Evidence::None, ..COUNTS }, &["no_evidence"]);
        // Who met nobody has nothing to prove.
        check(LineFacts { result: LineResult::Absent, evidence: Evidence::None, ..COUNTS }, &["absent"]);
        check(LineFacts { result: LineResult::Refused, ..COUNTS }, &["refused"]);
        check(LineFacts { far_end: false, result: LineResult::Refused, ..COUNTS }, &["not_far_end", "refused"]);
    }

    #[test]
    fn the_evidence_of_real_work_is_enough_and_has_to_agree() {
        let named = |work| LineFacts { evidence: Evidence::None, work: Some(work), ..COUNTS };
        check(named(AGREES), &[]);
        check(named(Match { day: false, ..AGREES }), &["work_other_day"]);
        check(named(Match { officer: false, ..AGREES }), &["work_by_other"]);
        check(named(Match { household: false, ..AGREES }), &["work_other_household"]);
        check(LineFacts { work: Some(Match { day: false, ..AGREES }), ..COUNTS }, &["work_other_day"]);
    }

    #[test]
    fn a_visit_is_credited_once_a_day_for_enough_homes_of_a_target() {
        let full =
            VisitFacts { counted: 5, needed: 5, assigned: true, before: 0, a_day: 1, in_season: true, target: true };
        let check = |it: VisitFacts, wanted: &[&str]| {
            assert_eq!(of_visit(&it).iter().map(|reason| reason.code()).collect::<Vec<_>>(), wanted, "{it:?}");
        };
        check(full, &[]);
        check(VisitFacts { counted: 4, ..full }, &["below_5"]);
        check(VisitFacts { assigned: false, ..full }, &["not_assigned"]);
        check(VisitFacts { before: 1, ..full }, &["second_same_day"]);
        check(VisitFacts { in_season: false, target: false, ..full }, &["outside_season", "not_target"]);
    }
}
