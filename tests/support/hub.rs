//! A hub as its own process, so that it can be killed.

use mock_systems::{Running, System};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Time for a start: migrations on an empty database under a busy machine.
const START_WITHIN: Duration = Duration::from_secs(60);
pub const TOKEN: &str = "test-token-for-one-run-only-0123456789";

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}

/// A project folder made for one test.
pub struct Project {
    folder: TempDir,
    environment: Vec<(String, String)>,
    /// Further sections of the hub's configuration.
    sections: String,
    /// Further options of the section `project`.
    options: String,
    /// People of the directory who have a token of their own.
    people: Vec<String>,
    /// Further lines of the section `server`.
    server: String,
}

/// A webhook secret in Standard Webhooks form.
pub fn secret(name: &str) -> String {
    use base64::Engine as _;
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(format!("test secret of the system {name}")))
}

impl Project {
    /// The lean content of the benchmark, pointed at these mocks.
    pub fn bench(mocks: &Running) -> Self {
        Self::from_folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/bench-content"), "WAYBILL_BENCH", mocks)
    }

    /// The shipped content of the demonstration, pointed at these mocks.
    pub fn shipped(mocks: &Running) -> Self {
        Self::from_folder(PathBuf::from(env!("CARGO_MANIFEST_DIR")), "WAYBILL_DEMO", mocks)
    }

    fn from_folder(from: PathBuf, prefix: &str, mocks: &Running) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for part in ["documents", "dictionaries", "tables", "forms", "calendars", "connectors", "mappings", "flows", "config", "samples"] {
            copy(&from.join(part), &folder.path().join(part), part);
        }
        let connections = folder.path().join("config/connections");
        for entry in std::fs::read_dir(&connections).expect("connections are there") {
            let path = entry.expect("readable").path();
            let text = std::fs::read_to_string(&path).expect("text");
            let text = text
                .replace("http://127.0.0.1:7101", &mocks.url(System::Erp))
                .replace("http://127.0.0.1:7102", &mocks.url(System::Oa))
                .replace("http://127.0.0.1:7103", &mocks.url(System::Finance));
            std::fs::write(&path, text).expect("writable");
        }
        let environment = vec![
            (format!("{prefix}_ERP_SECRET"), mocks.options().erp.app_secret.clone()),
            (format!("{prefix}_OA_SECRET"), mocks.options().oa.app_secret.clone()),
            (format!("{prefix}_FINANCE_SECRET"), mocks.options().finance.app_secret.clone()),
            (format!("{prefix}_ERP_WEBHOOK_SECRET"), secret("erp")),
            (format!("{prefix}_OA_CALLBACK_SECRET"), secret("oa")),
        ];
        Self { folder, environment, sections: String::new(), options: String::new(), people: Vec::new(), server: String::new() }
    }

    /// A project folder of its own, taken whole. `texts` replaces addresses and waits in its files, and each must be there.
    pub fn whole(from: &Path, texts: &[(&str, &str)], environment: Vec<(String, String)>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(from, folder.path(), "");
        for (old, new) in texts {
            assert!(replace(folder.path(), old, new) > 0, "no file of `{}` says `{old}`", from.display());
        }
        Self { folder, environment, sections: String::new(), options: String::new(), people: Vec::new(), server: String::new() }
    }

    /// Further lines of the section `server` of the hub's configuration, indented as they stand there.
    pub fn with_server(mut self, lines: &str) -> Self {
        self.server.push_str(lines);
        self
    }

    /// A further option of the section `project` of the hub's configuration.
    pub fn with_project(mut self, option: &str) -> Self {
        self.options = format!("  {option}\n");
        self
    }

    /// Replaces a text in the definitions, waits above all: a test has no half minute for a poll. It must be there.
    pub fn retime(self, texts: &[(&str, &str)]) -> Self {
        for (old, new) in texts {
            assert!(replace(self.folder.path(), old, new) > 0, "no definition says `{old}`");
        }
        self
    }

    /// Sets a variable of the hub.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a section to the hub's configuration.
    pub fn section(mut self, text: &str) -> Self {
        self.sections.push_str(text);
        self
    }

    /// Gives these people of the directory a token each, with which they decide their tasks.
    pub fn with_people(mut self, people: &[&str]) -> Self {
        for person in people {
            self.people.push((*person).to_owned());
            self.environment.push((format!("WAYBILL_TEST_TOKEN_{person}"), token_of(person)));
        }
        self
    }

    /// Every variable of the hub: the secrets of its connections among them.
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Replaces a text in every definition; says in how many files it was.
fn replace(folder: &Path, old: &str, new: &str) -> usize {
    let entries = std::fs::read_dir(folder).expect("readable").map(|entry| entry.expect("readable").path());
    entries
        .map(|path| {
            if path.is_dir() {
                return replace(&path, old, new);
            }
            let text = std::fs::read_to_string(&path).expect("text");
            let found = path.extension().is_some_and(|extension| extension == "yaml") && text.contains(old);
            if found {
                std::fs::write(&path, text.replace(old, new)).expect("writable");
            }
            usize::from(found)
        })
        .sum()
}

fn copy(from: &Path, to: &Path, part: &str) {
    if !from.is_dir() {
        return;
    }
    std::fs::create_dir_all(to).expect("writable");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("readable");
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            // Other systems' connectors need settings of their own.
            let name = entry.file_name();
            let foreign =
                part == "connectors" && !name.to_string_lossy().starts_with("demo_") && !name.to_string_lossy().starts_with("bench_");
            if !foreign {
                copy(&source, &target, "");
            }
        } else {
            std::fs::copy(&source, &target).expect("copied");
        }
    }
}

/// A hub process and how to start it again on the same port.
pub struct HubProcess {
    child: Child,
    port: u16,
    config: PathBuf,
    environment: Vec<(String, String)>,
    client: reqwest::Client,
}

impl HubProcess {
    /// Starts a hub on this store and waits until it is ready.
    pub async fn start(project: &Project, store: &str) -> Self {
        Self::replica(project, "waybill", store, &[]).await
    }

    /// Starts one of several hubs on one store, each with a name and variables of its own.
    pub async fn replica(project: &Project, name: &str, store: &str, variables: &[(&str, &str)]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let port = free_port();
        let config = project.path().join(format!("config/{name}.yaml"));
        std::fs::write(
            &config,
            format!(
                "format: 1\nserver:\n  listen: 127.0.0.1:{port}\n  tokens:\n    - {{name: test, token: {{secret: env/WAYBILL_TEST_TOKEN}}}}\n\
                 {}{}gateway:\n  allow_loopback: true\n  folders: [../exchange]\nengine:\n  lease_seconds: 5\n  poll_millis: 100\nproject:\n  folder: ..\n  follow_seconds: 1\n{}{}",
                project.people.iter().map(|person| person_token(person)).collect::<String>(),
                project.server,
                project.options,
                project.sections
            ),
        )
        .expect("writable");
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().expect("a client");
        let mut environment = project.environment.clone();
        environment.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let child = spawn(&config, store, &environment);
        let mut hub = Self { child, port, config, environment, client };
        hub.ready().await;
        hub
    }

    /// SIGKILL, without a word.
    pub async fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Sends a signal by its name: `STOP` freezes the process, `CONT` lets it go on.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "kill -{name}");
    }

    /// A start that is expected to be refused: how the process ended, and its log.
    pub async fn refused(project: &Project, store: &str) -> (std::process::ExitStatus, String) {
        let config = project.path().join("config/waybill.yaml");
        let text = std::fs::read_to_string(&config).expect("it ran before");
        let text = text.replace("  follow_seconds: 1\n", &format!("  follow_seconds: 1\n{}", project.options));
        std::fs::write(&config, text).expect("writable");
        let mut child = spawn(&config, store, &project.environment);
        let began = Instant::now();
        loop {
            if let Some(status) = child.try_wait().expect("its own child") {
                return (status, std::fs::read_to_string(config.with_extension("log")).unwrap_or_default());
            }
            assert!(began.elapsed() < START_WITHIN, "the hub neither starts nor ends");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Starts again on the same port.
    pub async fn restart(&mut self, store: &str) {
        self.child = spawn(&self.config, store, &self.environment);
        self.ready().await;
    }

    /// Starts again on the same port, to die at a kill point.
    pub fn restart_to_die(&mut self, store: &str, point: &str) {
        let mut environment = self.environment.clone();
        environment.push(("KILL_POINT".to_owned(), point.to_owned()));
        self.child = spawn(&self.config, store, &environment);
    }

    /// Whether the process has ended.
    pub fn is_dead(&mut self) -> bool {
        self.child.try_wait().expect("its own child").is_some()
    }

    /// A request under a key of the caller; the process may die in the middle of it.
    pub async fn post_keyed(&self, path: &str, key: &str, body: &Value) -> Option<u16> {
        let request = self.client.post(self.url(path)).bearer_auth(TOKEN).header("idempotency-key", key);
        let sent = request.header("content-type", "application/json").body(body.to_string()).send().await;
        sent.ok().map(|answer| answer.status().as_u16())
    }

    async fn ready(&mut self) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("its own child") {
                panic!("the hub ended by itself: {status}; its log: {}", self.log_tail(20));
            }
            let answer = self.client.get(self.url("/ready")).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            assert!(began.elapsed() < START_WITHIN, "the hub is not ready after {START_WITHIN:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where it listens for a partner's webhook, without the address.
    pub async fn hook_path(&self, connection: &str, webhook: &str) -> String {
        let url = self.hook_url(connection, webhook).await;
        url.strip_prefix(&self.url("")).expect("its own address").to_owned()
    }

    /// One number of its metrics; zero when it was never counted.
    pub async fn metric(&self, name: &str) -> f64 {
        let text = self.text("/metrics").await;
        let values = text.lines().filter(|line| line.starts_with(name) && line[name.len()..].starts_with([' ', '{']));
        values.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// A URL of this hub.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// JSON from the API.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.client.get(self.url(path)).bearer_auth(TOKEN).send().await.expect("the hub answers");
        let status = answer.status();
        let text = answer.text().await.expect("text");
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Text from the API.
    pub async fn text(&self, path: &str) -> String {
        let answer = self.client.get(self.url(path)).bearer_auth(TOKEN).send().await.expect("the hub answers");
        answer.text().await.expect("text")
    }

    /// The last lines of the hub's log.
    pub fn log_tail(&self, lines: usize) -> String {
        let text = std::fs::read_to_string(self.config.with_extension("log")).unwrap_or_default();
        let all: Vec<&str> = text.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }

    /// JSON to the API under a key: status and answer.
    pub async fn post_as(&self, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(self.url(path)).bearer_auth(TOKEN).header("idempotency-key", key);
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.expect("the hub answers");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("text");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// JSON to the API: status and answer.
    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self
            .client
            .post(self.url(path))
            .bearer_auth(TOKEN)
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .expect("the hub answers");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("text");
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// What a person of the directory gets.
    pub async fn get_by(&self, person: &str, path: &str) -> (u16, Value) {
        answered(self.client.get(self.url(path)).bearer_auth(token_of(person))).await
    }

    /// What a person of the directory sends, under a key.
    pub async fn post_by(&self, person: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let request = self.client.post(self.url(path)).bearer_auth(token_of(person)).header("idempotency-key", key);
        answered(request.header("content-type", "application/json").body(body.to_string())).await
    }

    /// The same where the process may die in the middle of it.
    pub async fn try_by(&self, person: &str, path: &str, key: &str, body: &Value) -> Option<u16> {
        let request = self.client.post(self.url(path)).bearer_auth(token_of(person)).header("idempotency-key", key);
        let sent = request.header("content-type", "application/json").body(body.to_string()).send().await;
        sent.ok().map(|answer| answer.status().as_u16())
    }

    /// What a person of the directory removes.
    pub async fn delete_by(&self, person: &str, path: &str) -> (u16, Value) {
        answered(self.client.delete(self.url(path)).bearer_auth(token_of(person))).await
    }

    /// Everything the hub says about a document, for the message of a failed assertion.
    pub async fn story(&self, key: &str) -> String {
        let documents = self.get(&format!("/api/v1/documents?key={key}")).await;
        let mut story = String::new();
        for document in documents["items"].as_array().into_iter().flatten() {
            let detail = self.get(&format!("/api/v1/documents/{}", text(&document["id"]))).await;
            story += &format!("\n{} {} status {} links {}", detail["type"], detail["key"], detail["status"], detail["links"]);
            for instance in detail["instances"].as_array().into_iter().flatten() {
                let id = text(&instance["id"]);
                story += &format!("\n  instance {id}: {} at {} outcome {}", instance["status"], instance["at_step"], instance["outcome"]);
                for part in ["history", "effects", "attempts"] {
                    let rows = self.get(&format!("/api/v1/instances/{id}/{part}")).await;
                    let rows = rows.get("items").unwrap_or(&rows).as_array().cloned().unwrap_or_default();
                    rows.iter().for_each(|row| story += &format!("\n    {part}: {row:.600}"));
                }
            }
        }
        story
    }

    /// The one document with this business key, with everything that hangs on it; none when it is not in the ledger.
    pub async fn document(&self, key: &str) -> Option<Value> {
        let documents = self.get(&format!("/api/v1/documents?key={key}&type=purchase_order")).await;
        let id = documents["items"].get(0).map(|document| text(&document["id"]))?;
        Some(self.get(&format!("/api/v1/documents/{id}")).await)
    }

    /// Open exceptions, all pages of them.
    pub async fn open_exceptions(&self) -> Vec<Value> {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let mut page = self.get(&format!("/api/v1/exceptions?state=open&limit=500{after}")).await;
            let items = page["items"].as_array_mut().map(std::mem::take);
            found.extend(items.expect("a page has items"));
            match page["next_cursor"].as_str() {
                Some(cursor) => after = format!("&cursor={cursor}"),
                None => return found,
            }
        }
    }

    /// Where a partner calls.
    pub async fn hook_url(&self, connection: &str, webhook: &str) -> String {
        let connections = self.get("/api/v1/connections").await;
        let found = connections["items"].as_array().into_iter().flatten().find(|item| item["connection"] == connection);
        let path = found.and_then(|item| item["webhooks"][webhook].as_str()).expect("the webhook has a path").to_owned();
        self.url(&path)
    }

    /// SIGTERM and a clean end.
    pub async fn stop(mut self) {
        self.end().await;
    }

    /// The same, so that it can be started again: one turn of a rolling restart.
    pub async fn end(&mut self) {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill is there");
        let began = Instant::now();
        while self.child.try_wait().expect("its own child").is_none() {
            assert!(began.elapsed() < Duration::from_secs(25), "a graceful stop takes at most 20 s");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The token of a person of the directory.
pub fn token_of(person: &str) -> String {
    format!("{TOKEN}-{person}")
}

/// A line of the configuration.
fn person_token(person: &str) -> String {
    format!(
        "    - {{name: {}, token: {{secret: env/WAYBILL_TEST_TOKEN_{person}}}, person: {person}, permissions: [decide, start]}}\n",
        person.to_lowercase()
    )
}

async fn answered(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("the hub answers");
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("text");
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// A text of an answer.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn spawn(config: &Path, store: &str, environment: &[(String, String)]) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(config.with_extension("log")).expect("writable");
    let error = log.try_clone().expect("a handle");
    Command::new(env!("CARGO_BIN_EXE_waybill"))
        .args(["serve", "--config"])
        .arg(config)
        .env("WAYBILL_STORE_URL", store)
        .env("WAYBILL_TEST_TOKEN", TOKEN)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::from(log))
        .stderr(Stdio::from(error))
        .spawn()
        .expect("the hub starts")
}
