use super::*;
use crate::domain::diagnostic::Report;
use crate::domain::text::files::Files;
use crate::domain::text::shape::check;
use crate::domain::text::tree::parse;
use crate::domain::value::Value;

fn read(text: &str, table: &str) -> (Option<Dictionary>, Vec<String>) {
    let mut report = Report::new("dictionaries/x.yaml");
    let node = parse(text, &mut report).unwrap();
    check(&node, &SHAPE, &mut report);
    let files: Files = [("codes.csv", table)].into_iter().collect();
    let found = Dictionary::read(&node, &files, &mut report);
    (found, report.into_items().into_iter().map(|item| format!("{} {}:{}", item.code, item.file, item.span.line)).collect())
}

const TAX: &str = r#"
format: 1
dictionary: tax_codes
to: demo_finance
rows:
  - {from: "17", to: "V17", valid_to: 2018-04-30}
  - {from: "16", to: "V16", valid_from: 2018-05-01, valid_to: 2019-03-31}
  - {from: "13", to: "V11", valid_to: 2019-03-31}
  - {from: "13", to: "V13", valid_from: 2019-04-01}
  - {from: "true", to: "Y"}
"#;

fn day(text: &str) -> Option<jiff::civil::Date> {
    Some(text.parse().unwrap())
}

#[test]
fn rows_are_found_by_value_and_day() {
    let (dictionary, problems) = read(TAX, "");
    assert_eq!(problems, Vec::<String>::new());
    let dictionary = dictionary.unwrap();
    assert!(dictionary.needs_date());
    let decimal = |text: &str| Value::Decimal(text.parse().unwrap());
    let table = [
        (Value::text("13"), day("2026-01-01"), Some("V13")),
        (Value::text("13"), day("2019-03-31"), Some("V11")),
        (decimal("13.00"), day("2026-01-01"), Some("V13")),
        (Value::Int(13), day("2026-01-01"), Some("V13")),
        (Value::text("13.0"), day("2026-01-01"), None),
        (Value::text("17"), day("2018-04-30"), Some("V17")),
        (Value::text("17"), day("2026-01-01"), None),
        (Value::Bool(true), None, Some("Y")),
        (Value::text("99"), None, None),
    ];
    for (value, on, wanted) in table {
        let found = dictionary.lookup(&value, on);
        match wanted {
            Some(code) => assert_eq!(found, Ok(Value::text(code)), "{value:?} on {on:?}"),
            None => assert!(matches!(found, Err(LookupError::Missing { .. })), "{value:?} on {on:?}: {found:?}"),
        }
    }
    for dated in ["13", "17"] {
        let found = dictionary.lookup(&Value::text(dated), None);
        assert!(matches!(found, Err(LookupError::DateNeeded { .. })), "{dated} holds for a time only: {found:?}");
    }
    assert!(matches!(dictionary.lookup(&Value::list([]), None), Err(LookupError::Kind { .. })));
    assert_eq!(dictionary.lookup(&Value::Unset, None), Ok(Value::Unset));
    let back = dictionary.reversed().unwrap();
    assert_eq!(back.lookup(&Value::text("V13"), day("2026-01-01")), Ok(Value::text("13")));
}

#[test]
fn a_value_without_a_row_goes_where_the_definition_says() {
    let with = |missing: &str| format!("format: 1\ndictionary: d\n{missing}\nrows:\n  - {{from: a, to: b}}\n");
    let table = [
        ("missing: keep", Value::text("x")),
        ("missing: empty", Value::Unset),
        ("missing: default\ndefault: Z", Value::text("Z")),
        ("default: Z", Value::text("Z")),
    ];
    for (missing, wanted) in table {
        let (dictionary, problems) = read(&with(missing), "");
        assert_eq!((problems, dictionary.unwrap().lookup(&Value::text("x"), None)), (vec![], Ok(wanted)), "{missing}");
    }
}

#[test]
fn contradictions_are_found_at_their_place() {
    let rows = |rows: &str| format!("format: 1\ndictionary: d\nrows:\n{rows}");
    let table = [
        (rows("  - {from: a, to: b}\n  - {from: a, to: c}\n"), "", vec!["overlapping_rows dictionaries/x.yaml:5"]),
        (rows("  - {from: a, to: b, valid_from: 2026-02-01, valid_to: 2026-01-01}\n"), "", vec!["overlapping_rows dictionaries/x.yaml:4"]),
        (rows("  - {from: a, to: b, valid_from: yesterday}\n"), "", vec!["bad_value dictionaries/x.yaml:4"]),
        ("format: 1\ndictionary: d\n".to_owned(), "", vec!["missing_key dictionaries/x.yaml:1"]),
        ("format: 1\ndictionary: d\nmissing: default\nrows: []\n".to_owned(), "", vec!["missing_key dictionaries/x.yaml:1"]),
        ("format: 1\ndictionary: d\ntable: codes.csv\n".to_owned(), "from,to\na,b\na,c\n", vec!["overlapping_rows codes.csv:3"]),
        (
            "format: 1\ndictionary: d\ntable: codes.csv\n".to_owned(),
            "from,too\na,b\n",
            vec!["unknown_key codes.csv:1", "bad_table codes.csv:1"],
        ),
        ("format: 1\ndictionary: d\ntable: codes.csv\n".to_owned(), "from,to\na,\n", vec!["bad_table codes.csv:2"]),
        ("format: 1\ndictionary: d\ntable: code.csv\n".to_owned(), "", vec!["unknown_file dictionaries/x.yaml:3"]),
    ];
    for (text, csv, wanted) in table {
        assert_eq!(read(&text, csv).1, wanted, "{text}{csv}");
    }
    let same = "format: 1\ndictionary: d\nrows:\n  - {from: a, to: x}\n  - {from: b, to: x}\n";
    assert_eq!(read(same, "").0.unwrap().reversed().err().as_deref(), Some("x"));
}
