//! Stops of a season (报停, HS-05).

use kernel::fault::Fault;
use kernel::report::column::{count, money, text};
use kernel::report::{Cell, Chart, Shape, sum};
use kernel::time::{Timestamp, end_of_day};
use sea_orm::ConnectionTrait;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, Query};
use store::Reading;
use store::reports::{Ask, Definition, Figures, Slice, Span};

use super::places::{self, ByStation};
use super::{READ, fees, season};
use crate::bill::entity as bills;
use crate::household::entity as homes;
use crate::stop::StopApplication;
use crate::stop::entity::{self as stops, Kind, Status};

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/stops",
    title_zh: "报停统计",
    title_en: "Stops",
    summary: "Counts the applications to stop for a season by station: applied for, approved, sealed, lapsed, resumed, \
              and the basic fees billed.",
    permission: READ,
    span: Span::Season,
    by: &[],
    chart: Chart { shape: Shape::Bars, label: "station", series: &["applications", "approved", "sealed"] },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

/// A stop somebody approved, whatever became of it.
const APPROVED: &str = "approved,effective,lapsed";
/// A stop that was sealed.
const SEALED: &str = "effective,lapsed";

#[derive(Clone, Copy, Default)]
struct Row {
    applications: i64,
    approved: i64,
    sealed: i64,
    lapsed: i64,
    resumed: i64,
    basic_fees_fen: i64,
}

impl Row {
    fn count(&mut self, kind: Kind, status: Status, n: i64) {
        match (kind, status) {
            (Kind::Resume, Status::Effective | Status::Lapsed) => self.resumed += n,
            (Kind::Resume, _) => {}
            (Kind::Stop, status) => {
                self.applications += n;
                self.approved += if APPROVED.contains(status.code()) { n } else { 0 };
                self.sealed += if SEALED.contains(status.code()) { n } else { 0 };
                self.lapsed += if status == Status::Lapsed { n } else { 0 };
            }
        }
    }
    fn add(&mut self, other: &Self) {
        self.applications += other.applications;
        self.approved += other.approved;
        self.sealed += other.sealed;
        self.lapsed += other.lapsed;
        self.resumed += other.resumed;
        self.basic_fees_fen += other.basic_fees_fen;
    }
    fn cells(&self, list: Option<&Slice>) -> Vec<Cell> {
        let open = |n: i64, kind: Kind, status: &str| {
            Slice::open::<StopApplication>(list, n, |slice| {
                let slice = slice.with("kind", kind.code());
                if status.is_empty() { slice } else { slice.with("status", status) }
            })
        };
        vec![
            open(self.applications, Kind::Stop, ""),
            open(self.approved, Kind::Stop, APPROVED),
            open(self.sealed, Kind::Stop, SEALED),
            open(self.lapsed, Kind::Stop, "lapsed"),
            open(self.resumed, Kind::Resume, SEALED),
            sum::money(self.basic_fees_fen).into(),
        ]
    }
}

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let season = season(at, ask).await?;
    let end = end_of_day(ask.as_of);
    let list = Slice::default().with("season", season.id).with("applied_at_lt", Timestamp::from(end));
    let mut counted = applications(at, &list).await?;
    let basic = fees::billed_until(season.id, end).add(bills::Column::Kind.eq(bills::Kind::BasicFee));
    for (station, fen) in fees::by_station(at, fees::totals(basic, at)).await? {
        counted.entry(Some(station)).or_default().basic_fees_fen += fen;
    }
    let mut all = Row::default();
    counted.values().for_each(|row| all.add(row));
    let of =
        |station: Option<Uuid>, row: &Row| row.cells(station.map(|station| list.with("station_id", station)).as_ref());
    let rows = places::rows(at, counted, of).await?;
    let mut totals = vec![Cell::default()];
    totals.extend(all.cells(Some(&list)));
    let columns = vec![
        text("station", "所站", "Station"),
        count("applications", "申请", "Applications"),
        count("approved", "批准", "Approved"),
        count("sealed", "铅封", "Sealed"),
        count("lapsed", "到期", "Lapsed"),
        count("resumed", "恢复供热", "Resumed"),
        money("basic_fees", "基本热费", "Basic fees"),
    ];
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

/// The applications a list shows, by the station of the household.
async fn applications(at: &Reading, list: &Slice) -> Result<ByStation<Row>, Fault> {
    let of_home = Expr::col((homes::Entity, homes::Column::Id)).equals((stops::Entity, stops::Column::HouseholdId));
    let select = Query::select()
        .column((homes::Entity, homes::Column::StationId))
        .column((stops::Entity, stops::Column::Kind))
        .column((stops::Entity, stops::Column::Status))
        .expr(Expr::cust("COUNT(*)"))
        .from(stops::Entity)
        .inner_join(homes::Entity, of_home)
        .cond_where(list.condition::<StopApplication>(at)?)
        .group_by_col((homes::Entity, homes::Column::StationId))
        .group_by_col((stops::Entity, stops::Column::Kind))
        .group_by_col((stops::Entity, stops::Column::Status))
        .to_owned();
    let mut counted: ByStation<Row> = ByStation::new();
    for row in at.db().query_all(&select).await? {
        let station: Uuid = row.try_get_by_index(0)?;
        let (kind, status) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        counted.entry(Some(station)).or_default().count(kind, status, row.try_get_by_index(3)?);
    }
    Ok(counted)
}
