//! `xml:`: a tree written as XML. It is built as a value and written at the end, so that nothing inserted can change its
//! structure.
//!
//! `{order: {@id: …, line: […]}}`: a member is an element, `@name` an attribute, `#text` the text beside attributes, a list
//! an element for each of its values.

use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secrets;
use crate::domain::connector::request::{DraftBody, scalar_text};
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Scope, ScopeType};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::Value;
use quick_xml::escape::escape;

/// Elements inside one another.
const DEPTH_MAX: usize = 64;

pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Tree> {
    compiler.inside("xml", |compiler| {
        literal_secrets(node, compiler);
        if !matches!(&node.kind, NodeKind::Map(entries) if entries.len() == 1) {
            compiler.error("wrong_type", node.span, "an XML body is a mapping with one name, that of its root");
            return None;
        }
        Tree::compile(node, scope, compiler)
    })
}

pub(super) fn build(tree: &Tree, scope: &Scope<'_>, payload: &Value, budget: &mut Budget) -> Result<DraftBody, BuildError> {
    let root = tree.build(scope, payload, "xml", budget)?;
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}", write(&root, "xml")?);
    Ok(DraftBody::Bytes { content_type: "application/xml; charset=utf-8".to_owned(), bytes: text.into_bytes() })
}

/// Members as elements.
pub(super) fn write(value: &Value, place: &str) -> Result<String, BuildError> {
    let mut out = String::new();
    members(value, place, DEPTH_MAX, &mut out)?;
    Ok(out)
}

fn members(value: &Value, place: &str, depth: usize, out: &mut String) -> Result<(), BuildError> {
    let invalid = |why| BuildError::Invalid { place: place.to_owned(), why };
    if depth == 0 {
        return Err(invalid("is nested too deep for XML"));
    }
    let Value::Map(map) = value else {
        out.push_str(&text(value, place)?);
        return Ok(());
    };
    for (name, member) in map.iter().filter(|(name, _)| !name.starts_with('@')) {
        if name.as_ref() == "#text" {
            out.push_str(&text(member, place)?);
            continue;
        }
        if !is_name(name) {
            return Err(invalid("has a name that is none in XML"));
        }
        let place = format!("{place}.{name}");
        match member {
            Value::List(items) => items.iter().try_for_each(|item| element(name, item, &place, depth, out))?,
            one => element(name, one, &place, depth, out)?,
        }
    }
    Ok(())
}

fn element(name: &str, value: &Value, place: &str, depth: usize, out: &mut String) -> Result<(), BuildError> {
    out.push('<');
    out.push_str(name);
    if let Value::Map(map) = value {
        for (attribute, member) in map.iter() {
            let Some(attribute) = attribute.strip_prefix('@') else { continue };
            if !is_name(attribute) {
                return Err(BuildError::Invalid { place: place.to_owned(), why: "has an attribute whose name is none in XML" });
            }
            out.push_str(&format!(" {attribute}=\"{}\"", text(member, place)?));
        }
    }
    let mut inside = String::new();
    members(value, place, depth - 1, &mut inside)?;
    match inside.is_empty() {
        true => out.push_str("/>"),
        false => out.push_str(&format!(">{inside}</{name}>")),
    }
    Ok(())
}

fn text(value: &Value, place: &str) -> Result<String, BuildError> {
    let text = scalar_text(value, place)?.unwrap_or_default();
    // What XML 1.0 cannot hold, even escaped.
    if text
        .chars()
        .any(|letter| (letter.is_control() && !matches!(letter, '\t' | '\n' | '\r')) || matches!(letter, '\u{fffe}' | '\u{ffff}'))
    {
        return Err(BuildError::Invalid { place: place.to_owned(), why: "has a control character, which XML cannot carry" });
    }
    Ok(escape(&text).into_owned())
}

/// A name, with a prefix perhaps. Stricter than XML where it does not matter.
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        let first = part.chars().next();
        first.is_some_and(|letter| letter.is_alphabetic() || letter == '_')
            && part.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.'))
    };
    match name.split_once(':') {
        Some((prefix, local)) => part(prefix) && part(local),
        None => part(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(json: &str) -> Result<String, BuildError> {
        write(&json.parse().unwrap(), "xml")
    }

    #[test]
    fn members_become_elements_and_nothing_else() {
        for (json, xml) in [
            (r#"{"a":"x"}"#, "<a>x</a>"),
            (r#"{"a":null}"#, "<a/>"),
            (r##"{"a":{"@id":"1\"","b":[1.50,{"c":true}],"#text":"t"}}"##, "<a id=\"1&quot;\"><b>1.50</b><b><c>true</c></b>t</a>"),
            (r#"{"p:a":{"@xmlns:p":"urn:x"}}"#, "<p:a xmlns:p=\"urn:x\"/>"),
            (r#"{"a":"</a><b>&"}"#, "<a>&lt;/a&gt;&lt;b&gt;&amp;</a>"),
            (r#"{"金额":"5.00"}"#, "<金额>5.00</金额>"),
        ] {
            assert_eq!(written(json).unwrap(), xml);
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_refused() {
        for json in
            [r#"{"a b":1}"#, r#"{"a><b":1}"#, r#"{"":1}"#, r#"{"1":1}"#, r#"{"a":{"@x y":1}}"#, r#"{"a":"\u0000"}"#, r#"{"a:b:c":1}"#]
        {
            assert!(written(json).is_err(), "{json}");
        }
        let deep = format!("{}1{}", r#"{"a":"#.repeat(DEPTH_MAX + 1), "}".repeat(DEPTH_MAX + 1));
        assert!(written(&deep).is_err());
    }

    #[test]
    fn it_reads_back_as_it_was() {
        let json = r##"{"a":{"@x":"<'\"&>","b":["1","2"],"c":" sp "}}"##;
        assert_eq!(Value::from_xml(&written(json).unwrap()).unwrap().to_json().to_string(), json);
    }
}
