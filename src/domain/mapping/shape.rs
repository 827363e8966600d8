//! The shape of `mappings/<id>.yaml`.

use crate::domain::format;
use crate::domain::text::shape::{FORMAT, Field, KeyedShape, ObjectShape, Shape, TITLE, Variant};

/// The shape of a mapping.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "mapping",
    doc: "Field rules from the inputs to an operation's input or to a document.",
    fields: &[
        FORMAT,
        Field::required("mapping", Shape::Id, "the id of the mapping"),
        TITLE,
        Field::required(
            "inputs",
            Shape::Map(&Shape::Text),
            "the names it takes, and what each is: a document type, `FORM.form` and `FORM.submitter`, `connector.operation.output`, `connector.event`, or a plain type",
        ),
        Field::required("to", Shape::Keyed(&TARGET), "what it makes"),
        Field::optional("on", Shape::Expression, "the day by which dated dictionaries are read"),
        Field::required("fields", Shape::List(&RULE), "the rules, in the order in which the keys are written"),
        Field::optional("tests", Shape::List(&Shape::Object(&CASE)), "examples that `waybill test` runs"),
    ],
});

static TARGET: KeyedShape = KeyedShape {
    name: "mapping_target",
    doc: "What a mapping makes.",
    common: &[],
    variants: &[
        &Variant {
            key: Field::required("operation", Shape::Reference, "the input of an operation, as `role.operation`"),
            fields: &[Field::optional(
                "form",
                Shape::Id,
                "the vendor form that it fills: unknown, missing and wrongly typed fields are then found",
            )],
        },
        &Variant { key: Field::required("document", Shape::Id, "a document of this type"), fields: &[] },
    ],
};

static CASE: ObjectShape = ObjectShape {
    name: "mapping_case",
    doc: "An example: inputs, and what comes out of them.",
    fields: &[
        Field::required("name", Shape::Text, "what it shows"),
        Field::required("inputs", Shape::Text, "path of a JSON file with a value for each input"),
        Field::required("expect", Shape::Text, "path of a JSON file with the result"),
    ],
};

static RULE: Shape = Shape::Keyed(&RULE_KEYED);

static RULE_KEYED: KeyedShape = KeyedShape {
    name: "mapping_rule",
    doc: "One rule: where to, and where from.",
    common: &[
        Field::required("to", Shape::Text, "the target: `supplier.code`, `form['金额']`"),
        Field::optional("when", Shape::Expression, "the rule counts only when this holds"),
        Field::optional("required", Shape::Bool, "whether it is an error when nothing comes out"),
    ],
    variants: &[&VALUE, &TEXT, &FROM, &CONSTANT, &EACH, &GROUP],
};

const AS: Field = Field::optional("as", Shape::OneOrMany(&format::ONE), "how the value stands at the partner");
const LOOKUP: Field = Field::optional("lookup", Shape::Either(&LOOKUP_FORMS), "the dictionary that turns the value into a code");
const JOIN: Field = Field::optional("join", Shape::Text, "joins the elements of a list into one text, with this between them");
const MAX_LENGTH: Field = Field::optional("max_length", Shape::Int, "the longest text, in characters");
const ON_OVERFLOW: Field =
    Field::optional("on_overflow", Shape::Word(&["error", "truncate"]), "what happens to longer text; `error` where it is left out");
const DEFAULT: Field = Field::optional("default", Shape::Any, "what is written when nothing comes out");
const OPTIONAL: Field = Field::optional("optional", Shape::Bool, "whether it may be missing");

static LOOKUP_FORMS: [Shape; 2] = [Shape::Id, Shape::Object(&LOOKUP_OBJECT)];

static LOOKUP_OBJECT: ObjectShape = ObjectShape {
    name: "mapping_lookup",
    doc: "A look into a dictionary.",
    fields: &[
        Field::required("dictionary", Shape::Id, "the dictionary"),
        Field::optional("on", Shape::Expression, "the day by which it is read"),
        Field::optional("reverse", Shape::Bool, "whether the connector's code is turned into our value"),
    ],
};

static VALUE: Variant = Variant {
    key: Field::required("value", Shape::Expression, "an expression"),
    fields: &[AS, LOOKUP, JOIN, MAX_LENGTH, ON_OVERFLOW, DEFAULT, OPTIONAL],
};
static TEXT: Variant =
    Variant { key: Field::required("text", Shape::Template, "a template"), fields: &[AS, LOOKUP, MAX_LENGTH, ON_OVERFLOW] };
static FROM: Variant = Variant {
    key: Field::required("from", Shape::Path, "a JSONPath on the payload at hand"),
    fields: &[
        AS,
        LOOKUP,
        JOIN,
        MAX_LENGTH,
        ON_OVERFLOW,
        DEFAULT,
        OPTIONAL,
        Field::optional("many", Shape::Bool, "whether the path gives a list"),
    ],
};
static CONSTANT: Variant = Variant { key: Field::required("constant", Shape::Any, "a value as it is written"), fields: &[] };
static EACH: Variant = Variant {
    key: Field::required("each", Shape::Expression, "the list; the target becomes a list with an element for each"),
    fields: &[
        Field::required("as", Shape::Id, "the name of the element"),
        Field::required("fields", Shape::List(&RULE), "the rules of an element"),
    ],
};
static GROUP: Variant = Variant { key: Field::required("fields", Shape::List(&RULE), "rules below the target"), fields: &[] };
