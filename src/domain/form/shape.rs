//! What may stand in a form file.

use crate::domain::text::shape::{FORMAT, Field, Kind, ObjectShape, Shape, TITLE, TaggedShape};

/// The shape of a form.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "form",
    doc: "What a person fills in, and the document that is made of it.",
    fields: &[
        FORMAT,
        Field::required("form", Shape::Id, "the id of the form"),
        TITLE,
        Field::optional("hint", Shape::Title, "what people should know before they begin"),
        Field::required("document", Shape::Id, "the document type it makes"),
        Field::required(
            "map",
            Shape::Id,
            "the mapping that makes the document; it takes `form`, `number`, `submitter`, `submitted_at`, `today`",
        ),
        Field::optional(
            "number",
            Shape::Object(&NUMBER),
            "how its documents are numbered; without it the mapping makes the key from the fields",
        ),
        Field::optional("zone", Shape::Text, "IANA time zone of `today` and of the numbering's periods; UTC when left out"),
        Field::required("sections", Shape::List(&Shape::Object(&SECTION)), "its sections, in order"),
        Field::optional("checks", Shape::List(&Shape::Object(&CHECK)), "what must hold of the whole; see `form`, `submitter`, `today`"),
    ],
});

static NUMBER: ObjectShape = ObjectShape {
    name: "number",
    doc: "How documents are numbered: prefix, period, counter. Numbers are unique; one that was drawn for a refused form is left out.",
    fields: &[
        Field::optional("prefix", Shape::Text, "what stands in front, such as `PR-`"),
        Field::optional("per", Shape::Word(&["year", "month", "day", "never"]), "when counting begins anew; `year` when left out"),
        Field::optional("digits", Shape::Int, "least digits of the counter, 1 to 12; 6 when left out"),
    ],
};

static SECTION: ObjectShape = ObjectShape {
    name: "section",
    doc: "Fields that belong together.",
    fields: &[
        Field::required("id", Shape::Id, "the id of the section"),
        TITLE,
        Field::required("fields", Shape::List(&Shape::Tagged(&FIELD)), "its fields, in order"),
    ],
};

static CHECK: ObjectShape = ObjectShape {
    name: "form_check",
    doc: "Something that must hold.",
    fields: &[
        Field::required("that", Shape::Expression, "what must hold; a check of a field is made when the field is filled"),
        Field::required("message", Shape::Title, "what the person is told when it does not"),
    ],
};

macro_rules! common {
    () => {
        &[
            Field::required("id", Shape::Id, "the id of the field, unique in the form (in a line table: in the table)"),
            TITLE,
            Field::optional("hint", Shape::Title, "what helps to fill it in"),
            Field::optional(
                "required",
                Shape::Either(&[Shape::Bool, Shape::Expression]),
                "whether it must be filled; `true`, or when an expression holds",
            ),
            Field::optional("default", Shape::Any, "what it holds when nothing is sent; of a person `submitter`, of a date `today`"),
            Field::optional("visible", Shape::Expression, "shown only when this holds; a hidden field is empty"),
            Field::optional(
                "checks",
                Shape::List(&Shape::Object(&CHECK)),
                "what must hold when it is filled; in a line table they also see `line`",
            ),
            Field::optional(
                "rights",
                Shape::IdMap(&Shape::Word(&["edit", "read", "hide"])),
                "what can be done with it at a step; `edit` at `start` and `read` elsewhere when left out",
            ),
        ]
    };
}

static COMMON: &[Field] = common!();

/// A field of a section.
pub static FIELD: TaggedShape = TaggedShape {
    name: "form_field",
    doc: "A field.",
    tag: "type",
    default: None,
    common: COMMON,
    kinds: &[&TEXT, &INT, &DECIMAL, &DATE, &INSTANT, &CHOICE, &PERSON, &DEPARTMENT, &ATTACHMENT, &YES_NO, &LINES],
};

/// A field of a line table.
pub static LINE_FIELD: TaggedShape = TaggedShape {
    name: "line_field",
    doc: "A field of a line table.",
    tag: "type",
    default: None,
    common: COMMON,
    kinds: &[&TEXT, &INT, &DECIMAL, &DATE, &INSTANT, &CHOICE, &PERSON, &DEPARTMENT, &ATTACHMENT, &YES_NO],
};

static TEXT: Kind = Kind {
    word: "text",
    doc: "text, of one line unless `multi_line`",
    later: false,
    fields: &[
        Field::optional("multi_line", Shape::Bool, "whether it may have several lines"),
        Field::optional("max_length", Shape::Int, "most characters; 300, with `multi_line` 5000 when left out"),
        Field::optional("pattern", Shape::Text, "a regular expression the whole text must match"),
    ],
};

static INT: Kind = Kind {
    word: "int",
    doc: "a whole number",
    later: false,
    fields: &[Field::optional("min", Shape::Int, "the least"), Field::optional("max", Shape::Int, "the greatest")],
};

static DECIMAL: Kind = Kind {
    word: "decimal",
    doc: "an exact number, sent as text; an amount when it has a `currency`",
    later: false,
    fields: &[
        Field::optional("currency", Shape::Text, "its currency: a code of ISO 4217, or the field that holds it"),
        Field::optional("scale", Shape::Int, "most decimals; of an amount those of its currency when left out"),
        Field::optional("min", Shape::Decimal, "the least"),
        Field::optional("max", Shape::Decimal, "the greatest"),
    ],
};

static DATE: Kind = Kind { word: "date", doc: "a date", later: false, fields: &[] };
static INSTANT: Kind = Kind { word: "instant", doc: "a point in time, with an offset", later: false, fields: &[] };

static CHOICE: Kind = Kind {
    word: "choice",
    doc: "one of several, or with `many` some of them",
    later: false,
    fields: &[
        Field::optional("options", Shape::List(&Shape::Either(&[Shape::Object(&OPTION), Shape::Text])), "what can be chosen"),
        Field::optional("dictionary", Shape::Id, "the dictionary whose values can be chosen"),
        Field::optional("many", Shape::Bool, "whether several may be chosen"),
    ],
};

static OPTION: ObjectShape = ObjectShape {
    name: "option",
    doc: "Something that can be chosen.",
    fields: &[Field::required("id", Shape::Text, "what is stored"), TITLE],
};

static PERSON: Kind = Kind {
    word: "person",
    doc: "somebody of the directory, sent as their id; with `many` a list of them",
    later: false,
    fields: &[
        Field::optional("role", Shape::Text, "only holders of this role"),
        Field::optional("many", Shape::Bool, "whether several may be named"),
    ],
};

static DEPARTMENT: Kind = Kind { word: "department", doc: "a department of the directory, sent as its id", later: false, fields: &[] };

static ATTACHMENT: Kind = Kind {
    word: "attachment",
    doc: "references to files kept elsewhere: name, `ref`, and perhaps media type, size and SHA-256",
    later: false,
    fields: &[Field::optional("max", Shape::Int, "most files; 10 when left out")],
};

static YES_NO: Kind = Kind { word: "yes_no", doc: "yes or no", later: false, fields: &[] };

static LINES: Kind = Kind {
    word: "lines",
    doc: "a line table",
    later: false,
    fields: &[
        Field::required("fields", Shape::List(&Shape::Tagged(&LINE_FIELD)), "the fields of a line; expressions also see `line`"),
        Field::optional("min", Shape::Int, "least lines"),
        Field::optional("max", Shape::Int, "most lines; 500 when left out"),
        Field::optional("sums", Shape::List(&Shape::Id), "decimals that are added up: `form.sums.<table>.<field>`"),
    ],
};
