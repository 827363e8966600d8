//! Secrets in every place that bears one, on a hub with PostgreSQL and RabbitMQ, while partners, the mail server and the collector
//! quote them back, lines are cut, and clients put them where they do not belong. Afterwards nobody is told one: no log, no
//! trace, no message, no answer of the API, no page of an error, and no column of the database.

mod crawl;
mod listeners;
mod needles;
mod pages;
mod partner;
#[path = "../support/mod.rs"]
mod support;
mod world;

use mock_systems::NewOrders;
use needles::{Canary, Place, content, hits, secret};
use partner::{Fault, MARK};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use support::columns;
use support::hub::{TOKEN, text};
use world::{COMMENT, LINE, OA, PASSWORD, REASON, SERVICE, SUPPLIER, World};

/// What people say in plain, for all to read: were the search blind, it would not be found either.
const CONTROL: &str = "control Starling-1144";
/// Details whose lists are empty in this run: nobody drafted, proposed, chose, attached or saved anything, and no message stopped.
const NOTHING_OF: [&str; 13] = [
    "/api/v1/batches/{id}",
    "/api/v1/batches/{id}/items",
    "/api/v1/batches/{id}/items.csv",
    "/api/v1/connections/{name}/consent",
    "/api/v1/definitions/{kind}/{id}/draft",
    "/api/v1/drift/{id}",
    "/api/v1/files/{id}",
    "/api/v1/instances/{id}/files/{file}",
    "/api/v1/messages/{id}",
    "/api/v1/proposals/{id}",
    "/api/v1/selections/{id}",
    "/api/v1/tasks/{id}",
    "/api/v1/views/{id}",
];

/// Secrets that somebody was given while it ran.
struct Given {
    session: String,
    service_token: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_told_or_kept_wherever_one_looks() {
    let mut world = World::start().await;
    kept_secret(&world).await;
    let given = people(&mut world).await;
    world.register().await;
    let mut pages = request_by_mail(&mut world).await;
    let numbers = orders(&world).await;
    cut_lines(&world).await;
    let hook = world.hub.hook_path("erp_hq", "orders").await;
    for method in [Method::GET, Method::POST] {
        world.vendor.quotes(method, "/", Fault::Error(400), 9);
    }
    pages.extend(world.refusals(&given.session, &given.service_token, &hook).await);
    assert!(!world.vendor.struck().is_empty(), "the app's vendor was asked");
    readings_fail(&world).await;
    pages.push(world.program(&["doctor"]).await);
    for partner in [&world.erp, &world.oa, &world.finance] {
        let tokens = partner.tokens();
        assert!(!tokens.is_empty());
        world.canaries.extend(tokens.into_iter().map(|token| secret("a partner's token", token)));
    }
    world.canaries.push(secret("a code of an app", pages::CODE));

    let answers = crawl::everything(async |path: &str| asked(&world, path).await).await;
    let spans: Vec<Place> = world.spans.all().into_iter().map(|text| Place::new("a batch of spans", text)).collect();
    let carried = world.carried().await;
    let log: Vec<Place> = world.hub.log_tail(usize::MAX).lines().map(|line| Place::new("the log", line)).collect();
    let cells = columns::everything(&world.database.url).await;
    let cells: Vec<Place> = cells.into_iter().map(|cell| Place::new(format!("{}.{}", cell.table, cell.column), cell.text)).collect();

    let secrets: Vec<&Canary> = world.canaries.iter().filter(|canary| !canary.content).collect();
    let all: Vec<&Canary> = world.canaries.iter().collect();
    let mut leaks = hits(&answers.places, &secrets);
    // Whoever sees payloads is shown content; beyond that nobody is.
    for places in [&pages, &spans, &carried, &log, &cells] {
        leaks.extend(hits(places, &all));
    }
    leaks.sort();
    assert!(leaks.is_empty(), "{} times:\n{}", leaks.len(), leaks.join("\n"));
    found(&world, &[&answers.places, &spans, &carried, &log, &cells], &numbers[0]);
    let unseen: Vec<&String> = answers.empty.iter().filter(|path| !NOTHING_OF.contains(&path.as_str())).collect();
    assert!(unseen.is_empty(), "nothing of these was there to be looked at: {unseen:?}");
    world.stop().await;
}

/// The search is not blind: it finds every canary where it is put, and in every kind of place what may stand there.
fn found(world: &World, [answers, spans, carried, log, cells]: &[&Vec<Place>; 5], number: &str) {
    for canary in &world.canaries {
        for form in canary.forms() {
            let planted = [Place::new("here", format!("before {form} after"))];
            assert_eq!(hits(&planted, &[canary]).len(), 1, "{} as `{form}`", canary.what);
        }
    }
    let is_in = |what: &str, places: &[Place]| {
        let wanted = content("a control", what);
        hits(places, &[&wanted]).into_iter().map(|hit| hit.split(':').next().unwrap_or_default().to_owned()).collect::<BTreeSet<_>>()
    };
    let control = is_in(CONTROL, cells);
    assert!(control.contains("a control in audit_entry.detail"), "{control:?}");
    assert!(is_in(CONTROL, answers).iter().any(|place| place.contains("/api/v1/audit")));
    assert!(is_in(number, cells).contains("a control in document.key") && !is_in(number, answers).is_empty());
    // Why a stream cannot be read is in the log, and only not what the partner said.
    assert!(!is_in("stream `changed_orders` of `erp_hq` cannot be read", log).is_empty() && !is_in("DEBUG", log).is_empty());
    assert!(!is_in(SERVICE, spans).is_empty() && !is_in("waybill.document.created", carried).is_empty());
    assert!(carried.iter().any(|place| place.name.contains("deliver.waybill.effects.")), "tickets were heard");
    // What partners quote does come in, and is shown to whoever may see it, with the order's supplier in it.
    assert!(is_in(MARK, answers).iter().any(|place| place.contains("/attempts")) && !is_in(SUPPLIER, answers).is_empty());
    assert!(is_in(MARK, answers).iter().any(|place| place.contains("/streams")), "the stream's problem is shown");
}

async fn asked(world: &World, path: &str) -> (u16, String) {
    // Tasks are a person's.
    let who = if path.starts_with("/api/v1/tasks") { support::hub::token_of("e1003") } else { TOKEN.to_owned() };
    let answer = world.request(Method::GET, path).bearer_auth(who).send().await.expect("the hub answers");
    let status = answer.status().as_u16();
    (status, answer.text().await.expect("text"))
}

async fn kept_secret(world: &World) {
    let request = world.request(Method::PUT, "/api/v1/secrets/oa_key").bearer_auth(TOKEN).header("if-none-match", "*");
    let (status, page) = world.page("keeping", request.body(json!({"value": OA}).to_string())).await;
    assert_eq!(status, 200, "{}", page.text);
}

/// The first owner comes in, and makes tokens.
async fn people(world: &mut World) -> Given {
    let link = world.program(&["users", "setup-link"]).await;
    let link = link.text.split_once("#link=").unwrap_or_else(|| panic!("{}: {}", link.name, link.text)).1;
    let link = link.split_whitespace().next().expect("a link").to_owned();
    let body = json!({"link": link, "name": "ana", "title": "Ana", "password": PASSWORD}).to_string();
    let answer = world.request(Method::POST, "/api/v1/sign-in/link").body(body).send().await.expect("the hub answers");
    assert_eq!(answer.status(), 200);
    let cookie = answer.headers()["set-cookie"].to_str().expect("text");
    let session = cookie.split(';').next().expect("a cookie").to_owned();
    let mut canaries = vec![secret("a link that sets a password", link), secret("a session", session.split_once('=').expect("a value").1)];
    let mut tokens = Vec::new();
    for (path, what) in [("/api/v1/tokens", "a token of a service"), ("/api/v1/me/tokens", "a token of a person")] {
        let body = json!({"name": what.replace(' ', "-"), "permissions": ["read"]}).to_string();
        let answer = world.request(Method::POST, path).header("cookie", &session).body(body).send().await.expect("the hub answers");
        let answer: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
        let token = answer["token"].as_str().unwrap_or_else(|| panic!("{path}: {answer}")).to_owned();
        let read = world.page(what, world.request(Method::GET, "/api/v1/documents").bearer_auth(&token)).await;
        assert_eq!(read.0, 200, "{}", read.1.text);
        canaries.push(secret(what, &token));
        tokens.push(token);
    }
    world.canaries.extend(canaries);
    Given { session, service_token: tokens.remove(0) }
}

/// A request that somebody decides by the link in their mail; the pages on the way.
async fn request_by_mail(world: &mut World) -> Vec<Place> {
    let values = json!({
        "requester": "e1001", "department": "procurement", "category": "goods", "reason": REASON,
        "lines": [{"description": LINE, "quantity": "1", "amount": "800.00"}]
    });
    let body = json!({"values": values, "submitter": "e1001"});
    let (status, made) = world.hub.post_as("/api/v1/forms/purchase_request/submissions", "r1", &body).await;
    assert!((200..300).contains(&status), "{status} {made}");
    let link = until(world, "the mail is there", async || {
        let mails = world.mails.all();
        let link = mails.iter().find_map(|mail| mail.split_once("/decide/"))?.1;
        link.split_whitespace().next().map(str::to_owned)
    })
    .await;
    let path = format!("/decide/{link}");
    let (nobody, page) = world.page("a link without a session", world.request(Method::GET, &path)).await;
    assert_eq!(nobody, 401, "{}", page.text);
    let press = |person: &str| {
        let request = world.client.post(world.hub.url(&path)).bearer_auth(support::hub::token_of(person));
        request.header("content-type", "application/x-www-form-urlencoded").body(format!("comment={}", COMMENT.replace(' ', "+")))
    };
    let mut pages = Vec::new();
    for (person, wanted) in [("e1001", 403), ("e1003", 200), ("e1003", 409)] {
        let (status, page) = world.page("a link that is followed", press(person)).await;
        assert_eq!(status, wanted, "{}", page.text);
        pages.push(page);
    }
    world.canaries.push(secret("a link that decides", link.split_once('.').expect("signed").1));
    pages
}

/// Orders from the first webhook to the last write, although partners refuse, are away, and lose answers.
async fn orders(world: &World) -> Vec<String> {
    world.erp.quotes(Method::POST, "/budget-check", Fault::Error(422), 1);
    world.erp.quotes(Method::POST, "/budget-check", Fault::Error(401), 1);
    world.erp.quotes(Method::POST, "/orders/", Fault::Error(409), 1);
    world.erp.quotes(Method::POST, "/orders/", Fault::Page, 1);
    world.oa.quotes(Method::POST, "/approvals", Fault::Mangled, 1);
    world.oa.quotes(Method::POST, "/approvals", Fault::Error(500), 1);
    world.oa.quotes(Method::GET, "/approvals/", Fault::Error(403), 1);
    world.finance.quotes(Method::POST, "/payables", Fault::Error(422), 1);
    world.finance.quotes(Method::POST, "/payables", Fault::Error(503), 1);
    let wanted = NewOrders {
        count: 3,
        number: Some("PO-CANARY".to_owned()),
        amount: Some(12_000.into()),
        lines: 1,
        supplier_name: Some(SUPPLIER.to_owned()),
        ..NewOrders::default()
    };
    let numbers: Vec<String> = world.mocks.create_orders(&wanted).expect("orders").into_iter().map(|(_, number)| number).collect();
    until(world, "every order is finished", async || {
        for exception in world.hub.open_exceptions().await {
            let path = format!("/api/v1/exceptions/{}/retry", text(&exception["id"]));
            world.hub.post(&path, &json!({"reason": CONTROL})).await;
        }
        let verdict = world.mocks.audit().verdict(&numbers);
        (verdict.unfinished + verdict.lost == 0).then_some(())
    })
    .await;
    let verdict = world.mocks.audit().verdict(&numbers);
    assert_eq!((verdict.lost, verdict.duplicated), (0, 0), "{:?}", verdict.details);
    assert_eq!((world.erp.left(), world.oa.left(), world.finance.left()), (vec![], vec![], vec![]), "every fault was met");
    numbers
}

/// The database and the broker are away for a moment.
async fn cut_lines(world: &World) {
    for line in [&world.to_database, &world.to_broker] {
        line.cut();
        // Long enough for whoever looks every tenth of a second.
        tokio::time::sleep(Duration::from_secs(2)).await;
        line.mend();
        until(world, "the hub is ready again", async || {
            let (status, _) = world.page("readiness", world.client.get(world.hub.url("/ready"))).await;
            (status == 200).then_some(())
        })
        .await;
    }
}

/// Streams and lists cannot be read from now on, and say why in words of the partner.
async fn readings_fail(world: &World) {
    world.erp.quotes(Method::GET, "/orders", Fault::Error(422), 1_000_000);
    world.finance.quotes(Method::GET, "/payables", Fault::Error(422), 1);
    until(world, "a stream says why", async || world.hub.text("/api/v1/streams").await.contains(MARK).then_some(())).await;
    let (status, made) = world.hub.post("/api/v1/reconciliations", &json!({"connection": "erp_hq", "reason": CONTROL})).await;
    assert!((200..300).contains(&status), "{status} {made}");
    until(world, "a run says why", async || world.hub.text("/api/v1/reconciliations").await.contains(MARK).then_some(())).await;
    let asked = json!({"connection": "finance_main", "operation": "get_payable", "input": {"id": "x"}, "reason": CONTROL});
    let (_, tried) = world.hub.post("/api/v1/connectors/try", &asked).await;
    let told = hits(&[Place::new("a try", tried.to_string())], &world.canaries.iter().filter(|canary| !canary.content).collect::<Vec<_>>());
    assert!(tried.to_string().contains(MARK) && told.is_empty(), "{told:?} {tried}");
}

/// Asks again and again until there is an answer.
async fn until<T>(world: &World, what: &str, ask: impl AsyncFn() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        let told = || (world.erp.struck(), world.oa.struck(), world.finance.struck());
        assert!(began.elapsed() < Duration::from_secs(90), "not within 90 s: {what}: {:?}\n{}", told(), world.hub.log_tail(40));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
