//! The example `task_centre`: the hub and Feishu's mock.

use crate::hub::{HubProcess, Project, text};
use mock_systems::{ClockKind, vendors};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// The longest wait for anything.
const WITHIN: Duration = Duration::from_secs(60);
const ACTION_TOKEN: &str = "test-action-token-of-one-run";

pub struct World {
    pub hub: HubProcess,
    mock: vendors::Running,
    /// It goes with the folder.
    _project: Project,
    client: reqwest::Client,
}

impl World {
    /// Starts everything and makes the approval known in Feishu.
    pub async fn start() -> World {
        let mock = vendors::start("feishu", 0, ClockKind::Real).await.expect("the mock starts");
        let url = mock.url();
        let replaced =
            [("http://127.0.0.1:7112", url.as_str()), ("class: rate_limited, retry_after: 10s", "class: rate_limited, retry_after: 1s")];
        let secrets = [
            ("WAYBILL_FEISHU_APP_SECRET", "mock-feishu-app-secret"),
            ("WAYBILL_FEISHU_ACTION_TOKEN", ACTION_TOKEN),
            // Nothing is shown there.
            ("WAYBILL_DINGTALK_APP_SECRET", "unused-here"),
            ("WAYBILL_SERVER_PUBLIC_URL", "https://hub.example"),
        ];
        let environment = secrets.iter().map(|(name, secret)| ((*name).to_owned(), (*secret).to_owned())).collect();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/task_centre");
        let project = Project::whole(&example, &replaced, environment).with_people(&["e1003", "e1005", "e1007"]);
        let store = format!("sqlite:{}", project.path().join("hub.sqlite").display());
        let hub = HubProcess::start(&project, &store).await;
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().expect("a client");
        let world = World { hub, mock, _project: project, client };
        world.define().await;
        world
    }

    /// As `waybill call centre_feishu define` does.
    async fn define(&self) {
        let signed = json!({"app_id": "cli_mock0001", "app_secret": "mock-feishu-app-secret"});
        let token = self.post("open-apis/auth/v3/tenant_access_token/internal", None, &signed).await;
        let definition = json!({
            "approval_name": "@i18n@1", "approval_code": "waybill_requests", "group_code": "waybill",
            "external": {
                "create_link_pc": "https://hub.example", "create_link_mobile": "https://hub.example", "support_pc": true,
                "support_mobile": true, "action_callback_url": self.hub.hook_url("centre_feishu", "actions").await,
                "action_callback_token": ACTION_TOKEN,
            },
            "viewers": [{"viewer_type": "TENANT"}], "i18n_resources": [],
        });
        let token = text(&token["tenant_access_token"]);
        let answer = self.post("open-apis/approval/v4/external_approvals", Some(&token), &definition).await;
        assert_eq!(answer["code"], 0, "{answer}");
    }

    async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Value {
        let request = self.client.post(format!("{}/{path}", self.mock.url())).header("content-type", "application/json");
        let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
        let answer = request.body(body.to_string()).send().await.expect("the mock answers");
        serde_json::from_str(&answer.text().await.expect("text")).expect("JSON")
    }

    async fn ask_mock(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.client.request(method, format!("{}/__mock/{path}", self.mock.url())).header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().await.expect("the mock answers");
        assert!(answer.status().is_success(), "{path}");
        serde_json::from_str(&answer.text().await.expect("text")).expect("JSON")
    }

    pub async fn switch(&self, switches: Value) {
        self.ask_mock(Method::PUT, "switches", &switches).await;
    }

    /// A new request of e1001.
    pub async fn request(&self, key: &str) {
        let values = json!({
            "requester": "e1001", "department": "procurement", "category": "goods",
            "lines": [{"description": "label printer", "quantity": "1", "amount": "800.00"}]
        });
        let body = json!({"values": values, "submitter": "e1001"});
        let (status, made) = self.hub.post_as("/api/v1/forms/purchase_request/submissions", key, &body).await;
        assert_eq!(status, 201, "{made}");
    }

    /// Waits for what the centre shows.
    async fn shown(&self, what: &str, find: impl Fn(&Value) -> Option<Value>) -> Value {
        let began = Instant::now();
        loop {
            let shown = self.ask_mock(Method::GET, "external", &Value::Null).await;
            if let Some(found) = shown["instances"].as_array().and_then(|instances| instances.iter().find_map(&find)) {
                return found;
            }
            assert!(began.elapsed() < WITHIN, "{what} is not shown: {shown}\n{}", self.hub.log_tail(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The task of somebody, by Feishu's id, in this state.
    pub async fn task_of(&self, user: &str, status: &str) -> Value {
        let fits = |instance: &Value| {
            let tasks = instance["task_list"].as_array()?;
            tasks.iter().find(|task| task["user_id"] == user && task["status"] == status).cloned()
        };
        self.shown(&format!("the task of {user} {status}"), fits).await
    }

    /// The instance in this state.
    pub async fn instance(&self, status: &str) -> Value {
        self.shown(status, |instance| (instance["status"] == status).then(|| instance.clone())).await
    }

    /// Somebody clicks in Feishu; what the hub answered.
    pub async fn click(&self, task: &Value, action: &str, more: Value) -> Vec<u64> {
        let mut click = json!({"task": task["task_id"], "action": action});
        let (members, more) = (click.as_object_mut().expect("an object"), more.as_object().cloned().unwrap_or_default());
        members.extend(more);
        let answered = self.ask_mock(Method::POST, "external/act", &click).await;
        answered["answered"].as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
    }

    /// Somebody agrees here to the one task they have.
    pub async fn approve(&self, person: &str) {
        let (_, found) = self.hub.get_by(person, "/api/v1/tasks?list=mine").await;
        let task = text(&found["items"][0]["id"]);
        let (status, acted) =
            self.hub.post_by(person, &format!("/api/v1/tasks/{task}/approve"), &format!("{person}-agrees"), &json!({})).await;
        assert_eq!(status, 200, "{acted}");
    }

    /// Who decided what, in order.
    pub async fn decisions(&self) -> Vec<(String, String)> {
        let instances = self.hub.get("/api/v1/instances").await;
        let id = text(&instances["items"][0]["id"]);
        let people = self.hub.get(&format!("/api/v1/instances/{id}/people")).await;
        let decided = people["decisions"].as_array().into_iter().flatten();
        decided.map(|decision| (text(&decision["person"]), text(&decision["verb"]))).collect()
    }

    pub async fn until_exceptions(&self, count: usize) {
        let began = Instant::now();
        while self.hub.open_exceptions().await.len() < count {
            assert!(began.elapsed() < WITHIN, "{}", self.hub.log_tail(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until every message that came has been worked on, but for those that stand in an exception.
    pub async fn settled(&self) {
        let began = Instant::now();
        loop {
            let messages = self.hub.get("/api/v1/messages").await;
            let waits = messages["items"].as_array().into_iter().flatten().any(|message| message["state"] != "stopped");
            if !waits {
                return;
            }
            assert!(began.elapsed() < WITHIN, "{messages}\n{}", self.hub.log_tail(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
