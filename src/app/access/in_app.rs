//! Signing in inside an app: the code of its page leads to the vendor's user, and that to the account linked with it.

use super::providers::{Failed, NotAdmitted};
use super::users::told;
use super::{Access, Actor, Error, Opened};
use crate::domain::access::in_app::{AppUser, Asking, CODE_CHARACTERS_MAX, Next, REQUESTS_MAX, Refusal, Scheme};
use crate::domain::ids::TenantId;
use crate::gateway::{ClientLogin, ProviderLine, ProviderReach, Recorder};
use crate::runtime::metrics::list::PROVIDER_SIGN_INS;
use crate::store::identity::{UserRow, UserSaved};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use url::Url;
use utoipa::ToSchema;

/// Characters of a vendor's words that are told.
const WORDS_MAX: usize = 150;

/// How one app is used.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// Its name in addresses, rows and metrics.
    pub name: String,
    /// What people read.
    pub title: String,
    /// How its vendor is spoken to.
    pub scheme: &'static Scheme,
    /// Where the vendor is.
    pub base: Url,
    /// Us, as the vendor knows us.
    pub client: ClientLogin,
    /// How it is reached.
    pub reach: ProviderReach,
}

/// An app inside which one can sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppItem {
    /// Its name, for the address that takes its code.
    pub name: String,
    /// What people read.
    pub title: String,
    /// Which app: `dingtalk`, `feishu` or `wecom`.
    pub scheme: String,
    /// What the app's script is asked with for a code.
    pub client_id: String,
}

#[derive(Debug)]
struct App {
    options: AppOptions,
    line: ProviderLine,
}

impl App {
    /// Whose subjects it names: those of another company or app are others.
    fn issuer(&self) -> String {
        format!("{}:{}", self.options.scheme.word, self.options.client.id)
    }
}

/// Signs people in inside apps. Cheap to clone.
#[derive(Clone)]
pub struct InApp {
    access: Access,
    known: Arc<Vec<App>>,
}

impl InApp {
    /// The apps of a hub.
    ///
    /// # Errors
    /// When an app's certificates cannot be read.
    pub fn new(access: Access, options: Vec<AppOptions>) -> Result<Self, String> {
        let app = |options: AppOptions| {
            let line = ProviderLine::new(options.reach.clone()).map_err(|why| format!("the app `{}`: {why}", options.name))?;
            Ok(App { options, line })
        };
        let known = options.into_iter().map(app).collect::<Result<Vec<_>, String>>()?;
        Ok(Self { access, known: Arc::new(known) })
    }

    /// Those that are offered.
    pub fn items(&self) -> Vec<AppItem> {
        let item = |app: &App| AppItem {
            name: app.options.name.clone(),
            title: app.options.title.clone(),
            scheme: app.options.scheme.word.to_owned(),
            client_id: app.options.client.id.clone(),
        };
        self.known.iter().map(item).collect()
    }

    /// Whose subjects an app names, for who links accounts; none when there is no such app.
    pub fn issuer(&self, name: &str) -> Option<String> {
        self.known.iter().find(|app| app.options.name == name).map(App::issuer)
    }

    /// Lets in whom an app's code leads to. Every no is told to the audit and counted.
    ///
    /// # Errors
    /// Why nobody is let in.
    pub async fn enter(&self, name: &str, code: &str, from: &Actor) -> Result<Opened, Failed> {
        let app = self.known.iter().find(|app| app.options.name == name).ok_or(Failed::NotFound)?;
        let entered = self.arrive(app, code, from).await;
        PROVIDER_SIGN_INS.increment([name, entered.as_ref().map_or_else(Failed::word, |_| "done")]);
        if let Err(failed) = &entered {
            tracing::warn!(provider.name = %name, reason = failed.word(), "a sign-in inside `{name}` comes to nothing: {failed}");
            let detail = json!({"method": format!("app/{name}"), "reason": failed.word()});
            let mut entry = self.access.entry(from, "session.start", Some(format!("app/{name}")), detail);
            (entry.tenant, entry.outcome) = (TenantId::DEFAULT, Some("refused".to_owned()));
            self.access.store.identity().note(&[entry]).await?;
        }
        entered
    }

    async fn arrive(&self, app: &App, code: &str, from: &Actor) -> Result<Opened, Failed> {
        self.access.throttled(from)?;
        if code.is_empty() || code.len() > CODE_CHARACTERS_MAX || code.chars().any(char::is_control) {
            return Err(Failed::Denied("this is no code".to_owned()));
        }
        let user = known(app, code).await?;
        let issuer = app.issuer();
        let found = self.access.store.identity().user_linked(TenantId::DEFAULT, &issuer, &user.subject).await?;
        let account = found.ok_or(NotAdmitted::NoAccount)?;
        if account.status == "disabled" {
            return Err(NotAdmitted::Disabled.into());
        }
        let account = self.come_in(account, from).await?;
        Ok(self.access.open(account, &format!("app/{}", app.options.name), from).await?)
    }

    /// Who was invited has come in, by another door than the link.
    async fn come_in(&self, before: UserRow, from: &Actor) -> Result<UserRow, Failed> {
        if before.status == "active" {
            return Ok(before);
        }
        let (version, updated_at) = (before.version.saturating_add(1), self.access.clock.now());
        let after = UserRow { status: "active".to_owned(), version, updated_at, ..before.clone() };
        let actor = Actor { tenant: after.tenant, name: after.name.clone(), via: "app", ..from.clone() };
        let detail = json!({"before": told(&before), "after": told(&after)});
        let entry = self.access.entry(&actor, "user.change", Some(format!("user/{}", after.id)), detail);
        match self.access.store.identity().save_user(&after, &entry).await? {
            UserSaved::Saved => Ok(after),
            _ => Err(Error::Changed("the account was changed meanwhile").into()),
        }
    }
}

/// Asks the vendor whose a code is. What it says back of what it was sent is told to nobody.
async fn known(app: &App, code: &str) -> Result<AppUser, Failed> {
    let secret = app.options.client.secret.as_ref().map(ExposeSecret::expose_secret).unwrap_or_default();
    let mut recorder = Recorder::new([secret, code]);
    asked(app, code, secret, &mut recorder).await.map_err(|failed| match failed {
        Failed::Away(why) => Failed::Away(shortened(&recorder.mask(why))),
        Failed::Denied(why) => Failed::Denied(shortened(&recorder.mask(why))),
        other => other,
    })
}

fn shortened(words: &str) -> String {
    words.chars().take(WORDS_MAX).collect()
}

/// The recorder learns the tokens on the way.
async fn asked(app: &App, code: &str, secret: &str, recorder: &mut Recorder) -> Result<AppUser, Failed> {
    let asking = Asking { client_id: &app.options.client.id, client_secret: secret, code };
    let mut answers = Vec::new();
    while answers.len() < REQUESTS_MAX {
        let next = app.options.scheme.next(&asking, &answers).map_err(|refusal| match refusal {
            Refusal::Code(_) | Refusal::Stranger => Failed::Denied(refusal.to_string()),
            Refusal::Vendor(why) => Failed::Away(why),
        })?;
        match next {
            Next::Known(user) => return Ok(user),
            Next::Ask(ask) => {
                let given = ask.query.iter().filter(|(name, _)| name.contains("token")).map(|(_, value)| value.as_str());
                given.chain(ask.bearer.as_deref()).for_each(|token| recorder.add(token));
                let answer = app.line.ask(&app.options.base, &ask).await.map_err(|error| Failed::Away(error.message))?;
                answers.push(answer);
            }
        }
    }
    Err(Failed::Away("it asks for more and more".to_owned()))
}
