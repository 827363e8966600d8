//! The process dies before and after every commit about who may come in, what is kept secret and what wants two people.
//!
//! Whoever asked gets no answer and asks again, or sees that it is done. Afterwards everything stands once, each change has its
//! line in the audit, the chain of the audit holds, and nothing that opens anything was told to the log.

use crate::liar::{self, Liar};
use crate::support::hub::{HubProcess, Project, TOKEN, secret, text};
use crate::support::postgres::FreshDatabase;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const WITHIN: Duration = Duration::from_secs(60);
const PUBLIC: &str = "https://hub.example";
const PASSWORD: &str = "four words nobody guesses";
const KEPT: &str = "canary-of-a-kept-secret-7c1e";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_at_the_door_can_be_the_last_on_the_embedded_store() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    walk(&format!("sqlite:{}", folder.path().join("hub.sqlite").display())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_commit_at_the_door_can_be_the_last_on_postgres() {
    let database = FreshDatabase::create("kill_points_door").await;
    walk(&database.url).await;
    database.drop().await;
}

/// A request: by a session's cookie, by another token, or by the configuration's token.
struct Ask {
    method: Method,
    path: String,
    body: Value,
    by: By,
}

#[derive(Clone)]
enum By {
    Nobody,
    Program,
    Token(String),
    Session(String),
}

fn ask(method: Method, path: impl Into<String>, body: Value) -> Ask {
    Ask { method, path: path.into(), body, by: By::Program }
}

fn post(path: impl Into<String>, body: Value) -> Ask {
    ask(Method::POST, path, body)
}

fn delete(path: impl Into<String>) -> Ask {
    ask(Method::DELETE, path, Value::Null)
}

impl Ask {
    fn by(mut self, by: By) -> Self {
        self.by = by;
        self
    }
}

struct Answer {
    status: u16,
    body: Value,
    cookie: Option<String>,
    /// Where it leads.
    location: String,
}

struct Door {
    hub: HubProcess,
    store: String,
    client: reqwest::Client,
    died: BTreeSet<&'static str>,
    /// What must not be told to anybody but once.
    opens: Vec<String>,
}

impl Door {
    async fn ask(&mut self, ask: &Ask) -> Option<Answer> {
        let mut request = self.client.request(ask.method.clone(), self.hub.url(&ask.path));
        request = match &ask.by {
            By::Nobody => request.header("origin", PUBLIC),
            By::Program => request.bearer_auth(TOKEN),
            By::Token(token) => request.bearer_auth(token),
            By::Session(cookie) => request.header("origin", PUBLIC).header("cookie", cookie),
        };
        if ask.method == Method::PUT || ask.method == Method::DELETE {
            request = request.header("if-match", "*");
        }
        if ask.method != Method::GET && ask.method != Method::DELETE {
            request = request.header("content-type", "application/json").body(ask.body.to_string());
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let cookie = answer.headers().get("set-cookie").and_then(|header| header.to_str().ok()?.split(';').next()).map(str::to_owned);
        let location = answer.headers().get("location").and_then(|header| header.to_str().ok()).unwrap_or_default().to_owned();
        let body: Value = serde_json::from_str(&answer.text().await.ok()?).unwrap_or(Value::Null);
        let opens = [&body["token"], &body["url"], &body["link"]["url"]].into_iter().filter_map(Value::as_str);
        self.opens.extend(opens.map(|told| told.rsplit("#link=").next().unwrap_or(told).to_owned()));
        self.opens.extend(cookie.iter().filter_map(|cookie| Some(cookie.split_once('=')?.1.to_owned())).filter(|value| !value.is_empty()));
        Some(Answer { status, body, cookie, location })
    }

    async fn lives(&mut self, wanted: Ask) -> Answer {
        self.ask(&wanted).await.expect("it lives")
    }

    /// Dies at the point while this is asked, or by itself.
    async fn dies(&mut self, point: &'static str, side: &str, wanted: Option<&Ask>) {
        self.hub.kill().await;
        let at = format!("{point}:{side}:1");
        self.hub.restart_to_die(&self.store, &at);
        let began = Instant::now();
        let mut said = String::new();
        while !self.hub.is_dead() {
            assert!(began.elapsed() < WITHIN, "`{at}` was not passed: {said} {}", self.hub.log_tail(20));
            if let Some(wanted) = wanted
                && let Some(answer) = self.ask(wanted).await
            {
                said = format!("{} {}", answer.status, answer.body);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.died.insert(point);
        self.hub.restart(&self.store).await;
    }

    async fn both_sides(&mut self, point: &'static str, wanted: &Ask) {
        for side in ["before", "after"] {
            self.dies(point, side, Some(wanted)).await;
        }
    }

    /// Every session was last used five minutes ago: what a test cannot wait for is written into the store while nobody runs on it.
    async fn unused_for_five_minutes(&mut self) {
        use sqlx::Connection;
        const EARLIER: &str = "UPDATE hub_session SET used_at = used_at - 300000000";
        self.hub.kill().await;
        let changed = if self.store.starts_with("sqlite:") {
            let mut file = sqlx::SqliteConnection::connect(&self.store).await.expect("the store's file");
            sqlx::query(EARLIER).execute(&mut file).await.expect(EARLIER).rows_affected()
        } else {
            let mut database = sqlx::PgConnection::connect(&self.store).await.expect("PostgreSQL answers");
            sqlx::query(EARLIER).execute(&mut database).await.expect(EARLIER).rows_affected()
        };
        assert!(changed > 0, "there are sessions");
    }

    /// How many lines of the audit say this, whatever became of it.
    async fn lines(&self, action: &str) -> usize {
        let page = self.hub.get(&format!("/api/v1/audit?limit=500&action={}", action.replace(' ', "%20"))).await;
        page["items"].as_array().map_or(0, Vec::len)
    }

    async fn users(&self, name: &str) -> Vec<Value> {
        let page = self.hub.get("/api/v1/users").await;
        page["items"].as_array().into_iter().flatten().filter(|user| user["name"] == name).cloned().collect()
    }
}

fn sign_in(name: &str) -> Ask {
    post("/api/v1/sign-in", json!({"name": name, "password": PASSWORD})).by(By::Nobody)
}

async fn walk(store: &str) {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let corp = Liar::start().await;
    #[expect(clippy::disallowed_methods, reason = "the hub's clock is the machine's")]
    corp.with(|inside| inside.now = jiff::Timestamp::now());
    let provider = format!(
        "  identity_providers:\n    - name: corp\n      title: Corp\n      issuer: {}\n      client_id: {}\n      \
         client_secret: {{secret: env/WAYBILL_TEST_CLIENT}}\n      scopes: [openid, groups]\n      groups_claim: groups\n      \
         roles: {{admins: owner}}\n",
        corp.base(),
        liar::CLIENT
    );
    let project = Project::bench(&mocks)
        .with_server(&format!("  public_url: {PUBLIC}\n  four_eyes: [publish]\n{provider}"))
        .section("store:\n  master_keys:\n    - {id: one, key: {secret: env/WAYBILL_KEY_ONE}}\n")
        .with("WAYBILL_TEST_CLIENT", liar::SECRET)
        .with("WAYBILL_KEY_ONE", &secret("one"))
        .with("WAYBILL_KEY_TWO", &secret("two"));
    let hub = HubProcess::start(&project, store).await;
    let nowhere = reqwest::redirect::Policy::none();
    let client = reqwest::Client::builder().no_proxy().redirect(nowhere).timeout(Duration::from_secs(20)).build().expect("a client");
    let mut door = Door { hub, store: store.to_owned(), client, died: BTreeSet::new(), opens: Vec::new() };
    let user = people(&mut door).await;
    tokens(&mut door).await;
    secrets(&mut door, &project).await;
    two_people(&mut door, &user).await;
    the_audit(&mut door).await;
    provider_of_the_company(&mut door, &corp).await;
    for point in ["identity.seal_audit", "identity.sweep_identity"] {
        for side in ["before", "after"] {
            door.dies(point, side, None).await;
        }
    }
    let unproved: Vec<&str> = waybill::store::kill_points::identity_points().filter(|point| !door.died.contains(point)).collect();
    assert!(unproved.is_empty(), "points nobody died at: {unproved:?}");

    let proof = door.hub.get("/api/v1/audit/proof").await;
    assert!(proof["broken"].is_null() && proof["number"].as_u64().is_some_and(|number| number > 20), "{proof}");
    let log = door.hub.log_tail(usize::MAX);
    door.opens.extend([PASSWORD, KEPT].map(str::to_owned));
    assert!(door.opens.len() > 6, "{}", door.opens.len());
    for opens in &door.opens {
        assert!(opens.len() >= 16 && !log.contains(opens), "the log tells what opens something: {opens}");
    }
    door.hub.stop().await;
    mocks.stop().await;
}

/// A user who is added, comes in by a link, is kept out and let in again.
async fn people(door: &mut Door) -> String {
    let add = post("/api/v1/users", json!({"name": "bo", "title": "Bo", "roles": [{"role": "owner"}]}));
    door.both_sides("identity.add_user", &add).await;
    assert_eq!(door.lives(add).await.status, 409, "it was added by the commit whose answer nobody got");
    let found = door.users("bo").await;
    assert_eq!((found.len(), door.lines("user.add").await), (1, 1), "{found:?}");
    let id = text(&found[0]["id"]);

    // The link of that answer is lost: another one is made, and those that nobody got are over.
    let reset = format!("/api/v1/users/{id}/reset");
    door.both_sides("identity.add_link", &post(&reset, json!({}))).await;
    let link = |answer: &Answer| text(&answer.body["url"]).rsplit("#link=").next().unwrap_or_default().to_owned();
    let first = door.lives(post(&reset, json!({}))).await;
    let follow = |link: String| post("/api/v1/sign-in/link", json!({"link": link, "password": PASSWORD})).by(By::Nobody);
    let wanted = follow(link(&first));
    door.both_sides("identity.set_password", &wanted).await;
    assert_eq!(door.lives(wanted).await.status, 410, "it was used by the commit whose answer nobody got");
    assert_eq!(door.lines("user.set_password").await, 1);

    door.both_sides("identity.count_attempt", &sign_in("bo")).await;
    door.both_sides("identity.start_session", &sign_in("bo")).await;
    let entered = door.lives(sign_in("bo")).await;
    assert_eq!(entered.status, 200, "{}", entered.body);
    let bo = By::Session(entered.cookie.expect("a session"));
    assert_eq!(door.lives(ask(Method::GET, "/api/v1/me", Value::Null).by(bo.clone())).await.body["name"], "bo");

    // A session that was used a while ago notes that it is used again; whoever uses it is let in, whether or not that is kept.
    for side in ["before", "after"] {
        door.unused_for_five_minutes().await;
        door.dies("identity.touch_session", side, Some(&ask(Method::GET, "/api/v1/me", Value::Null).by(bo.clone()))).await;
        assert_eq!(door.lives(ask(Method::GET, "/api/v1/me", Value::Null).by(bo.clone())).await.body["name"], "bo", "{side}");
    }

    door.both_sides("identity.end_sessions", &post("/api/v1/me/sessions/end-others", json!({})).by(bo.clone())).await;
    let sessions = door.lives(ask(Method::GET, "/api/v1/me/sessions", Value::Null).by(bo.clone())).await;
    assert_eq!(sessions.body["items"].as_array().map(Vec::len), Some(1), "{}", sessions.body);

    let identity = post(format!("/api/v1/users/{id}/identities"), json!({"provider": "corp", "subject": "s-1"}));
    door.both_sides("identity.add_linked", &identity).await;
    let linked = door.hub.get(&format!("/api/v1/users/{id}/identities")).await;
    assert_eq!(linked["items"].as_array().map(Vec::len), Some(1), "{linked}");
    let unlink = delete(format!("/api/v1/users/{id}/identities/{}", text(&linked["items"][0]["id"])));
    door.both_sides("identity.unlink", &unlink).await;
    assert_eq!(door.lives(unlink).await.status, 404);
    assert_eq!((door.lines("user.link").await, door.lines("user.unlink").await), (1, 1));

    let added = door.lives(post("/api/v1/users", json!({"name": "cy", "roles": [{"role": "viewer"}]}))).await;
    let link = text(&added.body["link"]["url"]).rsplit("#link=").next().unwrap_or_default().to_owned();
    let cy = By::Session(door.lives(follow(link)).await.cookie.expect("a session"));
    let steer = |verb: &str| post(format!("/api/v1/users/{}/{verb}", text(&added.body["user"]["id"])), json!({}));
    door.both_sides("identity.save_user", &steer("disable")).await;
    assert_eq!(door.users("cy").await[0]["status"], "disabled");
    assert_eq!(door.lives(ask(Method::GET, "/api/v1/me", Value::Null).by(cy)).await.status, 401, "sessions ended in the same commit");
    assert_eq!(door.lives(steer("enable")).await.status, 200);
    id
}

async fn tokens(door: &mut Door) {
    let order = |name: &str| post("/api/v1/tokens", json!({"name": name, "permissions": ["read"], "days": 7}));
    door.both_sides("identity.add_token", &order("lost")).await;
    assert_eq!(door.lives(order("lost")).await.status, 409, "it is there, and nobody was told what opens");
    let made = door.lives(order("known")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let bearer = By::Token(text(&made.body["token"]));
    let look = || ask(Method::GET, "/api/v1/me", Value::Null).by(bearer.clone());
    door.both_sides("identity.touch_token", &look()).await;
    assert_eq!(door.lives(look()).await.status, 200);
    let revoke = delete(format!("/api/v1/tokens/{}", text(&made.body["known"]["id"])));
    door.both_sides("identity.revoke_token", &revoke).await;
    assert_eq!(door.lives(revoke).await.status, 404, "it was ended by the commit whose answer nobody got");
    assert_eq!(door.lives(look()).await.status, 401);
    assert_eq!((door.lines("token.make").await, door.lines("token.revoke").await), (2, 1));
}

async fn secrets(door: &mut Door, project: &Project) {
    let path = "/api/v1/secrets/erp_key";
    let set = ask(Method::PUT, path, json!({"value": KEPT}));
    door.both_sides("identity.save_secret", &set).await;
    let kept = door.lives(set).await;
    let lines = door.lines("secret.set").await;
    assert_eq!(kept.body["version"].as_u64(), Some(lines as u64), "each version has its line: {}", kept.body);

    // Another master key comes first; the one before stays until nothing is left of it.
    let config = project.path().join("config/waybill.yaml");
    let before = std::fs::read_to_string(&config).expect("text");
    let key = |id: &str, name: &str| format!("    - {{id: {id}, key: {{secret: env/{name}}}}}\n");
    let one = key("one", "WAYBILL_KEY_ONE");
    std::fs::write(&config, before.replace(&one, &(key("two", "WAYBILL_KEY_TWO") + &one))).expect("writable");
    door.both_sides("identity.rewrap_secret", &post("/api/v1/secrets/rewrap", json!({}))).await;
    let again = door.lives(post("/api/v1/secrets/rewrap", json!({}))).await;
    assert_eq!(again.status, 200, "{}", again.body);
    let text_now = std::fs::read_to_string(&config).expect("text");
    std::fs::write(&config, text_now.replace(&one, "")).expect("writable");
    let remove = delete(path);
    door.both_sides("identity.remove_secret", &remove).await;
    assert_eq!(door.lives(remove).await.status, 404, "it was removed by the commit whose answer nobody got");
    assert_eq!(door.lines("secret.remove").await, 1);
}

async fn two_people(door: &mut Door, user: &str) {
    let release = || post("/api/v1/releases", json!({"message": "m", "files": {"mappings/po_ref.yaml": "a"}}));
    door.both_sides("identity.add_proposal", &release()).await;
    let waits = door.lives(release()).await;
    assert_eq!(waits.status, 202, "{}", waits.body);
    let id = text(&waits.body["proposal"]);
    assert_eq!(door.lines("proposal.make").await, 1, "it was proposed by the commit whose answer nobody got");
    let entered = door.lives(sign_in("bo")).await;
    assert_eq!(entered.status, 200, "{user}: {}", entered.body);
    let bo = By::Session(entered.cookie.expect("a session"));
    let confirm = post(format!("/api/v1/proposals/{id}/confirm"), json!({})).by(bo.clone());
    door.both_sides("identity.step_proposal", &confirm).await;
    assert_eq!(door.lives(confirm).await.status, 409, "it was confirmed by the commit whose answer nobody got");
    let settled = door.hub.get(&format!("/api/v1/proposals/{id}")).await;
    assert_eq!((&settled["state"], &settled["settled_by"]), (&json!("confirmed"), &json!("bo")), "{settled}");
    assert_eq!(door.lines("proposal.confirm").await, 1);
}

/// A sign-in at a provider whose beginning is lost is begun again; one whose answer was taken is not believed again.
async fn provider_of_the_company(door: &mut Door, corp: &Liar) {
    let begin = || post("/api/v1/sign-in/providers/corp", json!({"return_to": "/documents?mine=1"})).by(By::Nobody);
    door.both_sides("identity.add_pending", &begin()).await;
    let callback = async |door: &mut Door| {
        let begun = door.lives(begin()).await;
        assert_eq!(begun.status, 200, "{}", begun.body);
        let query = corp.grant(&text(&begun.body["url"]));
        let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&query).finish();
        let browser = By::Session(begun.cookie.expect("what the browser holds"));
        ask(Method::GET, format!("/api/v1/sign-in/providers/corp/callback?{query}"), Value::Null).by(browser)
    };
    let (first, second) = (callback(door).await, callback(door).await);
    door.dies("identity.take_pending", "before", Some(&first)).await;
    assert_eq!(door.lives(first).await.location, "/documents?mine=1", "nothing was taken yet");
    door.dies("identity.take_pending", "after", Some(&second)).await;
    let over = door.lives(second).await;
    assert_eq!(
        (over.status, &over.body["code"]),
        (410, &json!("sign_in_over")),
        "its answer was taken by the hub that died: {}",
        over.body
    );
}

/// A line that cannot be written lets nothing be done; one whose end was lost says that it is unknown.
async fn the_audit(door: &mut Door) {
    let note = |text: &str| post("/api/v1/feedback", json!({"page": "/exceptions", "text": text}));
    let action = "POST /api/v1/feedback";
    let given = async |door: &Door| {
        let page = door.hub.get("/api/v1/feedback?settled=false").await;
        page["items"].as_array().map_or(0, Vec::len)
    };
    door.dies("identity.note", "before", Some(&note("one"))).await;
    assert_eq!((given(door).await, door.lines(action).await), (0, 0));
    door.dies("identity.note", "after", Some(&note("one"))).await;
    assert_eq!((given(door).await, door.lines(action).await), (0, 1), "asked for, and not done");
    door.dies("identity.finish", "before", Some(&note("two"))).await;
    door.dies("identity.finish", "after", Some(&note("two"))).await;
    let (kept, lines) = (given(door).await, door.lines(action).await);
    assert!(kept >= 1 && lines > kept, "{kept} kept, {lines} lines: none without its line");
}
