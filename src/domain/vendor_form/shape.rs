//! What may stand in a vendor form.

use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE};

const ID: Field = Field::required("id", Shape::Text, "what a mapping calls it: the label or id that the vendor finds it by");
const KIND: Field =
    Field::required("kind", Shape::Text, "the vendor's word for its kind; the connector says what a value of it looks like");
const REQUIRED: Field = Field::optional("required", Shape::Bool, "whether it must be filled");
const MAX_LENGTH: Field = Field::optional("max_length", Shape::Int, "longest text taken, characters");
const LABEL: Field = Field::optional("title", Shape::Title, "what people see, where that is something else than its id");

static COLUMN: ObjectShape =
    ObjectShape { name: "vendor_form_column", doc: "A column of a detail table.", fields: &[ID, KIND, LABEL, REQUIRED, MAX_LENGTH] };

static FIELD: ObjectShape = ObjectShape {
    name: "vendor_form_field",
    doc: "A field of the template.",
    fields: &[
        ID,
        KIND,
        LABEL,
        REQUIRED,
        MAX_LENGTH,
        Field::optional(
            "by",
            Shape::Word(&["mapping", "connector"]),
            "who fills it: `connector` for the field with the hub's own number; `mapping` where it is left out",
        ),
        Field::optional("fields", Shape::List(&Shape::Object(&COLUMN)), "the columns of a detail table"),
    ],
};

/// The shape of a vendor form.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "vendor_form",
    doc: "The template of an approval that somebody drew at a vendor, so that mappings are checked against it and its changes are found.",
    fields: &[
        FORMAT,
        Field::required("vendor_form", Shape::Id, "its id"),
        TITLE,
        Field::required("connector", Shape::Id, "the connector of the vendor"),
        Field::required("operation", Shape::Id, "the operation that sends it; the connector's `forms` says how"),
        Field::optional(
            "template",
            Shape::IdMap(&Shape::Text),
            "which template it stands for: settings of the connection and their values, such as `process_code: PROC-1`; where it is left out, that of every connection of the connector",
        ),
        Field::required("fields", Shape::List(&Shape::Object(&FIELD)), "its fields, in the vendor's order"),
    ],
});
