//! Public assets and cards as they stood at the end of a day (HS-13).

use kernel::fault::Fault;
use kernel::report::column::{count, text};
use kernel::report::{Cell, Chart, Shape, Value};
use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;
use store::Reading;
use store::reports::{Ask, Definition, Figures, Slice, Span};

use super::READ;
use super::places::{self, ByStation};
use crate::service_asset::ServiceAsset;
use crate::service_asset::entity::{Column as AssetColumn, Entity as Assets, Kind as AssetKind};
use crate::service_card::ServiceCards;
use crate::service_card::entity::{Column as CardColumn, Entity as Cards, Kind as CardKind};

pub(super) const REPORTS: &[Definition] = &[Definition {
    name: "heating/assets-cards",
    title_zh: "便民设施与服务卡",
    title_en: "Public assets and cards",
    summary: "Counts phones, boards and signs in their places at the end of a day by station, and the cards printed, \
              issued, returned, voided and left.",
    permission: READ,
    span: Span::Day,
    by: &[],
    chart: Chart { shape: Shape::Bars, label: "station", series: &["public_phone", "station_board", "notice_sign"] },
    run: |at, ask| Box::pin(figures(at, ask)),
}];

#[derive(Clone, Copy, Default)]
struct Row {
    assets: [i64; AssetKind::ALL.len()],
    cards: [i64; CardKind::ALL.len()],
}

impl Row {
    fn add(&mut self, other: &Self) {
        let sums = self.assets.iter_mut().chain(&mut self.cards);
        for (sum, n) in sums.zip(other.assets.iter().chain(&other.cards)) {
            *sum += n;
        }
    }
    fn balance(&self) -> i64 {
        CardKind::ALL.iter().zip(self.cards).map(|(kind, cards)| kind.signed(cards)).sum()
    }
}

/// What the lists show of the day, of all stations.
struct Slices {
    assets: Slice,
    cards: Slice,
}

impl Slices {
    fn of(ask: &Ask) -> Self {
        let after = ask.as_of.succ_opt().unwrap_or(ask.as_of);
        Self { assets: Slice::default().with("as_of", ask.as_of), cards: Slice::default().with("on_lt", after) }
    }
    fn at(&self, station: Uuid) -> Self {
        Self { assets: self.assets.with("station_id", station), cards: self.cards.with("station_id", station) }
    }
}

async fn figures(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    let slices = Slices::of(ask);
    let counted = counted(at, &slices).await?;
    let mut all = Row::default();
    counted.values().for_each(|row| all.add(row));
    let rows = places::rows(at, counted, |station, row| cells(row, station.map(|station| slices.at(station)).as_ref()))
        .await?;
    let mut totals = vec![Cell::default()];
    totals.extend(cells(&all, Some(&slices)));
    let columns = vec![
        text("station", "所站", "Station"),
        count("public_phone", "公开电话", "Public phones"),
        count("station_board", "所(站)公示板", "Station boards"),
        count("notice_sign", "公示牌", "Notice signs"),
        count("printed", "印制服务卡", "Cards printed"),
        count("issued", "发放服务卡", "Cards issued"),
        count("returned", "交回服务卡", "Cards returned"),
        count("voided", "作废服务卡", "Cards voided"),
        count("balance", "结存服务卡", "Cards left"),
    ];
    Ok(Figures { columns, rows, totals: Some(totals), ..Figures::default() })
}

async fn counted(at: &Reading, slices: &Slices) -> Result<ByStation<Row>, Fault> {
    let assets: Vec<(Uuid, AssetKind, i64)> = Assets::find()
        .select_only()
        .column(AssetColumn::StationId)
        .column(AssetColumn::Kind)
        .expr(Expr::cust("COUNT(*)"))
        .filter(slices.assets.condition::<ServiceAsset>(at)?)
        .group_by(AssetColumn::StationId)
        .group_by(AssetColumn::Kind)
        .into_tuple()
        .all(&at.db())
        .await?;
    let cards: Vec<(Option<Uuid>, CardKind, i64)> = Cards::find()
        .select_only()
        .column(CardColumn::StationId)
        .column(CardColumn::Kind)
        .expr(Expr::cust("CAST(SUM(card_count) AS BIGINT)"))
        .filter(slices.cards.condition::<ServiceCards>(at)?)
        .group_by(CardColumn::StationId)
        .group_by(CardColumn::Kind)
        .into_tuple()
        .all(&at.db())
        .await?;
    let mut counted: ByStation<Row> = ByStation::new();
    for (station, kind, n) in assets {
        let row = counted.entry(Some(station)).or_default();
        add(&mut row.assets, AssetKind::ALL, kind, n);
    }
    for (station, kind, n) in cards {
        let row = counted.entry(station).or_default();
        add(&mut row.cards, CardKind::ALL, kind, n);
    }
    Ok(counted)
}

/// Adds to the figure of a kind; the figures stand in the order of the kinds.
fn add<K: PartialEq>(figures: &mut [i64], kinds: &[K], kind: K, n: i64) {
    for (figure, known) in figures.iter_mut().zip(kinds) {
        if *known == kind {
            *figure += n;
        }
    }
}

fn cells(row: &Row, slices: Option<&Slices>) -> Vec<Cell> {
    let assets = slices.map(|slices| &slices.assets);
    let cards = slices.map(|slices| &slices.cards);
    let of_asset =
        |(kind, n): (&AssetKind, i64)| Slice::open::<ServiceAsset>(assets, n, |slice| slice.with("kind", kind.code()));
    let of_card =
        |(kind, n): (&CardKind, i64)| Slice::open::<ServiceCards>(cards, n, |slice| slice.with("kind", kind.code()));
    let mut cells: Vec<Cell> = AssetKind::ALL.iter().zip(row.assets).map(of_asset).collect();
    cells.extend(CardKind::ALL.iter().zip(row.cards).map(of_card));
    cells.push(Value::from(row.balance()).into());
    cells
}
