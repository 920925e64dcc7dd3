//! `/v1/message-templates`, `/v1/outreach-campaigns`, `/v1/deliveries`: writing to and calling customers of the
//! desk's own accord (TK-14).

use actix_web::http::Method;
use store::{Answer, Done, resource};
use tickets::campaign::{self, CampaignAudience, CampaignFields, OutreachCampaign};
use tickets::delivery::Delivery;
use tickets::message_template::{self, MessagePreview, MessageTemplate, MessageTemplateFields, PreviewMessage};

use crate::call::{Call, Reply};
use crate::router::Api;

const TAG: &str = "outreach";

/// Declares outreach.
pub fn routes(api: &mut Api) {
    api.resource::<MessageTemplate>(TAG, "message_templates")
        .list()
        .get()
        .history()
        .create(message_template::create)
        .patch::<MessageTemplateFields, _>(message_template::update)
        .act("approve", "Approves a text; from now on campaigns may use it.", message_template::approve);
    api.operation(
        Method::POST,
        "/v1/message-templates/{id}/preview",
        "preview_message_template",
        "tickets.message_template:preview",
        preview,
    )
    .tag(TAG)
    .summary("Fills a text with examples or a customer's values; changes nothing.")
    .changes_nothing()
    .takes::<PreviewMessage>()
    .answers::<MessagePreview>();
    api.resource::<OutreachCampaign>(TAG, "outreach_campaigns")
        .list()
        .get()
        .history()
        .create(campaign::create)
        .patch::<CampaignFields, _>(campaign::update)
        .act("approve", "Approves a campaign with the text as it is approved now.", campaign::approve)
        .act("start", "Starts a campaign: its recipients are frozen.", campaign::start)
        .act("pause", "Holds back what was not sent yet.", campaign::pause)
        .act("resume", "Lets a paused campaign go on.", campaign::resume)
        .act("cancel", "Ends a campaign; what was sent stays sent.", campaign::cancel)
        .parts::<Delivery>("deliveries", "campaign_id", "tickets.delivery:read");
    api.operation(
        Method::GET,
        "/v1/outreach-campaigns/{id}/audience",
        "get_outreach_campaign_audience",
        "tickets.outreach_campaign:read",
        async |call: Call| {
            let at = call.reading();
            let row = resource::find::<OutreachCampaign>(&at, call.id()?).await?;
            Ok(Reply::Answer(Answer::json(Done::Ok, &campaign::audience(&at, &row).await?)?))
        },
    )
    .tag(TAG)
    .summary("Shows whom a campaign would reach now, and why others not.")
    .answers::<CampaignAudience>();
    api.resource::<Delivery>(TAG, "deliveries").list().get().history();
}

async fn preview(call: Call) -> Result<Reply, kernel::fault::Fault> {
    let id = call.id()?;
    let input = call.read_for::<MessageTemplate, PreviewMessage>(id).await?;
    let at = call.reading();
    let row = resource::find::<MessageTemplate>(&at, id).await?;
    Ok(Reply::Answer(Answer::json(Done::Ok, &message_template::preview(&at, &row, &input).await?)?))
}
