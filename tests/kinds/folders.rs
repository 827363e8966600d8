//! `kind: file`: the same cases for a folder of this machine and for an SFTP server whose files lie on this machine.

use crate::bench::{Bench, gallery, id, told};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use waybill::domain::connector::Class;
use waybill::domain::flow::effect::Cause;

/// A place, and where its files are on this machine.
pub struct Place {
    pub settings: String,
    pub root: PathBuf,
}

const FOLDERS: [&str; 7] = ["in", "taken", "archive", "error", "out", "fetched", "withdrawn"];

impl Place {
    pub fn new(settings: String, root: &Path) -> Place {
        for folder in FOLDERS {
            std::fs::create_dir_all(root.join(folder)).expect("writable");
        }
        Place { settings, root: root.to_owned() }
    }

    pub fn bench(&self) -> Bench {
        let text = gallery("folder").replace("unchanged_for: 5s", "unchanged_for: 300ms").replace("max_answer: 8MiB", "max_answer: 64KiB");
        Bench::new(&text, &self.settings, vec![self.root.clone()])
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.root.join(name), text).expect("writable");
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.root.join(folder)).expect("readable");
        let mut names: Vec<String> = entries.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

const HEAD: &str = "number,company,requester,currency,supplier_code,supplier_name,delivery_date,total_net,total_tax,total_gross,line_no,item_code,description,quantity,unit,unit_price,net,gross\n";

pub fn order(number: &str) -> String {
    format!(
        "{HEAD}{number},C1,buyer,CNY,V1,\"华东, 钢铁\",2026-12-20,1000.00,130.00,1130.10,1,M1,Plate,0.000001,kg,100.00,1000.00,1130.10\n"
    )
}

async fn listed(bench: &Bench) -> Vec<String> {
    bench.read_stream("orders", None).await.iter().map(|item| item.reference.to_json()["id"].as_str().expect("text").to_owned()).collect()
}

/// All cases, one after the other: they share the place.
pub async fn all(place: &Place) {
    only_whole_files_are_told(place).await;
    a_file_is_read_taken_and_filed_away(place).await;
    one_of_many_gets_a_file(place).await;
    what_cannot_be_read_goes_aside(place).await;
    files_in_gbk_are_read_and_written(place).await;
    a_file_is_written_once(place).await;
    nothing_leads_out_of_the_place(place).await;
}

async fn only_whole_files_are_told(place: &Place) {
    let bench = place.bench();
    place.put("in/PO-1.csv", &order("PO-1"));
    place.put("in/PO-2.csv", HEAD);
    place.put("in/.PO-3.csv", &order("PO-3"));
    place.put("in/PO-4.csv.part", &order("PO-4"));
    std::fs::create_dir_all(place.root.join("in/PO-5.csv")).expect("writable");
    std::os::unix::fs::symlink("/etc/hostname", place.root.join("in/PO-6.csv")).expect("a link");
    assert_eq!(listed(&bench).await, Vec::<String>::new(), "one look does not say that a file is whole");
    tokio::time::sleep(Duration::from_millis(400)).await;
    // Its sender goes on writing.
    place.put("in/PO-2.csv", &order("PO-2"));
    assert_eq!(listed(&bench).await, ["PO-1.csv"]);
    tokio::time::sleep(Duration::from_millis(400)).await;
    let both = listed(&bench).await;
    assert_eq!(both.len(), 2, "{both:?}");
    std::fs::remove_dir(place.root.join("in/PO-5.csv")).expect("removable");
    for name in ["PO-2.csv", ".PO-3.csv", "PO-4.csv.part"] {
        std::fs::remove_file(place.root.join("in").join(name)).expect("removable");
    }
}

async fn a_file_is_read_taken_and_filed_away(place: &Place) {
    let bench = place.bench();
    let performed = bench.call("get_order", id("PO-1.csv"), "k").await;
    assert_eq!(performed.class, Class::Ok, "{}", told(&performed));
    let source = performed.payload.to_json();
    let row = &source["content"][0];
    assert_eq!(
        (&row["supplier_name"], &row["total_gross"], &row["quantity"]),
        (&json!("华东, 钢铁"), &json!("1130.10"), &json!("0.000001"))
    );
    bench.ok("take_order", id("PO-1.csv"), "k").await;
    bench.ok("take_order", id("PO-1.csv"), "k").await;
    let again = bench.call("get_order", id("PO-1.csv"), "k").await;
    assert_eq!(again.payload.to_json()["folder"], "taken", "{}", told(&again));
    bench.ok("release_order", id("PO-1.csv"), "k").await;
    bench.ok("release_order", id("PO-1.csv"), "k").await;
    assert_eq!((place.names("taken"), place.names("archive")), (vec![], vec!["PO-1.csv".to_owned()]));
    // The same file comes a second time: the first is not written over.
    place.put("in/PO-1.csv", &order("PO-1"));
    bench.ok("take_order", id("PO-1.csv"), "k2").await;
    let second = bench.call("release_order", id("PO-1.csv"), "k2").await;
    assert_eq!(second.class, Class::Conflict, "{}", told(&second));
    bench.ok("reject_order", id("PO-1.csv"), "k2").await;
    assert_eq!(place.names("error"), ["PO-1.csv"]);
    let gone = bench.call("take_order", id("PO-77.csv"), "k").await;
    assert_eq!(gone.class, Class::NotFound, "{}", told(&gone));
}

async fn one_of_many_gets_a_file(place: &Place) {
    place.put("in/PO-10.csv", &order("PO-10"));
    let benches: Vec<Bench> = (0..4).map(|_| place.bench()).collect();
    let taken = futures::future::join_all(benches.iter().map(|bench| bench.call("take_order", id("PO-10.csv"), "k"))).await;
    let moved = taken.iter().filter(|one| one.attempts.last().is_some_and(|attempt| attempt.response.contains("\"moved\":true"))).count();
    let classes: Vec<String> = taken.iter().map(told).collect();
    assert_eq!(moved, 1, "{classes:?}");
    assert!(taken.iter().all(|one| matches!(one.class, Class::Ok | Class::NotFound)), "{classes:?}");
    assert_eq!(place.names("taken"), ["PO-10.csv"]);
}

/// A text in GBK, by the system's own tool.
fn gbk(text: &str) -> Vec<u8> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut iconv = Command::new("iconv").args(["-f", "UTF-8", "-t", "GBK"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let iconv = iconv.as_mut().expect("iconv is there");
    iconv.stdin.take().expect("piped").write_all(text.as_bytes()).expect("it reads");
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut iconv.stdout.take().expect("piped"), &mut bytes).expect("it writes");
    assert!(iconv.wait().expect("it ends").success());
    bytes
}

/// What an ERP in China exports, and takes back.
async fn files_in_gbk_are_read_and_written(place: &Place) {
    let text = gallery("folder")
        .replace("unchanged_for: 5s", "unchanged_for: 300ms")
        .replace("as: {kind: csv, ", "as: {kind: csv, encoding: gbk, ")
        .replace("      into: ", "      encoding: gbk\n      into: ");
    assert_eq!(text.matches("encoding: gbk").count(), 2, "{text}");
    let bench = Bench::new(&text, &place.settings, vec![place.root.clone()]);
    std::fs::write(place.root.join("in/gbk-1.csv"), gbk(&order("PO-9"))).expect("writable");
    let performed = bench.call("get_order", id("gbk-1.csv"), "k").await;
    assert_eq!(performed.class, Class::Ok, "{}", told(&performed));
    assert_eq!(performed.payload.to_json()["content"][0]["supplier_name"], "华东, 钢铁");
    std::fs::remove_file(place.root.join("in/gbk-1.csv")).expect("removable");
    let payable = |number: &str, supplier: &str| json!({"reference": number, "supplier_code": supplier, "number": "INV-1", "amount": "1.00", "currency": "CNY", "due_date": "2026-12-20"});
    bench.ok("create_payable", payable("gbk-1", "华东钢铁"), "k").await;
    bench.ok("create_payable", payable("gbk-1", "华东钢铁"), "k").await;
    let written = std::fs::read(place.root.join("out/payable-gbk-1.csv")).expect("written");
    let wanted = gbk("华东钢铁");
    assert!(written.windows(wanted.len()).any(|bytes| bytes == wanted), "{written:x?}");
    let lost = bench.call("create_payable", payable("gbk-2", "𠀀"), "k2").await;
    assert_eq!(lost.class, Class::Refused, "{}", told(&lost));
    assert!(lost.message.is_some_and(|message| message.contains("GBK does not have")));
    assert_eq!(place.names("out"), ["payable-gbk-1.csv"], "nothing half written lies there");
    std::fs::remove_file(place.root.join("out/payable-gbk-1.csv")).expect("removable");
}

async fn what_cannot_be_read_goes_aside(place: &Place) {
    let bench = place.bench();
    place.put("in/short.csv", &format!("{}PO-9,C1\n", order("PO-9")));
    let short = bench.call("get_order", id("short.csv"), "k").await;
    assert_eq!((short.class, short.cause), (Class::Refused, Some(Cause::DataWrong)), "{}", told(&short));
    let message = short.message.expect("words");
    assert!(message.contains("line 3 has 2 cells where the head has 18") && message.contains("moved to `error`"), "{message}");
    // Whoever asks later learns the same, and not that it is gone.
    let again = bench.call("get_order", id("short.csv"), "k").await;
    assert!(again.class == Class::Refused && again.message.as_ref().is_some_and(|message| message.contains("line 3")), "{}", told(&again));
    place.put("in/huge.csv", &"x".repeat(65 * 1024));
    let huge = bench.call("get_order", id("huge.csv"), "k").await;
    assert_eq!(huge.class, Class::Refused, "{}", told(&huge));
    std::fs::write(place.root.join("in/gbk.csv"), b"number\n\xd6\xd0\n").expect("writable");
    let gbk = bench.call("get_order", id("gbk.csv"), "k").await;
    assert!(gbk.message.is_some_and(|message| message.contains("line 2 is not UTF-8")));
    assert_eq!(place.names("error"), ["PO-1.csv", "gbk.csv", "huge.csv", "short.csv"]);
}

fn payable(amount: &str) -> Json {
    json!({"supplier_code": "=HYPERLINK(\"x\")", "number": "AP-1", "amount": amount, "currency": "CNY", "due_date": "2026-12-31"})
}

async fn a_file_is_written_once(place: &Place) {
    let benches: Vec<Bench> = (0..4).map(|_| place.bench()).collect();
    let written = futures::future::join_all(benches.iter().map(|bench| bench.call("create_payable", payable("-1130.00"), "po-1-a"))).await;
    let classes: Vec<String> = written.iter().map(told).collect();
    assert!(written.iter().all(|one| one.class == Class::Ok), "{classes:?}");
    assert_eq!(place.names("out"), ["payable-po-1-a.csv"], "whole, once, and nothing half written beside it");
    let text = std::fs::read_to_string(place.root.join("out/payable-po-1-a.csv")).expect("readable");
    assert_eq!(
        text,
        "number,supplier_code,amount,currency,due_date,purchase_order\nAP-1,\"'=HYPERLINK(\"\"x\"\")\",-1130.00,CNY,2026-12-31,\n"
    );
    let bench = &benches[0];
    let found = bench.ok("find_payable", json!({"reference": "po-1-a"}), "k").await;
    assert_eq!(found["external_id"], "payable-po-1-a.csv");
    let other = bench.call("create_payable", payable("2.00"), "po-1-a").await;
    assert_eq!(other.class, Class::Conflict, "{}", told(&other));
    assert_eq!(bench.call("find_payable", json!({"reference": "po-1-b"}), "k").await.class, Class::NotFound);
    // Fetched by its receiver it is still found.
    std::fs::rename(place.root.join("out/payable-po-1-a.csv"), place.root.join("fetched/payable-po-1-a.csv")).expect("movable");
    bench.ok("find_payable", json!({"reference": "po-1-a"}), "k").await;
    let late = bench.call("withdraw_payable", id("payable-po-1-a.csv"), "k").await;
    assert_eq!(late.class, Class::NotFound, "{}", told(&late));
}

async fn nothing_leads_out_of_the_place(place: &Place) {
    let bench = place.bench();
    for name in ["../in/PO-1.csv", "/etc/passwd", "..", ".hidden", "a\u{0}b", "in/PO-1.csv", ""] {
        let climbing = bench.call("get_order", json!({"id": name}), "k").await;
        assert_eq!((climbing.class, climbing.attempts.len()), (Class::Refused, 0), "{name}: {}", told(&climbing));
    }
    // A link is no file, and a folder that is a link is no folder.
    let link = bench.call("get_order", id("PO-6.csv"), "k").await;
    assert_eq!(link.class, Class::NotFound, "{}", told(&link));
    let elsewhere = tempfile::tempdir().expect("a folder");
    std::fs::write(elsewhere.path().join("secret.csv"), order("S")).expect("writable");
    std::os::unix::fs::symlink(elsewhere.path(), place.root.join("lure")).expect("a link");
    let settings = place.settings.replacen('{', "{inbox: lure, ", 1);
    let lured = Bench::new(&gallery("folder"), &settings, vec![place.root.clone()]);
    let followed = lured.call("take_order", id("secret.csv"), "k").await;
    assert_eq!(followed.class, Class::Refused, "{}", told(&followed));
    assert!(elsewhere.path().join("secret.csv").exists());
    let climbing = place.settings.replacen('{', "{inbox: \"../in\", ", 1);
    let climbed = Bench::new(&gallery("folder"), &climbing, vec![place.root.clone()]).call("list_orders", json!({}), "k").await;
    assert_eq!((climbed.class, climbed.attempts.len()), (Class::Refused, 0), "{}", told(&climbed));
    std::fs::remove_file(place.root.join("lure")).expect("removable");
}
