//! What the desk has learned and filed: articles, a technical notice, archives of cases closed long enough.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use store::Work;
use tickets::knowledge::commands;
use tickets::ticket::entity::{Column, Entity, Status};
use uuid::Uuid;

use super::{Stage, body};

/// How far an article has got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Draft,
    InReview,
    Published,
    /// Published, and its last day is over.
    Expired,
    Retired,
}

/// Author, kind, visibility, title, text, category, how far.
type Article = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, Reach);

const ARTICLES: &[Article] = &[
    (
        "cs_agent",
        "article",
        "customer",
        "暖气不热先做三件事",
        "一、确认分水器和暖气片阀门全部打开;二、用放气钥匙放掉集气;三、清洗入户过滤网。仍低于18度请拨打热线报修,客服4小时内安排测温。",
        "heating.room_temperature",
        Reach::Published,
    ),
    (
        "cs_agent2",
        "article",
        "customer",
        "发现跑冒漏水怎么办",
        "立即关闭入户总阀,用盆接水并切断受淋电器电源,拨打96123热线报修。漏水报修为紧急工单,4小时内到场处理。",
        "heating.leak",
        Reach::Published,
    ),
    (
        "cs_agent",
        "bulletin",
        "customer",
        "本采暖季缴费时间与方式",
        "缴费截止10月31日,可在手机应用、营业网点或银行代扣缴纳;逾期按合同计收滞纳金。空置房办理停热须在9月底前申请。",
        "heating.fee",
        Reach::Expired,
    ),
    (
        "quality_inspector",
        "article",
        "internal",
        "投诉答复的用语和顺序",
        "先复述诉求并致歉,再说明核查结果、处理措施和完成时间,最后告知回访安排。不得使用推诿用语,不得承诺权限以外的补偿。",
        "staff_conduct",
        Reach::Published,
    ),
    (
        "cs_agent2",
        "article",
        "internal",
        "房屋质量保修期限速查",
        "防水五年,供热供冷两个采暖期,电气、给排水管道和装修两年,主体结构为设计使用年限;自竣工验收合格之日起算。",
        "house_quality",
        Reach::InReview,
    ),
    (
        "cs_agent",
        "article",
        "customer",
        "不动产权证办理进度怎样查询",
        "购房款付清且资料齐全后由客服专员统一报件,进度可在手机应用查询,或凭合同编号致电客服中心。",
        "title",
        Reach::Draft,
    ),
    (
        "technical_support",
        "technical_notice",
        "internal",
        "入户球阀阀杆渗漏的处理通知",
        "同批次DN25球阀阀杆密封圈偏硬,低温时渗漏。上门须携带更换密封圈,更换后打压0.6兆帕保持十分钟,拍照上传。",
        "heating.leak",
        Reach::Published,
    ),
    (
        "cs_agent",
        "article",
        "internal",
        "旧版停热申请流程",
        "停热申请须填写纸质表格并到所站盖章。本流程已由线上申请取代。",
        "heating.suspension",
        Reach::Retired,
    ),
];

/// Writes the articles and files what is due.
pub(crate) async fn load(stage: &Stage) -> anyhow::Result<()> {
    let first = stage.now - TimeDelta::days(super::DAYS - 5);
    let mut published = Vec::new();
    for (n, article) in ARTICLES.iter().enumerate() {
        let at = first + TimeDelta::days(4 * n as i64);
        let id = write(stage, at, article).await?;
        if article.6 == Reach::Published {
            published.push(id);
        }
    }
    help(stage, &published).await?;
    stage.clock.set(stage.now);
    tickets::archive::file_due(&stage.store).await?;
    Ok(())
}

async fn write(stage: &Stage, at: DateTime<Utc>, article: &'static Article) -> anyhow::Result<Uuid> {
    let (author, kind, visibility, title, text, category, reach) = *article;
    let last = (reach == Reach::Expired).then(|| (at + TimeDelta::days(10)).date_naive());
    let create = async move |work: &Work| {
        let input = json!({ "kind": kind, "title": title, "body": text, "category_codes": [category],
            "visibility": visibility, "valid_until": last });
        Ok(commands::create(work, &body(input)?).await?.id)
    };
    let id = stage.act(at, author, create).await?;
    if reach == Reach::Draft {
        return Ok(id);
    }
    let submit = async move |work: &Work| commands::submit(work, id, &body(json!({}))?).await;
    stage.act(at + TimeDelta::hours(1), author, submit).await?;
    if reach == Reach::InReview {
        return Ok(id);
    }
    let publish = async move |work: &Work| commands::publish(work, id, &body(json!({}))?).await;
    stage.act(at + TimeDelta::hours(26), "cs_supervisor", publish).await?;
    if reach == Reach::Retired {
        let retire = async move |work: &Work| commands::retire(work, id, &body(json!({}))?).await;
        stage.act(at + TimeDelta::days(6), "cs_manager", retire).await?;
    }
    Ok(id)
}

/// Articles that helped with cases still open.
async fn help(stage: &Stage, articles: &[Uuid]) -> anyhow::Result<()> {
    let open = Entity::find()
        .filter(Column::Status.is_in([Status::Assigned, Status::InProgress, Status::Replied]))
        .order_by_asc(Column::Number)
        .all(stage.store.reader())
        .await?;
    for (ticket, article) in open.iter().zip(articles.iter().cycle()).take(6) {
        let (ticket, article) = (ticket.id, *article);
        let note =
            async move |work: &Work| commands::apply(work, article, &body(json!({ "ticket_id": ticket }))?).await;
        stage.act(stage.now - TimeDelta::minutes(30), "cs_agent", note).await?;
    }
    Ok(())
}
