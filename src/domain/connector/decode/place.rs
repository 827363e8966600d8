//! Where a step changes something: a JSONPath of names and `[*]` only, because what else could select cannot be replaced.

use crate::domain::connector::compiler::Compiler;
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use std::sync::Arc;

/// A place.
#[derive(Debug)]
pub(super) struct Place(Vec<Segment>);

#[derive(Debug)]
enum Segment {
    Member(Arc<str>),
    Every,
}

impl Place {
    pub(super) fn compile(node: &Node, compiler: &mut Compiler<'_>) -> Option<Place> {
        // The path itself is checked as any other, so that a slip is explained as everywhere.
        let path = compiler.json_path(node)?;
        match segments(path.source()) {
            Some(segments) => Some(Place(segments)),
            None => {
                compiler
                    .error("bad_value", node.span, "a place to change is made of names and `[*]`")
                    .hint("write a path such as `$.data` or `$.rows[*].ref`");
                None
            }
        }
    }

    /// The value with what stands at the place changed; `change` gives none where nothing is to be changed.
    pub(super) fn change(&self, value: &Value, change: &dyn Fn(&Value) -> Option<Value>) -> Value {
        walk(&self.0, value, change).unwrap_or_else(|| value.clone())
    }
}

fn walk(segments: &[Segment], value: &Value, change: &dyn Fn(&Value) -> Option<Value>) -> Option<Value> {
    let Some((first, rest)) = segments.split_first() else { return change(value) };
    match (first, value) {
        (Segment::Member(name), Value::Map(map)) => {
            let changed = walk(rest, map.get(name)?, change)?;
            let mut map = map.as_ref().clone();
            map.insert(name.clone(), changed);
            Some(Value::Map(Arc::new(map)))
        }
        (Segment::Every, Value::List(items)) => {
            Some(Value::list(items.iter().map(|item| walk(rest, item, change).unwrap_or_else(|| item.clone()))))
        }
        _ => None,
    }
}

/// `$.a['b c'][*].d` in pieces; none for anything else.
fn segments(path: &str) -> Option<Vec<Segment>> {
    let mut rest = path.trim().strip_prefix('$')?;
    let mut segments = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[*]").or_else(|| rest.strip_prefix(".*")) {
            segments.push(Segment::Every);
            rest = after;
        } else if let Some(quoted) = rest.strip_prefix('[') {
            let quote = quoted.chars().next().filter(|letter| matches!(letter, '\'' | '"'))?;
            let (name, after) = quoted[1..].split_once(quote)?;
            if name.contains('\\') {
                return None;
            }
            segments.push(Segment::Member(Arc::from(name)));
            rest = after.strip_prefix(']')?;
        } else {
            let name = rest.strip_prefix('.').filter(|name| !name.starts_with('.'))?;
            let end = name.find(['.', '[']).unwrap_or(name.len());
            if end == 0 {
                return None;
            }
            segments.push(Segment::Member(Arc::from(&name[..end])));
            rest = &name[end..];
        }
    }
    Some(segments)
}
