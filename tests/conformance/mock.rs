//! The mocks behind one door: starting, going wrong once, what people do, and what is there.

use mock_systems::{ApprovalStatus, ClockKind, Credentials, NewOrders, Running, System, erps, vendors};
use serde_json::{Value, json};
use std::time::Duration;

/// Which mock.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    /// A vendor's approvals.
    Vendor(&'static str),
    /// A vendor's ERP.
    Erp(&'static str),
    /// One of the generic systems.
    Generic(System),
}

/// One that runs.
pub enum Mock {
    /// A vendor's approvals.
    Vendor(vendors::Running),
    /// A vendor's ERP.
    Erp(erps::Running),
    /// One of the generic systems.
    Generic(Box<Running>, System),
}

/// What goes wrong with the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Credentials lapse.
    Lapse,
    /// Too many calls.
    Throttle,
    /// A page for people, nothing done.
    Page,
    /// Half of the answer, and it is done.
    Half,
    /// Done, and the connection is cut.
    Lost,
    /// An error of a gateway or of the server, done or not.
    Error,
    /// The same, and it is done.
    ErrorAfter,
}

impl Mock {
    /// Starts it.
    pub async fn start(of: Of) -> Mock {
        match of {
            Of::Vendor(name) => Mock::Vendor(vendors::start(name, 0, ClockKind::Real).await.expect("the mock starts")),
            Of::Erp(name) => Mock::Erp(erps::start(name, 0).await.expect("the mock starts")),
            Of::Generic(system) => {
                Mock::Generic(Box::new(mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start")), system)
            }
        }
    }

    /// Counts no calls: a suite is faster than vendors allow, and asks for their answer to that where it wants it.
    pub async fn count_no_calls(&self, client: &reqwest::Client) {
        if let Mock::Vendor(mock) = self {
            let url = format!("{}/__mock/switches", mock.url());
            control(client, reqwest::Method::PUT, &url, &json!({"calls_per_window": 1_000_000})).await;
        }
    }

    /// Where it is.
    pub fn url(&self) -> String {
        match self {
            Mock::Vendor(mock) => mock.url(),
            Mock::Erp(mock) => mock.url(),
            Mock::Generic(mocks, system) => mocks.url(*system),
        }
    }

    /// What the hub signs in with, where the mock's options say so.
    pub fn secrets(&self) -> Vec<(&'static str, String)> {
        let Mock::Generic(mocks, system) = self else { return Vec::new() };
        let of = |credentials: &Credentials| credentials.app_secret.clone();
        match system {
            System::Erp => ["WAYBILL_DEMO_ERP_SECRET", "WAYBILL_REST_ERP_SECRET"].map(|name| (name, of(&mocks.options().erp))).into(),
            System::Oa => vec![("WAYBILL_DEMO_OA_SECRET", of(&mocks.options().oa))],
            System::Finance => {
                ["WAYBILL_DEMO_FINANCE_SECRET", "WAYBILL_REST_FINANCE_SECRET"].map(|name| (name, of(&mocks.options().finance))).into()
            }
        }
    }

    /// Lets the next call of an interface go wrong; `api` is the mock's name for it.
    pub async fn trouble(&self, trouble: Trouble, api: &str, client: &reqwest::Client) {
        match self {
            Mock::Vendor(mock) => {
                let switch = match trouble {
                    Trouble::Lapse => format!("token_expired.{api}"),
                    Trouble::Throttle => format!("throttled.{api}"),
                    Trouble::Page => format!("html_page.{api}"),
                    Trouble::Half => "malformed".to_owned(),
                    Trouble::Lost => format!("lost_response.{api}"),
                    Trouble::Error => format!("gateway_error.{api}"),
                    Trouble::ErrorAfter => format!("gateway_error_after.{api}"),
                };
                control(client, reqwest::Method::PUT, &format!("{}/__mock/switches", mock.url()), &json!({switch: 1})).await;
            }
            Mock::Erp(mock) => match trouble {
                Trouble::Lapse => drop(mock.person(&json!({"do": "expire_sessions"})).expect("sessions end")),
                Trouble::Throttle => mock.set(&json!({"rate_limit_next": 1})).expect("a switch"),
                Trouble::Page => mock.set(&json!({"html_login_page_next": 1})).expect("a switch"),
                Trouble::Half => mock.set(&json!({"malformed_next": 1})).expect("a switch"),
                Trouble::Lost => mock.set(&json!({"drop_after_write_next": 1})).expect("a switch"),
                Trouble::Error | Trouble::ErrorAfter => mock.set(&json!({"error_500_next": 1})).expect("a switch"),
            },
            Mock::Generic(mocks, system) => {
                let switch = match trouble {
                    Trouble::Lapse => return mocks.expire_sessions(*system),
                    Trouble::Throttle => "throttle_next",
                    Trouble::Page => "html_error_page_next",
                    Trouble::Half => "malformed_json_next",
                    Trouble::Lost => "lost_response_next",
                    Trouble::Error | Trouble::ErrorAfter => "error_after_next",
                };
                mocks.set_switches(*system, &json!({"operations": {api: {switch: 1}}})).expect("a switch");
            }
        }
    }

    /// Lets credentials lapse after so many calls of an interface that are let through; never where each call has its own proof.
    pub async fn lapse_after(&self, calls: u64, api: &str, client: &reqwest::Client) {
        match self {
            Mock::Vendor(mock) => {
                let switch = json!({format!("token_expired_after.{api}"): calls});
                control(client, reqwest::Method::PUT, &format!("{}/__mock/switches", mock.url()), &switch).await;
            }
            Mock::Generic(mocks, system) => {
                mocks.set_switches(*system, &json!({"sessions_end_after": calls})).expect("a switch");
            }
            Mock::Erp(_) => panic!("nothing of a read lapses there"),
        }
    }

    /// Lets a write answer success and do nothing.
    pub async fn pretend(&self, api: &str, client: &reqwest::Client) {
        match self {
            Mock::Vendor(mock) => {
                let switch = json!({format!("silent_no_op.{api}"): 1});
                control(client, reqwest::Method::PUT, &format!("{}/__mock/switches", mock.url()), &switch).await;
            }
            Mock::Generic(mocks, system) => {
                mocks.set_switches(*system, &json!({"operations": {api: {"silent_no_op_next": 1}}})).expect("a switch");
            }
            Mock::Erp(_) => panic!("it has ways of its own"),
        }
    }

    /// What was remarked about an approval: ids where there are any, and texts.
    pub async fn comments(&self, id: &str, client: &reqwest::Client) -> Vec<(Option<String>, String)> {
        let Mock::Vendor(mock) = self else { panic!("nothing is commented on there") };
        let all = control(client, reqwest::Method::GET, &format!("{}/__mock/instances", mock.url()), &Value::Null).await;
        let instance = all["instances"].as_array().and_then(|all| all.iter().find(|instance| instance["id"] == id)).expect("it is there");
        let of = |list: &str, is: fn(&Value) -> bool, text: &str| -> Vec<(Option<String>, String)> {
            let told = instance[list].as_array().into_iter().flatten().filter(|entry| is(entry));
            told.map(|entry| (entry["id"].as_str().map(str::to_owned), entry[text].as_str().unwrap_or_default().to_owned())).collect()
        };
        [
            of("records", |record| record["type"] == "ADD_REMARK", "remark"),
            of("comments", |_| true, "comment"),
            of("log", |entry| entry["kind"] == "9", "remark"),
        ]
        .concat()
    }

    /// What a person does to an approval.
    pub async fn act(&self, id: &str, (path, body): (&str, Value), client: &reqwest::Client) {
        match self {
            Mock::Vendor(mock) => {
                control(client, reqwest::Method::POST, &format!("{}/__mock/instances/{id}/{path}", mock.url()), &body).await;
            }
            Mock::Generic(mocks, _) => {
                let status = if body["status"] == "revoked" { ApprovalStatus::Revoked } else { ApprovalStatus::Approved };
                mocks.decide(id, status).expect("the approval is there");
            }
            Mock::Erp(_) => panic!("an ERP has no approvals"),
        }
    }

    /// An order that waits for its release; what the system calls it.
    pub fn order(&self, number: &str) -> String {
        match self {
            Mock::Generic(mocks, _) => {
                let wanted = NewOrders { number: Some(number.to_owned()), ..NewOrders::default() };
                mocks.create_orders(&wanted).expect("an order")[0].0.clone()
            }
            Mock::Erp(mock) => {
                let made = mock.person(&json!({"do": "create", "number": number, "supplier": "VEN00003"})).expect("an order");
                let number = made["number"].as_str().expect("a number").to_owned();
                // Where it is in release at once there is nothing to submit.
                let _ = mock.person(&json!({"do": "submit", "number": number}));
                made["id"].as_i64().map_or(number, |id| id.to_string())
            }
            Mock::Vendor(_) => panic!("no orders live there"),
        }
    }

    /// How many objects of ours there are.
    pub async fn count(&self, client: &reqwest::Client) -> usize {
        match self {
            Mock::Vendor(mock) => {
                let all = control(client, reqwest::Method::GET, &format!("{}/__mock/instances", mock.url()), &Value::Null).await;
                all["instances"].as_array().map_or(0, Vec::len)
            }
            // Where payables live too, they are what we create.
            Mock::Erp(mock) => {
                let state = mock.state();
                state["payables"].as_array().or(state["orders"].as_array()).map_or(0, Vec::len)
            }
            Mock::Generic(mocks, system) => {
                let orders = mocks.audit().orders;
                orders.values().map(|order| if *system == System::Finance { order.payables.len() } else { order.approvals.len() }).sum()
            }
        }
    }
}

/// All rows of a column begin at once, and each compiles a project on the thread that waits here.
const CONTROL_WITHIN: Duration = Duration::from_secs(60);

async fn control(client: &reqwest::Client, method: reqwest::Method, url: &str, body: &Value) -> Value {
    let request = client.request(method, url).timeout(CONTROL_WITHIN).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.expect("the mock answers");
    let status = answer.status();
    let text = answer.text().await.expect("text");
    assert!(status.is_success(), "{url}: {text}");
    serde_json::from_str(&text).unwrap_or_default()
}
