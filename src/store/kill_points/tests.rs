//! The lists are complete, and what stands among the reads writes nothing.

use super::sources::Sources;
use super::*;
use std::collections::BTreeSet;

#[test]
fn a_point_is_named_with_its_side_and_its_passing() {
    let point = "decide:after:3".parse();
    assert_eq!(point, Ok(KillPoint { point: "decide", before: false, passing: 3 }));
    for wrong in ["", "decide", "decide:after", "decide:after:0", "decide:after:x", "decide:during:1", "counts:after:1", "decide:after:1:2"]
    {
        assert!(wrong.parse::<KillPoint>().is_err(), "{wrong}");
    }
}

/// Every method of the trait stands in one of the two lists, and those that commit pass their point.
#[test]
fn every_commit_has_a_point() {
    let name = |line: &str| line.trim_start().strip_prefix("fn ")?.split(['<', '(']).next().map(str::to_owned);
    let mut methods = BTreeSet::new();
    for (text, contract) in
        [(include_str!("../mod.rs"), "pub trait Store"), (include_str!("../reconciliation.rs"), "pub trait Reconciliations")]
    {
        let found = text.split(contract).nth(1).and_then(|rest| rest.split("\n}\n").next()).expect("the trait is there");
        methods.extend(found.lines().filter_map(name));
    }
    let listed: BTreeSet<String> = POINTS.iter().chain(READS).map(|name| (*name).to_owned()).collect();
    assert_eq!(methods, listed);
    assert_eq!(listed.len(), POINTS.len() + READS.len(), "no method stands in both lists");
    let desk: BTreeSet<String> = DESK.iter().filter_map(|(name, _)| name.strip_prefix("desk.")).map(str::to_owned).collect();
    let contract = include_str!("../desk/mod.rs").split("pub trait Desk").nth(1).and_then(|rest| rest.split("\n}\n").next());
    assert_eq!(contract.expect("the trait is there").lines().filter_map(name).collect::<BTreeSet<_>>(), desk);
    let door: BTreeSet<String> = IDENTITY.iter().filter_map(|(name, _)| name.strip_prefix("identity.")).map(str::to_owned).collect();
    let contract = include_str!("../identity/mod.rs").split("pub trait Identity").nth(1).and_then(|rest| rest.split("\n}\n").next());
    assert_eq!(contract.expect("the trait is there").lines().filter_map(name).collect::<BTreeSet<_>>(), door);
    let here = include_str!("../kill_points.rs");
    for point in POINTS {
        assert!(here.contains(&format!("self.commit(\"{point}\", self.inner.{point}(")), "`{point}` does not pass its point");
    }
}

/// The door and the desk speak one language to both engines; where each of their methods is written says the macro.
fn spoken(contract: &str) -> Vec<(String, bool, String)> {
    let line = |line: &str| {
        let line = line.trim().trim_end_matches(';');
        let commits = line.starts_with("commits ");
        let name = line.split_once(" fn ").filter(|_| commits || line.starts_with("reads "))?.1.split(['<', '(']).next()?;
        Some((name.to_owned(), commits, line.rsplit_once(" = ")?.1.to_owned()))
    };
    contract.lines().filter_map(line).collect()
}

/// Every method with where it is written and whether it commits, for each engine or for both at once.
fn written(sources: &Sources) -> Vec<(String, bool, String)> {
    let mut all = Vec::new();
    for engine in ["postgres", "sqlite"] {
        let reconcile = format!("{engine}::reconcile");
        for (name, commits) in POINTS.iter().map(|name| (*name, true)).chain(READS.iter().map(|name| (*name, false))) {
            // An engine may leave a method to the trait, where it then does nothing.
            let found = sources.method(&[engine, &reconcile], name);
            assert!(found.is_some() || !commits, "{engine} does not do `{name}`");
            all.extend(found.map(|place| (name.to_owned(), commits, place)));
        }
    }
    for (side, contract) in [("desk", include_str!("../desk/mod.rs")), ("identity", include_str!("../identity/mod.rs"))] {
        for (name, commits, path) in spoken(contract) {
            let places = sources.resolve(side, &path);
            assert!(!places.is_empty(), "`{path}` of `{side}.{name}` is not found");
            all.extend(places.into_iter().map(|place| (format!("{side}.{name}"), commits, place)));
        }
    }
    all
}

/// It finds out whether it could write, and takes it back.
const TAKES_BACK: &str = "ping";

/// A list alone could call a method that writes a read. Its SQL cannot: no read reaches a statement that writes, and, so that it
/// is known that ways are found, every commit reaches one.
#[test]
fn reads_reach_no_statement_that_writes_and_commits_reach_one() {
    let sources = Sources::read();
    let all = written(&sources);
    let listed = 2 * POINTS.len() + DESK.len() + IDENTITY.len();
    assert!(all.len() >= listed, "{} of more than {listed} methods", all.len());
    for (name, commits, place) in all {
        match sources.way_to_a_write(&place) {
            None => assert!(!commits, "`{name}` ({place}) counts as a commit and writes nothing"),
            Some(way) if name == TAKES_BACK => {
                let acts = way.iter().map(|item| sources.text(item)).find(|text| text.contains("begin()")).expect("a transaction");
                assert!(acts.contains(".rollback()") && !acts.contains(".commit()"), "`{name}` keeps what it writes: {way:?}");
            }
            Some(way) => assert!(commits, "`{name}` counts as a read and writes: {way:?}"),
        }
    }
}

/// The way leads through imports, constants, macros and functions of other modules; a lock is no write.
#[test]
fn a_write_is_found_behind_what_calls_it() {
    let mut sources = Sources::default();
    sources.add(
        "postgres",
        "use super::*;\nfn looks() {\n    Box::pin(views::looks(self))\n}\nfn locks() {\n    Box::pin(views::locks(self))\n}\n",
    );
    sources.add(
        "postgres::views",
        "use crate::store::{keys::{noted as kept, other}, rows};\nconst LOCK: &str = \"SELECT 1 FROM t FOR UPDATE OF t\";\n\
         pub(super) async fn looks() {\n    again!(tries(run))\n}\nasync fn tries() {\n    let touch = kept::<u8>(run);\n}\n\
         pub(super) async fn locks(touch: Touch) {\n    run.fetch(LOCK).bind(touch)\n}\nfn touch() {\n    run.write(TOUCH)\n}\n\
         const TOUCH: &str = \"UPDATE t SET seen = 1\";\n",
    );
    sources.add("keys", "pub fn noted() {\n    // An INSERT is spoken of.\n    super::postgres::views::touch(run)\n}\n");
    let way = sources.way_to_a_write("postgres::looks").expect("it writes");
    assert_eq!(way.last().map(String::as_str), Some("postgres::views::TOUCH"), "{way:?}");
    assert_eq!(way[1..5], ["postgres::views::looks", "postgres::views::tries", "keys::noted", "postgres::views::touch"]);
    assert_eq!(sources.way_to_a_write("postgres::locks"), None);
}
