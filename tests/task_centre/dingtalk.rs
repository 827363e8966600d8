//! The same example shown in DingTalk's to-do list: a task leads to our page, is decided here, and goes.

use crate::hub::{HubProcess, Project, text};
use mock_systems::{ClockKind, vendors};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// The longest wait for anything.
const WITHIN: Duration = Duration::from_secs(60);

struct Ding {
    hub: HubProcess,
    mock: vendors::Running,
    /// It goes with the folder.
    _project: Project,
    client: reqwest::Client,
}

impl Ding {
    /// Starts everything and makes the approval known in DingTalk.
    async fn start() -> Ding {
        let mock = vendors::start("dingtalk", 0, ClockKind::Real).await.expect("the mock starts");
        let url = mock.url();
        let replaced = [
            ("http://127.0.0.1:7111", url.as_str()),
            ("shown_in: [feishu_centre]", "shown_in: [dingtalk_centre]"),
            // A lost answer is found out about within seconds.
            (
                "executes_within: 60s, visible_within: 2m, ask_after: [5s, 30s, 4m]",
                "executes_within: 1s, visible_within: 1s, ask_after: [1s, 3s]",
            ),
        ];
        let secrets = [
            ("WAYBILL_DINGTALK_APP_SECRET", "mock-dingtalk-app-secret"),
            ("WAYBILL_FEISHU_APP_SECRET", "unused-here"),
            ("WAYBILL_FEISHU_ACTION_TOKEN", "unused-here"),
            ("WAYBILL_SERVER_PUBLIC_URL", "https://hub.example"),
        ];
        let environment = secrets.iter().map(|(name, secret)| ((*name).to_owned(), (*secret).to_owned())).collect();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/task_centre");
        let project = Project::whole(&example, &replaced, environment).with_people(&["e1001", "e1003", "e1005", "e1007"]);
        let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
        let hub = HubProcess::start(&project, &store).await;
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        let ding = Ding { hub, mock, _project: project, client };
        ding.define().await;
        ding
    }

    /// As `waybill call centre_dingtalk define` does.
    async fn define(&self) {
        let signed = json!({"appKey": "dingmockapp0001", "appSecret": "mock-dingtalk-app-secret"});
        let token = text(&self.send(Method::POST, "v1.0/oauth2/accessToken", "", &signed).await["accessToken"]);
        let template = json!({"name": "采购申请", "formComponents": [{"componentType": "TextField", "props": {"label": "单号"}}]});
        let made = self.send(Method::POST, "v1.0/workflow/processCentres/schemas", &token, &template).await;
        assert_eq!(made["result"]["processCode"], "PROC-CENTRE-0001", "{made}");
    }

    async fn send(&self, method: Method, path: &str, token: &str, body: &Value) -> Value {
        let request = self.client.request(method, format!("{}/{path}", self.mock.url())).header("content-type", "application/json");
        let request = request.header("x-acs-dingtalk-access-token", token).body(body.to_string());
        let answer = request.send().await.expect("the mock answers");
        serde_json::from_str(&answer.text().await.expect("text")).expect("JSON")
    }

    async fn switch(&self, switches: Value) {
        self.send(Method::PUT, "__mock/switches", "", &switches).await;
    }

    /// How often the mock was asked for something.
    async fn calls(&self, api: &str) -> u64 {
        self.send(Method::GET, "__mock/traffic", "", &Value::Null).await[api].as_u64().unwrap_or(0)
    }

    /// A new request of e1001.
    async fn request(&self) {
        let values = json!({
            "requester": "e1001", "department": "procurement", "category": "goods",
            "lines": [{"description": "label printer", "quantity": "1", "amount": "800.00"}]
        });
        let body = json!({"values": values, "submitter": "e1001"});
        let (status, made) = self.hub.post_as("/api/v1/forms/purchase_request/submissions", "r1", &body).await;
        assert_eq!(status, 201, "{made}");
    }

    async fn instances(&self) -> Vec<Value> {
        let mut shown = self.send(Method::GET, "__mock/centre", "", &Value::Null).await;
        shown["instances"].as_array_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Waits for what DingTalk shows.
    async fn shown(&self, what: &str, find: impl Fn(&Value) -> Option<Value>) -> Value {
        let began = Instant::now();
        loop {
            let instances = self.instances().await;
            if let Some(found) = instances.iter().find_map(&find) {
                return found;
            }
            assert!(began.elapsed() < WITHIN, "{what} is not shown: {instances:?}\n{}", self.hub.log_tail(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The task of somebody, by DingTalk's id, in this state.
    async fn task_of(&self, user: &str, status: &str) -> Value {
        let fits = |instance: &Value| {
            let tasks = instance["tasks"].as_array()?;
            tasks.iter().find(|task| task["user_id"] == user && task["status"] == status).cloned()
        };
        self.shown(&format!("the task of {user} {status}"), fits).await
    }

    /// The instance in this state.
    async fn instance(&self, status: &str) -> Value {
        self.shown(status, |instance| (instance["status"] == status).then(|| instance.clone())).await
    }

    /// Somebody follows the link of a task and decides on the page it leads to.
    async fn follow(&self, person: &str, task: &Value, verb: &str, body: &Value) {
        let url = text(&task["url"]);
        let id = url.strip_prefix("https://hub.example/tasks?task=").unwrap_or_else(|| panic!("{url} is no page of ours"));
        let (status, acted) = self.hub.post_by(person, &format!("/api/v1/tasks/{id}/{verb}"), &format!("{person}-{verb}"), body).await;
        assert_eq!(status, 200, "{acted}");
    }

    async fn exception(&self) -> Value {
        let began = Instant::now();
        loop {
            if let Some(open) = self.hub.open_exceptions().await.pop() {
                return open;
            }
            assert!(began.elapsed() < WITHIN, "{}", self.hub.log_tail(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn states(instance: &Value) -> Vec<(String, String, String)> {
    let tasks = instance["tasks"].as_array().into_iter().flatten();
    let mut states: Vec<_> = tasks.map(|task| (text(&task["user_id"]), text(&task["status"]), text(&task["result"]))).collect();
    states.sort();
    states
}

fn state(user: &str, status: &str, result: &str) -> (String, String, String) {
    (user.to_owned(), status.to_owned(), result.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_leads_to_our_page_and_goes_when_it_is_decided() {
    let ding = Ding::start().await;
    ding.request().await;
    let lead = ding.task_of("d1003", "RUNNING").await;
    let running = ding.instance("RUNNING").await;
    assert_eq!((&running["asked"]["originatorUserId"], &running["asked"]["processCode"]), (&json!("d1001"), &json!("PROC-CENTRE-0001")));
    assert!(text(&running["asked"]["url"]).starts_with("https://hub.example/docs/"), "{running}");

    ding.follow("e1003", &lead, "approve", &json!({})).await;
    ding.task_of("d1003", "COMPLETED").await;
    let (one, other) = (ding.task_of("d1005", "RUNNING").await, ding.task_of("d1007", "RUNNING").await);
    ding.follow("e1005", &one, "approve", &json!({})).await;
    ding.follow("e1007", &other, "reject", &json!({"comment": "no budget is left"})).await;
    let over = ding.instance("COMPLETED").await;
    assert_eq!(over["result"], "refuse", "{over}");
    assert_eq!(
        states(&over),
        [state("d1003", "COMPLETED", "AGREE"), state("d1005", "COMPLETED", "AGREE"), state("d1007", "COMPLETED", "REFUSE")]
    );
    assert_eq!(ding.instances().await.len(), 1, "an approval of ours is one there");
    assert_eq!(ding.hub.open_exceptions().await.len(), 0);
    ding.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_one_is_cancelled() {
    let ding = Ding::start().await;
    ding.request().await;
    ding.task_of("d1003", "RUNNING").await;
    let instances = ding.hub.get("/api/v1/instances").await;
    let path = format!("/api/v1/instances/{}/people/withdraw", text(&instances["items"][0]["id"]));
    let (status, acted) = ding.hub.post_by("e1001", &path, "w1", &json!({"comment": "not needed any more"})).await;
    assert_eq!(status, 200, "{acted}");
    let over = ding.instance("TERMINATED").await;
    assert_eq!(states(&over), [state("d1003", "CANCELED", "")]);
    assert_eq!(ding.hub.open_exceptions().await.len(), 0);
    ding.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_asks_nobody_twice() {
    let ding = Ding::start().await;
    // Asked, and the answer is lost; the list shows it a moment later. Then: the line breaks before anything was done, too many,
    // another is under way, the token lapses.
    ding.switch(json!({"lost_response.centre_ask": 1, "list_lag_ms": 500, "todo_as_documented": true, "token_expired.centre_todo": 1}))
        .await;
    ding.request().await;
    let lead = ding.task_of("d1003", "RUNNING").await;
    ding.switch(
        json!({"reset_before.centre_ask": 1, "centre_busy.centre_ask": 1, "throttled.centre_settle": 1, "lost_response.centre_end": 1}),
    )
    .await;
    ding.follow("e1003", &lead, "approve", &json!({})).await;
    for (person, user) in [("e1005", "d1005"), ("e1007", "d1007")] {
        let task = ding.task_of(user, "RUNNING").await;
        ding.follow(person, &task, "approve", &json!({})).await;
    }
    let over = ding.instance("COMPLETED").await;
    assert_eq!(over["result"], "agree", "{over}");
    assert_eq!(
        states(&over),
        ["d1003", "d1005", "d1007"].map(|user| state(user, "COMPLETED", "AGREE")),
        "each is asked once, though answers were lost: {over}"
    );
    assert_eq!(ding.hub.open_exceptions().await.len(), 0);
    ding.hub.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_approval_whose_opening_was_lost_is_a_persons_to_judge() {
    let ding = Ding::start().await;
    ding.switch(json!({"lost_response.centre_create": 1})).await;
    ding.request().await;
    let open = ding.exception().await;
    assert_eq!((&open["code"], &open["cause"]), (&json!("notice_failed"), &json!("unknown")), "{open}");
    // What changes meanwhile does not open it again.
    let (_, mine) = ding.hub.get_by("e1003", "/api/v1/tasks?list=mine").await;
    let path = format!("/api/v1/tasks/{}/approve", text(&mine["items"][0]["id"]));
    assert_eq!(ding.hub.post_by("e1003", &path, "e1003-approves", &json!({})).await.0, 200);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(ding.calls("centre_create").await, 1, "never blindly again");

    // The one that is there is taken, and shown what stands by now.
    let there = ding.instances().await;
    let path = format!("/api/v1/exceptions/{}/mark-done", text(&open["id"]));
    let done = json!({"proof": "seen in DingTalk", "output": {"external_id": there[0]["id"]}});
    let (status, settled) = ding.hub.post(&path, &done).await;
    assert_eq!(status, 202, "{settled}");
    ding.task_of("d1005", "RUNNING").await;
    ding.task_of("d1007", "RUNNING").await;
    let running = ding.instance("RUNNING").await;
    assert_eq!(running["id"], there[0]["id"]);
    assert_eq!(states(&running), ["d1005", "d1007"].map(|user| state(user, "RUNNING", "")), "what was decided before is no task there");
    assert_eq!(ding.hub.open_exceptions().await.len(), 0);
    ding.hub.stop().await;
}
