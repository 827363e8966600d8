//! People at the door: the first owner, passwords and lock-outs, sessions and where they end, foreign pages, users.

use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use waybill::app::access::Actor;
use waybill::domain::ids::TenantId;
use waybill::domain::permission::Permission;

use crate::described::judge;
use crate::support::{Door, FOREIGN, Setup, door, door_with, json as read, token};

pub const PASSWORD: &str = "four words nobody guesses";
const OTHER: &str = "five other words nobody guesses";

/// A browser: it keeps one cookie and says which page it is on.
pub struct Browser<'d> {
    door: &'d Door,
    /// What a proxy would say where it is; nobody listens but a door that trusts one.
    address: String,
    pub cookie: Option<String>,
}

impl<'d> Browser<'d> {
    pub fn new(door: &'d Door) -> Self {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let [high, low] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        Browser { door, address: format!("198.18.{high}.{low}"), cookie: None }
    }

    pub fn request(&self, method: Method, path: &str, body: Option<&Value>) -> reqwest::RequestBuilder {
        let mut request = self.door.client.request(method, format!("{}{path}", self.door.base)).header("x-forwarded-for", &self.address);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
            None => request,
        }
    }

    pub async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let request = self.request(method.clone(), path, body.as_ref()).header("origin", &self.door.base);
        // Whatever is there: tests about what was seen ask for themselves.
        let request = if [Method::PUT, Method::DELETE].contains(&method) { request.header("if-match", "*") } else { request };
        let answer = request.send().await.unwrap();
        self.keep(&answer);
        let (status, value) = match answer.status() {
            StatusCode::NO_CONTENT => (204, Value::Null),
            _ => read(answer).await,
        };
        judge(method.as_str(), path, status, &value);
        (status, value)
    }

    fn keep(&mut self, answer: &Response) {
        if let Some(header) = answer.headers().get("set-cookie") {
            let text = header.to_str().unwrap();
            assert!(text.contains("; HttpOnly") && text.contains("; SameSite=Lax") && text.contains("; Path=/"), "{text}");
            let pair = text.split(';').next().unwrap();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
    }

    pub async fn get(&mut self, path: &str) -> (u16, Value) {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> (u16, Value) {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn sign_in(&mut self, name: &str, password: &str) -> u16 {
        self.post("/api/v1/sign-in", json!({"name": name, "password": password})).await.0
    }
}

async fn set_up_link(door: &Door) -> Option<String> {
    let link = door.access.set_up_link(TenantId::DEFAULT, &Actor::system(TenantId::DEFAULT)).await.unwrap();
    link.map(|link| link.secret.text().to_owned())
}

/// A door with an owner named `ana`.
pub async fn owned() -> Door {
    owned_with(Setup::default()).await
}

pub async fn owned_with(setup: Setup) -> Door {
    let door = door_with(setup).await;
    let link = set_up_link(&door).await.unwrap();
    let body = json!({"link": link, "name": "Ana", "title": "Ana Li", "password": PASSWORD});
    assert_eq!(Browser::new(&door).post("/api/v1/sign-in/link", body).await.0, 200);
    door
}

/// A link's secret, from where it leads.
fn secret(url: &Value) -> String {
    url.as_str().unwrap().split_once("#link=").unwrap().1.to_owned()
}

pub async fn added(owner: &mut Browser<'_>, name: &str, roles: Value) -> (Value, String) {
    let (status, body) = owner.post("/api/v1/users", json!({"name": name, "roles": roles, "person": format!("E-{name}")})).await;
    assert_eq!(status, 201, "{body}");
    (body["user"].clone(), secret(&body["link"]["url"]))
}

#[tokio::test]
async fn the_first_owner_comes_in_once_by_the_link() {
    let door = door().await;
    let mut browser = Browser::new(&door);
    assert_eq!(browser.get("/api/v1/sign-in").await, (200, json!({"set_up": false, "password": true, "providers": [], "apps": []})));
    let link = set_up_link(&door).await.unwrap();
    let spare = set_up_link(&door).await.unwrap();
    let (status, look) = browser.post("/api/v1/sign-in/link/look", json!({"link": link})).await;
    assert_eq!((status, &look["purpose"], &look["name"]), (200, &json!("setup"), &Value::Null));

    let with = |password: &str| json!({"link": link, "name": "Ana", "title": "Ana Li", "password": password});
    for weak in ["short", "ana-ana-ana-1", "passwordpassword"] {
        let (status, problem) = browser.post("/api/v1/sign-in/link", with(weak)).await;
        assert_eq!((status, &problem["pointers"][0]["pointer"]), (422, &json!("/password")), "{weak}");
    }
    assert!(browser.cookie.is_none());
    let (status, entered) = browser.post("/api/v1/sign-in/link", with(PASSWORD)).await;
    assert_eq!((status, &entered["name"], &entered["title"]), (200, &json!("ana"), &json!("Ana Li")));

    let (status, me) = browser.get("/api/v1/me").await;
    assert_eq!((status, &me["name"], &me["via"], &me["person"]), (200, &json!("ana"), &json!("session"), &Value::Null));
    assert_eq!(me["permissions"].as_array().unwrap().len(), Permission::ALL.len());
    assert_eq!(browser.get("/api/v1/sign-in").await.1["set_up"], json!(true));

    // Neither the link that was used nor another one that lay about makes a second owner.
    assert!(set_up_link(&door).await.is_none());
    for gone in [&link, &spare] {
        let (status, problem) = Browser::new(&door).post("/api/v1/sign-in/link", with(PASSWORD)).await;
        assert_eq!((status, &problem["code"]), (410, &json!("link_over")), "{gone}");
    }
    let body = json!({"link": spare, "name": "eve", "password": PASSWORD});
    assert_eq!(Browser::new(&door).post("/api/v1/sign-in/link", body).await.0, 410);
}

#[tokio::test]
async fn a_link_lasts_a_day() {
    let door = door().await;
    let link = set_up_link(&door).await.unwrap();
    door.clock.advance(Duration::from_secs(24 * 3600));
    let (status, problem) = Browser::new(&door).post("/api/v1/sign-in/link/look", json!({"link": link})).await;
    assert_eq!((status, &problem["code"]), (410, &json!("link_over")));
    let damaged = [String::new(), "1.x".into(), link.replacen('1', "2", 1), format!("{link}A")];
    for link in damaged {
        let (status, _) = Browser::new(&door).post("/api/v1/sign-in/link/look", json!({"link": link})).await;
        assert!(status == 410 || status == 422, "{link}: {status}");
    }
}

#[tokio::test]
async fn wrong_names_and_wrong_passwords_get_the_same_answer() {
    let door = owned().await;
    let mut browser = Browser::new(&door);
    let mut answers = Vec::new();
    for (name, password) in [("ana", "not it at all"), ("nobody", PASSWORD), ("ana\u{0}", PASSWORD), ("../ana", PASSWORD)] {
        let (status, mut problem) = browser.post("/api/v1/sign-in", json!({"name": name, "password": password})).await;
        if name.contains('\0') {
            assert_eq!(status, 422);
            continue;
        }
        problem.as_object_mut().unwrap().remove("request_id");
        answers.push((status, problem));
    }
    assert_eq!((answers[0].0, &answers[0].1["code"]), (401, &json!("sign_in_refused")));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert!(browser.cookie.is_none());
    assert_eq!(browser.sign_in(" ANA ", PASSWORD).await, 200);
}

#[tokio::test]
async fn an_account_waits_after_five_wrong_passwords_and_then_goes_on() {
    let door = owned().await;
    let mut browser = Browser::new(&door);
    for _ in 0..5 {
        assert_eq!(browser.sign_in("ana", "not it at all").await, 401);
    }
    assert_eq!(browser.sign_in("ana", PASSWORD).await, 401, "the right one comes too early");
    door.clock.advance(Duration::from_secs(59));
    assert_eq!(browser.sign_in("ana", PASSWORD).await, 401);
    door.clock.advance(Duration::from_secs(2));
    assert_eq!(browser.sign_in("ana", PASSWORD).await, 200);
    // The count begins anew.
    assert_eq!(browser.sign_in("ana", "not it at all").await, 401);
    assert_eq!(browser.sign_in("ana", PASSWORD).await, 200);
}

#[tokio::test]
async fn many_attempts_at_once_are_all_counted() {
    let door = owned().await;
    let attempts = (0..20).map(|_| async {
        let body = json!({"name": "ana", "password": "not it at all"});
        Browser::new(&door).post("/api/v1/sign-in", body).await.0
    });
    assert!(futures::future::join_all(attempts).await.iter().all(|status| *status == 401));
    let ana = door.store.identity().user_named(TenantId::DEFAULT, "ana").await.unwrap().unwrap();
    assert_eq!(ana.failures, 5, "those after the lock find nobody");
    assert!(ana.locked_until.is_some());
}

#[tokio::test]
async fn one_address_has_sixty_attempts_a_minute() {
    let door = owned().await;
    let mut browser = Browser::new(&door);
    // Signing the owner in by the link was one.
    let mut statuses = Vec::new();
    for number in 0..61 {
        statuses.push(browser.sign_in(&format!("user{number}"), "not it at all").await);
    }
    assert_eq!((statuses[58], statuses[59], statuses[60]), (401, 429, 429));
    door.clock.advance(Duration::from_secs(60));
    assert_eq!(browser.sign_in("ana", PASSWORD).await, 200);
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_after_twelve_hours() {
    let door = owned().await;
    let mut browser = Browser::new(&door);
    assert_eq!(browser.sign_in("ana", PASSWORD).await, 200);
    door.clock.advance(Duration::from_secs(29 * 60));
    assert_eq!(browser.get("/api/v1/me").await.0, 200);
    door.clock.advance(Duration::from_secs(29 * 60));
    assert_eq!(browser.get("/api/v1/me").await.0, 200, "it was used in between");
    door.clock.advance(Duration::from_secs(32 * 60));
    let (status, problem) = browser.get("/api/v1/me").await;
    assert_eq!((status, &problem["code"]), (401, &json!("unauthenticated")));

    assert_eq!(browser.sign_in("ana", PASSWORD).await, 200);
    for _ in 0..35 {
        door.clock.advance(Duration::from_secs(20 * 60));
        assert_eq!(browser.get("/api/v1/me").await.0, 200);
    }
    door.clock.advance(Duration::from_secs(20 * 60));
    assert_eq!(browser.get("/api/v1/me").await.0, 401, "used all the time, but twelve hours old");
}

#[tokio::test]
async fn changes_come_from_our_own_pages_only() {
    let door = owned().await;
    let mut browser = Browser::new(&door);
    assert_eq!(browser.sign_in("ana", PASSWORD).await, 200);
    let view = json!({"page": "documents", "name": "mine", "query": {}});
    let origins = [None, Some("https://evil.example"), Some("null"), Some("http://127.0.0.1:1")];
    for origin in origins {
        for (method, path, body) in [
            (Method::POST, "/api/v1/views", Some(&view)),
            (Method::POST, "/api/v1/me/sessions/end-others", None),
            (Method::POST, "/api/v1/users/00000000-0000-0000-0000-000000000001/disable", None),
        ] {
            let mut request = browser.request(method, path, body);
            if let Some(origin) = origin {
                request = request.header("origin", origin);
            }
            let (status, problem) = read(request.send().await.unwrap()).await;
            assert_eq!((status, &problem["code"]), (403, &json!("foreign_page")), "{path} from {origin:?}");
        }
        let Some(origin) = origin else { continue };
        // Nor does a page elsewhere sign somebody in or out here.
        for (path, body) in [("/api/v1/sign-in", json!({"name": "ana", "password": PASSWORD})), ("/api/v1/sign-out", json!({}))] {
            let answer = browser.request(Method::POST, path, Some(&body)).header("origin", origin).send().await.unwrap();
            assert_eq!(answer.status(), 403, "{path} from {origin}");
            assert!(answer.headers().get("set-cookie").is_none());
        }
    }
    assert_eq!(browser.get("/api/v1/views").await.1["items"], json!([]));
    assert_eq!(browser.post("/api/v1/views", view).await.0, 201);
    // Reading is what links do, from wherever.
    let answer = browser.request(Method::GET, "/api/v1/me", None).header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    // A token that is wrong is not made good by a cookie beside it.
    let beside = browser.request(Method::GET, "/api/v1/me", None).bearer_auth("wrong").send().await.unwrap();
    assert_eq!(beside.status(), 401);
}

#[tokio::test]
async fn signing_out_ends_the_session_for_whoever_has_the_cookie() {
    let door = owned().await;
    let (mut one, mut two) = (Browser::new(&door), Browser::new(&door));
    assert_eq!(one.sign_in("ana", PASSWORD).await, 200);
    assert_eq!(two.sign_in("ana", PASSWORD).await, 200);
    let copy = one.cookie.clone();
    assert_ne!(copy, two.cookie);
    assert_eq!(one.send(Method::POST, "/api/v1/sign-out", None).await.0, 204);
    assert!(one.cookie.is_none());
    one.cookie = copy;
    assert_eq!(one.get("/api/v1/me").await.0, 401, "the server forgot it too");

    assert_eq!(two.get("/api/v1/me").await.0, 200);
    let mut three = Browser::new(&door);
    assert_eq!(three.sign_in("ana", PASSWORD).await, 200);
    let (_, list) = three.get("/api/v1/me/sessions").await;
    // The one of the set-up, two's, and three's.
    assert_eq!(list["items"].as_array().unwrap().len(), 3, "{list}");
    let current: Vec<bool> = list["items"].as_array().unwrap().iter().map(|one| one["current"].as_bool().unwrap()).collect();
    assert_eq!(current.iter().filter(|current| **current).count(), 1);
    assert_eq!(three.send(Method::POST, "/api/v1/me/sessions/end-others", None).await, (200, json!({"ended": 2})));
    assert_eq!(two.get("/api/v1/me").await.0, 401);
    assert_eq!(three.get("/api/v1/me").await.0, 200);
    let own = three.get("/api/v1/me/sessions").await.1["items"][0]["id"].as_str().unwrap().to_owned();
    let unknown = three.send(Method::DELETE, "/api/v1/me/sessions/00000000-0000-0000-0000-000000000001", None).await;
    assert_eq!(unknown.0, 404);
    assert_eq!(three.send(Method::DELETE, &format!("/api/v1/me/sessions/{own}"), None).await.0, 204);
    assert_eq!(three.get("/api/v1/me").await.0, 401);
}

#[tokio::test]
async fn signing_in_again_ends_the_session_that_the_browser_brought_and_no_other() {
    let door = owned().await;
    let (mut first, mut elsewhere) = (Browser::new(&door), Browser::new(&door));
    assert_eq!((first.sign_in("ana", PASSWORD).await, elsewhere.sign_in("ana", PASSWORD).await), (200, 200));
    let before = first.cookie.clone();
    assert_eq!(first.sign_in("ana", PASSWORD).await, 200);
    assert_ne!(first.cookie, before);
    assert_eq!((first.get("/api/v1/me").await.0, elsewhere.get("/api/v1/me").await.0), (200, 200));
    let mut old = Browser::new(&door);
    old.cookie.clone_from(&before);
    assert_eq!(old.get("/api/v1/me").await.0, 401, "nobody would ever have ended it");
    // A wrong password ends nothing.
    assert_eq!(elsewhere.sign_in("ana", "not the password at all").await, 401);
    assert_eq!(elsewhere.get("/api/v1/me").await.0, 200);
}

#[tokio::test]
async fn a_new_password_ends_every_session_but_a_new_one() {
    let door = owned().await;
    let (mut one, mut two) = (Browser::new(&door), Browser::new(&door));
    assert_eq!(one.sign_in("ana", PASSWORD).await, 200);
    assert_eq!(two.sign_in("ana", PASSWORD).await, 200);
    let before = one.cookie.clone();
    let wrong = one.post("/api/v1/me/password", json!({"current": "not it at all", "password": OTHER})).await;
    assert_eq!((wrong.0, &wrong.1["code"]), (401, &json!("sign_in_refused")));
    assert_eq!(one.post("/api/v1/me/password", json!({"current": PASSWORD, "password": "short"})).await.0, 422);
    assert_eq!(two.get("/api/v1/me").await.0, 200);
    assert_eq!(one.post("/api/v1/me/password", json!({"current": PASSWORD, "password": OTHER})).await.0, 200);
    assert_ne!(one.cookie, before, "the secret is a new one");
    assert_eq!(one.get("/api/v1/me").await.0, 200);
    assert_eq!(two.get("/api/v1/me").await.0, 401);
    assert_eq!(two.sign_in("ana", PASSWORD).await, 401);
    assert_eq!(two.sign_in("ana", OTHER).await, 200);
    let with_token = door.request(Method::POST, "/api/v1/me/password").header("content-type", "application/json");
    let answer = with_token.body(json!({"current": PASSWORD, "password": OTHER}).to_string()).send().await.unwrap();
    assert_eq!(answer.status(), 409, "a token has none");
}

#[tokio::test]
async fn users_are_added_changed_kept_out_and_let_in_again() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let (bo, link) = added(&mut owner, "Bo.Chen", json!([{"role": "viewer"}, {"role": "operator", "scope": "flow:other"}])).await;
    assert_eq!((&bo["name"], &bo["status"]), (&json!("bo.chen"), &json!("invited")));
    let taken = owner.post("/api/v1/users", json!({"name": "BO.CHEN"})).await;
    assert_eq!(taken.0, 409, "{}", taken.1);
    for (body, pointer) in [
        (json!({"name": "a b"}), "/name"),
        (json!({"name": "cy", "roles": [{"role": "king"}]}), "/roles"),
        (json!({"name": "cy", "roles": [{"role": "viewer", "scope": "galaxy"}]}), "/roles"),
        (json!({"name": "cy", "email": "nowhere"}), "/email"),
        (json!({"name": "cy", "password": PASSWORD}), "/password"),
    ] {
        let (status, problem) = owner.post("/api/v1/users", body.clone()).await;
        assert_eq!((status, &problem["pointers"][0]["pointer"]), (422, &json!(pointer)), "{body}");
    }

    let mut browser = Browser::new(&door);
    assert_eq!(browser.sign_in("bo.chen", "").await, 422);
    assert_eq!(browser.sign_in("bo.chen", PASSWORD).await, 401, "there is no password yet");
    let (_, look) = browser.post("/api/v1/sign-in/link/look", json!({"link": link})).await;
    assert_eq!((&look["purpose"], &look["name"]), (&json!("password"), &json!("bo.chen")));
    assert_eq!(browser.post("/api/v1/sign-in/link", json!({"link": link, "password": OTHER})).await.0, 200);
    let (_, me) = browser.get("/api/v1/me").await;
    assert_eq!((&me["permissions"], &me["person"]), (&json!(["read"]), &json!("E-Bo.Chen")), "a role for one flow is none for all");
    assert_eq!(browser.get("/api/v1/documents").await.0, 200);
    assert_eq!(browser.get("/api/v1/users").await.0, 403);

    // What is taken away is gone with the next request.
    let path = format!("/api/v1/users/{}", bo["id"].as_str().unwrap());
    let tag = |door: &Door, cookie: String, path: String| {
        let request = door.client.get(format!("{}{path}", door.base)).header("cookie", cookie);
        async move { request.send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned() }
    };
    let seen = tag(&door, owner.cookie.clone().unwrap(), path.clone()).await;
    let change = |tag: &str| {
        let body = json!({"title": "Bo", "person": "E2", "roles": [{"role": "auditor"}]});
        owner.request(Method::PUT, &path, Some(&body)).header("origin", &door.base).header("if-match", tag).send()
    };
    assert_eq!(change(&seen).await.unwrap().status(), 200);
    assert_eq!(change(&seen).await.unwrap().status(), 412, "somebody changed it since");
    let (_, me) = browser.get("/api/v1/me").await;
    assert_eq!((&me["title"], &me["person"]), (&json!("Bo"), &json!("E2")));

    assert_eq!(owner.send(Method::POST, &format!("{path}/disable"), None).await.1["status"], json!("disabled"));
    assert_eq!(browser.get("/api/v1/me").await.0, 401);
    assert_eq!(browser.sign_in("bo.chen", OTHER).await, 401);
    assert_eq!(owner.send(Method::POST, &format!("{path}/reset"), None).await.0, 409);
    assert_eq!(owner.send(Method::POST, &format!("{path}/enable"), None).await.1["status"], json!("active"));
    assert_eq!(browser.sign_in("bo.chen", OTHER).await, 200);
    assert_eq!(owner.send(Method::POST, &format!("{path}/sign-out"), None).await.1, json!({"ended": 1}));
    assert_eq!(browser.get("/api/v1/me").await.0, 401);

    // A newer link takes the older one's place, and works once.
    let older = secret(&owner.send(Method::POST, &format!("{path}/reset"), None).await.1["url"]);
    let newer = secret(&owner.send(Method::POST, &format!("{path}/reset"), None).await.1["url"]);
    let follow = |link: &str| json!({"link": link, "password": PASSWORD});
    assert_eq!(browser.post("/api/v1/sign-in/link", follow(&older)).await.0, 410);
    assert_eq!(browser.sign_in("bo.chen", OTHER).await, 200, "until then the old password works");
    assert_eq!(browser.post("/api/v1/sign-in/link", follow(&newer)).await.0, 200);
    assert_eq!(browser.post("/api/v1/sign-in/link", follow(&newer)).await.0, 410);
}

#[tokio::test]
async fn there_is_always_an_owner() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let ana = owner.get("/api/v1/users").await.1["items"][0]["id"].as_str().unwrap().to_owned();
    let (status, problem) = owner.send(Method::POST, &format!("/api/v1/users/{ana}/disable"), None).await;
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")));
    let (bo, link) = added(&mut owner, "bo", json!([{"role": "owner"}])).await;
    assert_eq!(owner.send(Method::POST, &format!("/api/v1/users/{ana}/disable"), None).await.0, 409, "bo has not come in yet");
    let mut second = Browser::new(&door);
    assert_eq!(second.post("/api/v1/sign-in/link", json!({"link": link, "password": OTHER})).await.0, 200);
    // Each disables the other at the same moment: one of them stays.
    let bo = bo["id"].as_str().unwrap();
    let (bo_path, ana_path) = (format!("/api/v1/users/{bo}/disable"), format!("/api/v1/users/{ana}/disable"));
    let (one, two) = tokio::join!(owner.send(Method::POST, &bo_path, None), second.send(Method::POST, &ana_path, None));
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!([401, 409].contains(&statuses[1]), "{statuses:?}");
    assert!(door.store.identity().has_owner(TenantId::DEFAULT).await.unwrap());
}

#[tokio::test]
async fn another_tenants_users_are_nobody_here() {
    let door = owned().await;
    let answer = door.client.get(format!("{}/api/v1/users", door.base)).bearer_auth(FOREIGN).send().await.unwrap();
    assert_eq!(read(answer).await.1["items"], json!([]));
    let elsewhere = json!({"name": "ana", "password": PASSWORD, "tenant": 2});
    assert_eq!(Browser::new(&door).post("/api/v1/sign-in", elsewhere).await.0, 401);
    // A session's secret says its tenant, and is no session of another.
    let mut browser = Browser::new(&door);
    assert_eq!(browser.sign_in("ana", PASSWORD).await, 200);
    browser.cookie = browser.cookie.map(|cookie| cookie.replacen("=1.", "=2.", 1));
    assert_eq!(browser.get("/api/v1/me").await.0, 401);
}

#[tokio::test]
async fn no_secret_is_told_or_kept() {
    let door = owned().await;
    let mut owner = Browser::new(&door);
    assert_eq!(owner.sign_in("ana", PASSWORD).await, 200);
    let (_, link) = added(&mut owner, "bo", json!([{"role": "viewer"}])).await;
    let cookie = owner.cookie.clone().unwrap();
    let session = cookie.split_once('=').unwrap().1.to_owned();
    let mut told = String::new();
    for path in ["/api/v1/users", "/api/v1/me", "/api/v1/me/sessions", "/api/v1/roles"] {
        told += &owner.get(path).await.1.to_string();
    }
    assert!(told.contains("ana"));
    let kept = door.everything_kept().await;
    assert!(kept.contains("argon2id") && kept.contains("user.add"), "the dump shows what is there");
    for canary in [PASSWORD, &link, &session] {
        assert!(!told.contains(canary), "it is told");
        assert!(!kept.contains(canary), "it is kept");
    }
    assert!(!told.contains("argon2id"));
    let wrong = door.request(Method::GET, "/api/v1/users").send().await.unwrap();
    assert_eq!(wrong.status(), 200);
    let refused = door.client.get(format!("{}/api/v1/users", door.base)).bearer_auth(token(&[Permission::Read])).send().await.unwrap();
    assert_eq!(refused.status(), 403);
}
