//! Shapes: what may stand where. One table serves the check of a tree and the generated JSON Schema.
//!
//! A kind of definition declares a `static` shape beside its type; a vocabulary item (auth kind, step kind, paginator)
//! declares its own shape in its own file and is named in one list. The check reports every problem; readers that run
//! after it may rely on the shape and simply skip what is not there. `check.rs` checks, `schema.rs` makes the schemas.

pub use super::check::check;

/// What may stand at a place.
pub enum Shape {
    /// Anything at all; the reader of this place checks it (literal JSON, examples).
    Any,
    /// A single value taken as text.
    Text,
    /// An id: `[a-z][a-z0-9_]*`.
    Id,
    /// A dotted reference such as `erp.check_budget`.
    Reference,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A quoted decimal such as `"5000.00"`.
    Decimal,
    /// A duration `15s 5m 2h 3d` or working time `3wd 8wh`.
    Duration,
    /// A size such as `2MiB`.
    Size,
    /// A rate such as `20/s`.
    Rate,
    /// A CEL expression.
    Expression,
    /// A JSONPath.
    Path,
    /// A handlebars template.
    Template,
    /// A title: one text, or texts by language `{en: …, zh: …}`.
    Title,
    /// A literal value or `{secret: …}`.
    Setting,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A mapping with known keys.
    Object(&'static ObjectShape),
    /// A mapping in which exactly one of the variants' keys says what it is (steps, rules, verbs).
    Keyed(&'static KeyedShape),
    /// A mapping whose `kind` (or other tag) says which further keys it has (auth kinds, page kinds).
    Tagged(&'static TaggedShape),
    /// A list of these.
    List(&'static Shape),
    /// A mapping from free names to these.
    Map(&'static Shape),
    /// A mapping from ids to these.
    IdMap(&'static Shape),
    /// A single one, or a list of them.
    OneOrMany(&'static Shape),
    /// The first of these whose form (single value, list, mapping) fits.
    Either(&'static [Shape]),
}

/// A mapping with known keys.
pub struct ObjectShape {
    /// Name in the generated schema.
    pub name: &'static str,
    /// One sentence for editors and the reference.
    pub doc: &'static str,
    /// Its keys.
    pub fields: &'static [Field],
}

/// One key of a mapping.
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What stands there.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// Whether the word is planned for a later release: recognised and refused with `not_available_yet`.
    pub later: bool,
    /// One sentence for editors and the reference.
    pub doc: &'static str,
}

impl Field {
    /// A key that must be there.
    pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
        Field { name, shape, required: true, later: false, doc }
    }
    /// A key that may be there.
    pub const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Field {
        Field { name, shape, required: false, later: false, doc }
    }
    /// A key that a later release brings.
    pub const fn later(name: &'static str, doc: &'static str) -> Field {
        Field { name, shape: Shape::Any, required: false, later: true, doc }
    }
}

/// `format: 1`, the first line of every definition.
pub const FORMAT: Field = Field::required("format", Shape::Int, "the version of the language; always 1");
/// What people see instead of the id.
pub const TITLE: Field = Field::optional("title", Shape::Title, "what people see: one text, or texts by language");

/// A mapping in which one key says what it is: `{call: …}`, `{choose: …}`.
pub struct KeyedShape {
    /// Name in the generated schema.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Keys any variant may have.
    pub common: &'static [Field],
    /// The variants; a static list of statics, so that one item is one file.
    pub variants: &'static [&'static Variant],
}

/// One variant of a keyed mapping.
pub struct Variant {
    /// The key that says so, and what stands under it.
    pub key: Field,
    /// Further keys of this variant.
    pub fields: &'static [Field],
}

/// A mapping whose tag says which further keys it has.
pub struct TaggedShape {
    /// Name in the generated schema.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// The tag, usually `kind`.
    pub tag: &'static str,
    /// The tag when it is left out.
    pub default: Option<&'static str>,
    /// Keys any kind may have.
    pub common: &'static [Field],
    /// The kinds.
    pub kinds: &'static [&'static Kind],
}

/// One kind of a tagged mapping.
pub struct Kind {
    /// The tag's word.
    pub word: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// Whether a later release brings it.
    pub later: bool,
    /// Its keys.
    pub fields: &'static [Field],
}

/// Whether a text is an id.
pub fn is_id(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
}
