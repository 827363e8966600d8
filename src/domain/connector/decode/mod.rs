//! `decode:`: what is done to a partner's answer before rules, outputs and mappings see it, one file a kind.
//!
//! Steps in order, each at a place such as `$.data` or `$.rows[*]`. A step changes what it fits and leaves the rest alone:
//! an error answer of another shape must reach the rules as it came.

mod false_to_null;
mod group;
mod json_text;
mod lists;
mod odata_dates;
mod place;
mod rows;
mod xml_text;

use super::compiler::Compiler;
use super::reply::Reply;
use crate::domain::text::shape::{KeyedShape, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use place::Place;
use std::borrow::Cow;

/// The steps there are.
pub static VARIANTS: &[&Variant] = &[
    &json_text::VARIANT,
    &xml_text::VARIANT,
    &rows::VARIANT,
    &group::VARIANT,
    &lists::VARIANT,
    &false_to_null::VARIANT,
    &odata_dates::VARIANT,
];

static KEYED: KeyedShape =
    KeyedShape { name: "decode_step", doc: "One change of the answer before it is read.", common: &[], variants: VARIANTS };

/// The shape of `decode:`.
pub const SHAPE: Shape = Shape::List(&Shape::Keyed(&KEYED));

/// Compiled steps.
#[derive(Debug, Default)]
pub struct Decode(Vec<Step>);

#[derive(Debug)]
struct Step {
    places: Vec<Place>,
    change: Change,
}

#[derive(Debug)]
enum Change {
    JsonText,
    XmlText,
    Rows(rows::Rows),
    Group(group::Group),
    List,
    FalseToNull,
    ODataDates,
}

impl Decode {
    pub(super) fn compile(node: Option<&Node>, compiler: &mut Compiler<'_>) -> Decode {
        let items = node.map(Node::items).unwrap_or_default().iter().enumerate();
        let step = |(index, item)| compiler.inside(&format!("decode[{index}]"), |compiler| Step::compile(item, compiler));
        Decode(items.filter_map(step).collect())
    }

    /// The answer with every step done.
    pub(super) fn apply<'r>(&self, reply: &'r Reply) -> Cow<'r, Reply> {
        if self.0.is_empty() {
            return Cow::Borrowed(reply);
        }
        let body = self.0.iter().fold(reply.body.clone(), |body, step| step.apply(&body));
        Cow::Owned(Reply { body, ..reply.clone() })
    }
}

impl Step {
    fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Step> {
        let (key, written) = VARIANTS.iter().find_map(|variant| Some((variant.key.name, node.get(variant.key.name)?)))?;
        let items = match written.items() {
            [] => std::slice::from_ref(written),
            items => items,
        };
        let places: Vec<_> = items.iter().filter_map(|item| compiler.inside(key, |compiler| Place::compile(item, compiler))).collect();
        let change = match key {
            "json_text" => Change::JsonText,
            "xml_text" => Change::XmlText,
            "rows" => Change::Rows(rows::Rows::compile(node, compiler)?),
            "group" => Change::Group(group::Group::compile(node, compiler)?),
            "lists" => Change::List,
            "false_to_null" => Change::FalseToNull,
            _ => Change::ODataDates,
        };
        (places.len() == items.len()).then_some(Step { places, change })
    }

    fn apply(&self, body: &Value) -> Value {
        self.places.iter().fold(body.clone(), |body, place| place.change(&body, &|value| self.change.apply(value)))
    }
}

impl Change {
    /// The changed value; none leaves it as it is.
    fn apply(&self, value: &Value) -> Option<Value> {
        match self {
            Change::JsonText => json_text::apply(value),
            Change::XmlText => xml_text::apply(value),
            Change::Rows(rows) => rows.apply(value),
            Change::Group(group) => group.apply(value),
            Change::List => lists::apply(value),
            Change::FalseToNull => false_to_null::apply(value),
            Change::ODataDates => odata_dates::apply(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Report;
    use crate::domain::text::shape::check;
    use crate::domain::text::tree::parse;
    use jiff::Timestamp;

    fn compile(text: &str) -> (Decode, Vec<(&'static str, String)>) {
        let mut report = Report::new("x.yaml");
        let node = parse(&format!("decode: {text}"), &mut report).unwrap();
        check(node.get("decode").unwrap(), &SHAPE, &mut report);
        let decode = Decode::compile(node.get("decode"), &mut Compiler::new(&mut report));
        (decode, report.into_items().into_iter().map(|item| (item.code, item.path)).collect())
    }

    fn decode(steps: &str, body: &str) -> String {
        let (decode, found) = compile(steps);
        assert_eq!(found, [], "{steps}");
        let reply = Reply::new(200, &[], body.as_bytes(), Timestamp::UNIX_EPOCH);
        decode.apply(&reply).body.to_json().to_string()
    }

    #[test]
    fn answers_become_what_rules_can_read() {
        let table = [
            ("[{json_text: $.data}]", r#"{"data": "{\"n\": 1.50}"}"#, r#"{"data":{"n":"1.50"}}"#),
            ("[{json_text: $.data}]", r#"{"data": "no json"}"#, r#"{"data":"no json"}"#),
            ("[{json_text: $.other}]", r#"{"data": "{}"}"#, r#"{"data":"{}"}"#),
            ("[{xml_text: $.r}]", r#"{"r": "<a><b>1</b></a>"}"#, r#"{"r":{"a":{"b":"1"}}}"#),
            ("[{rows: $, columns: [id, no]}]", r#"[[1,"A"],[2,"B"]]"#, r#"[{"id":1,"no":"A"},{"id":2,"no":"B"}]"#),
            // An error in the vendor's way: one row with one cell. It stays what it is.
            ("[{rows: $, columns: [id, no]}]", r#"[[{"Result":{}}]]"#, r#"[[{"Result":{}}]]"#),
            ("[{rows: $, columns: [id, no]}]", "[]", "[]"),
            (
                "[{rows: $, columns: [id, no, qty]}, {group: $, by: [id, no], into: lines}]",
                r#"[[1,"A",2],[1,"A",3],[2,"B",4]]"#,
                r#"[{"id":1,"no":"A","lines":[{"qty":2},{"qty":3}]},{"id":2,"no":"B","lines":[{"qty":4}]}]"#,
            ),
            ("[{lists: [$.a.b, $.c]}]", r#"{"a":{"b":{"x":1}},"c":[1]}"#, r#"{"a":{"b":[{"x":1}]},"c":[1]}"#),
            ("[{lists: '$.rows[*].item'}]", r#"{"rows":[{"item":1},{"item":[2]},{}]}"#, r#"{"rows":[{"item":[1]},{"item":[2]},{}]}"#),
            (
                "[{false_to_null: ['$[*].ref', \"$[*]['a b']\"]}]",
                r#"[{"ref":false,"locked":false,"a b":false},{"ref":"x","a b":0}]"#,
                r#"[{"ref":null,"locked":false,"a b":null},{"ref":"x","a b":0}]"#,
            ),
            (
                "[{odata_dates: $.d}]",
                r#"{"d":{"results":[{"a":"/Date(1767225600000)/","b":"/Date(1767256200000+0000)/","c":"Date(1)","e":"/Date(x)/"}]}}"#,
                r#"{"d":{"results":[{"a":"2026-01-01T00:00:00Z","b":"2026-01-01T08:30:00Z","c":"Date(1)","e":"/Date(x)/"}]}}"#,
            ),
        ];
        for (steps, body, expected) in table {
            assert_eq!(decode(steps, body), expected, "{steps} {body}");
        }
    }

    #[test]
    fn steps_that_cannot_be_meant_are_refused() {
        for (steps, code, path) in [
            ("[{json_text: data}]", "path_syntax", "decode[0].json_text"),
            ("[{json_text: '$..data'}]", "bad_value", "decode[0].json_text"),
            ("[{json_text: \"$.a[?@.b == 'x']\"}]", "bad_value", "decode[0].json_text"),
            ("[{rows: $}]", "missing_key", "[0]"),
            ("[{rows: $, columns: [a, a]}]", "duplicate_key", "decode[0].columns"),
            ("[{group: $, by: [a], into: a}]", "duplicate_key", "decode[0].into"),
        ] {
            let (_, found) = compile(steps);
            assert!(found.contains(&(code, path.to_owned())), "{steps}: {found:?}");
        }
    }
}
