//! Backup and restore as `docs/operations/backup.md` tells them: taken while the hub works, checked by the drill, and gone on with.
//!
//! The hub dies after the backup and another goes on from what was restored: nothing that was in it is lost, nothing is doubled.

mod support;

use mock_systems::load::{LoadOptions, Pace};
use mock_systems::{Mode, NewOrders, Registration, System};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use support::hub::{HubProcess, Project};
use support::postgres::FreshDatabase;

const ORDERS: u64 = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_comes_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("hub.sqlite");
    backup_and_restore(&format!("sqlite:{}", file.display()), None, |backup| {
        let statement = format!("VACUUM INTO '{}'", backup.display());
        let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute(sys.argv[2])";
        done(Command::new("python3").args(["-c", script]).arg(&file).arg(statement), "python3 with sqlite3");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_comes_back() {
    let database = FreshDatabase::create("backup").await;
    let url = database.url.clone();
    let admin = std::env::var("WAYBILL_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1:5432/postgres".to_owned());
    backup_and_restore(&url, Some(&admin), |backup| {
        done(Command::new("pg_dump").args(["--format=custom", "--file"]).arg(backup).arg(&url), "pg_dump of postgresql-client");
    })
    .await;
    database.drop().await;
}

fn done(command: &mut Command, what: &str) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|error| panic!("{what} is needed: {error}"));
    let said = String::from_utf8_lossy(&stdout).into_owned();
    assert!(status.success(), "{what}: {status}\n{said}{}", String::from_utf8_lossy(&stderr));
    said
}

fn drill(backup: &Path, admin: Option<&str>, keep: bool) -> String {
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/restore-drill"));
    command.arg(backup).args(admin).env("WAYBILL", env!("CARGO_BIN_EXE_waybill")).env("KEEP", if keep { "yes" } else { "no" });
    done(&mut command, "deploy/restore-drill")
}

async fn backup_and_restore(store: &str, admin: Option<&str>, back_up: impl Fn(&Path)) {
    let mocks = mock_systems::start(mock_systems::Options::default()).await.expect("the mocks start");
    let project = Project::bench(&mocks);
    let mut hub = HubProcess::start(&project, store).await;
    // Decisions come late, so that the backup finds approvals open.
    mocks
        .set_switches(System::Oa, &json!({"decide": "share", "reject_share": 0.0, "decide_after_ms": 6000, "webhook_attempts": 20}))
        .expect("known");
    let oa = hub.hook_url("oa_main", "approvals").await;
    mocks.register_webhook(System::Oa, &Registration { url: oa, secret: support::hub::secret("oa"), mode: Mode::Thin }).expect("loopback");
    let load = LoadOptions {
        url: hub.hook_url("erp_hq", "orders").await,
        secret: support::hub::secret("erp"),
        orders: ORDERS,
        pace: Pace::Rate { per_second: 100.0 },
        connections: 4,
        send_within: Duration::from_secs(60),
        drain_within: Duration::from_secs(90),
        template: NewOrders { lines: 2, ..NewOrders::default() },
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let backup = folder.path().join("backup");
    let sending = mock_systems::load::run(&mocks, &load);
    let restoring = async {
        wait_for_open_approvals(&hub).await;
        back_up(&backup);
        hub.kill().await;
        let shown = drill(&backup, admin, false);
        assert!(shown.contains(&format!("{ORDERS} documents")), "{shown}");
        let kept = drill(&backup, admin, true);
        let restored = kept.lines().find_map(|line| line.strip_prefix("restored: ")).expect("its URL").to_owned();
        hub.restart(&restored).await;
        (hub, restored)
    };
    let (report, (hub, restored)) = tokio::join!(sending, restoring);
    let report = report.expect("the load ran");
    assert_eq!(report.acknowledged, ORDERS);
    let verdict = mocks.audit().verdict(&report.numbers);
    let story = || hub.log_tail(30);
    assert_eq!((verdict.lost, verdict.duplicated, verdict.unfinished), (0, 0, 0), "{:?}\n{}", verdict.details, story());
    hub.stop().await;
    mocks.stop().await;
    match admin {
        Some(admin) => {
            let name = restored.rsplit('/').next().expect("a database");
            done(Command::new("psql").arg(admin).args(["-Xqc", &format!("DROP DATABASE {name} WITH (FORCE)")]), "psql");
        }
        None => {
            let file = Path::new(restored.trim_start_matches("sqlite:"));
            std::fs::remove_dir_all(file.parent().expect("a folder")).expect("removed");
        }
    }
}

/// Every order has its approval, and nothing is on its way: what a hub writes after its backup is unknown to the restored one.
async fn wait_for_open_approvals(hub: &HubProcess) {
    let began = Instant::now();
    loop {
        let page = hub.get("/api/v1/instances?limit=100").await;
        let instances = page["items"].as_array().cloned().unwrap_or_default();
        let mut settled = 0;
        for instance in &instances {
            let effects = hub.get(&format!("/api/v1/instances/{}/effects", support::hub::text(&instance["id"]))).await;
            let effects = effects["items"].as_array().cloned().unwrap_or_default();
            settled += u64::from(!effects.is_empty() && effects.iter().all(|effect| effect["state"] == "done"));
        }
        if settled >= ORDERS {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{settled} of {ORDERS} approvals\n{}", hub.log_tail(30));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
