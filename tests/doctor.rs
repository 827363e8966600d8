//! `waybill doctor` and `waybill health` as processes: what they find, what they say to do, and how they end.

mod support;

use serde_json::Value;
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use support::hub::{HubProcess, Project};
use support::postgres::FreshDatabase;

struct Found {
    code: i32,
    checks: BTreeMap<String, (String, String, String)>,
}

impl Found {
    fn verdict(&self, name: &str) -> &str {
        self.checks.get(name).map_or("(none)", |(verdict, _, _)| verdict)
    }

    fn says(&self, name: &str, words: &str) {
        let (_, found, hint) = self.checks.get(name).unwrap_or_else(|| panic!("`{name}` is not among {:?}", self.checks.keys()));
        assert!(found.contains(words) || hint.contains(words), "{name}: {found} ({hint})");
    }
}

fn waybill(arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waybill"));
    let output = command.args(arguments).envs(environment.iter().copied()).output().expect("it runs");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

fn doctor(config: &Path, environment: &[(&str, &str)]) -> Found {
    let config = config.display().to_string();
    let (code, text) = waybill(&["doctor", "--offline", "--output", "json", "--config", &config], environment);
    let checks: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let word = |check: &Value, key: &str| check[key].as_str().unwrap_or_default().to_owned();
    let each = checks.as_array().expect("a list").iter();
    Found {
        code,
        checks: each.map(|check| (word(check, "name"), (word(check, "verdict"), word(check, "found"), word(check, "hint")))).collect(),
    }
}

/// A project of two files in `folder`, with a token that others can read and an address that no allow-list holds.
fn project(folder: &Path) -> std::path::PathBuf {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("writable");
        std::fs::write(path, text).expect("writable");
    };
    write(
        "connectors/shop/connector.yaml",
        "format: 1\nconnector: shop\nsettings: {base_url: {type: url}, key: {type: secret}}\nhttp: {base_url: \"{{settings.base_url}}\"}\n\
         auth: {kind: static_headers, headers: {x-key: {value: settings.key}}}\n\
         operations:\n  look: {effect: read, input: {}, request: {method: GET, path: /x}, output: {n: {type: int, from: $.n}}}\n",
    );
    write(
        "config/connections/shop_main.yaml",
        "format: 1\nconnection: shop_main\nconnector: shop\nsettings: {base_url: \"https://shop.example.com\", key: {secret: env/SHOP_KEY}}\n\
         egress: {allow: [other.example.com]}\n",
    );
    write(
        "calendars/cn.yaml",
        "format: 1\ncalendar: cn\nzone: Asia/Shanghai\nweek: {mon-fri: [\"09:00-18:00\"]}\ndays: calendars/cn.csv\n",
    );
    write("calendars/cn.csv", "date,kind,name\n2020-01-01,off,New Year\n");
    write("config/token", "0123456789abcdef0123456789abcdef");
    std::fs::set_permissions(folder.join("config/token"), std::fs::Permissions::from_mode(0o644)).expect("ours");
    write(
        "config/waybill.yaml",
        "format: 1\nserver:\n  listen: 127.0.0.1:0\n  tokens:\n    - {name: operator, token: {secret: file/token}}\nproject: {folder: ..}\n",
    );
    folder.join("config/waybill.yaml")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_usual_mistakes_are_found_and_each_says_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let config = project(folder.path());
    let database = FreshDatabase::create("doctor").await;
    let store = ("WAYBILL_STORE_URL", database.url.as_str());
    let (code, said) = waybill(&["migrate", "--config", &config.display().to_string()], &[store]);
    assert_eq!(code, 0, "{said}");

    let found = doctor(&config, &[store]);
    assert_eq!(found.code, 1, "an allow-list that blocks the connection's own address is a failure");
    for (name, verdict, words) in [
        ("database", "good", "fits this binary"),
        ("database durability", "good", "synchronous_commit"),
        ("row-level security", "good", "every table"),
        ("row-level security for people", "warning", "store.people_url"),
        ("database line", "good", ""),
        ("database clock", "good", "agrees"),
        ("secret of shop_main.key", "failed", "SHOP_KEY"),
        ("secret of server.tokens.0.token", "warning", "chmod 600"),
        ("calendar cn", "failed", "2020-12-31"),
        ("connection shop_main", "failed", "add the host"),
        ("port", "warning", "server.listen"),
        ("time zones", "good", ""),
    ] {
        assert_eq!(found.verdict(name), verdict, "{name}: {:?}", found.checks.get(name));
        found.says(name, words);
    }
    assert!(found.checks.values().all(|(verdict, _, hint)| verdict == "good" || !hint.is_empty()), "{:?}", found.checks);

    let (admin, name) = database.url.rsplit_once('/').map(|(base, name)| (format!("{base}/postgres"), name.to_owned())).expect("a URL");
    let unsafe_commits = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    assert!(Command::new("psql").arg(admin).args(["-Xqc", &unsafe_commits]).status().expect("psql").success());
    let found = doctor(&config, &[store, ("SHOP_KEY", "canary-shop-key-5512")]);
    assert_eq!(found.verdict("database durability"), "failed");
    assert_eq!(found.verdict("secret of shop_main.key"), "good");
    assert!(!format!("{:?}", found.checks).contains("canary"));
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_hub_is_healthy_and_the_doctor_knows_it_by_its_port() {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let project = Project::bench(&mocks);
    let store = format!("sqlite:{}", folder.path().join("hub.sqlite").display());
    let hub = HubProcess::start(&project, &store).await;
    let (url, environment) = (hub.url(""), project.environment());
    let (code, said) = waybill(&["health", "--ready", "--url", &url], &[]);
    assert_eq!((code, said.contains("is ready")), (0, true), "{said}");

    let mut variables: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    variables.extend([("WAYBILL_STORE_URL", store.as_str()), ("WAYBILL_TEST_TOKEN", "test-token-for-one-run-only-0123456789")]);
    variables.push(("WAYBILL_SERVER_PUBLIC_URL", &url));
    let found = doctor(&project.path().join("config/waybill.yaml"), &variables);
    assert_eq!(found.verdict("port"), "good");
    found.says("port", "a hub runs on");
    assert_eq!(found.verdict("connection erp_hq"), "good");

    hub.stop().await;
    mocks.stop().await;
    assert_eq!(waybill(&["health", "--url", &url], &[]).0, 3, "nobody answers");
}
