//! The routes of one resource: what its shapes have in common.

use std::future::Future;

use actix_web::http::Method;
use kernel::fault::Fault;
use sea_orm::EntityTrait;
use serde_json::Value;
use store::Resource;

use super::{Api, Key, Plain, granted};
use crate::call::{Call, Reply};

/// Declares the ordinary shapes of one resource.
pub struct ResourceRoutes<'a, R: Resource> {
    pub(super) api: &'a mut Api,
    pub(super) tag: &'static str,
    /// Plural snake_case of the resource for operation ids: `tickets`.
    pub(super) noun: &'static str,
    pub(super) read: Option<&'static str>,
    /// Whether creates take an `Idempotency-Key`.
    pub(super) key: Key,
    pub(super) marker: std::marker::PhantomData<R>,
}

/// One act of a resource, for [`ResourceRoutes::act`].
pub struct Act {
    pub action: &'static str,
    pub summary: &'static str,
    pub key: Key,
}

impl<R: Resource> ResourceRoutes<'_, R>
where
    <R::Entity as EntityTrait>::ActiveModel: Send,
{
    /// Reads need this permission instead of `<domain>.<entity>:read`.
    pub fn read_with(mut self, permission: &'static str) -> Self {
        self.read = Some(permission);
        self
    }

    /// Creates declared from here on require an `Idempotency-Key`: they are about money.
    pub fn keyed(mut self) -> Self {
        self.key = Key::Required;
        self
    }

    pub(super) fn read_permission(&self) -> &'static str {
        self.read.unwrap_or_else(|| granted(&format!("{}.{}:read", R::DOMAIN, R::NAME)))
    }

    pub(super) fn view(&mut self) -> Value {
        self.api.contract.schema::<R::View>()
    }

    /// The view as one resource is answered: with `allowed_actions`.
    pub(super) fn one(&mut self) -> Value {
        let view = self.view();
        self.api.contract.with_actions(view)
    }

    pub(super) fn singular(&self) -> String {
        R::NAME.to_owned()
    }

    pub(super) fn plain<F, Fut>(
        &mut self,
        method: Method,
        path: String,
        name: String,
        permission: &str,
        run: F,
    ) -> Plain<'_>
    where
        F: Fn(Call) -> Fut + Copy + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Fault>> + 'static,
    {
        let tag = self.tag;
        self.api.operation(method, &path, &name, permission, run).tag(tag)
    }
}
