use super::*;
use crate::domain::ids::{DocumentId, InstanceId};
use jiff::Timestamp;
use proptest::prelude::*;
use uuid::Uuid;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + seconds).unwrap()
}

/// An instance from `second kind step/visit` lines.
fn sample(number: u128, outcome: Option<&str>, ended: Option<i64>, lines: &[&str]) -> Sample {
    let line = |text: &&str| {
        let mut words = text.split(' ');
        let second: i64 = words.next().unwrap().parse().unwrap();
        let kind = words.next().unwrap().to_owned();
        let visit = words.next().and_then(|word| word.split_once('/')).map(|(step, number)| (step.to_owned(), number.parse().unwrap()));
        Line { at: at(second), kind, visit, connection: words.next().map(str::to_owned) }
    };
    Sample {
        instance: InstanceId(Uuid::from_u128(number)),
        document: DocumentId(Uuid::from_u128(1_000 + number)),
        started_at: at(0),
        ended_at: ended.map(at),
        status: if ended.is_some() { "ended" } else { "running" }.to_owned(),
        outcome: outcome.map(str::to_owned),
        lines: lines.iter().map(line).collect(),
    }
}

fn design() -> Design {
    Design { steps: ["check", "ask", "book", "free"].map(str::to_owned).to_vec(), containers: vec!["both".into()] }
}

fn look(samples: &[Sample]) -> Figures {
    measure(samples, &design(), None, at(1_000))
}

#[test]
fn figures_of_a_small_world_are_those_one_counts_by_hand() {
    let plain = sample(
        1,
        Some("approved"),
        Some(100),
        &["0 entered check/1", "2 called check/1 erp", "10 done check/1", "10 entered ask/1", "100 done ask/1"],
    );
    let turned = sample(2, Some("rejected"), Some(60), &["0 entered check/1", "20 done check/1", "20 entered ask/1", "60 done ask/1"]);
    let mended = sample(
        3,
        Some("approved"),
        Some(300),
        &[
            "0 entered check/1",
            "30 exception check/1",
            "40 command",
            "41 entered check/1",
            "50 done check/1",
            "50 entered ask/1",
            "90 left ask/1",
            "90 entered ask/2",
            "300 done ask/2",
        ],
    );
    let open = sample(4, None, None, &["0 entered check/1", "5 done check/1", "5 entered ask/1"]);
    let figures = look(&[plain, turned, mended, open]);
    assert_eq!(figures.statuses, [("ended".to_owned(), 3), ("running".to_owned(), 1)].into());
    assert_eq!(figures.outcomes, [("approved".to_owned(), 2), ("rejected".to_owned(), 1)].into());
    assert_eq!(figures.rejected, Share { count: 1, of: 3 });
    assert_eq!(figures.returned, Share { count: 1, of: 3 });
    assert_eq!(figures.straight, Share { count: 2, of: 3 });
    assert_eq!(figures.total.clock, Spread { count: 3, median: 100_000, p90: 300_000, max: 300_000 });
    let [check, ask] = &figures.steps[..] else { panic!("{:?}", figures.steps) };
    assert_eq!((check.visits, check.open, check.stopped, check.repeated), (4, 0, 1, 0));
    // A second try is the same visit: from its beginning to its end.
    assert_eq!(check.times.clock, Spread { count: 4, median: 10_000, p90: 50_000, max: 50_000 });
    assert_eq!(check.waits_on, ["erp"]);
    assert_eq!((ask.visits, ask.open, ask.repeated), (5, 1, 1));
    assert_eq!(ask.oldest_open_at, Some(at(5)));
    // What is open counts up to now: the longest of all.
    assert_eq!(ask.slowest[0], (DocumentId(Uuid::from_u128(1_004)), 995_000));
}

#[test]
fn branches_that_run_at_once_are_one_way_and_a_step_come_back_to_is_another() {
    let lines = ["0 entered both/1", "1 entered book/1", "1 entered free/1", "3 done free/1", "4 done book/1"];
    let other = ["0 entered both/1", "1 entered free/1", "1 entered book/1", "3 done book/1", "4 done free/1"];
    let again = ["0 entered book/1", "1 done book/1", "1 entered book/2", "2 done book/2", "2 entered old/1", "3 done old/1"];
    let samples = [
        sample(1, Some("approved"), Some(4), &lines),
        sample(2, Some("approved"), Some(4), &other),
        sample(3, Some("approved"), Some(3), &again),
    ];
    let figures = look(&samples);
    let [usual, strange] = &figures.paths[..] else { panic!("{:?}", figures.paths) };
    assert_eq!(usual.steps, [("book".to_owned(), 1), ("free".to_owned(), 1)]);
    assert_eq!((usual.count, usual.documents.len()), (2, 2));
    assert_eq!(strange.steps, [("book".to_owned(), 2), ("old".to_owned(), 1)]);
    assert!(design().has("book") && !design().has("old"));
    // A step that only holds others has no line of its own.
    assert!(figures.steps.iter().all(|step| step.step != "both"));
}

#[test]
fn nothing_is_measured_of_nothing() {
    let figures = look(&[]);
    assert_eq!(figures, Figures::default());
    assert_eq!(Spread::of(vec![]), Spread::default());
}

proptest! {
    #[test]
    fn a_spread_grows_and_its_figures_are_amounts_that_were_given(amounts in proptest::collection::vec(0_u64..1_000_000, 1..200)) {
        let spread = Spread::of(amounts.clone());
        prop_assert!(spread.median <= spread.p90 && spread.p90 <= spread.max);
        for figure in [spread.median, spread.p90, spread.max] {
            prop_assert!(amounts.contains(&figure));
        }
        let below = amounts.iter().filter(|amount| **amount <= spread.median).count();
        prop_assert!(below * 2 >= amounts.len());
    }

    #[test]
    fn every_ended_instance_goes_exactly_one_way(ends in proptest::collection::vec(1_i64..500, 0..40)) {
        let samples: Vec<Sample> = ends.iter().enumerate().map(|(number, end)| {
            let lines = ["0 entered check/1".to_owned(), format!("{end} done check/1"), format!("{end} entered ask/{}", end % 3 + 1)];
            sample(number as u128, Some("approved"), Some(*end), &lines.iter().map(String::as_str).collect::<Vec<_>>())
        }).collect();
        let figures = look(&samples);
        prop_assert_eq!(figures.paths.iter().map(|path| path.count).sum::<u64>(), samples.len() as u64);
        prop_assert_eq!(figures.total.clock.count, samples.len() as u64);
        let longest = ends.iter().max().map_or(0, |seconds| u64::try_from(*seconds).unwrap() * 1_000);
        prop_assert!(samples.is_empty() || figures.total.clock.max == longest);
    }
}
