//! Sealed content on both databases: what lies in their tables, and what does not open.

use crate::columns::{documented, everything, places};
use crate::fixtures::*;
use crate::own::drift;
use crate::reconcile::{run, step};
use crate::world::{MASTER, run_sql, sealing, with_database};
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use uuid::Uuid;
use waybill::runtime::{Keyring, content::key_number};
use waybill::store::desk::*;
use waybill::store::identity::SecretRow;
use waybill::store::sealed::{CONTENT_KEY_PREFIX, Sealed};
use waybill::store::*;

/// Something that an order says.
const CANARY: &str = "Canary 6222-0001";
/// Something that a document of another type says.
const OPEN: &str = "Sparrow 5111-0002";
const NEWER: (&str, &str) = ("2027", "fedcba9876543210fedcba9876543210");
const STRANGER: (&str, &str) = ("2026", "another key that has the same name");

/// A database, and the store that knows nothing of sealing.
struct Ground {
    url: String,
    plain: Arc<dyn Store>,
}

async fn on_both<F: Future<Output = ()> + Send + 'static>(case: impl Fn(Ground) -> F + Send + Sync + Clone + 'static) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.sqlite").display());
    let plain = connect(&url, Options::default()).await.unwrap();
    plain.migrate().await.unwrap();
    case(Ground { url, plain: plain.clone() }).await;
    plain.close().await;
    with_database(move |url| async move {
        let plain = connect(&url, Options { connections: 3, view_connections: 2, ..Options::default() }).await.unwrap();
        plain.migrate().await.unwrap();
        case(Ground { url, plain: plain.clone() }).await;
        plain.close().await;
    })
    .await;
}

impl Ground {
    /// The store that seals, as the hub has it.
    async fn sealed(&self) -> Arc<dyn Store> {
        let sealed = sealing(&self.plain, &[MASTER]);
        sealed.ready().await.unwrap();
        sealed
    }

    /// Runs SQL on the database behind the store's back; ids are of tests, so they need no quoting.
    async fn behind(&self, postgres: &str, sqlite: &str) {
        match self.url.strip_prefix("sqlite:") {
            None => run_sql(&self.url, postgres).await,
            Some(path) => {
                use sqlx::Connection;
                let mut connection = sqlx::SqliteConnection::connect(path).await.unwrap();
                sqlx::raw_sql(sqlx::AssertSqlSafe(sqlite.to_owned())).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }
}

fn said(what: &str) -> String {
    serde_json::json!({"said": what}).to_string()
}

/// A document with something in every text that may hold what it says.
fn told(number: u64, kind: &str, what: &str) -> (Writes, InstanceRow) {
    let (text, words) = (said(what), Some(format!("no supplier is called {what}")));
    let of = DocumentRow { kind: kind.into(), display: text.clone(), ..document(number) };
    let run = InstanceRow { state: text.clone(), ..instance(number, &of) };
    let named = |name: &str| id(name, number);
    let writes = Writes {
        documents_new: vec![of.clone()],
        revisions: vec![RevisionRow { body: text.clone(), payload: text.clone(), ..revision(&of, 1) }],
        amendments: vec![AmendmentRow {
            tenant: TENANT,
            document: of.id,
            number: 1,
            at: at(1),
            actor: "ana".into(),
            reason: words.clone().unwrap(),
            changes: text.clone(),
        }],
        instances_new: vec![run.clone()],
        history: vec![HistoryRow { tenant: TENANT, instance: run.id, lock: 1, at: at(1), entries: text.clone() }],
        decisions: vec![DecisionRow {
            id: named("decision"),
            tenant: TENANT,
            instance: run.id,
            number: 1,
            at: at(1),
            step: Some("ask".into()),
            visit: Some(1),
            task: Some(0),
            round: 1,
            person: "e1001".into(),
            on_behalf_of: None,
            verb: "approve".into(),
            why: words.clone(),
            comment: words.clone(),
            attachments: text.clone(),
            changes: text.clone(),
            named: "[]".into(),
            token: None,
        }],
        waiting: vec![WaitingRow {
            id: named("waiting"),
            tenant: TENANT,
            instance: run.id,
            step: "ask".into(),
            visit: 1,
            person: "e1001".into(),
            channel: "mail".into(),
            due: at(1),
            created_at: at(1),
            task: None,
            event: "task".into(),
            subject: words.clone().unwrap(),
            text: words.clone().unwrap(),
            url: "/tasks".into(),
            bundle: None,
        }],
        exceptions: vec![ExceptionRow { message: words.clone().unwrap(), ..exception(number, &run) }],
        effects: vec![queued(EffectRow { work: text.clone(), delivery: text.clone(), ..effect(number, &run, &format!("oa_{kind}")) })],
        drifts: vec![DriftRow { ours: words.clone(), theirs: words, ..drift(number, &of, "supplier.name", 1) }],
        ..Writes::default()
    };
    (writes, run)
}

/// The same of what comes in, of attempts, and of what people do at the desk; all of it about no document in particular.
async fn told_besides(store: &Arc<dyn Store>, run: &InstanceRow, connection: &str, what: &str) {
    let (text, words) = (said(what), Some(format!("no supplier is called {what}")));
    let came = NewMessage { payload: text.clone(), ..message(1) };
    store.receive(std::slice::from_ref(&came), &lease("a", 30)).await.unwrap();
    let learnt = Deferral {
        id: came.id,
        tenant: TENANT,
        due_at: at(900),
        state: "parked".into(),
        external_id: Some("A1".into()),
        heard: Some(text.clone()),
        problem: words.clone(),
    };
    store.defer_messages(&[learnt]).await.unwrap();
    let own = NewMessage { payload: text.clone(), connection: "hub".into(), event: "hub".into(), ..message(2) };
    write(store, Writes { messages_new: vec![(own, lease("a", 900))], ..Writes::default() }).await;
    let claimed = claim(store, "a", 10, 60, connection).await.remove(0);
    let tried = AttemptRow { message: words.clone(), request: text.clone(), response: text.clone(), ..attempt(&claimed.effect, 0, 10) };
    let progress = Progress { delivery: text.clone(), attempts: vec![tried], ..report(&claimed, "failed", 20) };
    assert_eq!(store.record_progress(&[progress]).await.unwrap(), [Fenced::Held]);
    let desk = store.desk();
    let note = NoteRow {
        id: id("note", 1),
        tenant: TENANT,
        exception: exception(1, run).id,
        at: at(5),
        kind: "comment".into(),
        actor: "ana".into(),
        text: words.clone().unwrap(),
    };
    desk.add_note(&note).await.unwrap();
    let assigned = NoteRow { id: id("note", 2), kind: "assigned".into(), at: at(6), ..note.clone() };
    let assignment =
        Assignment { tenant: TENANT, exception: note.exception, before: None, assignee: Some("ana".into()), note: assigned.clone() };
    assert!(desk.assign(&assignment).await.unwrap());
    assert_eq!(desk.notes(TENANT, note.exception).await.unwrap(), [note, assigned]);
    let frozen = NewSelection {
        id: Uuid::from_u128(1),
        tenant: TENANT,
        created_at: at(100),
        expires_at: at(200),
        actor: "ana".into(),
        filter: "{}".into(),
        chosen: Chosen::Exceptions(ExceptionChoice::all(TENANT)),
    };
    desk.freeze(&frozen, 10).await.unwrap();
    let batch = BatchRow {
        id: Uuid::from_u128(7),
        tenant: TENANT,
        selection: frozen.id,
        resource: "exceptions".into(),
        action: "amend".into(),
        arguments: text.clone(),
        actor: "ana".into(),
        reason: Some("back".into()),
        dry_run: true,
        per_minute: 600,
        total: 0,
        state: "running".into(),
        frozen_at: at(100),
        created_at: at(100),
        updated_at: at(100),
        finished_at: None,
    };
    assert!(desk.start_batch(&batch).await.unwrap() > 0);
    let items = desk.claim_items(&lease("a", 160), at(100), 9).await.unwrap().unwrap();
    assert_eq!(items.batch.arguments, text);
    let outcome = ItemOutcome {
        tenant: TENANT,
        batch: batch.id,
        position: items.items[0].position,
        attempts: 1,
        state: "done".into(),
        code: None,
        message: words.clone(),
        detail: Some(text.clone()),
    };
    assert_eq!(desk.record_items(&[outcome], "a", at(110)).await.unwrap(), [Fenced::Held]);
    let choice = ItemChoice { tenant: TENANT, batch: batch.id, state: Some("done".into()), after: 0, limit: 9 };
    let item = desk.batch_items(&choice).await.unwrap().remove(0);
    assert_eq!((item.message, item.detail), (words, Some(text.clone())));
    assert_eq!(desk.batch(TENANT, batch.id).await.unwrap().unwrap().0.arguments, text);
    // What is in a file is base64 however it lies there; its name says what it is.
    let mut kept = crate::files::file(1, run.id, "ana", 1);
    (kept.file.name, kept.file.sha256) = (format!("{what}.pdf"), what.to_owned());
    assert!(desk.keep_file(&kept, 9).await.unwrap());
    assert_eq!(desk.file_content(TENANT, kept.file.id).await.unwrap(), Some(kept.clone()));
    assert_eq!(desk.files(TENANT, run.id).await.unwrap(), [kept.file]);
    let question = Question { key: Uuid::from_u128(3), tenant: TENANT, fingerprint: "f".into(), now: at(1), busy_until: at(60) };
    assert_eq!(store.begin_answer(&question).await.unwrap(), Begun::Yours);
    let answer = Answer { status: 200, body: text };
    store.finish_answer(TENANT, question.key, Some(&answer)).await.unwrap();
    assert_eq!(store.begin_answer(&question).await.unwrap(), Begun::Answered(answer));
}

/// What a partner says when it cannot be read: a stream, a run of reconciliation, who works there.
async fn told_by_readings(store: &Arc<dyn Store>, what: &str) {
    let words = Some(format!("no supplier is called {what}"));
    let desk = store.desk();
    let key = StreamKey { tenant: TENANT, connection: "erp".into(), stream: "orders".into() };
    let read = store.claim_streams(&lease("a", 30), at(0), std::slice::from_ref(&key), 9).await.unwrap().remove(0);
    let stuck = StreamCursor { problem: words.clone(), failures: 1, ..read };
    assert_eq!(store.save_cursor(&stuck, at(60)).await.unwrap(), Fenced::Held);
    assert_eq!(desk.streams(TENANT).await.unwrap()[0].problem, words);
    let again = store.claim_streams(&lease("a", 90), at(60), &[key], 9).await.unwrap().remove(0);
    assert_eq!((&again.problem, store.save_cursor(&again, at(90)).await.unwrap()), (&words, Fenced::Held));

    let other = ReconciliationRow { connection: "oa".into(), ..run(2) };
    store.plan_reconciliations(&[run(1), other]).await.unwrap();
    let claimed = store.claim_reconciliations(&lease("a", 30), at(10), 10).await.unwrap();
    let first = claimed.into_iter().find(|claimed| claimed.id == run(1).id).unwrap();
    let held_up = ReconciliationRow { problem: words.clone(), statement: said(what), ..first };
    assert_eq!(store.record_reconciliation(&step(&held_up, 30)).await.unwrap(), Fenced::Held);
    assert!(store.cancel_reconciliation(TENANT, run(2).id, &words.clone().unwrap(), at(40)).await.unwrap());
    let filter = ReconciliationFilter { tenant: TENANT, connection: None, state: None, id: None };
    let rows = store.reconciliations(&filter, &page(10)).await.unwrap();
    assert_eq!(rows.iter().map(|row| &row.problem).collect::<Vec<_>>(), [&words, &words]);
    assert!(rows.iter().any(|row| row.statement == said(what)));
    let heirs = store.claim_reconciliations(&lease("b", 90), at(30), 10).await.unwrap();
    assert_eq!((&heirs[0].problem, &heirs[0].statement), (&words, &said(what)));

    let row = OrganisationRow {
        tenant: TENANT,
        source: "oa".into(),
        tried_at: at(1),
        read_at: None,
        due_at: at(60),
        hash: String::new(),
        content: String::new(),
        held: None,
        problem: words,
        readings: said(what),
    };
    assert!(desk.keep_organisation(&row, None).await.unwrap());
    assert_eq!(desk.organisations(TENANT).await.unwrap(), [row]);
}

/// A document of the marked type and one of another, told everywhere.
async fn filled(ground: &Ground) -> (Arc<dyn Store>, InstanceRow, InstanceRow) {
    let store = ground.sealed().await;
    let ((ours, run), (others, other)) = (told(1, "purchase_order", CANARY), told(2, "payable", OPEN));
    write(&store, ours).await;
    write(&store, others).await;
    told_besides(&store, &run, "oa_purchase_order", CANARY).await;
    told_by_readings(&store, CANARY).await;
    (store, run, other)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_table_holds_what_a_sealed_document_says_and_the_page_lists_the_columns() {
    on_both(|ground| async move {
        let (_, _, _) = filled(&ground).await;
        let cells = everything(&ground.url).await;
        assert_eq!(places(&cells, CANARY), BTreeSet::new(), "in plain");
        assert_eq!(places(&cells, "6222-0001"), BTreeSet::new(), "in plain");
        let sealed: BTreeSet<String> =
            cells.iter().filter(|cell| key_number(&cell.text).is_some()).map(|cell| format!("{}.{}", cell.table, cell.column)).collect();
        assert_eq!(sealed, documented("What is sealed"), "the page says which columns are sealed");
        // The business key is searched for, so it lies where the page says, and in no other column.
        let keyed = places(&cells, "PO-1");
        assert!(keyed.contains("document.key"), "the search finds what is there");
        assert_eq!(keyed.difference(&documented("What stays readable")).collect::<Vec<_>>(), Vec::<&String>::new());
        // Rows of other types stay as they are: were they sealed too, or the search blind, this would be empty.
        let open = places(&cells, OPEN);
        let expected = [
            "revision.body",
            "payload.payload",
            "instance.state",
            "history.entries",
            "effect.work",
            "effect.delivery",
            "exception.message",
            "decision.comment",
            "drift.ours",
        ];
        assert!(expected.iter().all(|place| open.contains(*place)), "{open:?}");
        if let Some(path) = ground.url.strip_prefix("sqlite:") {
            for file in [path.to_owned(), format!("{path}-wal")] {
                let bytes = std::fs::read(file).unwrap_or_default();
                assert!(!String::from_utf8_lossy(&bytes).contains(CANARY), "nor does a page that is free again");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_reads_through_the_store_sees_documents_as_ever() {
    on_both(|ground| async move {
        let (store, run, _) = filled(&ground).await;
        let (document, text) = (run.document, said(CANARY));
        let view = store.document(TENANT, document).await.unwrap().unwrap();
        assert_eq!(view.document.display, text);
        assert_eq!((view.instances[0].state.as_str(), view.drifts[0].ours.as_deref().unwrap_or_default().contains(CANARY)), (&*text, true));
        let revision = store.revision(TENANT, document, 1).await.unwrap().unwrap();
        assert_eq!((&revision.body, &revision.payload), (&text, &text));
        assert_eq!(store.desk().amendments(TENANT, document).await.unwrap()[0].changes, text);
        assert_eq!(store.instance(TENANT, run.id).await.unwrap().unwrap().state, text);
        assert_eq!(store.history(TENANT, run.id, Onward::all()).await.unwrap()[0].entries, text);
        let effect = store.effects(TENANT, run.id, Onward::all()).await.unwrap().remove(0);
        assert_eq!((&effect.work, &effect.delivery), (&text, &text));
        let attempt = store.attempts(TENANT, run.id, Onward::all()).await.unwrap().remove(0);
        assert_eq!((&attempt.request, &attempt.response), (&text, &text));
        assert!(attempt.message.unwrap().contains(CANARY));
        assert_eq!(store.desk().decisions(TENANT, run.id).await.unwrap()[0].changes, text);
        let beside = store.desk().beside(TENANT, &[document.0]).await.unwrap();
        assert!(beside.exceptions[0].message.contains(CANARY));
        let groups = store.desk().exception_groups(&ExceptionChoice::all(TENANT), 10).await.unwrap();
        assert!(groups.iter().any(|group| group.newest.message.contains(CANARY) || group.newest.message.contains(OPEN)));
        let waiting = store.messages(TENANT, &page(10)).await.unwrap();
        assert_eq!((&waiting[0].new.payload, waiting[0].heard.as_ref()), (&text, Some(&text)));
        assert_eq!(store.claim_messages(&lease("b", 990), at(950), 10).await.unwrap().len(), 2);
        let loaded = load(&store, Keys { instances: vec![run.id], documents: vec![document], ..Keys::default() }).await;
        assert_eq!((&loaded.revisions[0].body, &loaded.instances[0].state, &loaded.documents[0].display), (&text, &text, &text));
        // Neither by content nor by amount: the database cannot read it.
        let piece = DocumentChoice { body: Some(CANARY.into()), ..DocumentChoice::all(TENANT) };
        assert!(store.desk().search(&piece, &page(10)).await.unwrap().is_empty());
    })
    .await;
}

/// What a read comes to that meets a sealed text which does not open.
fn closed<T: std::fmt::Debug>(read: Result<T>, table: &str, column: &str) -> String {
    match read.expect_err("it does not open") {
        Error::Sealed { table: at, column: of, reason, .. } => {
            assert_eq!((at, of), (table, column), "{reason}");
            reason
        }
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_was_moved_to_another_row_does_not_open() {
    on_both(|ground| async move {
        let (store, run, _) = filled(&ground).await;
        let (third, _) = told(3, "purchase_order", CANARY);
        let there = third.documents_new[0].id;
        write(&store, third).await;
        let swapped = |id: fn(Uuid) -> String| {
            let (from, to) = (id(run.document.0), id(there.0));
            format!(
                "UPDATE revision SET body = (SELECT body FROM revision WHERE document_id = {from}) WHERE document_id = {to};
                     UPDATE document SET display = (SELECT display FROM document WHERE id = {from}) WHERE id = {to};"
            )
        };
        ground.behind(&swapped(|id| format!("'{id}'")), &swapped(|id| format!("x'{}'", id.simple()))).await;
        let reason = closed(store.revision(TENANT, there, 1).await, "revision", "body");
        assert!(reason.contains("for another row"), "{reason}");
        closed(store.desk().documents_by_id(TENANT, &[there.0]).await, "document", "display");
        let keys = Keys { documents: vec![there], ..Keys::default() };
        let decided = decide(&store, keys, |_| panic!("nothing is decided on what does not open")).await;
        closed(decided, "document", "display");
        // Its neighbour is not harmed, and nothing was written in the transaction that did not open.
        assert_eq!(store.revision(TENANT, run.document, 1).await.unwrap().unwrap().body, said(CANARY));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_master_key_content_is_refused_by_name() {
    on_both(|ground| async move {
        let (_, run, other) = filled(&ground).await;
        for (masters, words) in
            [(vec![NEWER], "`2026`, which is not in `store.master_keys`"), (vec![], "no master key"), (vec![STRANGER], "is another one")]
        {
            let store: Arc<Sealed> = sealing(&ground.plain, &masters);
            let reason = closed(store.revision(TENANT, run.document, 1).await, "revision", "body");
            assert!(reason.contains(words), "{reason}");
            assert!(store.revision(TENANT, other.document, 1).await.is_ok(), "other types are read");
            // Nor is anything written in plain meanwhile.
            let error = store.ready().await.unwrap_err();
            assert!(matches!(&error, Error::Unavailable(why) if why.to_string().contains(words)), "{error}");
            let (more, _) = told(4, "purchase_order", CANARY);
            let store: Arc<dyn Store> = store;
            assert!(matches!(decide(&store, Keys::default(), |_| more).await, Err(Error::Unavailable(_))));
        }
        assert_eq!(places(&everything(&ground.url).await, CANARY), BTreeSet::new());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_master_key_wraps_the_content_key_and_no_row_of_content_is_touched() {
    on_both(|ground| async move {
        let (_, run, _) = filled(&ground).await;
        let lies = |cells: Vec<crate::columns::Cell>| -> Vec<String> {
            cells.into_iter().filter(|cell| cell.table == "revision" && cell.column == "body").map(|cell| cell.text).collect()
        };
        let before = lies(everything(&ground.url).await);
        // As `waybill secrets rewrap` does for every secret of the tenant.
        let secrets: Vec<(&str, secrecy::SecretString)> = [NEWER, MASTER].map(|(id, text)| (id, text.into())).into();
        let ring = Keyring::new(secrets.iter().map(|(id, secret)| (*id, secret))).unwrap();
        let rows = ground.plain.identity().secrets(TENANT).await.unwrap();
        assert_eq!(
            rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(),
            [format!("{CONTENT_KEY_PREFIX}1")],
            "one key for all of it"
        );
        let envelope =
            waybill::runtime::Envelope { master: rows[0].master.clone(), wrapped: rows[0].wrapped.clone(), sealed: rows[0].sealed.clone() };
        let wrapped = ring.rewrap(&envelope, &rows[0].purpose()).unwrap();
        let after = SecretRow { master: wrapped.master, wrapped: wrapped.wrapped, ..rows[0].clone() };
        assert!(ground.plain.identity().rewrap_secret(&rows[0], &after).await.unwrap());
        let newer = sealing(&ground.plain, &[NEWER]);
        assert_eq!(newer.revision(TENANT, run.document, 1).await.unwrap().unwrap().body, said(CANARY));
        assert_eq!(lies(everything(&ground.url).await), before);
        let error = sealing(&ground.plain, &[MASTER]).ready().await.unwrap_err();
        assert!(error.to_string().contains("`2027`"), "{error}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_begin_at_once_share_one_key() {
    on_both(|ground| async move {
        let stores: Vec<Arc<Sealed>> = (0..6).map(|_| sealing(&ground.plain, &[MASTER])).collect();
        for ready in futures::future::join_all(stores.iter().map(|store| store.ready())).await {
            ready.unwrap();
        }
        for (number, store) in (1..).zip(&stores) {
            let (writes, _) = told(number, "purchase_order", CANARY);
            let store: Arc<dyn Store> = store.clone();
            write(&store, writes).await;
        }
        for number in 1..=stores.len() as u64 {
            for store in &stores {
                let read = store.revision(TENANT, document(number).id, 1).await.unwrap().unwrap();
                assert_eq!(read.body, said(CANARY));
            }
        }
        assert_eq!(ground.plain.identity().secrets(TENANT).await.unwrap().len(), 1);
    })
    .await;
}

/// The same batch of a type that is not marked, and even of one that is: not one statement more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealing_asks_the_database_for_nothing_more() {
    on_both(|ground| async move {
        let store = ground.sealed().await;
        let mut asked = Vec::new();
        for (number, kind, through) in
            [(1, "payable", &ground.plain), (2, "payable", &store), (3, "purchase_order", &ground.plain), (4, "purchase_order", &store)]
        {
            let committed = write(through, told(number, kind, OPEN).0).await;
            asked.push((committed.statements, committed.rows));
        }
        assert_eq!(asked, [asked[0]; 4]);
    })
    .await;
}

/// A mark that comes later, and one that is taken back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_from_before_a_mark_stay_readable_and_those_from_before_it_went_too() {
    on_both(|ground| async move {
        let (before, run) = told(1, "purchase_order", OPEN);
        write(&ground.plain, before).await;
        let store = ground.sealed().await;
        let view = store.document(TENANT, run.document).await.unwrap().unwrap();
        assert_eq!(view.instances[0].state, said(OPEN));
        let keys = Keys { instances: vec![run.id], ..Keys::default() };
        let changed = decide(&store, keys, |loaded| {
            let row = InstanceRow { state: said(CANARY), ..loaded.instances[0].clone() };
            Writes { instances_changed: vec![row], ..Writes::default() }
        });
        changed.await.unwrap();
        let cells = everything(&ground.url).await;
        assert!(!places(&cells, OPEN).contains("instance.state"), "the next change seals what it writes");
        assert!(places(&cells, OPEN).contains("revision.body"), "what nobody writes again stays as it was");
        assert_eq!(places(&cells, CANARY), BTreeSet::new());
        // The mark is taken back: what was sealed opens, what comes is plain.
        let unmarked = sealing(&ground.plain, &[MASTER]);
        unmarked.mark(TENANT, waybill::store::sealed::Marked::default());
        assert_eq!(unmarked.instance(TENANT, run.id).await.unwrap().unwrap().state, said(CANARY));
        let (after, _) = told(2, "purchase_order", "Finch 3000");
        let unmarked: Arc<dyn Store> = unmarked;
        write(&unmarked, after).await;
        assert!(places(&everything(&ground.url).await, "Finch 3000").contains("revision.body"));
    })
    .await;
}

/// A partner's or a person's words may begin as sealed texts do; they are read as they were said, but for a space.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_look_sealed_are_read_all_the_same() {
    on_both(|ground| async move {
        let store = ground.sealed().await;
        let words = "sealed:1:1:AAAA";
        for (number, kind) in [(1, "purchase_order"), (2, "payable")] {
            let (mut writes, run) = told(number, kind, "x");
            writes.exceptions[0].message = words.into();
            writes.decisions[0].comment = Some(words.into());
            write(&store, writes).await;
            let filter = ExceptionFilter { tenant: TENANT, state: None, cause: None, instance: Some(run.id), id: None };
            assert_eq!(store.exceptions(&filter, &page(5)).await.unwrap()[0].message, format!(" {words}"));
            assert_eq!(store.desk().decisions(TENANT, run.id).await.unwrap()[0].comment.as_deref(), Some(" sealed:1:1:AAAA"));
        }
        let came = NewMessage { payload: words.into(), ..message(1) };
        store.receive(std::slice::from_ref(&came), &lease("a", 30)).await.unwrap();
        assert_eq!(store.claim_messages(&lease("b", 90), at(40), 5).await.unwrap()[0].new.payload, format!(" {words}"));
    })
    .await;
}
