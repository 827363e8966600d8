use super::*;
use crate::domain::diagnostic::Report;
use crate::domain::directory::Directory;
use crate::domain::text::files::Files;
use crate::domain::text::shape::check;
use crate::domain::text::tree::parse;
use crate::domain::value::Value;
use serde_json::{Value as Json, json};

const FORM: &str = r#"
format: 1
form: request
document: purchase_request
map: request_document
number: {prefix: "PR-", per: year}
zone: Asia/Shanghai
sections:
  - id: head
    fields:
      - {id: requester, type: person, default: submitter}
      - {id: department, type: department, default: submitter}
      - {id: currency, type: choice, options: [CNY, JPY], required: true}
      - {id: rush, type: yes_no, default: false}
      - {id: reason, type: text, multi_line: true, visible: form.rush, required: form.rush}
      - {id: needed_by, type: date, checks: [{that: form.needed_by >= today, message: {en: lies in the past, zh: 已过期}}]}
      - {id: internal, type: text, rights: {start: hide, review: edit}}
  - id: items
    fields:
      - id: lines
        type: lines
        min: 1
        max: 3
        sums: [amount]
        fields:
          - {id: what, type: text, required: true}
          - {id: amount, type: decimal, currency: currency, min: "0.01", required: true}
checks:
  - {that: "form.sums.lines.amount <= 1000", message: the whole is more than 1000}
"#;

const PEOPLE: &str = "format: 1
directory: people
users:
  - {id: u1, name: Li, email: li@example.com, department: d1}
  - {id: u2, name: Wang, active: false}
departments:
  - {id: d1, title: {en: Works, zh: 工厂}}
";

fn directory() -> Directory {
    let mut report = Report::new("people.yaml");
    let node = parse(PEOPLE, &mut report).unwrap();
    Directory::read(&node, &Files::default(), &std::collections::BTreeMap::new(), &mut report).unwrap()
}

fn compile(text: &str) -> (Option<Form>, Vec<String>) {
    let mut report = Report::new("form.yaml");
    let node = parse(text, &mut report).unwrap();
    check(&node, &SHAPE, &mut report);
    let form = Form::read(&node, &std::collections::BTreeMap::new(), &mut report);
    (form, report.into_items().into_iter().map(|item| format!("{}: {}", item.code, item.message)).collect())
}

fn form() -> Form {
    let (form, problems) = compile(FORM);
    assert_eq!(problems, Vec::<String>::new());
    form.unwrap()
}

fn fill_at(step: &str, before: &Value, values: &Json) -> Result<Value, Vec<String>> {
    let directory = directory();
    let submitter = Value::map([("id", Value::text("u1")), ("name", Value::text("Li")), ("department", Value::text("d1"))]);
    let around = Circumstances {
        step,
        before,
        submitter: &submitter,
        directory: &directory,
        submitted_at: "2026-09-28T02:00:00Z".parse().unwrap(),
        today: jiff::civil::date(2026, 9, 28),
        language: "en",
    };
    form().fill(values, &around).map_err(|problems| problems.into_iter().map(|one| format!("{} {}", one.pointer, one.message)).collect())
}

fn fill(values: &Json) -> Result<Value, Vec<String>> {
    fill_at(START, &Value::Unset, values)
}

#[test]
fn a_sound_form_is_typed_summed_and_completed() {
    let lines = json!([{"what": "paper", "amount": "12.50"}, {"what": "ink", "amount": "7.5"}]);
    let filled = fill(&json!({"currency": "CNY", "needed_by": "2026-10-01", "lines": lines})).unwrap();
    assert_eq!(filled.member("requester").member("name"), &Value::text("Li"), "the default is who submits");
    assert_eq!(filled.member("department").member("name"), &Value::text("Works"));
    assert_eq!(filled.member("rush"), &Value::Bool(false));
    assert_eq!(filled.member("sums").member("lines").member("amount"), &Value::Decimal("20.00".parse().unwrap()));
}

#[test]
fn every_problem_is_told_at_its_field() {
    let cases = [
        (json!([]), vec![" must be an object with a member for each field"]),
        (json!({}), vec!["/currency is required", "/lines is required"]),
        (
            json!({"currency": "USD", "rush": true, "lines": [{"what": "x", "amount": "1"}], "colour": "red"}),
            vec![
                "/colour is no field of this form",
                "/currency is none of the options",
                "/reason is required",
                "/lines/0/amount its currency is not filled in: `currency`",
            ],
        ),
        (
            json!({"currency": "JPY", "needed_by": "2026-09-27", "lines": [{"amount": "1.5"}, {"what": "y", "amount": 2}]}),
            vec![
                "/lines/1/amount must be an exact number in text, such as \"5000.00\"",
                "/needed_by lies in the past",
                "/lines/0/what is required",
                "/lines/0/amount at most 0 decimals are taken in this currency",
            ],
        ),
        (
            json!({"currency": "CNY", "requester": "u2", "internal": "x", "lines": [{"what": "a\nb", "amount": "0"}]}),
            vec![
                "/requester the directory knows no such person",
                "/internal is not filled in at this step",
                "/lines/0/what must be one line of text",
                "/lines/0/amount must be at least 0.01",
            ],
        ),
        (json!({"currency": "CNY", "lines": [{"what": "a", "amount": "1000.01"}]}), vec![" the whole is more than 1000"]),
        (json!({"currency": "CNY", "lines": [{}, {}, {}, {}]}), vec!["/lines at most 3 lines are taken"]),
    ];
    for (values, wanted) in cases {
        assert_eq!(fill(&values).unwrap_err(), wanted, "{values}");
    }
}

#[test]
fn what_is_hidden_is_empty_and_another_step_edits_what_it_may() {
    let values = json!({"currency": "CNY", "reason": "kept from nobody", "lines": [{"what": "a", "amount": "1"}]});
    let filled = fill(&values).unwrap();
    assert_eq!(filled.member("reason"), &Value::Unset, "not shown, so not taken");
    let later = fill_at("review", &filled, &json!({"internal": "checked"})).unwrap();
    assert_eq!((later.member("internal"), later.member("lines")), (&Value::text("checked"), filled.member("lines")));
    assert_eq!(fill_at("review", &filled, &json!({"currency": "JPY"})).unwrap_err(), ["/currency is not filled in at this step"]);
}

#[test]
fn several_people_are_named_each_once_and_of_the_role_that_is_asked_for() {
    let text =
        FORM.replace("{id: rush,", "{id: advisers, type: person, many: true, role: expert, required: form.rush}\n      - {id: rush,");
    let (form, problems) = compile(&text);
    assert_eq!(problems, Vec::<String>::new());
    let people = "format: 1\ndirectory: people\nusers: [{id: u1, name: Li}, {id: u3, name: Sun}, {id: u4, name: Zhou}, {id: u5, name: He, active: false}]\n\
                  roles: [{role: expert, users: [u3, u4, u5]}]\n";
    let mut report = Report::new("people.yaml");
    let directory =
        Directory::read(&parse(people, &mut report).unwrap(), &Files::default(), &std::collections::BTreeMap::new(), &mut report);
    let (directory, submitter) = (directory.unwrap(), Value::map([("id", Value::text("u1"))]));
    let fill = |advisers: Json, rush: bool| {
        let around = Circumstances {
            step: START,
            before: &Value::Unset,
            submitter: &submitter,
            directory: &directory,
            submitted_at: "2026-09-28T02:00:00Z".parse().unwrap(),
            today: jiff::civil::date(2026, 9, 28),
            language: "en",
        };
        let mut values = json!({"currency": "CNY", "rush": rush, "advisers": advisers, "lines": [{"what": "a", "amount": "1"}]});
        if rush {
            values["reason"] = json!("soon");
        }
        let filled = form.as_ref().unwrap().fill(&values, &around).map(|filled| filled.member("advisers").clone());
        filled.map_err(|problems| problems.into_iter().map(|one| format!("{} {}", one.pointer, one.message)).collect::<Vec<_>>())
    };
    let named = fill(json!(["u4", {"id": "u3"}]), true).unwrap();
    let Value::List(people) = &named else { panic!("a list: {named:?}") };
    let names: Vec<&Value> = people.iter().map(|person| person.member("name")).collect();
    assert_eq!(names, [&Value::text("Zhou"), &Value::text("Sun")], "in their order");
    assert_eq!(fill(json!([]), false), Ok(Value::Unset));
    for (advisers, wanted) in [
        (json!([]), "/advisers is required"),
        (json!(["u1"]), "/advisers/0 this person does not have the role `expert`"),
        (json!(["u3", "u5"]), "/advisers/1 the directory knows no such person"),
        (json!(["u3", "u3"]), "/advisers/1 names somebody a second time"),
        (json!("u3"), "/advisers must be a list of at most 50 people, by id"),
    ] {
        assert_eq!(fill(advisers.clone(), true).unwrap_err(), [wanted], "{advisers}");
    }
}

#[test]
fn numbers_have_a_period_and_a_counter() {
    let day = jiff::civil::date(2026, 9, 8);
    let number = |per: Per, digits: u32| Number { prefix: "PR-".into(), per, digits };
    for (per, digits, wanted) in
        [(Per::Year, 6, "PR-2026-000042"), (Per::Month, 4, "PR-202609-0042"), (Per::Day, 1, "PR-20260908-42"), (Per::Never, 3, "PR-042")]
    {
        assert_eq!(number(per, digits).write(day, 42), wanted);
    }
    assert_ne!(number(Per::Year, 6).counter("a", day), number(Per::Month, 6).counter("a", day));
}

#[test]
fn what_is_wrong_in_a_form_is_found() {
    for (from, to, wanted) in [
        ("visible: form.rush,", "visible: form.ruhs,", "unknown_field"),
        ("sums: [amount]", "sums: [what]", "unknown_field"),
        ("currency: currency", "currency: curency", "unknown_field"),
        ("options: [CNY, JPY]", "dictionary: currencies", "unknown_definition"),
        ("id: rush,", "id: currency,", "duplicate_key"),
        ("zone: Asia/Shanghai", "zone: Asia/Nowhere", "bad_value"),
        ("per: year", "per: week", "bad_word"),
        ("type: yes_no", "type: yesno", "bad_word"),
    ] {
        let text = FORM.replacen(from, to, 1);
        assert_ne!(text, FORM, "{from}");
        let found = compile(&text).1;
        assert!(found.iter().any(|problem| problem.starts_with(wanted)), "{to}: {found:?}");
    }
}

#[test]
fn clients_are_told_everything_they_draw() {
    let described = form().describe();
    let lines = &described["sections"][1]["fields"][0];
    assert_eq!((&lines["type"], &lines["max"], &lines["fields"][1]["currency"]), (&json!("lines"), &json!(3), &json!("currency")));
    assert_eq!(described["sections"][0]["fields"][4]["required"], json!("form.rush"));
}
