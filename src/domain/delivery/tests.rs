//! The delivery table, row by row, and its laws.

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).expect("in range")
}

fn attempted(class: Class) -> Attempted {
    Attempted {
        class,
        output: serde_json::json!({"external_id": "A1"}),
        confirmed: class == Class::Ok,
        message: "words".to_owned(),
        credentials: false,
        retry_after_millis: None,
        unsent: false,
        misread: false,
        absence_is_said: false,
    }
}

fn look_up() -> Guarantee {
    Guarantee::LookUp { ask_after_millis: vec![5_000, 30_000, 240_000], then: WhenAbsent::Repeat }
}

fn terms<'a>(guarantee: &'a Guarantee, retry: &'a RetryPolicy) -> Terms<'a> {
    Terms { guarantee, reads_back: false, retry }
}

#[test]
fn an_unknown_create_is_looked_up_at_the_declared_waits_and_only_then_repeated() {
    let (guarantee, retry) = (look_up(), RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    assert_eq!(delivery.action(&terms, at(0), at(0)), Action::Send);
    delivery.sending(at(0));
    assert_eq!(delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(15), 1), Next::Wait(at(15)), "5 s are over already");
    for (now, next) in [(15, at(30)), (30, at(240))] {
        assert_eq!(delivery.action(&terms, at(0), at(now)), Action::LookUp);
        assert_eq!(delivery.after(Action::LookUp, &attempted(Class::NotFound), &terms, at(now), 1), Next::Wait(next));
    }
    assert_eq!(delivery.after(Action::LookUp, &attempted(Class::NotFound), &terms, at(240), 1), Next::Wait(at(240)));
    assert_eq!(delivery.action(&terms, at(0), at(240)), Action::Send, "surely not done: repeat");
}

#[test]
fn a_look_up_that_finds_it_ends_the_delivery_with_what_it_found() {
    let (guarantee, retry) = (look_up(), RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    delivery.sending(at(0));
    delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(1), 1);
    let next = delivery.after(Action::LookUp, &attempted(Class::Ok), &terms, at(5), 1);
    assert_eq!(next, Next::Done(serde_json::json!({"external_id": "A1"})));
}

#[test]
fn a_look_up_that_gets_on_is_not_a_partner_that_is_down_and_one_that_does_not_is() {
    let (guarantee, retry) = (look_up(), RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    delivery.sending(at(0));
    delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(1), 1);
    let looked = |left: usize| {
        let each = LookedThrough { step: "hit".to_owned(), left: vec![serde_json::json!("a"); left], kept: Vec::new() };
        Some(Looked { steps: vec![("ids".to_owned(), serde_json::json!([]))], each: Some(each) })
    };
    let day = 24 * 3_600;
    // Three days of getting on, forty elements an hour.
    for hour in 0..72 {
        delivery.looking(looked(10_000 - 40 * hour));
        let next = delivery.after(Action::LookUp, &attempted(Class::Retryable), &terms, at(i64::try_from(hour).unwrap() * 3_600), 1);
        assert!(matches!(next, Next::Wait(_)), "hour {hour}: {next:?}");
    }
    let stored: Delivery = serde_json::from_str(&serde_json::to_string(&delivery).unwrap()).unwrap();
    assert_eq!(stored.looked, looked(10_000 - 40 * 71), "it is kept with the effect");
    // From then on nothing is read any more: a day later a person looks.
    for hours in [73, 74] {
        delivery.looking(looked(10_000 - 40 * 71));
        assert!(matches!(delivery.after(Action::LookUp, &attempted(Class::Retryable), &terms, at(hours * 3_600), 1), Next::Wait(_)));
    }
    delivery.looking(looked(10_000 - 40 * 71));
    let next = delivery.after(Action::LookUp, &attempted(Class::Retryable), &terms, at(4 * day), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::Unknown, .. }), "it may have been done: {next:?}");
    assert_eq!(delivery.looked, None, "whoever retries asks from the beginning");
}

/// What ends the patience is not what is known of the write: a partner that is down, credentials that lapsed, a fault of ours.
#[test]
fn whatever_ends_the_patience_a_write_that_may_have_been_done_ends_as_unknown() {
    let retry = RetryPolicy::default();
    let late = 9 * 24 * 3_600;
    for guarantee in [Guarantee::Key, Guarantee::Nature, look_up()] {
        let terms = terms(&guarantee, &retry);
        for class in [Class::Retryable, Class::RateLimited, Class::AuthExpired, Class::Unknown] {
            let mut delivery = Delivery::default();
            delivery.sending(at(0));
            let mut next = delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(1), 1);
            for now in [1_000, late] {
                assert!(matches!(next, Next::Wait(_)), "{guarantee:?}, {class:?}: {next:?}");
                delivery = serde_json::from_str(&serde_json::to_string(&delivery).unwrap()).unwrap();
                let action = delivery.action(&terms, at(0), at(now));
                assert_eq!(action == Action::LookUp, guarantee == look_up());
                next = delivery.after(action, &attempted(class), &terms, at(now), 1);
            }
            let Next::Failed { cause: Cause::Unknown, class: "unknown", message } = &next else {
                panic!("{guarantee:?}, {class:?}: {next:?}")
            };
            assert!(message.contains("words"), "what ended the patience is said: {message}");
            assert!(delivery.unsettled, "a person's retry does not forget it");
        }
    }
    // A read may be asked for ever.
    let read = Guarantee::Read;
    let terms = terms(&read, &retry);
    let mut delivery = Delivery::default();
    delivery.sending(at(0));
    delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(1), 1);
    let next = delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(late), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::PartnerDown, .. }), "{next:?}");
}

#[test]
fn a_write_that_a_dead_process_may_have_sent_ends_as_unknown_too() {
    let (guarantee, retry) = (Guarantee::Key, RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    delivery.orphaned(at(0), 0);
    assert_eq!(delivery.action(&terms, at(0), at(1)), Action::Send);
    delivery.sending(at(1));
    delivery.after(Action::Send, &attempted(Class::Retryable), &terms, at(1), 1);
    let next = delivery.after(Action::Send, &attempted(Class::Retryable), &terms, at(9 * 24 * 3_600), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::Unknown, .. }), "{next:?}");
}

#[test]
fn a_success_that_cannot_be_read_back_any_more_ends_as_unknown_and_what_is_settled_does_not() {
    let (guarantee, retry) = (Guarantee::Nature, RetryPolicy::default());
    let terms = Terms { guarantee: &guarantee, reads_back: true, retry: &retry };
    let mut delivery = Delivery::default();
    delivery.sending(at(0));
    delivery.after(Action::Send, &attempted(Class::Ok), &terms, at(1), 1);
    // It does not show yet, and then the partner is away: nothing is settled by that.
    delivery.after(Action::ReadBack, &not_there(), &terms, at(2), 1);
    delivery.after(Action::ReadBack, &attempted(Class::Retryable), &terms, at(3), 1);
    let next = delivery.after(Action::ReadBack, &attempted(Class::Retryable), &terms, at(9 * 24 * 3_600), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::Unknown, .. }), "{next:?}");
    // Nothing can tell: a person who has it sent again has found out.
    let none = Guarantee::None;
    let told = Terms { guarantee: &none, reads_back: false, retry: &retry };
    let mut delivery = Delivery::default();
    delivery.sending(at(0));
    let next = delivery.after(Action::Send, &attempted(Class::Unknown), &told, at(1), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::Unknown, .. }), "{next:?}");
    assert_eq!(delivery.action(&told, at(0), at(100)), Action::Send, "a person's retry");
    delivery.sending(at(100));
    let next = delivery.after(Action::Send, &attempted(Class::Refused), &told, at(101), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::DataWrong, .. }), "{next:?}");
    // Under one key the partner answers for all sends at once; that its door is closed to us says nothing.
    let key = Guarantee::Key;
    let terms = Terms { guarantee: &key, reads_back: false, retry: &retry };
    for (credentials, cause) in [(false, Cause::DataWrong), (true, Cause::Unknown)] {
        let mut delivery = Delivery::default();
        delivery.sending(at(0));
        delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(1), 1);
        let refused = Attempted { credentials, ..attempted(Class::Refused) };
        let next = delivery.after(Action::Send, &refused, &terms, at(2), 1);
        assert!(matches!(next, Next::Failed { cause: found, .. } if found == cause), "{next:?}");
    }
}

#[test]
fn what_was_looked_through_ends_with_the_look_up_and_with_the_next_send() {
    let (guarantee, retry) = (look_up(), RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let looked = || Some(Looked { steps: vec![("ids".to_owned(), serde_json::json!([]))], each: None });
    let mut delivery = Delivery { looked: looked(), ..Delivery::default() };
    delivery.sending(at(0));
    assert_eq!(delivery.looked, None, "what a list did not hold before a send says nothing about that send");
    delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(1), 1);
    delivery.looking(looked());
    delivery.after(Action::LookUp, &not_there(), &terms, at(5), 1);
    assert_eq!(delivery.looked, None, "the next look-up asks for a new list");
}

#[test]
fn the_look_up_that_concludes_searches_from_far_before_the_first_sending_for_partners_whose_clock_is_behind() {
    let retry = RetryPolicy::default();
    let guarantee = Guarantee::LookUp { ask_after_millis: vec![5_000, 30_000, 240_000], then: WhenAbsent::Repeat };
    let terms = Terms { guarantee: &guarantee, reads_back: false, retry: &retry };
    let mut delivery = Delivery::default();
    assert_eq!((delivery.search_from(&terms), delivery.look_up_due(&terms)), (None, None));
    delivery.sending(at(0));
    delivery.sending(at(400));
    assert_eq!(delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(401), 1), Next::Wait(at(405)));
    for (from, due) in [(-60, 405), (-60, 430), (-900, 640)] {
        assert_eq!(delivery.search_from(&terms), Some(at(from)), "before the first sending");
        assert_eq!(delivery.look_up_due(&terms), Some(at(due)), "after the last sending");
        delivery.after(Action::LookUp, &attempted(Class::NotFound), &terms, at(due + 1), 1);
    }
    assert_eq!(delivery.phase, Phase::Send, "nothing was found, so it is sent again");
    // One look-up alone concludes.
    let guarantee = Guarantee::LookUp { ask_after_millis: vec![240_000], then: WhenAbsent::Person };
    let terms = Terms { guarantee: &guarantee, reads_back: false, retry: &retry };
    assert_eq!(delivery.search_from(&terms), Some(at(-900)));
}

#[test]
fn a_crash_while_sending_is_unknown_and_never_a_blind_repeat() {
    let retry = RetryPolicy::default();
    for (guarantee, wanted) in [
        (Guarantee::Key, Action::Send),
        (Guarantee::Nature, Action::Send),
        (Guarantee::Read, Action::Send),
        (look_up(), Action::Wait(at(6))),
        (Guarantee::None, Action::Person),
    ] {
        let mut delivery = Delivery::default();
        delivery.sending(at(0));
        assert_eq!(delivery.orphaned(at(1), 0), Next::Wait(at(1)), "noted before anything else");
        assert_eq!(delivery.action(&terms(&guarantee, &retry), at(0), at(1)), wanted, "{guarantee:?}");
    }
}

#[test]
fn what_nothing_can_tell_goes_to_a_person_at_once() {
    let (guarantee, retry) = (Guarantee::None, RetryPolicy::default());
    let next = Delivery::default().after(Action::Send, &attempted(Class::Unknown), &terms(&guarantee, &retry), at(0), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::Unknown, .. }), "{next:?}");
}

#[test]
fn a_success_is_read_back_where_declared_and_a_lie_is_named() {
    let (guarantee, retry) = (Guarantee::Key, RetryPolicy::default());
    let terms = Terms { guarantee: &guarantee, reads_back: true, retry: &retry };
    let mut delivery = Delivery::default();
    assert_eq!(delivery.after(Action::Send, &attempted(Class::Ok), &terms, at(0), 1), Next::Wait(at(0)));
    delivery.in_doubt = true;
    assert_eq!(delivery.action(&terms, at(0), at(0)), Action::ReadBack);
    for wait in [1, 5, 30, 120] {
        assert!(matches!(delivery.clone().after(Action::ReadBack, &attempted(Class::Ok), &terms, at(1), 1), Next::Done(_)));
        assert_eq!(delivery.after(Action::ReadBack, &not_there(), &terms, at(1), 1), Next::Wait(at(1 + wait)));
    }
    let next = delivery.after(Action::ReadBack, &not_there(), &terms, at(200), 1);
    assert!(matches!(next, Next::Failed { class: "not_confirmed", .. }), "{next:?}");
}

#[test]
fn a_lie_about_what_is_harmless_to_repeat_is_repeated_twice_before_a_person_hears_of_it() {
    let (guarantee, retry) = (Guarantee::Nature, RetryPolicy::default());
    let terms = Terms { guarantee: &guarantee, reads_back: true, retry: &retry };
    let mut delivery = Delivery::default();
    let (mut now, mut sends) = (at(0), 0);
    let failed = loop {
        let action = delivery.action(&terms, at(0), now);
        let answer = if action == Action::Send { attempted(Class::Ok) } else { not_there() };
        if action == Action::Send {
            sends += 1;
            assert_eq!(delivery.steps, [], "what did nothing is not done");
            delivery.steps = vec![("approved".to_owned(), serde_json::Value::Null)];
        }
        match delivery.after(action, &answer, &terms, now, 1) {
            Next::Wait(at) => now = at,
            next => break next,
        }
    };
    assert!(matches!(failed, Next::Failed { class: "not_confirmed", .. }), "{failed:?}");
    assert_eq!((sends, now), (3, at(3 * 36 + 120)));
}

fn not_there() -> Attempted {
    Attempted { confirmed: false, ..attempted(Class::Ok) }
}

#[test]
fn a_partner_that_is_down_is_retried_until_the_declared_limit_and_not_beyond() {
    let guarantee = Guarantee::Key;
    let retry = RetryPolicy { retry_for_millis: vec![(Cause::PartnerDown, 3_600_000)] };
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    let mut now = at(0);
    let mut tries = 0;
    loop {
        tries += 1;
        match delivery.after(Action::Send, &attempted(Class::Retryable), &terms, now, 7) {
            Next::Wait(next) => {
                assert!(next <= at(3_600), "{next}");
                now = next.max(plus(now, 1));
            }
            Next::Failed { cause, .. } => {
                assert_eq!(cause, Cause::PartnerDown);
                break;
            }
            Next::Done(_) => panic!("nothing succeeded"),
        }
        assert!(tries < 5_000, "bounded");
    }
    assert!(now >= at(3_600), "tried up to the limit, gave up at {now}");
}

#[test]
fn an_attempt_that_never_left_costs_nothing() {
    let (guarantee, retry) = (Guarantee::None, RetryPolicy::default());
    let mut unsent = attempted(Class::Retryable);
    unsent.unsent = true;
    unsent.retry_after_millis = Some(9_000);
    let mut delivery = Delivery::default();
    assert_eq!(delivery.after(Action::Send, &unsent, &terms(&guarantee, &retry), at(0), 1), Next::Wait(at(9)));
    assert_eq!(delivery, Delivery::default());
}

#[test]
fn what_a_person_retries_begins_anew_with_full_patience() {
    let guarantee = look_up();
    let retry = RetryPolicy { retry_for_millis: vec![(Cause::PartnerDown, 60_000)] };
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    delivery.sending(at(0));
    assert!(matches!(delivery.after(Action::Send, &attempted(Class::Retryable), &terms, at(0), 1), Next::Wait(_)));
    assert!(matches!(delivery.after(Action::Send, &attempted(Class::Retryable), &terms, at(61), 1), Next::Failed { .. }));
    assert_eq!(delivery.action(&terms, at(0), at(5_000)), Action::Send);
    let next = delivery.after(Action::Send, &attempted(Class::Retryable), &terms, at(5_000), 1);
    assert!(matches!(next, Next::Wait(_)), "the limit counts from the retry: {next:?}");
    assert_eq!(delivery.first_sent_at, Some(at(0)), "look-ups still search from the first sending");
}

#[test]
fn a_retry_after_a_look_up_that_failed_looks_up_again_and_never_sends_blindly() {
    let (guarantee, retry) = (look_up(), RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    delivery.sending(at(0));
    delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(1), 1);
    let next = delivery.after(Action::LookUp, &attempted(Class::Refused), &terms, at(5), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::Unknown, .. }), "{next:?}");
    assert_eq!(delivery.action(&terms, at(0), at(100)), Action::LookUp);
    assert!(matches!(delivery.after(Action::LookUp, &attempted(Class::Ok), &terms, at(100), 1), Next::Done(_)));
}

#[test]
fn a_retry_after_a_person_was_told_it_is_not_there_sends() {
    let guarantee = Guarantee::LookUp { ask_after_millis: vec![5_000], then: WhenAbsent::Person };
    let retry = RetryPolicy::default();
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    delivery.sending(at(0));
    delivery.after(Action::Send, &attempted(Class::Unknown), &terms, at(1), 1);
    let next = delivery.after(Action::LookUp, &attempted(Class::NotFound), &terms, at(5), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::Unknown, .. }), "{next:?}");
    assert_eq!(delivery.action(&terms, at(0), at(100)), Action::Send);
}

fn misread(class: Class) -> Attempted {
    Attempted { misread: true, message: "`external_id` is not in the answer".to_owned(), ..attempted(class) }
}

#[test]
fn a_success_that_cannot_be_read_is_never_sent_again_by_itself() {
    let retry = RetryPolicy::default();
    for guarantee in [Guarantee::Key, Guarantee::Nature, Guarantee::None] {
        let mut delivery = Delivery::default();
        delivery.sending(at(0));
        let next = delivery.after(Action::Send, &misread(Class::Unknown), &terms(&guarantee, &retry), at(1), 1);
        let wanted =
            Next::Failed { cause: Cause::DataWrong, message: "`external_id` is not in the answer".to_owned(), class: UNREAD_SUCCESS };
        assert_eq!(next, wanted, "{guarantee:?}");
    }
}

#[test]
fn a_success_that_cannot_be_read_is_settled_by_its_look_up_or_by_a_person() {
    let (guarantee, retry) = (look_up(), RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    delivery.sending(at(0));
    assert_eq!(delivery.after(Action::Send, &misread(Class::Unknown), &terms, at(1), 1), Next::Wait(at(5)));
    let mut found = delivery.clone();
    assert!(matches!(found.after(Action::LookUp, &attempted(Class::Ok), &terms, at(5), 1), Next::Done(_)));
    for (now, next) in [(5, 30), (30, 240)] {
        assert_eq!(delivery.action(&terms, at(0), at(now)), Action::LookUp);
        assert_eq!(delivery.after(Action::LookUp, &attempted(Class::NotFound), &terms, at(now), 1), Next::Wait(at(next)));
    }
    let next = delivery.after(Action::LookUp, &attempted(Class::NotFound), &terms, at(240), 1);
    let Next::Failed { cause: Cause::DataWrong, class: UNREAD_SUCCESS, message } = next else { panic!("{next:?}") };
    assert_eq!(message, "`external_id` is not in the answer; the look-up does not find it");
    assert_eq!((delivery.phase, delivery.misread), (Phase::Send, None), "a person's retry sends again");
}

#[test]
fn a_read_that_cannot_be_read_is_tried_a_few_times_and_then_named_as_wrong_data() {
    let (guarantee, retry) = (Guarantee::Read, RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    let mut now = at(0);
    for tries in 1..=4 {
        match delivery.after(Action::Send, &misread(Class::Retryable), &terms, now, 7) {
            Next::Wait(next) if tries < 4 => now = next,
            Next::Failed { cause: Cause::DataWrong, class: BAD_ANSWER, .. } if tries == 4 => {}
            next => panic!("{tries}: {next:?}"),
        }
    }
    assert!(now < at(60), "the partner is up; nobody waits a day");
}

#[test]
fn a_read_of_what_is_not_there_is_done_only_where_the_connector_says_that_this_is_an_answer() {
    let (guarantee, retry) = (Guarantee::Read, RetryPolicy::default());
    let said = Attempted { absence_is_said: true, ..attempted(Class::NotFound) };
    let next = Delivery::default().after(Action::Send, &said, &terms(&guarantee, &retry), at(0), 1);
    assert_eq!(next, Next::Done(serde_json::Value::Null));
    let next = Delivery::default().after(Action::Send, &attempted(Class::NotFound), &terms(&guarantee, &retry), at(0), 1);
    assert!(matches!(next, Next::Failed { cause: Cause::DataWrong, class: "not_found", .. }), "a wrong path is no answer: {next:?}");
}

#[test]
fn processes_do_not_die_of_one_effect_for_ever() {
    let (guarantee, retry) = (Guarantee::Key, RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    let mut waits = Vec::new();
    let stopped = loop {
        // A new process each time, which knows what is stored and nothing else.
        let mut next: Delivery = serde_json::from_str(&serde_json::to_string(&delivery).unwrap()).unwrap();
        match next.orphaned(at(0), 0) {
            Next::Wait(until) => waits.push(until.duration_since(at(0)).as_secs()),
            other => break other,
        }
        delivery = next.clone();
        assert_eq!(next.action(&terms, at(0), at(0)), Action::Send);
        next.sending(at(0));
    };
    assert_eq!(waits, [0, 1, 2, 4, 8, 8, 8, 8, 8], "the first time at once, then what died beside it goes first");
    let Next::Failed { cause: Cause::OurFault, class: "unknown", message } = stopped else { panic!("{stopped:?}") };
    assert!(message.contains("10 processes"), "{message}");
}

#[test]
fn a_word_of_what_came_of_it_forgives_deaths() {
    let (guarantee, retry) = (look_up(), RetryPolicy::default());
    let terms = terms(&guarantee, &retry);
    let mut delivery = Delivery::default();
    for _ in 0..20 {
        assert!(matches!(delivery.orphaned(at(0), 0), Next::Wait(_)));
        let action = delivery.action(&terms, at(0), at(10_000));
        let next = delivery.after(Action::LookUp, &attempted(Class::Retryable), &terms, at(10_000), 1);
        assert!(matches!((action, next), (Action::Wait(_) | Action::LookUp, Next::Wait(_) | Next::Failed { .. })));
    }
    assert_eq!(delivery.deaths, 0);
}
