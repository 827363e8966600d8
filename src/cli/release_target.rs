//! Where releases are read and published: a running hub, or a store when no hub runs.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

use super::client::{Client, HubOption};
use super::exit::Exit;
use super::output::{self, Colour};
use crate::app::publishing::{self, Bring, Error, PublishedView, ReleaseFiles, ReleaseItemView, ReleaseView, bring};
use crate::app::reading::List;
use crate::domain::ids::TenantId;
use crate::domain::text::files::Files;
use crate::runtime::{Clock, SystemClock};
use crate::store::{Options, Store, connect};

/// Which hub, or which store.
#[derive(Debug, Args)]
pub struct TargetOption {
    #[command(flatten)]
    pub hub: HubOption,
    /// Work on this database directly, `sqlite:PATH` or `postgres://…`, without a running hub. Hubs on PostgreSQL follow
    /// within their poll; an SQLite file that a hub has open cannot be used.
    #[arg(long, env = "WAYBILL_PUBLISH_STORE", hide_env_values = true, value_name = "URL", global = true)]
    store: Option<SecretString>,
    /// Who publishes, when working on a store; a hub knows its caller by the token.
    #[arg(long, value_name = "NAME", default_value = "operator", global = true)]
    author: String,
}

/// A hub or a store.
pub enum Target {
    /// A running hub.
    Hub(Client),
    /// A store, and who works on it.
    Store(Arc<dyn Store>, String),
}

/// A publication, for either.
pub struct Publish {
    /// Why.
    pub message: String,
    /// The release it is made on top of.
    pub base: u32,
    /// The whole project.
    pub files: Files,
    /// Why although cases fail.
    pub untested: Option<String>,
}

impl TargetOption {
    /// Opens it.
    pub async fn open(&self) -> anyhow::Result<Target> {
        let Some(url) = &self.store else { return Ok(Target::Hub(self.hub.client()?)) };
        let open = async {
            let store = connect(url.expose_secret(), Options::default()).await?;
            store.migrate().await?;
            Ok::<_, crate::store::Error>(store)
        };
        let store = open.await.map_err(|error| Exit::unreachable(format!("the store cannot be used: {error}")))?;
        Ok(Target::Store(store, self.author.clone()))
    }
}

impl Target {
    /// The texts of a release; of the live one when no number is given.
    pub async fn files(&self, number: Option<u32>) -> anyhow::Result<ReleaseFiles> {
        match self {
            Target::Hub(client) => client.get(&["releases", &word(number), "files"], &[]).await,
            Target::Store(store, _) => publishing::release_files(store.as_ref(), TenantId::DEFAULT, number).await.map_err(failed),
        }
    }

    /// Releases, newest first.
    pub async fn releases(&self, limit: u32, cursor: Option<&str>) -> anyhow::Result<List<ReleaseView>> {
        match self {
            Target::Hub(client) => client.get(&["releases"], &[("limit", Some(limit.to_string().as_str())), ("cursor", cursor)]).await,
            Target::Store(store, _) => {
                let before = cursor.map(str::parse).transpose().map_err(|_| Exit::usage("the cursor is none of this list's"))?;
                let items = publishing::releases(store.as_ref(), TenantId::DEFAULT, before, limit).await.map_err(failed)?;
                let last = items.last().map(|one| one.number).filter(|last| *last > 1 && items.len() == limit as usize);
                Ok(List { items, next_cursor: last.map(|last| last.to_string()) })
            }
        }
    }

    /// One release with its files; the live one when no number is given.
    pub async fn release(&self, number: Option<u32>) -> anyhow::Result<ReleaseItemView> {
        match self {
            Target::Hub(client) => client.get(&["releases", &word(number)], &[]).await,
            Target::Store(store, _) => publishing::release(store.as_ref(), TenantId::DEFAULT, number).await.map_err(failed),
        }
    }

    /// Publishes a project; only what differs is sent to a hub.
    pub async fn publish(&self, publish: Publish, live: &ReleaseFiles) -> anyhow::Result<PublishedView> {
        match self {
            Target::Hub(client) => {
                let mut files = serde_json::Map::new();
                for known in live.files.iter().filter(|known| publish.files.get(&known.file.path).is_none()) {
                    files.insert(known.file.path.clone(), serde_json::Value::Null);
                }
                for (path, text) in publish.files.iter() {
                    if !live.files.iter().any(|known| known.file.path == **path && known.text == **text) {
                        files.insert(path.to_string(), text.to_string().into());
                    }
                }
                let body = serde_json::json!({
                    "message": publish.message, "base": publish.base, "files": files, "untested": publish.untested,
                });
                let key = publishing::text_hash(&body.to_string());
                client.post(&["releases"], &key, &body).await
            }
            Target::Store(store, author) => {
                let request =
                    Bring { expected: Some(publish.base), untested: publish.untested, ..plain(author, publish.message, publish.files) };
                Ok(bring(store.as_ref(), request).await.map_err(failed)?.view)
            }
        }
    }

    /// Publishes the content of an earlier release again.
    pub async fn roll_back(&self, to: u32, message: String, untested: Option<String>, dry_run: bool) -> anyhow::Result<PublishedView> {
        match self {
            Target::Hub(client) => {
                let body = serde_json::json!({"message": message, "untested": untested, "dry_run": dry_run});
                let key = super::exceptions::drawn_key();
                client.post(&["releases", &to.to_string(), "rollback"], &key, &body).await
            }
            Target::Store(store, author) => {
                let files = publishing::release_files(store.as_ref(), TenantId::DEFAULT, Some(to)).await.map_err(failed)?;
                let files = files.files.into_iter().map(|found| (found.file.path, found.text)).collect();
                let request = Bring { untested, restores: Some(to), dry_run, ..plain(author, message, files) };
                Ok(bring(store.as_ref(), request).await.map_err(failed)?.view)
            }
        }
    }

    /// Gives the store back.
    pub async fn close(self) {
        if let Target::Store(store, _) = self {
            store.close().await;
        }
    }
}

fn word(number: Option<u32>) -> String {
    number.map_or_else(|| "live".to_owned(), |number| number.to_string())
}

fn plain(author: &str, message: String, files: Files) -> Bring {
    Bring {
        tenant: TenantId::DEFAULT,
        files,
        author: author.to_owned(),
        message,
        expected: None,
        untested: None,
        restores: None,
        drafts: Vec::new(),
        dry_run: false,
        now: SystemClock::new().now(),
    }
}

/// The last words, findings and failing cases included.
fn failed(error: Error) -> anyhow::Error {
    let more = match &error {
        Error::Unsound(findings) => output::findings(findings, &Files::default(), Colour::Never),
        Error::TestsFail(cases) => {
            let failing = cases.iter().filter(|case| !case.passes);
            failing.map(|case| format!("{}  {}\n  {}\n", case.file, case.name, case.differences.join("\n  "))).collect()
        }
        _ => String::new(),
    };
    let more = if more.is_empty() { more } else { format!("\n{more}") };
    Exit::failed(format!("{error}{more}")).into()
}
