//! `kind: file` against a real OpenSSH server. `scripts/test-sftp WORKDIR` sets it up and runs this.

#[path = "../kinds/bench.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod bench;
#[path = "../kinds/folders.rs"]
mod folders;

use bench::{Bench, gallery, told};
use folders::{Place, all};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use waybill::domain::connector::Class;

/// The server in a folder of its own, ended when dropped.
struct Server {
    folder: tempfile::TempDir,
    port: u16,
}

fn scripts() -> PathBuf {
    PathBuf::from(std::env::var("WAYBILL_REAL_SYSTEMS").expect("scripts/test-sftp names the real systems")).join("sftp")
}

fn run(script: &str, arguments: &[&str]) {
    let status = Command::new(scripts().join(script)).args(arguments).status().expect("the script is there");
    assert!(status.success(), "{script}: {status}");
}

impl Server {
    fn start() -> Server {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
        let path = folder.path().display().to_string();
        run("setup.sh", &[&path]);
        run("start.sh", &[&path, &port.to_string()]);
        let server = Server { folder, port };
        // An order that the server comes with; the cases bring their own.
        let _ = std::fs::remove_file(server.data().join("out/po.csv"));
        server
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    fn key(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join("keys").join(name)).expect("setup.sh makes it")
    }

    /// Settings of a connection whose key lies in this file.
    fn settings(&self, host_key: &str, key: &Path) -> String {
        let user = String::from_utf8(Command::new("id").arg("-un").output().expect("id is there").stdout).expect("text");
        let (data, port) = (self.data(), self.port);
        format!(
            "{{place: \"sftp://127.0.0.1:{port}{}\", user: {}, host_key: \"{}\", key: {{secret: \"file/{}\"}}}}",
            data.display(),
            user.trim(),
            host_key.trim(),
            key.display()
        )
    }

    fn own_settings(&self) -> String {
        self.settings(&self.key("host.pub"), &self.path().join("keys/client"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new(scripts().join("stop.sh")).arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_a_server_are_exchanged_whole_and_once() {
    let server = Server::start();
    all(&Place::new(server.own_settings(), &server.data())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_another_key_is_sent_nothing() {
    let server = Server::start();
    let other = server.path().join("other");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&other).status().expect("ssh-keygen is there");
    assert!(made.success());
    let pinned = std::fs::read_to_string(server.path().join("other.pub")).expect("made");
    let bench = Bench::new(&gallery("folder"), &server.settings(&pinned, &server.path().join("keys/client")), Vec::new());
    let refused = bench.call("list_orders", json!({}), "k").await;
    assert_eq!((refused.class, refused.credentials), (Class::Refused, true), "{}", told(&refused));
    let message = refused.message.expect("words");
    assert!(message.contains("ssh-ed25519 SHA256:") && message.contains("host_key"), "{message}");
    let log = std::fs::read_to_string(server.path().join("sftp.log")).expect("the server's log");
    assert!(!log.contains("Accepted") && !log.contains("Postponed publickey"), "{log}");
    // The right server, and a key that it does not know.
    let bench = Bench::new(&gallery("folder"), &server.settings(&server.key("host.pub"), &other), Vec::new());
    let unknown = bench.call("list_orders", json!({}), "k").await;
    assert_eq!((unknown.class, unknown.credentials), (Class::AuthExpired, true), "{}", told(&unknown));
}

/// Said before anything is sent, with what to do: half of the servers there are have an RSA key too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rsa_keys_are_refused_in_words() {
    let server = Server::start();
    let rsa = server.path().join("rsa");
    let made = Command::new("ssh-keygen").args(["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f"]).arg(&rsa).status().expect("ssh-keygen");
    assert!(made.success());
    let public = std::fs::read_to_string(server.path().join("rsa.pub")).expect("made");
    let refused = async |settings: String, words: &str| {
        let refused = Bench::new(&gallery("folder"), &settings, Vec::new()).call("list_orders", json!({}), "k").await;
        // As whatever keeps a connection from being made ready: nothing was done, and it goes on once the setting is mended.
        assert_eq!((refused.class, refused.attempts.len()), (Class::Retryable, 0), "{}", told(&refused));
        assert!(refused.message.as_ref().is_some_and(|message| message.contains(words)), "{}", told(&refused));
    };
    refused(server.settings(&public, &server.path().join("keys/client")), "is an RSA key, which is not spoken").await;
    // An OpenSSH key is padded to blocks of eight: every length of what stands behind its numbers.
    for length in 1..=8 {
        let named = Command::new("ssh-keygen").args(["-q", "-c", "-C", &"n".repeat(length), "-f"]).arg(&rsa).status().expect("ssh-keygen");
        assert!(named.success());
        refused(server.settings(&server.key("host.pub"), &rsa), "no RSA (`ssh-keygen -t ed25519`").await;
    }
    // The server's log may not be there at all: nobody came.
    let log = std::fs::read_to_string(server.path().join("sftp.log")).unwrap_or_default();
    assert!(!log.contains("Connection from") && !log.contains("Accepted"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_went_and_came_back_is_spoken_to_again() {
    let server = Server::start();
    let place = Place::new(server.own_settings(), &server.data());
    let bench = place.bench();
    bench.ok("list_orders", json!({}), "k").await;
    let path = server.path().display().to_string();
    run("stop.sh", &[&path]);
    // Lines that are open outlive the server that took them; a new one is refused.
    let away = place.bench().call("list_orders", json!({}), "k").await;
    assert_eq!(away.class, Class::Retryable, "{}", told(&away));
    run("start.sh", &[&path, &server.port.to_string()]);
    bench.ok("list_orders", json!({}), "k").await;
    place.bench().ok("list_orders", json!({}), "k").await;
}
