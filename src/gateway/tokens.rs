//! Credentials from handshakes: one handshake at a time, shared by all who wait for it, renewed before they lapse; where the
//! processes of an installation share them, one handshake for all of them.

use super::consent::{Consented, Renewal};
use super::shared::{Claim, Shared};
use crate::domain::connector::auth::Credentials;
use crate::domain::connector::{Answer, Class};
use crate::domain::flow::effect::Cause;
use crate::domain::ids::TenantId;
use crate::domain::value::Value;
use crate::runtime::clock::Clock;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Renewed this long before they lapse, or a tenth of their life where that is shorter.
const MARGIN: Duration = Duration::from_secs(60);
/// A refused log-in is not repeated sooner: partners lock accounts.
const REFUSED_PAUSE: Duration = Duration::from_secs(15);
/// How long another process's log-in is waited for while holding a worker.
const ELSEWHERE_MAX: Duration = Duration::from_secs(10);
/// How often it is looked for.
const ELSEWHERE_LOOK: Duration = Duration::from_millis(100);

/// The credentials of one connection and version.
#[derive(Clone)]
pub struct Tokens {
    clock: Arc<dyn Clock>,
    sharing: Option<Sharing>,
    state: Arc<Mutex<State>>,
}

#[derive(Clone)]
struct Sharing {
    shared: Arc<dyn Shared>,
    tenant: TenantId,
    name: Arc<str>,
}

#[derive(Default)]
struct State {
    current: Option<Held>,
    generation: u64,
    refused: Option<(Duration, Answer)>,
    /// Renewed by a refresh token that is spent now, and not kept yet: they are kept before anything is done with them.
    unkept: Option<Credentials>,
}

/// Credentials in use.
#[derive(Clone)]
pub struct Held {
    /// The credentials.
    pub credentials: Arc<Credentials>,
    /// Counts renewals: who finds these lapsed asks for newer ones, and two who find it at once get one renewal.
    pub generation: u64,
    lapses_at: Option<Duration>,
}

impl Tokens {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Tokens {
        Tokens { clock, sharing: None, state: Arc::default() }
    }

    /// Credentials that other processes with the same settings use too.
    pub(super) fn shared(clock: Arc<dyn Clock>, shared: Arc<dyn Shared>, tenant: TenantId, connection: &str, settings: &Value) -> Tokens {
        let name = shared.credential_name(connection, &settings.to_json_text());
        let sharing = name.map(|name| Sharing { shared, tenant, name: Arc::from(name) });
        Tokens { clock, sharing, state: Arc::default() }
    }

    /// Credentials that a consent gave and a refresh token renews, kept under this name.
    pub(super) fn consented(clock: Arc<dyn Clock>, shared: Option<Arc<dyn Shared>>, tenant: TenantId, connection: &str) -> Tokens {
        let name: Arc<str> = Arc::from(super::consent::consent_name(connection));
        let sharing = shared.map(|shared| Sharing { shared, tenant, name });
        Tokens { clock, sharing, state: Arc::default() }
    }

    /// How long the credentials in use are good yet; none when there are none, they do not lapse, or they are being renewed.
    pub(super) fn lapse_in(&self) -> Option<Duration> {
        let state = self.state.try_lock().ok()?;
        let at = state.current.as_ref()?.lapses_at?;
        Some(at.saturating_sub(self.clock.monotonic()))
    }

    /// Credentials in use that are newer than `stale`; none when they have to be got.
    pub(super) async fn in_use(&self, stale: u64) -> Option<Held> {
        let state = self.state.lock().await;
        let now = self.clock.monotonic();
        let held = state.current.as_ref()?;
        (held.generation > stale && held.lapses_at.is_none_or(|at| now < at)).then(|| held.clone())
    }

    /// Credentials newer than `stale` (0: any), by a handshake where there are none.
    pub(super) async fn get<F>(&self, stale: u64, handshake: F) -> Result<Held, Answer>
    where
        F: AsyncFnOnce() -> Result<Credentials, Answer>,
    {
        let mut state = self.state.lock().await;
        let now = self.clock.monotonic();
        let usable = |held: &&Held| held.generation > stale && held.lapses_at.is_none_or(|at| now < at);
        if let Some(held) = state.current.as_ref().filter(usable) {
            return Ok(held.clone());
        }
        if let Some((until, answer)) = &state.refused
            && now < *until
        {
            return Err(answer.clone());
        }
        state.current = None;
        let mine = match self.elsewhere(stale).await? {
            Elsewhere::Found(held) => {
                state.generation = state.generation.max(held.generation);
                state.refused = None;
                state.current = Some(held.clone());
                return Ok(held);
            }
            Elsewhere::Mine(token, generation) => Some((token, generation)),
            Elsewhere::Alone => None,
        };
        let result = handshake().await;
        self.tell(mine, &result).await;
        let now = self.clock.monotonic();
        match result {
            Ok(credentials) => {
                state.generation = mine.map_or(state.generation + 1, |(_, generation)| generation.max(state.generation + 1));
                let lapses_at = usable_for(&credentials).map(|usable| now.saturating_add(usable));
                let held = Held { credentials: Arc::new(credentials), generation: state.generation, lapses_at };
                state.current = Some(held.clone());
                state.refused = None;
                Ok(held)
            }
            Err(answer) => {
                if answer.class == Class::Refused {
                    state.refused = Some((now.saturating_add(REFUSED_PAUSE), answer.clone()));
                }
                Err(answer)
            }
        }
    }

    /// Credentials of a consent newer than `stale`, renewed where there are none. One renewal at a time, in all processes; what it
    /// gives is kept before it is used, because the refresh token it was made with may be spent. Not to be dropped half-way, for
    /// the same reason: whoever calls lets it run in a task of its own.
    pub(super) async fn get_consented<F>(&self, stale: u64, renew: F) -> Result<Held, Answer>
    where
        F: AsyncFnOnce(Option<&SecretString>) -> Result<Credentials, Renewal>,
    {
        let mut state = self.state.lock().await;
        let now = self.clock.monotonic();
        let usable = |held: &&Held| held.generation > stale && held.lapses_at.is_none_or(|at| now < at);
        if let Some(held) = state.current.as_ref().filter(usable) {
            return Ok(held.clone());
        }
        if let Some((until, answer)) = &state.refused
            && now < *until
        {
            return Err(answer.clone());
        }
        state.current = None;
        let Some(Sharing { shared, tenant, name }) = &self.sharing else {
            let words = "log-in: a consent is kept sealed in the hub's store; set `store.sealing_key` (a call outside the hub has none)";
            return Err(Answer::stopped(Class::Refused, Cause::Credentials, "consent_not_kept", words));
        };
        let away = || Answer::stopped(Class::Retryable, Cause::Credentials, "limited", "log-in: the store that keeps the consent is away");
        let (token, generation) = match self.elsewhere(stale).await? {
            Elsewhere::Found(held) => {
                state.generation = state.generation.max(held.generation);
                (state.refused, state.unkept) = (None, None);
                state.current = Some(held.clone());
                return Ok(held);
            }
            Elsewhere::Mine(token, generation) => (token, generation),
            Elsewhere::Alone => return Err(away()),
        };
        let renewed = match state.unkept.take() {
            Some(credentials) => Ok(credentials),
            None => match shared.kept(*tenant, name).await {
                Some(kept) => renew(kept.as_ref()).await,
                None => {
                    shared.release(*tenant, name, token, Duration::ZERO).await;
                    return Err(away());
                }
            },
        };
        let now = self.clock.monotonic();
        match renewed {
            Ok(credentials) => {
                let text = Consented::of(&credentials).to_text();
                if !shared.save(*tenant, name, (token, generation), text, usable_for(&credentials)).await {
                    tracing::error!("the renewed consent `{name}` cannot be kept now; it is not used until it is");
                    state.unkept = Some(credentials);
                    return Err(away());
                }
                state.generation = generation.max(state.generation + 1);
                let lapses_at = usable_for(&credentials).map(|usable| now.saturating_add(usable));
                let held = Held { credentials: Arc::new(credentials), generation: state.generation, lapses_at };
                state.current = Some(held.clone());
                state.refused = None;
                Ok(held)
            }
            Err(Renewal::Lost(answer, consented)) => {
                shared.save(*tenant, name, (token, generation), consented.to_text(), Some(Duration::ZERO)).await;
                Err(answer)
            }
            Err(Renewal::Failed(answer)) => {
                // Where nobody has consented the partner was not asked, and whoever consents now must not wait.
                let asked = answer.code.as_deref() != Some("consent_missing");
                let pause = if answer.class == Class::Refused && asked { REFUSED_PAUSE } else { Duration::ZERO };
                shared.release(*tenant, name, token, pause).await;
                if answer.class == Class::Refused && asked {
                    state.refused = Some((now.saturating_add(REFUSED_PAUSE), answer.clone()));
                }
                Err(answer)
            }
        }
    }

    /// What the other processes have, or whose turn it is.
    async fn elsewhere(&self, stale: u64) -> Result<Elsewhere, Answer> {
        let Some(Sharing { shared, tenant, name }) = &self.sharing else { return Ok(Elsewhere::Alone) };
        let began = self.clock.monotonic();
        loop {
            match shared.claim(*tenant, name, stale).await {
                None => return Ok(Elsewhere::Alone),
                Some(Claim::Mine { token, generation }) => return Ok(Elsewhere::Mine(token, generation)),
                Some(Claim::There { generation, text, usable }) => {
                    let Some(credentials) = read(&text) else { return Ok(Elsewhere::Alone) };
                    let lapses_at = usable.map(|usable| self.clock.monotonic().saturating_add(usable));
                    return Ok(Elsewhere::Found(Held { credentials: Arc::new(credentials), generation, lapses_at }));
                }
                Some(Claim::Busy) if self.clock.monotonic().saturating_sub(began) >= ELSEWHERE_MAX => {
                    let words = "log-in: another process of the hub is at it, or was refused a moment ago";
                    return Err(Answer::stopped(Class::Retryable, Cause::Credentials, "limited", words));
                }
                Some(Claim::Busy) => self.clock.wait(ELSEWHERE_LOOK).await,
            }
        }
    }

    /// Tells the other processes how our turn went.
    async fn tell(&self, mine: Option<(i64, u64)>, result: &Result<Credentials, Answer>) {
        let (Some(Sharing { shared, tenant, name }), Some((token, generation))) = (&self.sharing, mine) else { return };
        match result {
            Ok(credentials) => {
                let text = SecretString::from(credentials.to_json().to_string());
                shared.save(*tenant, name, (token, generation), text, usable_for(credentials)).await;
            }
            Err(answer) => {
                let pause = if answer.class == Class::Refused { REFUSED_PAUSE } else { Duration::ZERO };
                shared.release(*tenant, name, token, pause).await;
            }
        }
    }
}

enum Elsewhere {
    /// Credentials of another process's log-in.
    Found(Held),
    /// Our turn: token, and the generation it leads to.
    Mine(i64, u64),
    /// Nothing is shared, or not now.
    Alone,
}

fn usable_for(credentials: &Credentials) -> Option<Duration> {
    let life = Duration::from_millis(credentials.lives_millis?);
    Some(life.saturating_sub(MARGIN.min(life / 10)))
}

fn read(text: &SecretString) -> Option<Credentials> {
    serde_json::from_str(text.expose_secret()).ok().as_ref().map(Credentials::from_json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::shared::fake::Fake;
    use crate::runtime::ManualClock;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::new("2026-09-28T10:00:00Z".parse().unwrap()))
    }

    fn credentials(text: &str) -> Credentials {
        Credentials::from_json(&serde_json::Value::from(text))
    }

    fn text(held: &Held) -> String {
        held.credentials.to_json().as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn one_process_logs_in_for_all_and_renews_for_all() {
        let clock = clock();
        let shared = Fake::new(clock.clone());
        let process = || Tokens::shared(clock.clone(), shared.clone(), TenantId::DEFAULT, "oa", &Value::Unset);
        let log_ins = AtomicU32::new(0);
        let log_in = async || Ok(credentials(&format!("token-{}", log_ins.fetch_add(1, Ordering::Relaxed) + 1)));
        let (one, two) = (process(), process());
        let first = one.get(0, log_in).await.unwrap();
        let second = two.get(0, log_in).await.unwrap();
        assert_eq!((text(&first), text(&second), log_ins.load(Ordering::Relaxed)), ("token-1".into(), "token-1".into(), 1));
        // The partner says that the token has lapsed, to both of them.
        let first = one.get(first.generation, log_in).await.unwrap();
        let second = two.get(second.generation, log_in).await.unwrap();
        assert_eq!((text(&first), text(&second), log_ins.load(Ordering::Relaxed)), ("token-2".into(), "token-2".into(), 2));
        assert_eq!(first.generation, second.generation);
    }

    #[tokio::test]
    async fn whoever_waits_for_another_s_log_in_gets_its_token() {
        let clock = clock();
        let shared = Fake::new(clock.clone());
        shared.credential.lock().unwrap().busy = true;
        let tokens = Tokens::shared(clock.clone(), shared.clone(), TenantId::DEFAULT, "oa", &Value::Unset);
        let waiting = tokio::spawn(async move { tokens.get(0, async || panic!("it is the other's turn")).await });
        while clock.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        shared.save(TenantId::DEFAULT, "oa", (1, 7), SecretString::from("\"of-another\""), None).await;
        clock.advance(ELSEWHERE_LOOK);
        let held = waiting.await.unwrap().unwrap();
        assert_eq!((text(&held), held.generation), ("of-another".to_owned(), 7));
    }

    #[tokio::test]
    async fn a_log_in_elsewhere_is_not_waited_for_for_ever() {
        let clock = clock();
        let shared = Fake::new(clock.clone());
        shared.credential.lock().unwrap().busy = true;
        let tokens = Tokens::shared(clock.clone(), shared.clone(), TenantId::DEFAULT, "oa", &Value::Unset);
        let waiting = tokio::spawn(async move { tokens.get(0, async || panic!("it is the other's turn")).await });
        while !waiting.is_finished() {
            clock.advance(ELSEWHERE_LOOK);
            tokio::task::yield_now().await;
        }
        let answer = waiting.await.unwrap().err().unwrap();
        assert_eq!(answer.class, Class::Retryable);
        assert!(clock.monotonic() >= ELSEWHERE_MAX);
    }
}
