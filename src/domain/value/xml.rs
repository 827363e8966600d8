//! Values from XML: a tree like that of JSON, made by a reader that knows no entities and no document types.
//!
//! `<a><b x="1">t</b><b/></a>` becomes `{a: {b: [{@x: "1", #text: "t"}, ""]}}`: an element with nothing but text is that
//! text, one with members is a mapping, elements of one name are a list in their order. A prefix is left out of a name.
//! Whether an element that came once could come twice is not in the XML: `list_of` of whoever reads it says so.

use super::{Map, Value};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::sync::Arc;

/// Elements inside one another; documents of partners have a dozen.
const DEPTH_MAX: usize = 64;
/// Elements and attributes of one document; each costs far more memory than its bytes.
const NODES_MAX: usize = 200_000;

/// Why a text gives no tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// It is not well formed, or not one element.
    #[error("it is not well-formed XML")]
    Malformed,
    /// A document type or an entity of its own: the door of bombs and of other people's files.
    #[error("it has a document type or an entity of its own")]
    Entity,
    /// Nested too deep, or too many elements.
    #[error("it is nested too deep or has too many elements")]
    TooLarge,
}

/// An element that is still open.
#[derive(Default)]
struct Open {
    name: String,
    members: Map,
    text: String,
}

impl Value {
    /// A tree from XML: `{root: …}`.
    ///
    /// # Errors
    /// When the text is not XML of one element, has a document type or entities, or is out of bounds.
    pub fn from_xml(text: &str) -> Result<Value, XmlError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Open> = Vec::new();
        let mut root = None;
        let mut nodes = 0;
        loop {
            match reader.read_event().map_err(|_| XmlError::Malformed)? {
                Event::Start(start) => {
                    let element = begin(&start, &mut nodes, root.is_some(), open.len())?;
                    open.push(element);
                }
                Event::Empty(start) => {
                    let element = begin(&start, &mut nodes, root.is_some(), open.len())?;
                    close(element, &mut open, &mut root);
                }
                Event::End(_) => match open.pop() {
                    Some(element) => close(element, &mut open, &mut root),
                    None => return Err(XmlError::Malformed),
                },
                Event::Text(text) => append(&mut open, &text.xml_content(quick_xml::XmlVersion::Implicit1_0))?,
                Event::CData(text) => match open.last_mut() {
                    Some(element) => element.text.push_str(&text.into_inner()),
                    None => return Err(XmlError::Malformed),
                },
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref() {
                        Ok(Some(character)) => character,
                        Ok(None) => predefined(&reference.into_inner()).ok_or(XmlError::Entity)?,
                        Err(_) => return Err(XmlError::Malformed),
                    };
                    append(&mut open, character.encode_utf8(&mut [0; 4]))?;
                }
                Event::DocType(_) => return Err(XmlError::Entity),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => break,
            }
        }
        root.filter(|_| open.is_empty()).ok_or(XmlError::Malformed)
    }
}

fn begin(start: &BytesStart<'_>, nodes: &mut usize, ended: bool, depth: usize) -> Result<Open, XmlError> {
    if ended {
        return Err(XmlError::Malformed);
    }
    let mut element = Open { name: start.local_name().as_ref().to_owned(), ..Open::default() };
    *nodes += 1;
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| XmlError::Malformed)?;
        let key = attribute.key.as_ref();
        if key == "xmlns" || key.starts_with("xmlns:") {
            continue;
        }
        *nodes += 1;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|_| XmlError::Entity)?;
        let name = format!("@{}", attribute.key.local_name().as_ref());
        element.members.insert(Arc::from(name), Value::text(value));
    }
    match depth >= DEPTH_MAX || *nodes > NODES_MAX {
        true => Err(XmlError::TooLarge),
        false => Ok(element),
    }
}

fn append(open: &mut [Open], text: &str) -> Result<(), XmlError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(XmlError::Malformed),
    }
    Ok(())
}

/// An element has ended: it goes to its parent, beside its brothers of the same name.
fn close(element: Open, open: &mut [Open], root: &mut Option<Value>) {
    let Open { name, mut members, text } = element;
    let value = if members.is_empty() {
        Value::text(text)
    } else {
        if !text.trim().is_empty() {
            members.insert(Arc::from("#text"), Value::text(text.trim()));
        }
        Value::Map(Arc::new(members))
    };
    let Some(parent) = open.last_mut() else {
        *root = Some(Value::map([(name, value)]));
        return;
    };
    match parent.members.get_mut(name.as_str()) {
        None => {
            parent.members.insert(Arc::from(name), value);
        }
        // Only elements become lists here: their values are texts and mappings.
        Some(Value::List(items)) => Arc::make_mut(items).push(value),
        Some(first) => *first = Value::list([first.clone(), value]),
    }
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        Value::from_xml(text).unwrap().to_json().to_string()
    }

    #[test]
    fn elements_become_members_lists_and_texts() {
        let table = [
            ("<a>t</a>", r#"{"a":"t"}"#),
            ("<a/>", r#"{"a":""}"#),
            ("<a><b>1</b><c> 2 </c></a>", r#"{"a":{"b":"1","c":" 2 "}}"#),
            ("<a>\n <b>1</b>\n <b><c/></b><b>3</b></a>", r#"{"a":{"b":["1",{"c":""},"3"]}}"#),
            ("<a x='1' y='&lt;'>t</a>", r##"{"a":{"@x":"1","@y":"<","#text":"t"}}"##),
            ("<?xml version=\"1.0\"?><!-- c --><a><![CDATA[<b> & \n]]></a>\n", r#"{"a":"<b> & \n"}"#),
            ("<a>&lt;&amp;&#20013;&#x6587;</a>", r#"{"a":"<&中文"}"#),
            ("<s:a xmlns:s='u'><s:b s:c='1'/></s:a>", r#"{"a":{"b":{"@c":"1"}}}"#),
        ];
        for (text, wanted) in table {
            assert_eq!(read(text), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_not_one_plain_element_is_refused() {
        let table = [
            ("", XmlError::Malformed),
            ("text", XmlError::Malformed),
            ("<a>", XmlError::Malformed),
            ("<a></b>", XmlError::Malformed),
            ("</a>", XmlError::Malformed),
            ("<a/><b/>", XmlError::Malformed),
            ("<a/>text", XmlError::Malformed),
            ("<a x='1' x='2'/>", XmlError::Malformed),
            ("<a>&#0;</a>", XmlError::Malformed),
            ("<a>&b;</a>", XmlError::Entity),
            ("<a x='&b;'/>", XmlError::Entity),
            ("<!DOCTYPE a><a/>", XmlError::Entity),
            ("<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]><a>&b;</a>", XmlError::Entity),
        ];
        for (text, wanted) in table {
            assert_eq!(Value::from_xml(text), Err(wanted), "{text}");
        }
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(Value::from_xml(&nested(DEPTH_MAX)).is_ok());
        assert_eq!(Value::from_xml(&nested(DEPTH_MAX + 1)), Err(XmlError::TooLarge));
        assert_eq!(Value::from_xml(&"<a>".repeat(1_000_000)), Err(XmlError::TooLarge));
        assert_eq!(Value::from_xml(&format!("<a>{}</a>", "<b/>".repeat(NODES_MAX))), Err(XmlError::TooLarge));
    }
}
