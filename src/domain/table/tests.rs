use super::*;
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::check;
use crate::domain::text::tree::parse;
use crate::domain::value::Value;
use proptest::prelude::*;
use rust_decimal::Decimal;

fn compile(text: &str) -> (Option<Table>, Vec<String>) {
    let mut report = Report::new("t.yaml");
    let node = parse(text, &mut report).unwrap();
    check(&node, &SHAPE, &mut report);
    let table = Table::read(&node, &mut report);
    (table, report.into_items().into_iter().map(|item| format!("{}: {}", item.code, item.message)).collect())
}

fn sound(text: &str) -> Table {
    let (table, problems) = compile(text);
    assert_eq!(problems, Vec::<String>::new());
    table.unwrap()
}

fn table(inputs: &str, hit: &str, rows: &[&str]) -> String {
    let rows: String = rows.iter().map(|row| format!("  - {row}\n")).collect();
    format!("format: 1\ntable: t\ninputs: {inputs}\nhit: {hit}\nrows:\n{rows}")
}

fn problems(inputs: &str, hit: &str, rows: &[&str]) -> Vec<String> {
    compile(&table(inputs, hit, rows)).1
}

fn number(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

fn level(table: &Table, values: &[Value]) -> String {
    table.decide(values).unwrap().value.member("l").as_text().unwrap_or("nothing").to_owned()
}

const AMOUNTS: [&str; 3] =
    ["{amount: \"<= 5000\", out: {l: a}}", "{amount: \"(5000..50000]\", out: {l: b}}", "{amount: \"> 50000\", out: {l: c}}"];

#[test]
fn amounts_are_exact_at_the_edges() {
    let sound = sound(&table("{amount: doc.x}", "unique", &AMOUNTS));
    for (amount, wanted) in [
        ("5000.00", "a"),
        ("5000.000000000000001", "b"),
        ("-1", "a"),
        ("50000", "b"),
        ("50000.00", "b"),
        ("50000.01", "c"),
        ("79228162514264337593543950335", "c"),
    ] {
        assert_eq!(level(&sound, &[number(amount)]), wanted, "{amount}");
    }
    assert_eq!(level(&sound, &[Value::Unset]), "nothing", "what is not known only passes cells that take anything");
    assert_eq!(level(&sound, &[Value::Int(7)]), "a", "a whole number is an exact decimal");
    assert!(sound.decide(&[Value::text("5000")]).is_err(), "text is no amount");
}

#[test]
fn gaps_are_named_in_words() {
    let gap = |rows: &[&str]| problems("{amount: doc.x}", "unique", rows);
    assert_eq!(
        gap(&[AMOUNTS[0], "{amount: \"[5001..50000]\", out: {l: b}}", AMOUNTS[2]]),
        ["table_gap: no row holds for `amount` (5000..5001)"]
    );
    assert_eq!(gap(&AMOUNTS[..2]), ["table_gap: no row holds for `amount` > 50000"]);
    assert_eq!(gap(&["{amount: \"< 5\", out: {l: a}}", "{amount: \"> 5\", out: {l: b}}"]), ["table_gap: no row holds for `amount` = 5"]);
    assert_eq!(
        problems("{amount: {value: doc.x, type: decimal, min: \"0\", max: \"10\"}}", "unique", &["{amount: \"[0..10]\", out: {l: a}}"]),
        Vec::<String>::new(),
        "what cannot be is no gap"
    );
    assert_eq!(
        problems("{n: {value: doc.n, type: int}}", "unique", &["{n: \"<= 5\", out: {l: a}}", "{n: \">= 6\", out: {l: b}}"]),
        Vec::<String>::new(),
        "there is nothing between two whole numbers"
    );
    assert_eq!(
        problems("{d: doc.d}", "unique", &["{d: \"< 2026-01-01\", out: {l: a}}", "{d: \"> 2026-01-01\", out: {l: b}}"]),
        ["table_gap: no row holds for `d` = 2026-01-01"]
    );
}

#[test]
fn several_inputs_are_judged_together() {
    let inputs = "{amount: doc.x, kind: doc.kind}";
    let rows = [
        "{amount: \"<= 100\", out: {l: a}}",
        "{amount: \"> 100\", kind: '\"goods\", \"tools\"', out: {l: b}}",
        "{amount: \"> 100\", kind: 'not(\"goods\")', out: {l: c}}",
    ];
    assert_eq!(problems(inputs, "unique", &rows), ["table_overlap: rows 2 and 3 both hold for `amount` > 100 and `kind` \"tools\""]);
    assert_eq!(
        problems(inputs, "unique", &rows[..2]),
        ["table_gap: no row holds for `amount` > 100 and `kind` anything but \"goods\" or \"tools\""]
    );
    assert_eq!(problems(inputs, "first", &rows), Vec::<String>::new(), "the first one counts");
    let closed = "{amount: doc.x, kind: {value: doc.kind, values: [goods, tools]}}";
    assert_eq!(problems(closed, "unique", &rows[..2]), Vec::<String>::new(), "no other kind can be");
    let flags = ["{rush: true, out: {l: a}}", "{rush: false, out: {l: b}}"];
    assert_eq!(problems("{rush: doc.rush}", "unique", &flags), Vec::<String>::new());
    assert_eq!(problems("{rush: doc.rush}", "unique", &flags[..1]), ["table_gap: no row holds for `rush` false"]);
}

#[test]
fn a_row_behind_others_that_take_everything_never_holds() {
    let rows =
        ["{amount: \"< 10\", out: {l: a}}", "{amount: \"[10..20)\", out: {l: b}}", "{amount: \"[5..15]\", out: {l: c}}", "{out: {l: d}}"];
    assert_eq!(
        problems("{amount: doc.x}", "first", &rows),
        ["table_unreachable: row 3 never holds: the rows before it take everything it could"]
    );
    assert_eq!(problems("{amount: doc.x}", "first", &rows[..2]), ["table_gap: no row holds for `amount` >= 20"]);
}

#[test]
fn hits() {
    let rows = ["{amount: \"> 1\", out: {l: a}}", "{amount: \"> 2\", out: {l: a}}", "{amount: \"<= 1\", out: {l: z}}"];
    let any = sound(&table("{amount: doc.x}", "any", &rows));
    assert_eq!(level(&any, &[number("3")]), "a");
    let differing = [rows[0], "{amount: \"> 2\", out: {l: b}}", rows[2]];
    assert_eq!(problems("{amount: doc.x}", "any", &differing), ["table_overlap: rows 1 and 2 both hold for `amount` > 2"]);
    let first = sound(&table("{amount: doc.x}", "first", &["{amount: \"> 2\", out: {l: b}}", rows[0], rows[2]]));
    assert_eq!((level(&first, &[number("3")]), level(&first, &[number("2")])), ("b".to_owned(), "a".to_owned()));
    let collect = sound(&table("{amount: doc.x}", "collect", &differing));
    let decision = collect.decide(&[number("3")]).unwrap();
    assert_eq!((decision.rows.clone(), decision.value.to_json().to_string()), (vec![1, 2], r#"[{"l":"a"},{"l":"b"}]"#.to_owned()));
    assert_eq!(collect.decide(&[Value::Unset]).unwrap().value, Value::list([]));
}

#[test]
fn what_is_wrong_is_named() {
    let inputs = "{amount: doc.x}";
    for (row, wanted) in [
        ("{amount: \"5..6\", out: {l: a}}", "bad_cell: `5..6` is not of the type decimal"),
        ("{amount: \"[6..5]\", out: {l: a}}", "bad_cell: the interval `[6..5]` ends before it begins"),
        ("{amount: \"(5..5)\", out: {l: a}}", "bad_cell: no value can be in this"),
        ("{amount: \"<= 5,000\", out: {l: a}}", "table_gap: no row holds for `amount` > 5"),
        ("{amuont: \"<= 5\", out: {l: a}}", "unknown_key: the table has no input `amuont`"),
        ("{amount: \"-\"}", "missing_key: the row does not say anything"),
        ("{amount: \"-\", out: a}", "wrong_type: what a row says is a mapping"),
    ] {
        let found = problems(inputs, "unique", &[row]);
        assert!(found.iter().any(|problem| problem == wanted), "{row}: {found:?}");
    }
    let typed = "format: 1\ntable: t\ninputs: {amount: doc.x}\noutputs: {limit: {type: decimal, currency: CNY}}\nhit: first\nrows:\n  - {out: {limit: 5}}\n";
    assert_eq!(compile(typed).1, ["bad_value: this is not of the declared type decimal"], "amounts are quoted");
}

/// Conditions over small whole numbers, for the laws.
fn cell() -> impl Strategy<Value = String> {
    let point = -3_i64..4;
    prop_oneof![
        Just("-".to_owned()),
        point.clone().prop_map(|a| format!("<= {a}")),
        point.clone().prop_map(|a| format!("> {a}")),
        point.clone().prop_map(|a| a.to_string()),
        (point.clone(), 1_i64..4).prop_map(|(a, by)| format!("({a}..{}]", a + by)),
        (point.clone(), 1_i64..4).prop_map(|(a, by)| format!("[{a}..{})", a + by)),
        (point, 1_i64..4).prop_map(|(a, by)| format!("not([{a}..{}])", a + by)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The proofs agree with trying every half step of the small square.
    #[test]
    fn proofs_agree_with_trying(rows in prop::collection::vec((cell(), cell()), 1..5)) {
        let written: Vec<String> = rows.iter().enumerate().map(|(index, (a, b))| format!("{{a: \"{a}\", b: \"{b}\", out: {{l: r{index}}}}}")).collect();
        let written: Vec<&str> = written.iter().map(String::as_str).collect();
        let inputs = "{a: {value: doc.a, type: decimal}, b: {value: doc.b, type: decimal}}";
        let found = problems(inputs, "unique", &written);
        let collect = sound(&table(inputs, "collect", &written));
        let (mut gap, mut overlap) = (false, false);
        for a in -20_i64..21 {
            for b in -20_i64..21 {
                let half = |number: i64| Value::Decimal(Decimal::new(number * 5, 1));
                let hits = collect.decide(&[half(a), half(b)]).unwrap().rows.len();
                gap |= hits == 0;
                overlap |= hits > 1;
            }
        }
        prop_assert_eq!(found.iter().any(|problem| problem.starts_with("table_gap")), gap, "{:?} {:?}", &written, &found);
        prop_assert_eq!(found.iter().any(|problem| problem.starts_with("table_overlap")), overlap, "{:?} {:?}", &written, &found);
    }
}
