use super::*;
use crate::domain::text::shape::check;
use crate::domain::text::tree::parse;
use proptest::prelude::*;

fn compile(text: &str) -> Result<Vec<Format>, Vec<&'static str>> {
    let mut report = Report::new("x.yaml");
    let node = parse(&format!("as: {text}"), &mut report).unwrap();
    let node = node.get("as").unwrap();
    check(node, &SHAPE, &mut report);
    let formats = Format::compile(node, &mut report, "as");
    match formats.filter(|_| report.is_empty()) {
        Some(formats) => Ok(formats),
        None => Err(report.into_items().into_iter().map(|item| item.code).collect()),
    }
}

fn write(text: &str, value: &Value) -> Result<Value, FormatError> {
    compile(text).unwrap().iter().try_fold(value.clone(), |value, format| format.convert(&value, Direction::Write, Some("JPY")))
}

fn read(text: &str, value: &Value) -> Result<Value, FormatError> {
    compile(text).unwrap().iter().rev().try_fold(value.clone(), |value, format| format.convert(&value, Direction::Read, None))
}

fn decimal(text: &str) -> Value {
    Value::Decimal(text.parse().unwrap())
}

#[test]
fn what_is_written_reads_back() {
    let instant = Value::Instant("2026-11-20T16:05:09.120Z".parse().unwrap());
    let whole = Value::Instant("2026-11-20T16:05:09Z".parse().unwrap());
    let date = Value::Date("2026-02-28".parse().unwrap());
    let table = [
        ("unix_seconds", whole.clone(), "1795190709"),
        ("unix_millis", instant.clone(), "1795190709120"),
        ("rfc3339", instant.clone(), r#""2026-11-20T16:05:09.12Z""#),
        (r#"{date: "yyyy-MM-dd HH:mm:ss", zone: Asia/Shanghai}"#, whole.clone(), r#""2026-11-21 00:05:09""#),
        (r#"{date: "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", zone: Asia/Shanghai}"#, instant.clone(), r#""2026-11-21T00:05:09.120+08:00""#),
        (
            "{parts: [year, month, day, hour, minute, second, millisecond], with: {__class__: datetime}}",
            instant.clone(),
            r#"{"__class__":"datetime","year":2026,"month":11,"day":20,"hour":16,"minute":5,"second":9,"millisecond":120}"#,
        ),
        (r#"{date: "yyyyMMdd"}"#, date.clone(), r#""20260228""#),
        (r#"{date: "dd.MM.yy"}"#, date.clone(), r#""28.02.26""#),
        ("{parts: [year, month, day], with: {__class__: date}}", date, r#"{"__class__":"date","year":2026,"month":2,"day":28}"#),
        ("{tagged: {__class__: Decimal}, under: decimal}", Value::text("1130.00"), r#"{"__class__":"Decimal","decimal":"1130.00"}"#),
        (r#"{bool: {yes: "Y", no: "N"}}"#, Value::Bool(true), r#""Y""#),
        ("{bool: {yes: 1, no: 0}}", Value::Bool(false), "0"),
        ("base64", Value::text("hub:7:0123abcd"), r#""aHViOjc6MDEyM2FiY2Q=""#),
        ("json_text", Value::map([("金额", Value::list([Value::Int(1)]))]), r#""{\"金额\":[1]}""#),
        ("number", decimal("1130.00"), "1130.00"),
    ];
    for (format, value, wanted) in table {
        let written = write(format, &value).unwrap();
        assert_eq!(written.to_json().to_string(), wanted, "{format}");
        let wire: Value = written.to_json().to_string().parse().unwrap();
        assert_eq!(read(format, &wire), Ok(value), "{format}");
    }
}

#[test]
fn digits_are_never_lost_unsaid() {
    let table = [
        ("{decimal: {scale: 2}}", "5", Some("5.00")),
        ("{decimal: {scale: 1}}", "5.10", Some("5.1")),
        ("{decimal: {scale: 2}}", "5.125", None),
        ("{decimal: {scale: 2, rounding: half_even}}", "5.125", Some("5.12")),
        ("{decimal: {scale: 2, rounding: half_up}}", "5.125", Some("5.13")),
        ("{decimal: {scale: 2, rounding: down}}", "5.129", Some("5.12")),
        ("{decimal: {scale: 0, rounding: half_even}}", "-0.4", Some("0")),
        ("{decimal: {scale: currency}}", "110407", Some("110407")),
        ("{decimal: {scale: currency}}", "110407.5", None),
        ("integer", "5.00", Some("5")),
        ("integer", "5.5", None),
    ];
    for (format, written, wanted) in table {
        for value in [decimal(written), Value::text(written)] {
            let found: Option<String> =
                write(format, &value).ok().and_then(|value| Some(crate::domain::expression::print(&value)?.into_owned()));
            assert_eq!(found.as_deref(), wanted, "{format} of {value:?}");
        }
    }
    let tagged = "[{decimal: {scale: 2}}, {tagged: {__class__: Decimal}, under: decimal}]";
    let written = write(tagged, &decimal("5")).unwrap();
    assert_eq!(written.to_json().to_string(), r#"{"__class__":"Decimal","decimal":"5.00"}"#);
    assert_eq!(read(tagged, &written.to_json().to_string().parse().unwrap()), Ok(decimal("5.00")));
    assert_eq!(write("{decimal: {scale: 2, number: true}}", &decimal("5")).unwrap().to_json().to_string(), "5.00");
    let unknown = compile("{decimal: {scale: currency}}").unwrap()[0].convert(&decimal("5"), Direction::Write, None);
    assert_eq!(unknown, Err(FormatError::Currency));
}

#[test]
fn nonsense_is_refused() {
    let table = [
        ("unix_millis", "9223372036854775807"),
        ("unix_seconds", r#""x""#),
        ("{parts: [year, month, day]}", r#"{"year":2026,"month":13}"#),
        ("{parts: [year, month, day]}", r#"{"month":1}"#),
        ("{parts: [year, month, day]}", r#"{"year":99999}"#),
        ("{parts: [year, month, day]}", r#"{"year":"2026"}"#),
        ("{parts: [year, month, day]}", "[]"),
        ("{parts: [year, month, day, hour, microsecond]}", r#"{"year":2026,"microsecond":9223372036854775807}"#),
        (r#"{date: "yyyy-MM-dd"}"#, r#""2026-02-30""#),
        ("{tagged: {__class__: Decimal}, under: decimal}", r#"{"__class__":"date"}"#),
        (r#"{bool: {yes: "Y", no: "N"}}"#, r#""maybe""#),
        ("base64", r#""***""#),
        ("json_text", r#""{""#),
    ];
    for (format, text) in table {
        assert!(read(format, &text.parse().unwrap()).is_err(), "{format} of {text}");
    }
}

#[test]
fn a_format_is_checked_when_compiled() {
    let table = [
        ("milliseconds", "wrong_type"),
        ("{decimal: {scale: 99}}", "bad_value"),
        ("{decimal: {scale: money}}", "wrong_type"),
        ("{decimal: {}}", "missing_key"),
        (r#"{date: "YYYY-MM-DD"}"#, "bad_value"),
        (r#"{date: "yyyy", zone: Mars/Base}"#, "bad_value"),
        ("{tagged: {a: b}}", "missing_key"),
        ("{tagged: {a: b}, under: a}", "duplicate_key"),
        ("{parts: [yeer]}", "bad_word"),
    ];
    for (format, code) in table {
        assert_eq!(compile(format).err(), Some(vec![code]), "{format}");
    }
}

proptest! {
    #[test]
    fn a_decimal_without_rounding_keeps_its_value(mantissa in any::<i64>(), scale in 0u32..20, wanted in 0u32..=18) {
        let number = rust_decimal::Decimal::new(mantissa, scale);
        let format = compile(&format!("{{decimal: {{scale: {wanted}}}}}")).unwrap();
        if let Ok(Value::Decimal(written)) = format[0].convert(&Value::Decimal(number), Direction::Write, None) {
            prop_assert_eq!(written, number);
            prop_assert_eq!(written.scale(), wanted);
        }
    }
}
