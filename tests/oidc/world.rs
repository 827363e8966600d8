//! A provider and a hub, each a process of its own, ended when dropped.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const START_WITHIN: Duration = Duration::from_secs(60);

pub struct World {
    folder: tempfile::TempDir,
    hub: Child,
    hub_port: u16,
    provider_port: u16,
}

fn scripts() -> PathBuf {
    PathBuf::from(std::env::var("WAYBILL_REAL_SYSTEMS").expect("scripts/test-oidc names the real systems")).join("oidc-provider")
}

fn run(script: &str, arguments: &[&str]) {
    let status = Command::new(scripts().join(script)).args(arguments).stdout(Stdio::null()).status().expect("the script is there");
    assert!(status.success(), "{script}: {status}");
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its address").port()
}

impl World {
    pub async fn start() -> World {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (hub_port, provider_port) = (free_port(), free_port());
        let cache = PathBuf::from(std::env::var("WAYBILL_CACHE").expect("scripts/test-oidc names the cache")).join("oidc-provider");
        std::os::unix::fs::symlink(cache.join("node_modules"), folder.path().join("node_modules")).expect("a link");
        let mut config: Value =
            serde_json::from_str(&std::fs::read_to_string(cache.join("config.json")).expect("it is set up")).expect("JSON");
        let hub = format!("http://127.0.0.1:{hub_port}");
        config["clients"][0]["redirect_uris"] = json!([format!("{hub}/api/v1/sign-in/providers/company/callback")]);
        config["clients"][0]["post_logout_redirect_uris"] = json!([format!("{hub}/sign-in")]);
        write(folder.path(), "config.json", &config.to_string());
        run("start.sh", &[&folder.path().display().to_string(), &provider_port.to_string()]);
        let secret = config["clients"][0]["client_secret"].as_str().expect("a secret");
        write(folder.path(), "client.secret", secret);
        write(folder.path(), "waybill.yaml", &hub_config(hub_port, provider_port));
        std::fs::create_dir(folder.path().join("project")).expect("writable");
        let hub = start_hub(folder.path());
        let mut world = World { folder, hub, hub_port, provider_port };
        world.ready().await;
        world
    }

    pub fn hub(&self) -> String {
        format!("http://127.0.0.1:{}", self.hub_port)
    }

    /// The provider anew, with other keys and what is changed in its configuration.
    pub fn restart_provider(&mut self, change: impl FnOnce(&mut Value)) {
        let folder = self.folder.path().display().to_string();
        run("stop.sh", &[&folder]);
        let text = std::fs::read_to_string(self.folder.path().join("config.json")).expect("it ran before");
        let mut config = serde_json::from_str(&text).expect("JSON");
        change(&mut config);
        write(self.folder.path(), "config.json", &config.to_string());
        run("start.sh", &[&folder, &self.provider_port.to_string()]);
    }

    async fn ready(&mut self) {
        let began = Instant::now();
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        while !client.get(format!("{}/ready", self.hub())).send().await.is_ok_and(|answer| answer.status() == 200) {
            let log = || std::fs::read_to_string(self.folder.path().join("hub.log")).unwrap_or_default();
            assert!(self.hub.try_wait().expect("its own child").is_none(), "the hub does not start: {}", log());
            assert!(began.elapsed() < START_WITHIN, "the hub is not ready: {}", log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.hub.kill();
        let _ = self.hub.wait();
        let _ = Command::new(scripts().join("stop.sh")).arg(self.folder.path()).status();
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).expect("writable");
}

fn hub_config(hub: u16, provider: u16) -> String {
    format!(
        "format: 1
server:
  listen: 127.0.0.1:{hub}
  public_url: http://127.0.0.1:{hub}
  identity_providers:
    - name: company
      title: Company account
      issuer: http://127.0.0.1:{provider}
      client_id: hub-console
      client_secret: {{secret: file/client.secret}}
      scopes: [openid, profile, email, groups]
      groups_claim: groups
      roles: {{hub-admins: owner, approvers: [approver]}}
gateway: {{allow_loopback: true}}
project: {{folder: project}}
"
    )
}

fn start_hub(folder: &Path) -> Child {
    let log = || std::fs::File::options().create(true).append(true).open(folder.join("hub.log")).expect("a log");
    Command::new(env!("CARGO_BIN_EXE_waybill"))
        .args(["serve", "--config"])
        .arg(folder.join("waybill.yaml"))
        .current_dir(folder)
        .env("WAYBILL_STORE_URL", format!("sqlite:{}", folder.join("waybill.sqlite").display()))
        .stdout(log())
        .stderr(log())
        .spawn()
        .expect("the hub starts")
}
