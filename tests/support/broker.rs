//! A RabbitMQ of a test's own, so that it can be restarted, starved and killed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// An Erlang node on a busy machine takes its time.
const START_WITHIN: Duration = Duration::from_secs(120);
/// Where the server's own scripts are; the ones in the path change the user first.
const SCRIPTS: &str = "/usr/lib/rabbitmq/bin";

/// A broker on a free port, with its own node name and folder. Removed at the end.
pub struct PrivateBroker {
    folder: TempDir,
    port: u16,
    distribution_port: u16,
    node: String,
}

impl PrivateBroker {
    /// Starts one and waits until it answers.
    pub async fn start(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("enabled_plugins"), "[].").expect("writable");
        std::fs::write(folder.path().join("rabbitmq.conf"), "disk_free_limit.absolute = 1MB\nloopback_users = none\n").expect("writable");
        let node = format!("{name}_{}@localhost", std::process::id());
        let broker = Self { folder, port: super::free_port(), distribution_port: super::free_port(), node };
        broker.launch().await;
        broker
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// Where it is for whoever goes through a proxy on this port.
    pub fn url_at(&self, port: u16) -> String {
        format!("amqp://guest:guest@127.0.0.1:{port}/%2f?heartbeat=5")
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// SIGTERM, and waits until it is gone: an orderly stop.
    pub async fn stop(&self) {
        self.signal("TERM");
        self.gone().await;
    }

    /// SIGKILL.
    pub async fn kill(&self) {
        self.signal("KILL");
        self.gone().await;
    }

    /// Starts it again with what it had.
    pub async fn launch(&self) {
        let log = std::fs::File::create(self.folder.path().join("out")).expect("writable");
        let error = log.try_clone().expect("a handle");
        let mut child =
            self.script("rabbitmq-server").stdout(log).stderr(error).spawn().expect("RabbitMQ is installed: scripts/test does it");
        let began = Instant::now();
        while !greets(self.port).await {
            if let Ok(Some(status)) = child.try_wait() {
                let out = std::fs::read_to_string(self.folder.path().join("out")).unwrap_or_default();
                panic!("RabbitMQ ended by itself: {status}\n{out}");
            }
            assert!(began.elapsed() < START_WITHIN, "RabbitMQ does not answer after {START_WITHIN:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // The script's end is awaited, so that it does not stay as a zombie.
        std::thread::spawn(move || child.wait());
    }

    /// Runs `rabbitmqctl`.
    pub async fn ctl(&self, arguments: &[&str]) {
        let mut command = self.script("rabbitmqctl");
        command.args(["--node", &self.node, "--quiet"]).args(arguments).stdout(Stdio::null());
        let status = tokio::task::spawn_blocking(move || command.status()).await.expect("it runs").expect("rabbitmqctl is installed");
        assert!(status.success(), "rabbitmqctl {arguments:?}");
    }

    fn script(&self, name: &str) -> Command {
        let folder = self.folder.path();
        let path = |part: &str| -> PathBuf { folder.join(part) };
        let script = Path::new(SCRIPTS).join(name);
        let mut command = Command::new(if script.exists() { script } else { PathBuf::from(name) });
        command
            .env("HOME", folder)
            .env("RABBITMQ_NODENAME", &self.node)
            .env("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1")
            .env("RABBITMQ_NODE_PORT", self.port.to_string())
            .env("RABBITMQ_DIST_PORT", self.distribution_port.to_string())
            .env("RABBITMQ_MNESIA_BASE", path("data"))
            .env("RABBITMQ_LOG_BASE", path("log"))
            .env("RABBITMQ_PID_FILE", path("pid"))
            .env("RABBITMQ_CONFIG_FILE", path("rabbitmq.conf"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", path("enabled_plugins"))
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 2:2 +sbwt none")
            .stdin(Stdio::null());
        command
    }

    fn pid(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.folder.path().join("pid")).ok()?;
        let pid = text.trim().to_owned();
        Path::new("/proc").join(&pid).exists().then_some(pid).filter(|pid| !pid.is_empty())
    }

    fn signal(&self, name: &str) {
        if let Some(pid) = self.pid() {
            let _ = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        }
    }

    async fn gone(&self) {
        let began = Instant::now();
        while self.pid().is_some() || greets(self.port).await {
            assert!(began.elapsed() < START_WITHIN, "RabbitMQ is still there after {START_WITHIN:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for PrivateBroker {
    fn drop(&mut self) {
        self.signal("KILL");
    }
}

/// Whether a broker greets on this port; a port that is open alone may be one that is still starting.
async fn greets(port: u16) -> bool {
    let greeting = async {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"AMQP\x00\x00\x09\x01").await?;
        stream.read_u8().await
    };
    matches!(tokio::time::timeout(Duration::from_secs(2), greeting).await, Ok(Ok(1)))
}
