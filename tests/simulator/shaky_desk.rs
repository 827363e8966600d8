//! The desk as one replica reaches it: over the same line as the rest of the store.

use crate::memory_store::desk::desk_left_out;
use crate::memory_store::desk::names::*;
use crate::shaky_store::ShakyStore;
use futures::FutureExt;
use waybill::domain::ids::TaskId;

impl Desk for ShakyStore {
    fn tasks<'a>(&'a self, choice: &'a TaskChoice, page: &'a Page) -> BoxFuture<'a, Result<Vec<TaskRow>>> {
        self.read(async move { self.inner.desk().tasks(choice, page).await }).boxed()
    }

    fn task(&self, tenant: TenantId, id: TaskId) -> BoxFuture<'_, Result<Option<TaskRow>>> {
        self.read(async move { self.inner.desk().task(tenant, id).await }).boxed()
    }

    fn tasks_of(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<TaskRow>>> {
        self.read(async move { self.inner.desk().tasks_of(tenant, instance).await }).boxed()
    }

    fn versions<'a>(&'a self, tenant: TenantId, instances: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<(InstanceId, String)>>> {
        self.read(async move { self.inner.desk().versions(tenant, instances).await }).boxed()
    }

    fn task_holders<'a>(&'a self, tenant: TenantId, after: &'a str, most: u32) -> BoxFuture<'a, Result<Vec<String>>> {
        self.read(async move { self.inner.desk().task_holders(tenant, after, most).await }).boxed()
    }

    fn held_by<'a>(&'a self, tenant: TenantId, person: &'a str, most: u32) -> BoxFuture<'a, Result<Vec<InstanceId>>> {
        self.read(async move { self.inner.desk().held_by(tenant, person, most).await }).boxed()
    }

    fn decisions(&self, tenant: TenantId, instance: InstanceId) -> BoxFuture<'_, Result<Vec<DecisionRow>>> {
        self.read(async move { self.inner.desk().decisions(tenant, instance).await }).boxed()
    }

    fn delegations<'a>(
        &'a self,
        tenant: TenantId,
        principal: Option<&'a str>,
        agent: Option<&'a str>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<DelegationRow>>> {
        self.read(async move { self.inner.desk().delegations(tenant, principal, agent, now).await }).boxed()
    }

    fn delegate<'a>(&'a self, row: &'a DelegationRow) -> BoxFuture<'a, Result<()>> {
        self.commit("delegate", async move { self.inner.desk().delegate(row).await }).boxed()
    }

    fn end_delegation(&self, tenant: TenantId, id: Uuid, at: Timestamp) -> BoxFuture<'_, Result<bool>> {
        self.commit("end_delegation", async move { self.inner.desk().end_delegation(tenant, id, at).await }).boxed()
    }

    desk_left_out!();
}
