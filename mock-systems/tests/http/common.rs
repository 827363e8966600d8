//! A client that signs in and sees dropped connections, and a receiver of webhooks.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::routing::post;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use mock_systems::{Credentials, Options, Running, Switches, System};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

pub struct World {
    pub running: Running,
    pub erp: Client,
    pub oa: Client,
    pub finance: Client,
}

/// Starts the mocks and signs in everywhere.
pub async fn world(options: Options) -> World {
    let credentials = [options.erp.clone(), options.oa.clone(), options.finance.clone()];
    let running = mock_systems::start(options).await.expect("the mocks start");
    let client = |system: System| Client::new(running.address(system), credentials[system as usize].clone());
    let (mut erp, mut oa, mut finance) = (client(System::Erp), client(System::Oa), client(System::Finance));
    for client in [&mut erp, &mut oa, &mut finance] {
        client.sign_in().await;
    }
    World { running, erp, oa, finance }
}

pub async fn plain() -> World {
    world(Options::default()).await
}

pub fn switches(changes: Value) -> Switches {
    Switches::from_json(&changes).expect("known switches")
}

pub struct Client {
    address: SocketAddr,
    credentials: Credentials,
    token: String,
    pub key: Option<String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }
}

/// The connection ended without an answer.
#[derive(Debug)]
pub struct Dropped;

impl Client {
    fn new(address: SocketAddr, credentials: Credentials) -> Self {
        Self { address, credentials, token: String::new(), key: None }
    }

    pub async fn sign_in(&mut self) {
        let request = json!({"app_key": self.credentials.app_key, "app_secret": self.credentials.app_secret});
        let answer = self.post("/token", request).await.expect("an answer").json();
        assert!(answer["expires_in"].as_u64() > Some(0));
        self.token = answer["access_token"].as_str().expect("a token").to_owned();
    }

    pub fn token(&self) -> &str {
        &self.token
    }

    pub async fn get(&self, path: &str) -> Result<Answer, Dropped> {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Answer, Dropped> {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Answer, Dropped> {
        let stream = TcpStream::connect(self.address).await.expect("the mock listens");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Dropped)?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header("host", self.address.to_string());
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        if let Some(key) = &self.key {
            request = request.header("idempotency-key", key);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let answer = sender.send_request(request.body(body).expect("a request")).await.map_err(|_| Dropped)?;
        let (parts, body) = answer.into_parts();
        let body = to_bytes(Body::new(body), usize::MAX).await.map_err(|_| Dropped)?;
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, body })
    }

    pub async fn set(&self, changes: Value) {
        let answer = self.call(Method::PUT, "/__mock/switches", Some(changes)).await.expect("an answer");
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

/// A new order of the ERP: id and number.
pub async fn order(world: &World, wanted: Value) -> (String, String) {
    let answer = world.erp.post("/__mock/orders", wanted).await.expect("an answer").json();
    let order = &answer["orders"][0];
    (text(&order["id"]), text(&order["number"]))
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

pub fn approval(reference: &str, number: &str) -> Value {
    json!({"reference": reference, "title": format!("PO {number} · Harbour Steel"), "originator": "u1", "form": {"单号": number, "金额": "11300.00"}})
}

pub fn payable(reference: &str, number: &str) -> Value {
    json!({
        "reference": reference, "supplier_code": "S-100", "number": format!("AP-{number}"), "amount": "11300.00",
        "currency": "CNY", "tax_code": "V13", "due_date": "2026-12-31", "purchase_order_ref": number,
    })
}

/// Waits for a condition, never for a time.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[derive(Clone, Debug)]
pub struct Message {
    pub id: String,
    pub body: Value,
}

#[derive(Clone, Default)]
pub struct Receiver {
    messages: Arc<Mutex<Vec<Message>>>,
    refusals: Arc<Mutex<u32>>,
}

impl Receiver {
    /// Listens, checks signatures and keeps what comes.
    pub async fn start() -> (Self, String) {
        let receiver = Self::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}/hooks/a", listener.local_addr().expect("an address"));
        let router = Router::new().route("/hooks/a", post(receive)).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (receiver, url)
    }

    pub fn refuse_next(&self, count: u32) {
        *self.refusals.lock().expect("not poisoned") = count;
    }

    pub fn messages(&self) -> Vec<Message> {
        self.messages.lock().expect("not poisoned").clone()
    }

    pub async fn wait_for(&self, count: usize) -> Vec<Message> {
        until("webhooks", async || Some(self.messages()).filter(|messages| messages.len() >= count)).await
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().expect("text").to_owned();
    let timestamp = header("webhook-timestamp").parse().expect("seconds");
    let expected = mock_systems::sign(SECRET, &header("webhook-id"), timestamp, &body).expect("a good secret");
    if header("webhook-signature") != expected {
        return StatusCode::UNAUTHORIZED;
    }
    let mut refusals = receiver.refusals.lock().expect("not poisoned");
    if *refusals > 0 {
        *refusals -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let message = Message { id: header("webhook-id"), body: serde_json::from_slice(&body).expect("JSON") };
    receiver.messages.lock().expect("not poisoned").push(message);
    StatusCode::OK
}
