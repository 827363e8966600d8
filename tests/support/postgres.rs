//! A fresh PostgreSQL database per test.

use waybill::store::measure::ScratchDatabase;

/// A database that is dropped at the end.
pub struct FreshDatabase {
    scratch: Option<ScratchDatabase>,
    /// Its URL.
    pub url: String,
}

impl FreshDatabase {
    /// Creates one beside the database that `WAYBILL_TEST_POSTGRES` names.
    pub async fn create(name: &str) -> Self {
        let admin = std::env::var("WAYBILL_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
        let name = format!("waybill_{name}_{}", std::process::id());
        let scratch = ScratchDatabase::create(&admin, &name).await.expect("PostgreSQL is there: scripts/test starts one");
        let url = scratch.url.clone();
        Self { scratch: Some(scratch), url }
    }

    /// Drops it.
    pub async fn drop(mut self) {
        if let Some(scratch) = self.scratch.take() {
            scratch.drop().await.expect("the database is dropped");
        }
    }
}
