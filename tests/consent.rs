//! A connection whose partner wants a person's consent: asked for, answered by the browser's way back, used by the hub, renewed
//! by a refresh token that the partner replaces and takes only once; all of it still there after a restart.

mod support;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use support::hub::{HubProcess, Project, TOKEN};

const CONNECTOR: &str = "format: 1
connector: books
settings: {base_url: {type: url}, client_secret: {type: secret}}
http: {base_url: \"{{settings.base_url}}\", timeout: 5s}
auth:
  kind: oauth2_authorization_code
  authorize_url: \"{{settings.base_url}}/authorize\"
  token_url: \"{{settings.base_url}}/token\"
  client_id: hub
  client_secret: {value: settings.client_secret}
  scope: books offline
operations:
  look: {effect: read, request: {method: GET, path: /x}, output: {n: {type: int, from: $.n}}}
";

/// A partner that counts, and whose refresh tokens are good for one renewal.
#[derive(Default)]
struct Books {
    generation: usize,
    challenge: String,
    exchanges: usize,
    renewals: usize,
    reuses: usize,
}

type Partner = Arc<Mutex<Books>>;

async fn token(State(partner): State<Partner>, body: String) -> Response {
    use base64::Engine as _;
    use sha2::Digest as _;
    let form: HashMap<String, String> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
    let mut books = partner.lock().unwrap();
    let no = || (StatusCode::BAD_REQUEST, axum::Json(json!({"error": "invalid_grant"}))).into_response();
    match form["grant_type"].as_str() {
        "authorization_code" => {
            let hash = sha2::Sha256::digest(form["code_verifier"].as_bytes());
            let challenge = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash);
            if form["code"] != "good-code" || challenge != books.challenge {
                return no();
            }
            books.exchanges += 1;
        }
        _ if form["refresh_token"] != format!("refresh-{}", books.generation) => {
            books.reuses += 1;
            return no();
        }
        _ => books.renewals += 1,
    }
    books.generation += 1;
    let n = books.generation;
    axum::Json(json!({"access_token": format!("access-{n}"), "refresh_token": format!("refresh-{n}"), "expires_in": 3600})).into_response()
}

async fn work(State(partner): State<Partner>, headers: HeaderMap) -> Response {
    let wanted = format!("Bearer access-{}", partner.lock().unwrap().generation);
    match headers.get("authorization").and_then(|value| value.to_str().ok()) == Some(wanted.as_str()) {
        true => axum::Json(json!({"n": 1})).into_response(),
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn partner() -> (Partner, String) {
    let books = Partner::default();
    let router = Router::new().route("/token", post(token)).route("/x", get(work)).with_state(books.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (books, url)
}

fn project(url: &str) -> Project {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/generic_rest");
    let secrets = ["ERP_SECRET", "FINANCE_SECRET", "WEBHOOK_SECRET"].map(|name| (format!("WAYBILL_REST_{name}"), "unused-here".to_owned()));
    let mut environment = secrets.to_vec();
    environment.extend([
        ("WAYBILL_DEMO_OA_SECRET".to_owned(), "unused-here".to_owned()),
        ("WAYBILL_DEMO_OA_CALLBACK_SECRET".to_owned(), support::hub::secret("oa")),
        ("BOOKS_SECRET".to_owned(), "client-secret-of-books".to_owned()),
        ("WAYBILL_SERVER_PUBLIC_URL".to_owned(), "https://hub.example".to_owned()),
    ]);
    let project =
        Project::whole(&root, &[], environment).section("store:\n  sealing_key: {secret: env/SEALING}\n").with("SEALING", &"k".repeat(40));
    let folder = project.path();
    std::fs::create_dir_all(folder.join("connectors/books")).unwrap();
    std::fs::write(folder.join("connectors/books/connector.yaml"), CONNECTOR).unwrap();
    let connection = format!(
        "format: 1\nconnection: books_main\nconnector: books\nsettings: {{base_url: \"{url}\", client_secret: {{secret: env/BOOKS_SECRET}}}}\negress: {{allow: [127.0.0.1/32]}}\n"
    );
    std::fs::write(folder.join("config/connections/books_main.yaml"), connection).unwrap();
    project
}

async fn ask(hub: &HubProcess, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut request = client.request(method, hub.url(path)).bearer_auth(TOKEN);
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_string());
    }
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

/// A page without a token, as a browser opens it.
async fn browse(hub: &HubProcess, path: &str) -> (u16, String) {
    let answer =
        reqwest::Client::builder().no_proxy().build().unwrap().get(hub.url(path)).header("accept-language", "en").send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn look(hub: &HubProcess) -> Value {
    let body = json!({"connection": "books_main", "operation": "look", "input": {}, "reason": "whether the consent holds"});
    ask(hub, Method::POST, "/api/v1/connectors/try", Some(body)).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_consents_once_and_the_hub_renews_from_then_on() {
    let (books, url) = partner().await;
    let project = project(&url);
    let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
    let mut hub = HubProcess::start(&project, &store).await;
    let consent = "/api/v1/connections/books_main/consent";

    let before = look(&hub).await;
    assert!(before["message"].as_str().unwrap().contains("nobody has consented yet"), "{before}");
    assert_eq!(
        ask(&hub, Method::GET, consent, None).await,
        (200, json!({"connection": "books_main", "consented": false, "lost_at": null}))
    );
    assert_eq!(ask(&hub, Method::POST, "/api/v1/connections/oa_main/consent", None).await.0, 404, "an OA that wants none");

    let (status, first) = ask(&hub, Method::POST, consent, None).await;
    assert_eq!(status, 200, "{first}");
    let (_, asked) = ask(&hub, Method::POST, consent, None).await;
    let state = |asked: &Value| {
        let url = url::Url::parse(asked["url"].as_str().unwrap()).unwrap();
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        (query["state"].clone(), query["code_challenge"].clone(), query["redirect_uri"].clone())
    };
    let ((old, _, _), (state, challenge, back)) = (state(&first), state(&asked));
    assert_eq!(back, "https://hub.example/consent/callback");
    books.lock().unwrap().challenge = challenge;

    // Neither a stranger's state, nor one that a later question made void, nor the person's no gives anything.
    for (path, words) in [
        ("/consent/callback?code=good-code&state=1.books_main.00000000000000000000000000000000".to_owned(), "belongs to no question"),
        (format!("/consent/callback?code=good-code&state={old}"), "belongs to no question"),
        ("/consent/callback".to_owned(), "belongs to no question"),
    ] {
        let (status, page) = browse(&hub, &path).await;
        assert!(status == 400 && page.contains(words), "{path}: {status} {page}");
    }
    assert_eq!(books.lock().unwrap().exchanges, 0);

    let (status, page) = browse(&hub, &format!("/consent/callback?code=good-code&state={state}")).await;
    assert!(status == 200 && page.contains("books_main"), "{status} {page}");
    let again = browse(&hub, &format!("/consent/callback?code=good-code&state={state}")).await;
    assert_eq!((again.0, books.lock().unwrap().exchanges), (400, 1), "a state counts once: {}", again.1);

    // The refused log-in of before is remembered for some seconds.
    let began = std::time::Instant::now();
    let mut seen = look(&hub).await;
    while seen["class"] != "ok" && began.elapsed().as_secs() < 40 {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        seen = look(&hub).await;
    }
    assert_eq!((&seen["class"], &seen["output"]["n"]), (&json!("ok"), &json!(1)), "{seen}");
    assert!(!seen.to_string().contains("access-") && !seen.to_string().contains("refresh-"), "{seen}");

    // The hub dies and comes back: what was kept is enough.
    hub.kill().await;
    hub.restart(&store).await;
    let seen = look(&hub).await;
    assert_eq!(seen["class"], "ok", "{seen}");
    assert_eq!(ask(&hub, Method::GET, consent, None).await.1["consented"], true);

    // Somebody renews elsewhere with a copy: the old token is refused, and the message says what to do.
    books.lock().unwrap().generation += 1;
    let seen = look(&hub).await;
    assert!(seen["message"].as_str().unwrap_or_default().contains("a person has to consent anew"), "{seen}");
    assert!(books.lock().unwrap().reuses > 0);

    // What lies in the database is sealed.
    hub.kill().await;
    for file in
        std::fs::read_dir(project.path()).unwrap().flatten().filter(|file| file.file_name().to_string_lossy().starts_with("hub.sqlite"))
    {
        let bytes = std::fs::read(file.path()).unwrap();
        let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        assert!(!holds("refresh-") && !holds("client-secret-of-books"), "{}", file.path().display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_that_ends_is_renewed_and_the_new_refresh_token_counts() {
    let (books, url) = partner().await;
    let project = project(&url);
    let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
    let mut hub = HubProcess::start(&project, &store).await;
    let (_, asked) = ask(&hub, Method::POST, "/api/v1/connections/books_main/consent", None).await;
    let query: HashMap<String, String> = url::Url::parse(asked["url"].as_str().unwrap()).unwrap().query_pairs().into_owned().collect();
    books.lock().unwrap().challenge.clone_from(&query["code_challenge"]);
    // By hand: the browser of whoever consents does not reach the hub.
    let body = json!({"url": format!("https://hub.example/consent/callback?code=good-code&state={}", query["state"])});
    let (status, answered) = ask(&hub, Method::POST, "/api/v1/connections/books_main/consent/answer", Some(body)).await;
    assert_eq!((status, &answered["consented"]), (200, &json!(true)), "{answered}");
    assert_eq!(look(&hub).await["class"], "ok");
    for _ in 0..3 {
        // As after the token's hour, and in another process each time.
        lapse(&mut hub, &project, &store).await;
        let seen = look(&hub).await;
        assert_eq!(seen["class"], "ok", "{seen}");
    }
    let (renewals, reuses) = {
        let books = books.lock().unwrap();
        (books.renewals, books.reuses)
    };
    assert_eq!((renewals, reuses), (3, 0), "one renewal each, never with a spent token");
    hub.kill().await;
}

/// The access token lapses: its row says so, and the process that remembers it is another.
async fn lapse(hub: &mut HubProcess, project: &Project, store: &str) {
    hub.kill().await;
    let path = project.path().join("hub.sqlite");
    let database = sqlx::SqlitePool::connect(&format!("sqlite:{}", path.display())).await.unwrap();
    sqlx::query("UPDATE credential SET lapses_at = 1 WHERE name = 'books_main#consent'").execute(&database).await.unwrap();
    database.close().await;
    hub.restart(store).await;
}
