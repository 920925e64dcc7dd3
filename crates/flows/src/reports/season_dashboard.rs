//! The season at a glance, at the instant of asking; once it is over, as it stood on its last day; once it is closed, as
//! it was kept then, with what is so now beside it.

use chrono::{Datelike, NaiveDate};
use heating_service::complaint::HeatComplaint;
use heating_service::household::Household;
use heating_service::household::status::{Status, overdue_total};
use heating_service::instrument::{self, Instrument};
use heating_service::lab_sample::LabSample;
use heating_service::outage::Outage;
use heating_service::season::{board, entity::Model as Season, queries as seasons};
use heating_service::station::{HeatingStation, entity as stations};
use heating_service::temperature::TemperatureCase;
use heating_service::temperature::figures::season_pass_rate;
use heating_service::visit::{self, compliance::Compliance};
use kernel::fault::Fault;
use kernel::fixed::Fixed;
use kernel::lang::Lang;
use kernel::report::column::{number, text};
use kernel::report::{Cell, Chart, Note, Period, Shape, Value, share};
use kernel::time::{Month, business_day};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::reports::{Definition, Figures, Slice, Span};
use store::{Reading, Resource};

use super::READ;
use super::promises::Promises;
use super::service_report::COUNTED_OUTAGES;

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/season-dashboard",
    title_zh: "供暖季看板",
    title_en: "The season now",
    summary: "Shows how the season stands now: households by status, outages, the pass rate of measurements, promises \
              kept for tickets, what is overdue, instruments that are due. When the season is over, households and what \
              they owe stand as of its last day until the next one begins. Once it is closed every figure of the company, \
              a branch or a station stands as it was then, and `now` says what is so today.",
    permission: READ,
    span: Span::Now,
    by: &[],
    chart: Chart { shape: Shape::Tiles, label: "what", series: &["value"] },
    run: |at, _| Box::pin(figures(at)),
}];

/// A figure on the board.
struct Tile {
    key: String,
    title: &'static str,
    value: Cell,
    unit: &'static str,
}

/// The figures as they are put on the board.
struct Board<'a> {
    at: &'a Reading,
    tiles: Vec<Tile>,
}

impl Board<'_> {
    fn put(&mut self, key: &str, titles: (&'static str, &'static str), unit: &'static str, value: Cell) {
        let title = if self.at.lang() == Lang::Zh { titles.0 } else { titles.1 };
        self.tiles.push(Tile { key: key.to_owned(), title, value, unit });
    }

    /// A number of rows and the list of them.
    async fn count<R: Resource>(
        &mut self,
        key: &str,
        titles: (&'static str, &'static str),
        unit: &'static str,
        list: Slice,
    ) -> Result<i64, Fault> {
        let counted = list.count::<R>(self.at).await?;
        let n = if let Value::Count(n) = counted.value { n } else { 0 };
        self.put(key, titles, unit, Cell { value: whole(n), ..counted });
        Ok(n)
    }

    fn rate(&mut self, key: &str, titles: (&'static str, &'static str), part: i64, all: i64) {
        let value = match share(part, all) {
            Value::Percent(percent) => hundredths(percent.units()),
            _ => Value::Nothing,
        };
        self.put(key, titles, "%", value.into());
    }
}

fn hundredths(units: i64) -> Value {
    Fixed::from_units(units).map_or(Value::Nothing, Value::Number)
}

fn whole(n: i64) -> Value {
    n.checked_mul(100).map_or(Value::Nothing, hundredths)
}

async fn figures(at: &Reading) -> Result<Figures, Fault> {
    let today = business_day(at.now);
    let season = seasons::latest(at, None).await?;
    let kept = match &season {
        Some(season) => board::kept(at, season.id).await?,
        None => None,
    };
    let over = season.as_ref().map(|season| season.ends_on).filter(|last| *last < today && kept.is_none());
    let row = |tile: Tile| {
        let (value, now) = match &kept {
            Some(kept) => (figure(kept, &tile.key).into(), tile.value),
            None => (tile.value, Cell::default()),
        };
        vec![tile.key.into(), tile.title.into(), value, tile.unit.into(), now]
    };
    let rows = tiles(at, season.as_ref(), today, over).await?.into_iter().map(row).collect();
    let columns = vec![
        text("key", "代码", "Key"),
        text("what", "项目", "What"),
        number("value", "数值", "Value"),
        text("unit", "单位", "Unit"),
        number("now", "现在", "Now"),
    ];
    let notes = kept.iter().map(|kept| Note {
        zh: format!("数值为供暖季关闭时({})所留", kept.taken_at),
        en: format!("Values as kept when the season was closed ({})", kept.taken_at),
    });
    Ok(Figures { columns, rows, notes: notes.collect(), ..Figures::default() })
}

/// What was kept under a key.
fn figure(kept: &board::Board, key: &str) -> Value {
    kept.tiles.get(key).copied().flatten().map_or(Value::Nothing, Value::Number)
}

/// The figures of a season as they stand on its last day, to be kept.
pub(crate) async fn at_the_end(at: &Reading, season: &Season) -> Result<board::Tiles, Fault> {
    let tiles = tiles(at, Some(season), season.ends_on, Some(season.ends_on)).await?;
    // The lists were asked as of that day; what follows is of today.
    at.show_as_of(business_day(at.now));
    let kept = |tile: Tile| match tile.value.value {
        Value::Number(figure) => (tile.key, Some(figure)),
        _ => (tile.key, None),
    };
    Ok(tiles.into_iter().map(kept).collect())
}

/// The figures of a day; homes and what they owe as of the last day of a season that is over.
async fn tiles(
    at: &Reading,
    season: Option<&Season>,
    day: NaiveDate,
    over: Option<NaiveDate>,
) -> Result<Vec<Tile>, Fault> {
    let mut board = Board { at, tiles: Vec::new() };
    households(&mut board, over).await?;
    heat(&mut board, day, season).await?;
    desk(&mut board, day).await?;
    inspection(&mut board, day, season).await?;
    board.put("overdue", ("欠费", "Overdue"), "元", hundredths(overdue_total(at, over.unwrap_or(day)).await?).into());
    let due = Slice::default().with("due_before", instrument::due::until(at, day).await?);
    board.count::<Instrument>("due_instruments", ("待检仪器", "Instruments due"), "台", due).await?;
    Ok(board.tiles)
}

/// Homes as they stand, or as they stood on the last day of a season that is over.
async fn households(board: &mut Board<'_>, over: Option<NaiveDate>) -> Result<(), Fault> {
    let as_of = over.map_or_else(Slice::default, |day| Slice::default().with("as_of", day));
    for &status in Status::ALL {
        let key = format!("households_{}", status.code());
        let list = as_of.with("status", status.code());
        board.count::<Household>(&key, status.labels(), "户", list).await?;
    }
    Ok(())
}

/// Outages of the day, and how warm the homes measured in the season were.
async fn heat(board: &mut Board<'_>, today: NaiveDate, season: Option<&Season>) -> Result<(), Fault> {
    let day = Period { from: today, to: today };
    let counted = Slice::default().with("status", COUNTED_OUTAGES).during("started_at", day);
    board.count::<Outage>("outages_today", ("今日停缓供", "Outages today"), "次", counted).await?;
    let open = Slice::default().with("open", true);
    board.count::<Outage>("outages_open", ("在办停缓供", "Outages open"), "次", open).await?;
    let Some(season) = season else { return Ok(()) };
    let of_season = Period { from: season.starts_on, to: season.ends_on };
    let measured = |verdict: &str| Slice::default().during("requested_at", of_season).with("verdict", verdict);
    let titles = ("室温不达标", "Homes found cold");
    board.count::<TemperatureCase>("cold", titles, "单", measured("unqualified")).await?;
    let titles = ("室温达标", "Homes found warm");
    board.count::<TemperatureCase>("warm", titles, "单", measured("qualified")).await?;
    // Of visits, as the statistics count (HS-R14): a home that was cold first is one visit of each.
    let (warm, all) = season_pass_rate(board.at, season).await?;
    board.rate("pass_rate", ("室温合格率", "Pass rate"), warm, all);
    Ok(())
}

/// Net complaints of the season, the month's quota of visits, and what waits in the laboratory.
async fn inspection(board: &mut Board<'_>, today: NaiveDate, season: Option<&Season>) -> Result<(), Fault> {
    if let Some(season) = season {
        let net = Slice::default().with("season", season.id).with("counts", true);
        board.count::<HeatComplaint>("net_complaints", ("净投诉", "Net complaints"), "件", net).await?;
    }
    let targets = stations::Entity::find()
        .filter(HeatingStation::visible(board.at))
        .filter(stations::Column::Kind.is_in([stations::Kind::BoilerHouse, stations::Kind::ExchangeStation]))
        .filter(stations::Column::Status.eq(stations::Status::Active))
        .all(&board.at.db())
        .await?;
    let judged = visit::queries::compliance(board.at, &targets, Month::of(today)).await?;
    let judged: Vec<bool> = judged.values().filter_map(Compliance::ok).collect();
    let met = judged.iter().filter(|met| **met).count();
    let of = |n: usize| i64::try_from(n).map_err(Fault::internal);
    board.rate("visit_quota", ("本月走访达标率", "Visit quota met"), of(met)?, of(judged.len())?);
    let waiting = Slice::default().with("status", "received,testing,averaged");
    board.count::<LabSample>("lab_queue", ("在验样品", "Samples in the laboratory"), "个", waiting).await?;
    Ok(())
}

/// How far the desk kept its promises for heating this month.
async fn desk(board: &mut Board<'_>, today: NaiveDate) -> Result<(), Fault> {
    let month = Period { from: today.with_day(1).unwrap_or(today), to: today };
    let kept = Promises::of(board.at, month).await?;
    for (key, titles, (all, in_time)) in [
        ("leak_rate", ("本月跑冒漏及时率", "Leaks in time"), kept.leaks()),
        ("complaint_rate", ("本月投诉及时率", "Complaints in time"), kept.complaints()),
        ("timely_reply_rate", ("本月答复及时率", "Timely replies"), kept.replies()),
    ] {
        board.rate(key, titles, in_time, all);
    }
    Ok(())
}
