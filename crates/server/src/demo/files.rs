//! Files taken over: suppliers in part, for one phone has a digit too few; new customers, all of them.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use imports::{Check, Format, Sent};
use outbound::webhook::commands::{CreateWebhook, create};
use sha2::{Digest, Sha256};
use store::{Context, Work};

use super::Stage;

const SUPPLIERS: &str = "供应商类别,名称,联系人,联系电话,联系人职务
contractor,河川第二建筑公司,郭工,13805930001,项目经理
outlet,西区家电维修网点,陈师傅,13805930002,店长
consultant,北方造价咨询事务所,林工,1380593000,造价师
utility,河川市热力公用事业公司,,,
";

/// Who sends it, what it holds, whether the good rows are taken anyway, days ago.
const FILES: &[(&str, &str, &str, &str, bool, i64)] = &[
    ("cost_manager", "suppliers", "供应商名录.csv", SUPPLIERS, true, 9),
    ("cost_manager", "suppliers", "供应商名录(更正前).csv", SUPPLIERS, false, 10),
];

/// Sends the files, and lets the partner's system ask for facts.
pub(crate) async fn load(stage: &Stage, folder: &Path) -> anyhow::Result<()> {
    let api = Arc::new(api::build(false).map_err(anyhow::Error::msg)?);
    let check: Check = Arc::new(move |schema, row| api.bodies.check(schema, row));
    for file in FILES.iter().rev() {
        send(stage, folder, check.clone(), file).await?;
    }
    subscribe(stage).await
}

async fn send(
    stage: &Stage,
    folder: &Path,
    check: Check,
    (who, kind, name, rows, partial, days): &(&str, &str, &str, &'static str, bool, i64),
) -> anyhow::Result<()> {
    let kind = registers::imports::KINDS.iter().find(|known| known.name == *kind).context("no such kind")?;
    let folder = folder.join("imports");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("demo.part");
    std::fs::write(&path, rows)?;
    stage.clock.set(stage.at(*days, 700));
    let plan = imports::inspect(kind, &path, Format::Csv, 1_000, check).await?;
    let sha256 = hex::encode(Sha256::digest(rows));
    let sent = Sent { file_name: (*name).to_owned(), sha256, partial: *partial };
    let ctx = Arc::new(Context::of(stage.actor(who).await?, "create_import"));
    imports::run_now(&stage.store, ctx, plan, sent).await?;
    std::fs::remove_file(&path)?;
    Ok(())
}

/// A webhook that is not switched on: nobody listens at the address.
async fn subscribe(stage: &Stage) -> anyhow::Result<()> {
    let open = async |work: &Work| {
        let input = CreateWebhook {
            url: "https://crm.example.com/hooks/hearthdesk".to_owned(),
            types: vec!["ticket.registered".to_owned(), "ticket.closed".to_owned()],
            active: false,
        };
        create(work, &input, &outbound::sign::Secret::new()?).await
    };
    stage.act(stage.at(20, 600), "system_admin", open).await.map(drop)
}
