//! `hearthdesk keys`: a new signing key, new keys of persons.

use std::cell::Cell;
use std::rc::Rc;

use kernel::fault::Fault;
use registers::customer::rekey::{self, Rekeyed};
use store::{Answer, Context, Store, Work};

use crate::cli::KeysCommand;
use crate::config::Config;
use crate::setup;

/// Runs the command and says what is different now.
pub async fn run(config: &Config, command: KeysCommand) -> anyhow::Result<()> {
    let store = setup::open(config).await?;
    match command {
        KeysCommand::Rotate => {
            let kid = setup::identity(config).rotate_keys(&store).await?;
            println!("signing with {kid} from now on");
        }
        KeysCommand::Reencrypt => println!("{} customers have a new key", reencrypt(&store).await?),
    }
    Ok(())
}

/// Walks all customers, a part a transaction; answers how many have a new key.
pub async fn reencrypt(store: &Store) -> Result<u64, Fault> {
    let mut so_far = Rekeyed::default();
    loop {
        let place = Rc::new(Cell::new(so_far));
        let part = place.clone();
        let write = async move |work: &Work| {
            part.set(rekey::part(work, so_far).await?);
            Ok::<_, Fault>(Answer::no_content())
        };
        store.write(Context::system("reencrypt_customers"), write).await?;
        so_far = place.get();
        if so_far.last.is_none() {
            return Ok(so_far.files);
        }
    }
}
