//! Catalogues of the archive (HS-R46): in the order of receipt.

use std::collections::HashMap;

use kernel::fault::Fault;
use kernel::report::column::{count, date, instant, number, text};
use kernel::report::{Cell, Value};
use kernel::time::Timestamp;
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryOrder, QuerySelect};
use store::Reading;
use store::reports::{Ask, Figures, Slice};

use crate::instrument::Instrument;
use crate::instrument::entity::{self as instruments, calibration};
use crate::lab::Grams;
use crate::lab_equipment::entity as glass;
use crate::lab_report::LabReport;
use crate::lab_report::entity::{self as lab_reports, lines};
use crate::lab_sample::LabSample;
use crate::lab_sample::entity::{self as samples, Kind};

fn optional(text: Option<&str>) -> Cell {
    text.map_or_else(Cell::default, Cell::from)
}

fn moment(at: Option<DateTimeUtc>) -> Cell {
    at.map_or(Value::Nothing, |at| Value::Instant(Timestamp::from(at))).into()
}

fn day(day: Option<Date>) -> Cell {
    day.map_or(Value::Nothing, Value::Date).into()
}

/// Samples by number; the kinds asked for.
pub async fn samples(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    use samples::Column;
    let columns = vec![
        text("number", "样品编号", "Sample"),
        text("kind", "类别", "Kind"),
        text("place", "采样地点", "Place"),
        text("batch", "批次", "Batch"),
        text("seal_no", "封签号", "Seal"),
        number("mass_g", "质量 g", "Mass g"),
        instant("sampled_at", "采样时间", "Sampled"),
        instant("submitted_at", "送样时间", "Submitted"),
        instant("received_at", "接收时间", "Received"),
        text("status", "状态", "Status"),
        text("rejected", "拒收原因", "Why refused"),
    ];
    let mut only = Condition::all()
        .add(Column::SubmittedAt.gte(ask.period.starts_at()))
        .add(Column::SubmittedAt.lt(ask.period.ends_at()));
    match ask.by {
        "coal" => only = only.add(Column::Kind.eq(Kind::Coal)),
        "ash" => only = only.add(Column::Kind.ne(Kind::Coal)),
        _ => {}
    }
    let rows =
        samples::Entity::find().filter(only).order_by_asc(Column::SubmittedAt).order_by_asc(Column::SampleNumber);
    let row = |row: samples::Model| {
        vec![
            Slice::default().with("number", &row.sample_number).cell::<LabSample>(row.sample_number.as_str()),
            at.lang().of(row.kind.labels()).into(),
            row.sampling_place.as_str().into(),
            optional(row.batch.as_deref()),
            row.seal_no.as_str().into(),
            Grams::from_units(row.mass_cg).map_or(Value::Nothing, Value::Number).into(),
            moment(Some(row.sampled_at)),
            moment(Some(row.submitted_at)),
            moment(row.received_at),
            at.lang().of(row.status.labels()).into(),
            optional(row.reject_reason.as_deref()),
        ]
    };
    let rows = rows.all(&at.db()).await?.into_iter().map(row).collect();
    Ok(Figures { columns, rows, ..Figures::default() })
}

/// Reports by number.
pub async fn reports(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    use lab_reports::Column;
    let columns = vec![
        text("number", "报告编号", "Report"),
        text("kind", "类别", "Kind"),
        count("revision", "版次", "Revision"),
        count("samples", "样品", "Samples"),
        text("receiver", "接收人", "Receiver"),
        instant("issued_at", "签发时间", "Issued"),
        text("archive_no", "档案号", "Archive number"),
        instant("archived_at", "归档时间", "Archived"),
        text("status", "状态", "Status"),
    ];
    let counted: Vec<(Uuid, i64)> = lines::Entity::find()
        .select_only()
        .column(lines::Column::ReportId)
        .expr(lines::Column::Id.count())
        .group_by(lines::Column::ReportId)
        .into_tuple()
        .all(&at.db())
        .await?;
    let counted: HashMap<Uuid, i64> = counted.into_iter().collect();
    let rows = lab_reports::Entity::find()
        .filter(Column::CreatedAt.gte(ask.period.starts_at()))
        .filter(Column::CreatedAt.lt(ask.period.ends_at()))
        .order_by_asc(Column::Number);
    let row = |row: lab_reports::Model| {
        vec![
            Slice::default().with("number", &row.number).cell::<LabReport>(row.number.as_str()),
            at.lang().of(row.kind.labels()).into(),
            i64::from(row.revision).into(),
            counted.get(&row.id).copied().unwrap_or_default().into(),
            optional(row.receiver.as_deref()),
            moment(row.issued_at),
            optional(row.archive_no.as_deref()),
            moment(row.archived_at),
            at.lang().of(row.status.labels()).into(),
        ]
    };
    let rows = rows.all(&at.db()).await?.into_iter().map(row).collect();
    Ok(Figures { columns, rows, ..Figures::default() })
}

/// Instruments that were there, by number.
pub async fn equipment(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    use instruments::Column;
    let columns = vec![
        text("number", "编号", "Number"),
        text("name", "名称", "Name"),
        text("kind", "类别", "Kind"),
        text("maker", "生产厂家", "Maker"),
        text("serial", "出厂编号", "Serial"),
        text("place", "存放地点", "Place"),
        date("in_service_on", "启用日期", "In service"),
        count("calibrations", "年度检定次数", "Calibrations of the year"),
        date("valid_until", "有效期至", "Valid until"),
        text("status", "状态", "Status"),
    ];
    let counted: Vec<(Uuid, i64)> = calibration::Entity::find()
        .select_only()
        .column(calibration::Column::InstrumentId)
        .expr(calibration::Column::Id.count())
        .filter(calibration::Column::PerformedOn.between(ask.period.from, ask.period.to))
        .group_by(calibration::Column::InstrumentId)
        .into_tuple()
        .all(&at.db())
        .await?;
    let counted: HashMap<Uuid, i64> = counted.into_iter().collect();
    // Where nobody says since when it is used, since it was entered.
    let entered = Condition::all().add(Column::InServiceOn.is_null()).add(Column::CreatedAt.lt(ask.period.ends_at()));
    let begun = Condition::any().add(Column::InServiceOn.lte(ask.period.to)).add(entered);
    let rows = instruments::Entity::find().filter(begun).order_by_asc(Column::CreatedAt).order_by_asc(Column::Number);
    let row = |row: instruments::Model| {
        vec![
            row.number.as_str().into(),
            row.name.as_str().into(),
            Slice::default().with("kind", row.kind.code()).cell::<Instrument>(at.lang().of(row.kind.labels())),
            optional(row.maker.as_deref()),
            optional(row.serial.as_deref()),
            optional(row.place.as_deref()),
            day(row.in_service_on),
            counted.get(&row.id).copied().unwrap_or_default().into(),
            day(row.expires_on()),
            at.lang().of(row.status.labels()).into(),
        ]
    };
    let rows = rows.all(&at.db()).await?.into_iter().map(row).collect();
    Ok(Figures { columns, rows, ..Figures::default() })
}

/// Movements of glassware, the first first.
pub async fn glassware(at: &Reading, ask: &Ask) -> Result<Figures, Fault> {
    use glass::Column;
    let columns = vec![
        text("name", "名称", "Name"),
        text("spec", "规格", "Specification"),
        date("on", "日期", "Day"),
        count("in", "入", "In"),
        count("out", "出", "Out"),
        count("broken", "损", "Broken"),
        number("balance", "结存", "Left"),
        text("note", "备注", "Note"),
    ];
    let rows = glass::Entity::find()
        .filter(Column::MovedOn.between(ask.period.from, ask.period.to))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id);
    let row = |row: glass::Model| {
        let of_name = Slice::default().with("name", &row.name);
        vec![
            of_name.cell::<crate::lab_equipment::LabEquipment>(row.name.as_str()),
            row.spec.as_str().into(),
            day(Some(row.moved_on)),
            i64::from(row.quantity_in).into(),
            i64::from(row.quantity_out).into(),
            i64::from(row.quantity_broken).into(),
            Grams::from_units(i64::from(row.balance) * 100).map_or(Value::Nothing, Value::Number).into(),
            optional(row.note.as_deref()),
        ]
    };
    let rows: Vec<Vec<Cell>> = rows.all(&at.db()).await?.into_iter().map(row).collect();
    let totals = Some(kernel::report::sum::totals(&columns, &rows));
    Ok(Figures { columns, rows, totals, ..Figures::default() })
}
