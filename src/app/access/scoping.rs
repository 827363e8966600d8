//! What scopes reach, with the store and the directory of this moment.

use crate::app::engine::definitions::Live;
use crate::domain::access::grant::Grant;
use crate::domain::access::role::Roles;
use crate::domain::access::scope::{self, Belongings, Departments, Thing, Within};
use crate::domain::directory::Directory;
use crate::domain::ids::TenantId;
use crate::domain::permission::Permission;
use crate::store::{self, Store};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Asks what scopes reach. Cheap to clone.
#[derive(Clone)]
pub struct Scoping {
    store: Arc<dyn Store>,
    live: Arc<Live>,
    roles: Roles,
}

impl Scoping {
    /// With the store, the directory of what is live, and the roles there are.
    pub fn new(store: Arc<dyn Store>, live: Arc<Live>, roles: Roles) -> Self {
        Self { store, live, roles }
    }

    /// What a thing belongs to; none when it is not there.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn belongings(&self, tenant: TenantId, thing: Thing) -> Result<Option<Belongings>, store::Error> {
        self.store.desk().belongings(tenant, thing).await
    }

    /// What narrow grants permit on something that belongs to this.
    pub fn on(&self, tenant: TenantId, grants: &[Grant], thing: &Belongings) -> BTreeSet<Permission> {
        self.with(tenant, |departments| scope::on(grants, &self.roles, thing, departments))
    }

    /// What narrow grants reach of a list; none when none of them gives the permission.
    pub fn within(&self, tenant: TenantId, grants: &[Grant], permission: Permission) -> Option<Within> {
        self.with(tenant, |departments| scope::within(grants, &self.roles, permission, departments))
    }

    /// The directory is one tenant's.
    fn with<T>(&self, tenant: TenantId, ask: impl FnOnce(&dyn Departments) -> T) -> T {
        if tenant.has_project() { ask(&*self.live.now().catalog().directory) } else { ask(&Directory::default()) }
    }
}
