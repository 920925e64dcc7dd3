//! Scenes: acts of several people at several instants, told in one transaction.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use access::Actor;
use chrono::{DateTime, Utc};
use kernel::fault::Fault;
use kernel::time::FixedClock;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::{Answer, Context, Work};
use uuid::Uuid;

use super::{Stage, body, desk};

/// An open scene.
pub(crate) struct Scene<'a> {
    work: &'a Work,
    actors: &'a HashMap<String, Actor>,
    clock: &'a FixedClock,
    acts: Cell<u32>,
}

impl Scene<'_> {
    /// Runs one command as somebody, at an instant.
    pub async fn act<T>(
        &self,
        at: DateTime<Utc>,
        login: &str,
        command: impl AsyncFnOnce(&Work) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let actor = self.actors.get(login).cloned();
        let actor = actor.ok_or_else(|| Fault::internal(format!("{login} is not in the scene")))?;
        self.clock.set(at);
        self.acts.set(self.acts.get() + 1);
        self.work.told_by(Arc::new(Context::of(actor, "demo")), at, command).await
    }

    /// Runs a command that makes something of a body.
    pub async fn make<I, T, F>(&self, at: DateTime<Utc>, login: &str, said: Value, command: F) -> Result<T, Fault>
    where
        I: DeserializeOwned,
        F: AsyncFnOnce(&Work, &I) -> Result<T, Fault>,
    {
        let input = body(said)?;
        self.act(at, login, async move |work: &Work| command(work, &input).await).await
    }

    /// Runs a command on a row, with a body.
    pub async fn on<I, T, F>(
        &self,
        at: DateTime<Utc>,
        login: &str,
        id: Uuid,
        said: Value,
        command: F,
    ) -> Result<T, Fault>
    where
        I: DeserializeOwned,
        F: AsyncFnOnce(&Work, Uuid, &I) -> Result<T, Fault>,
    {
        let input = body(said)?;
        self.act(at, login, async move |work: &Work| command(work, id, &input).await).await
    }
}

impl Stage {
    /// Plays a scene of the desk in one transaction.
    pub async fn scene<F, T>(&self, play: F) -> anyhow::Result<T>
    where
        F: AsyncFn(&Scene<'_>) -> Result<T, Fault> + 'static,
        T: 'static,
    {
        for login in desk::PEOPLE {
            self.actor(login).await?;
        }
        let (actors, clock) = (self.actors.borrow().clone(), self.clock.clone());
        let made = Rc::new(Cell::new(None));
        let place = made.clone();
        let run = async move |work: &Work| {
            let scene = Scene { work, actors: &actors, clock: &clock, acts: Cell::new(0) };
            let came = play(&scene).await?;
            place.set(Some((came, scene.acts.get())));
            Ok::<_, Fault>(Answer::no_content())
        };
        self.store.write(Context::system("demo"), run).await?;
        let (came, acts) = made.take().ok_or_else(|| anyhow::anyhow!("a scene came to nothing"))?;
        self.go_on(acts).await?;
        Ok(came)
    }
}
