//! Objects and rows of a JSON body: their fields are declared with their types, and the body is written member by member, so that
//! a mapping is held against them and numbers go out as numbers.

use super::Form;
use super::yaml::text;

/// Objects within rows within objects that are written out; what is deeper is handed over whole.
const DEPTH_MAX: usize = 3;
/// Fields that are written out; more of them nobody reads, and they are handed over whole.
const FIELDS_MAX: usize = 60;

/// Words that CEL keeps for itself.
const KEPT: &[&str] = &[
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

/// An argument with fields.
pub(super) struct Nested {
    /// Its declaration.
    pub declared: String,
    /// What is sent of it.
    pub sent: String,
}

/// How an argument with this form is declared and sent; none where it has no fields, or is handed over whole.
pub(super) fn nested(form: &Form, expression: &str) -> Option<Nested> {
    if !has_fields(form) || fields_in(form) > FIELDS_MAX {
        return None;
    }
    Some(Nested { declared: declared(form, false)?, sent: sent(form, expression, false, 0)? })
}

fn has_fields(form: &Form) -> bool {
    match form {
        Form::Object(members) => !members.is_empty(),
        Form::List(row) => **row == Form::Decimal || has_fields(row),
        _ => false,
    }
}

fn fields_in(form: &Form) -> usize {
    match form {
        Form::Object(members) => members.iter().map(|(_, form, _)| 1 + fields_in(form)).sum(),
        Form::List(row) => fields_in(row),
        _ => 0,
    }
}

fn declared(form: &Form, optional: bool) -> Option<String> {
    let fields = match form {
        Form::Object(members) => Some(members),
        Form::List(row) => match &**row {
            Form::Object(members) => Some(members),
            Form::List(_) => return None,
            _ => None,
        },
        _ => None,
    };
    let word = form.word();
    let Some(fields) = fields.filter(|fields| !fields.is_empty()) else {
        return Some(if optional { format!("{{type: {word}, optional: true}}") } else { word });
    };
    let fields = fields.iter().map(|(name, form, there)| Some(format!("{}: {}", text(name), declared(form, !there)?)));
    let fields: Vec<String> = fields.collect::<Option<_>>()?;
    Some(format!("{{type: {word}, fields: {{{}}}}}", fields.join(", ")))
}

/// None where it cannot be written member by member.
fn sent(form: &Form, expression: &str, optional: bool, depth: usize) -> Option<String> {
    let left_out = if optional { ", optional: true" } else { "" };
    match form {
        Form::Object(_) | Form::List(_) if depth >= DEPTH_MAX => None,
        // What is not there would be sent as an empty one.
        Form::Object(members) if !members.is_empty() => (!optional).then(|| object(members, expression, depth))?,
        Form::List(row) if has_fields(form) => {
            let name = if depth == 0 { "row".to_owned() } else { format!("row_{}", depth + 1) };
            let item = sent(row, &name, false, depth + 1)?;
            (!optional).then(|| format!("{{each: {expression}, as: {name}, item: {item}}}"))
        }
        Form::Decimal => Some(format!("{{value: {expression}, as: number{left_out}}}")),
        _ => Some(format!("{{value: {expression}{left_out}}}")),
    }
}

fn object(members: &[(String, Form, bool)], expression: &str, depth: usize) -> Option<String> {
    let names: Vec<&str> = members.iter().map(|(name, ..)| name.as_str()).collect();
    if is_a_word_of_the_language(&names) || !names.iter().all(|name| is_plain(name)) {
        return None;
    }
    let member = |(name, form, there): &(String, Form, bool)| {
        Some(format!("{}: {}", text(name), sent(form, &format!("{expression}.{name}"), !there, depth + 1)?))
    };
    let members: Vec<String> = members.iter().map(member).collect::<Option<_>>()?;
    Some(format!("{{{}}}", members.join(", ")))
}

/// Whether an expression can name it behind a dot.
fn is_plain(name: &str) -> bool {
    let letters = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    letters && !name.starts_with(|first: char| first.is_ascii_digit()) && !KEPT.contains(&name)
}

/// Whether a mapping with these members would be taken for a computed value, a list made of a list, or a literal.
fn is_a_word_of_the_language(names: &[&str]) -> bool {
    let has = |name: &str| names.contains(&name);
    names.iter().any(|name| ["value", "text", "from"].contains(name)) || (has("each") && has("item")) || names == ["literal"]
}
