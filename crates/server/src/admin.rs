//! `hearthdesk admin create`: the first administrator of an empty house.

use identity::account::commands::{self, Owner};
use kernel::fault::Fault;
use registers::org_unit::commands::CreateOrgUnit;
use registers::org_unit::entity::Kind;
use registers::staff::commands::{CreateStaff, StartPost};
use registers::{org_unit, staff};
use sea_orm::EntityTrait;
use store::problems::UNIQUE_TAKEN;
use store::{Answer, Context, Work};

use crate::cli::AdminCommand;
use crate::config::Config;
use crate::setup;

/// Makes a system administrator with a password to be changed at the first sign-in.
pub async fn run(config: &Config, command: AdminCommand) -> anyhow::Result<()> {
    let AdminCommand::Create { login } = command;
    let store = setup::open(config).await?;
    setup::prepare(&store, &setup::identity(config)).await?;
    let password = identity::client::commands::new_secret()?;
    let hash = identity::hash_password(&password).await?;
    let name = login.clone();
    let create = async move |work: &Work| {
        administrator(work, &name, &hash).await?;
        Ok::<_, Fault>(Answer::no_content())
    };
    let made = store.write(Context::system("admin_create"), create).await;
    if made.as_ref().is_err_and(|fault| fault.is(&UNIQUE_TAKEN)) {
        anyhow::bail!("the login or staff number {login} is taken: name another with --login");
    }
    made?;
    println!("login:    {login}\npassword: {password}\nIt must be changed at the first sign-in: POST /v1/me/password");
    store.close().await?;
    Ok(())
}

async fn administrator(work: &Work, login: &str, hash: &str) -> Result<(), Fault> {
    let unit = match org_unit::Entity::find().one(&work.db()).await? {
        Some(unit) => unit,
        None => {
            let root = CreateOrgUnit {
                code: "ROOT".to_owned(),
                name: "集团".to_owned(),
                kind: Kind::Company,
                parent_id: None,
                external_ids: Vec::new(),
            };
            org_unit::commands::create(work, &root).await?
        }
    };
    let person = CreateStaff {
        number: login.to_owned(),
        name: "系统管理员".to_owned(),
        phone: None,
        email: None,
        org_unit_id: unit.id,
        skills: Vec::new(),
        daily_capacity: None,
        external_ids: Vec::new(),
    };
    let person = staff::commands::create(work, &person).await?;
    let post = StartPost {
        role: access::JobRole::SystemAdmin,
        org_unit_id: Some(unit.id),
        project_ids: Vec::new(),
        discipline: None,
        scope: None,
        // A sandbox may begin as early as this; the administrator is there from the beginning.
        from: chrono::NaiveDate::from_ymd_opt(2010, 1, 1).unwrap_or_default(),
        to: None,
    };
    staff::commands::start_post(work, person.id, &post).await?;
    commands::open(work, login, hash, Owner::Staff(person.id), true).await?;
    Ok(())
}
