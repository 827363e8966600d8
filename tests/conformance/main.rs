//! Every connector against every fault: each is driven through the real gateway (and where flows matter through the real
//! hub) against the vendor's mock. `table.rs` says what cannot befall a vendor, and why; a connector without a row fails.

#![expect(clippy::print_stdout, reason = "the table for whoever runs it with --nocapture")]

mod batch;
mod bench;
mod faults;
#[path = "../support/hub.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod hub;
mod mock;
#[path = "../vendors/partners/mod.rs"]
mod partners;
mod table;
#[path = "../vendors/world.rs"]
#[expect(dead_code, reason = "other tests use other parts")]
mod world;

use std::collections::BTreeSet;
use std::path::Path;
use table::{Fault, ROWS, Row, WITHOUT_MOCK};

/// Drives one column, all rows at a time; says which of them failed.
async fn column(fault: Fault) {
    let driven: Vec<_> = ROWS.iter().filter(|row| row.cannot(fault).is_none()).collect();
    assert!(!driven.is_empty(), "{fault:?} befalls nobody");
    let mut failed = Vec::new();
    let all = async {
        let spawn = |row: &'static Row| (row.connector, tokio::task::spawn_local(faults::drive(fault, row)));
        let runs: Vec<_> = driven.into_iter().map(spawn).collect();
        for (connector, run) in runs {
            if run.await.is_err() {
                failed.push(connector);
            }
        }
    };
    tokio::task::LocalSet::new().run_until(all).await;
    assert!(failed.is_empty(), "{fault:?}: {failed:?}; their own words stand above");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_that_lapse_in_the_middle_are_renewed() {
    column(Fault::AuthLapse).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_last_page_loses_nothing_and_doubles_nothing() {
    column(Fault::PageBoundary).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_calls_are_a_pause_and_no_refusal() {
    column(Fault::Throttle).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_whose_answer_is_lost_is_found_again() {
    column(Fault::LostCreate).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_that_may_have_happened_is_neither_failed_nor_done() {
    column(Fault::AmbiguousWrite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn success_that_did_nothing_is_not_believed() {
    column(Fault::SilentNoOp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_answers_and_pages_are_no_answers() {
    column(Fault::Malformed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_revoked_after_approval_is_heard() {
    column(Fault::RevokedLater).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_before_the_answer_to_its_create_is_kept() {
    column(Fault::EarlyEvent).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_whose_answer_is_lost_is_written_once() {
    column(Fault::LostComment).await;
}

#[test]
fn every_connector_of_the_gallery_has_its_row() {
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("connectors")).expect("readable");
    let gallery: BTreeSet<String> = folders.map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    let rows: Vec<&str> = ROWS.iter().map(|row| row.connector).chain(WITHOUT_MOCK.iter().map(|(connector, _)| *connector)).collect();
    let known: BTreeSet<String> = rows.iter().map(|connector| (*connector).to_owned()).collect();
    assert_eq!(known, gallery);
    // A connector has one row, or one for each kind of system that it speaks to.
    let own: BTreeSet<(&str, &str)> = ROWS.iter().map(|row| (row.connector, row.connection)).collect();
    assert_eq!(own.len() + WITHOUT_MOCK.len(), rows.len());
}

#[test]
fn what_cannot_befall_says_why() {
    for row in ROWS {
        for (fault, why) in row.cannot {
            assert!(why.split_whitespace().count() >= 4, "{} {fault:?}: `{why}` is no reason", row.connector);
            assert_eq!(row.cannot.iter().filter(|(other, _)| other == fault).count(), 1, "{} {fault:?}", row.connector);
        }
        let cells: Vec<String> = Fault::ALL.iter().map(|fault| format!("{fault:?}: {}", row.cannot(*fault).unwrap_or("driven"))).collect();
        println!("{}\n  {}", row.connector, cells.join("\n  "));
    }
}
