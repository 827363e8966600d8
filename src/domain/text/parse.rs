//! From YAML text to the spanned tree, by `saphyr-parser` events, with a bound on everything.
//!
//! What is plainly wrong but leaves the structure readable (an anchor, a tag, a duplicate or complex key, a second
//! document) is reported and the tree comes back all the same, so that its other problems show in the same go.

use super::tree::{Key, Node, NodeKind};
use crate::domain::diagnostic::{Hint, Report, Span};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};
use std::collections::HashSet;

/// Nodes in one file; a hostile file must not cost more than a large honest one.
pub const NODES_MAX: usize = 200_000;
/// Depth of nesting in one file.
pub const DEPTH_MAX: usize = 64;
/// Bytes in one file.
pub const BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of one scalar; the longest honest ones are expressions, texts of notifications and sample bodies.
pub const SCALAR_BYTES_MAX: usize = 256 * 1024;

/// Parses one YAML text. Problems go into the report; the tree comes back when there is one to check further.
pub fn parse(text: &str, report: &mut Report) -> Option<Node> {
    if text.len() > BYTES_MAX {
        report
            .error("too_large", Span::default(), format!("the file has {} bytes; the limit is {BYTES_MAX}", text.len()))
            .hint("split the definition");
        return None;
    }
    let end = printable(text, report)?;
    let mut builder = Builder { report, stack: Vec::new(), root: None, nodes: 0, documents: 0, broken: false, end };
    for event in Parser::new_from_str(text) {
        let go_on = match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => builder.syntax(&error),
        };
        if !go_on {
            break;
        }
    }
    builder.finish()
}

/// Characters that no editor shows honestly are refused: control characters, and those that reverse the reading
/// direction so that a line says something else than it shows. Returns where the text ends.
fn printable(text: &str, report: &mut Report) -> Option<Span> {
    let (mut line, mut column) = (1, 1);
    let (mut previous, mut length) = (' ', 0);
    for (offset, letter) in text.chars().enumerate() {
        if is_hidden(letter) && !(letter == '\u{feff}' && offset == 0) {
            let span = Span { line, column, offset: number(offset), length: 1 };
            let message = format!("the invisible character U+{:04X} stands here", u32::from(letter));
            report.error("hidden_character", span, message).hint("remove it; in quoted text it can be written as `\\uXXXX`");
            return None;
        }
        length = offset + 1;
        match letter {
            '\n' if previous == '\r' => {}
            '\n' | '\r' => (line, column) = (line + 1, 1),
            '\u{feff}' => {}
            _ => column += 1,
        }
        previous = letter;
    }
    Some(Span { line, column, offset: number(length), length: 1 })
}

fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn place(start: &Marker, end: &Marker) -> Span {
    Span {
        line: number(start.line()),
        column: number(start.col() + 1),
        offset: number(start.index()),
        length: number(end.index().saturating_sub(start.index())).max(1),
    }
}

/// The key of a mapping that waits for its value.
enum Pending {
    None,
    Key(Key),
    /// A key that cannot be one was reported; its value is dropped.
    Dropped,
}

enum Open {
    List(Vec<Node>, Marker),
    Map(Vec<(Key, Node)>, Pending, Marker),
}

struct Builder<'a> {
    report: &'a mut Report,
    stack: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    documents: usize,
    /// Whether the tree lacks something, so that checking its shape would only repeat the problem in other words.
    broken: bool,
    /// Where the text ends; the parser may name a line after it.
    end: Span,
}

impl Builder<'_> {
    fn finish(self) -> Option<Node> {
        if self.broken {
            return None;
        }
        if self.root.is_none() && !self.report.has_errors() {
            let span = Span { line: 1, column: 1, offset: 0, length: 1 };
            self.report.error("yaml_syntax", span, "the file is empty").hint("a definition begins with `format: 1`");
        }
        self.root
    }

    fn syntax(&mut self, error: &ScanError) -> bool {
        let span = place(error.marker(), error.marker());
        let span = if span.offset >= self.end.offset { self.end } else { span };
        self.broken = true;
        if error.info().contains("recursion limit") {
            self.too_large(span, format!("the nesting is deeper than {DEPTH_MAX}"));
            return false;
        }
        let hint = match error.info() {
            info if info.contains("tab") => Some("indent with spaces"),
            info if info.contains("must be followed by a valid YAML whitespace") => Some("write a space after `:`, no tab"),
            info if info.contains("illegal placement of ':'") || info.contains("mapping values are not allowed") => {
                Some("quote text that contains `: `, and close brackets before this line")
            }
            info if info.contains("quoted scalar") || info.contains("unclosed quote") => Some("close the quotes"),
            info if info.contains("unknown anchor") => Some("write the value out; text that begins with `*` is quoted"),
            _ => None,
        };
        let code = if error.info().contains("unknown anchor") { "yaml_anchor" } else { "yaml_syntax" };
        let diagnostic = self.report.error(code, span, format!("this is not valid YAML: {}", error.info()));
        diagnostic.hint = hint.map(Hint::from);
        false
    }

    /// Takes one event; false stops the parse.
    fn take(&mut self, event: Event<'_>, at: saphyr_parser::Span) -> bool {
        let span = place(&at.start, &at.end);
        match event {
            Event::DocumentStart(_) => return self.document(span),
            Event::Alias(_) => {
                self.report.error("yaml_anchor", span, "an alias is used").hint("write the value out");
                self.broken = true;
                return self.count(span) && self.put(Node { span, kind: NodeKind::Scalar { text: String::new(), quoted: true } });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.plain(anchor, tag.is_some(), span);
                if text.len() > SCALAR_BYTES_MAX {
                    self.too_large(span, format!("this value has {} bytes; the limit is {SCALAR_BYTES_MAX}", text.len()));
                    return false;
                }
                let quoted = style != ScalarStyle::Plain;
                return self.count(span) && self.put(Node { span, kind: NodeKind::Scalar { text: text.into_owned(), quoted } });
            }
            Event::SequenceStart(anchor, tag) => {
                self.plain(anchor, tag.is_some(), span);
                return self.open(Open::List(Vec::new(), at.start), span);
            }
            Event::MappingStart(anchor, tag) => {
                self.plain(anchor, tag.is_some(), span);
                return self.open(Open::Map(Vec::new(), Pending::None, at.start), span);
            }
            Event::SequenceEnd | Event::MappingEnd => return self.close(&at),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        true
    }

    fn document(&mut self, span: Span) -> bool {
        self.documents += 1;
        if self.documents > 1 {
            self.report.error("yaml_syntax", span, "the file holds more than one YAML document").hint("one definition a file");
        }
        self.documents == 1
    }

    fn plain(&mut self, anchor: usize, tagged: bool, span: Span) {
        if anchor != 0 || tagged {
            let what = if tagged { "a tag is used" } else { "an anchor is used" };
            self.report.error("yaml_anchor", span, what).hint("write the value out, without `&name` or `!tag` before it");
        }
    }

    fn too_large(&mut self, span: Span, message: String) {
        self.broken = true;
        self.report.error("too_large", span, message).hint("split the definition");
    }

    fn count(&mut self, span: Span) -> bool {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            self.too_large(span, format!("the file has more than {NODES_MAX} values"));
        }
        self.nodes <= NODES_MAX
    }

    fn open(&mut self, open: Open, span: Span) -> bool {
        if self.stack.len() >= DEPTH_MAX {
            self.too_large(span, format!("the nesting is deeper than {DEPTH_MAX}"));
            return false;
        }
        self.stack.push(open);
        self.count(span)
    }

    fn close(&mut self, end: &saphyr_parser::Span) -> bool {
        let node = match self.stack.pop() {
            Some(Open::List(items, start)) => Node { span: collection(&start, end, items.last()), kind: NodeKind::List(items) },
            Some(Open::Map(entries, _, start)) => {
                self.duplicates(&entries);
                Node { span: collection(&start, end, entries.last().map(|(_, node)| node)), kind: NodeKind::Map(entries) }
            }
            None => return false,
        };
        self.put(node)
    }

    fn duplicates(&mut self, entries: &[(Key, Node)]) {
        let mut seen = HashSet::with_capacity(entries.len());
        for (key, _) in entries {
            if !seen.insert(key.text.as_str()) {
                let message = format!("`{}` stands twice in this mapping", short(&key.text));
                let path = self.path(Some(&key.text));
                self.report.error("duplicate_key", key.span, message).hint("remove one of the two").at(path);
            }
        }
    }

    /// The path to the mapping that was just closed, or to one of its keys.
    fn path(&self, key: Option<&str>) -> String {
        let mut path = Path::default();
        for open in &self.stack {
            match open {
                Open::List(items, _) => path.index(items.len()),
                Open::Map(_, Pending::Key(key), _) => path.key(&key.text),
                Open::Map(..) => {}
            }
        }
        if let Some(key) = key {
            path.key(key);
        }
        path.text
    }

    fn put(&mut self, node: Node) -> bool {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(items, _)) => items.push(node),
            Some(Open::Map(entries, pending, _)) => match std::mem::replace(pending, Pending::None) {
                Pending::Key(key) => entries.push((key, node)),
                Pending::Dropped => {}
                Pending::None => {
                    let span = node.span;
                    let problem = match node.kind {
                        NodeKind::Scalar { text, quoted } if quoted || !text.is_empty() => {
                            *pending = Pending::Key(Key { text, span });
                            return true;
                        }
                        NodeKind::Scalar { .. } => "a key is missing before `:`",
                        _ => "a key must be a single value",
                    };
                    *pending = Pending::Dropped;
                    let path = self.path(None);
                    self.report.error("wrong_type", span, problem).at(path);
                }
            },
        }
        true
    }
}

/// Brackets end at the closing one; a block ends with its last value, since what follows it is white space and comments.
fn collection(start: &Marker, end: &saphyr_parser::Span, last: Option<&Node>) -> Span {
    let mut span = place(start, start);
    let end = match last {
        Some(last) if end.is_empty() => last.span.offset.saturating_add(last.span.length),
        _ => number(end.end.index()),
    };
    span.length = end.saturating_sub(span.offset).max(1);
    span
}

/// A path such as `steps[2].when` that grows and shrinks.
#[derive(Default)]
pub(super) struct Path {
    /// The path so far.
    pub text: String,
}

impl Path {
    /// Goes to a key. Keys that are no plain names are quoted, long ones cut.
    pub fn key(&mut self, key: &str) {
        let name = key.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-')) && !key.is_empty();
        if !name {
            self.text.push_str("[\"");
            self.text.push_str(&short(key));
            self.text.push_str("\"]");
            return;
        }
        if !self.text.is_empty() {
            self.text.push('.');
        }
        self.text.push_str(&short(key));
    }

    /// Goes to an item of a list.
    pub fn index(&mut self, index: usize) {
        self.text.push_str(&format!("[{index}]"));
    }
}

/// Characters of written text that a message repeats.
const SHORT_CHARACTERS: usize = 60;

/// A text cut to what a message can bear.
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(SHORT_CHARACTERS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Code, line and column.
    type Place = (&'static str, u32, u32);

    fn read(text: &str) -> (Option<Node>, Vec<Place>) {
        let mut report = Report::new("x.yaml");
        let node = parse(text, &mut report);
        (node, report.into_items().into_iter().map(|item| (item.code, item.span.line, item.span.column)).collect())
    }

    fn sound(text: &str) -> Node {
        let (node, problems) = read(text);
        assert_eq!(problems, [], "{text:?}");
        node.unwrap()
    }

    #[test]
    fn places_count_lines_and_characters() {
        let cases = [
            ("plain", "a: 1\nb: x\n"),
            ("crlf", "a: 1\r\nb: x\r\n"),
            ("byte order mark", "\u{feff}a: 1\nb: x\n"),
            ("Chinese before it", "标题: 采购\nb: x # 备注\n"),
            ("comment between", "a: 1 # one\nb: x\n"),
        ];
        for (name, text) in cases {
            let node = sound(text);
            let value = node.get("b").unwrap();
            assert_eq!((value.span.line, value.span.column, value.span.length), (2, 4, 1), "{name}");
            let offset = value.span.offset as usize;
            assert_eq!(text.chars().nth(offset), Some('x'), "{name}");
        }
    }

    #[test]
    fn collections_end_with_their_last_value() {
        let text = "a: [1, 2]\nb:\n  - x\n  - yy\n\n# end\nc: {d: 1}\n";
        let node = sound(text);
        let written = |key: &str| {
            let span = node.get(key).unwrap().span;
            text.chars().skip(span.offset as usize).take(span.length as usize).collect::<String>()
        };
        assert_eq!(written("a"), "[1, 2]");
        assert_eq!(written("b"), "- x\n  - yy");
        assert_eq!(written("c"), "{d: 1}");
    }

    #[test]
    fn parts_of_scalars_point_into_the_text() {
        for (text, line, column) in [
            ("a: one two\n", 1, 8),
            ("a: \"one two\"\n", 1, 9),
            ("a: 'one two'\n", 1, 9),
            ("a: |\n  one two\n", 2, 7),
            ("a: |\n  first\n  abctwo\n", 3, 4),
        ] {
            let node = sound(text);
            let value = node.get("a").unwrap();
            let at = value.text().unwrap().find("two").map_or(7, number);
            let at = if text.contains("first") { 7 } else { at };
            let part = value.part(at, 3);
            assert_eq!((part.line, part.column), (line, column), "{text:?}");
        }
        // An escape shifts what follows: then the whole scalar is named rather than a wrong place.
        let node = sound("a: \"\\u0041 two\"\n");
        let value = node.get("a").unwrap();
        assert_eq!(value.part(2, 3), value.span);
    }

    #[test]
    fn what_is_wrong_is_named_and_placed() {
        let deep = |open: &str, times: usize| open.repeat(times);
        let cases: Vec<(&str, String, Vec<Place>)> = vec![
            ("empty", String::new(), vec![("yaml_syntax", 1, 1)]),
            ("only a comment", "# nothing\n".into(), vec![("yaml_syntax", 1, 1)]),
            ("tab as indentation", "a:\n\tb: 1\n".into(), vec![("yaml_syntax", 2, 2)]),
            ("two documents", "a: 1\n---\nb: 2\n".into(), vec![("yaml_syntax", 2, 1)]),
            ("unclosed quote", "a: \"x\nb: 1\n".into(), vec![("yaml_syntax", 1, 4)]),
            ("twice", "a: 1\nb: {c: 1, c: 2}\na: 2\n".into(), vec![("duplicate_key", 2, 11), ("duplicate_key", 3, 1)]),
            ("complex key", "? [a, b]\n: 1\nc: 2\n".into(), vec![("wrong_type", 1, 3)]),
            ("no key", ": 1\nc: 2\n".into(), vec![("wrong_type", 1, 1)]),
            ("anchor and alias", "a: &x 1\nb: *x\n".into(), vec![("yaml_anchor", 1, 4), ("yaml_anchor", 2, 4)]),
            ("alias without anchor", "a: *x\n".into(), vec![("yaml_anchor", 1, 4)]),
            ("tag", "a: !!int 1\n".into(), vec![("yaml_anchor", 1, 4)]),
            ("bell", "a: 1\nb: \u{7}x\n".into(), vec![("hidden_character", 2, 4)]),
            ("right to left", "a: \"x\u{202e}y\"\n".into(), vec![("hidden_character", 1, 6)]),
            ("deep brackets", deep("[", 300), vec![("too_large", 1, 256)]),
            ("deep block", deep("- ", 100_000), vec![("too_large", 1, 129)]),
            ("one huge value", format!("a: {}\n", "x".repeat(SCALAR_BYTES_MAX + 1)), vec![("too_large", 1, 4)]),
            ("a huge file", "a".repeat(BYTES_MAX + 1), vec![("too_large", 0, 0)]),
            ("many values", format!("a: [{}]\n", "1,".repeat(NODES_MAX)), vec![("too_large", 1, number(2 * NODES_MAX - 1))]),
        ];
        for (name, text, wanted) in cases {
            assert_eq!(read(&text).1, wanted, "{name}");
        }
    }

    #[test]
    fn a_tree_comes_back_when_only_its_writing_is_wrong() {
        for text in ["a: &x 1\n", "a: 1\na: 2\n", "? [b]\n: 1\na: 1\n", "a: 1\n---\nb: 2\n"] {
            assert!(read(text).0.is_some_and(|node| node.get("a").is_some()), "{text:?}");
        }
        for text in ["a: *x\n", "a: [", "", "a: &x 1\nb: *x\n"] {
            assert!(read(text).0.is_none(), "{text:?}");
        }
    }

    #[test]
    fn plain_scalars_are_read_as_json_reads_them() {
        let node = sound("[1, -7, 007, 0x1f, +5, 1.50, true, True, yes, null, ~, \"1\", 9007199254740993, .inf]\n");
        let json = serde_json::to_string(&node.to_json()).unwrap();
        assert_eq!(json, r#"[1,-7,"007","0x1f","+5",1.50,true,"True","yes",null,null,"1",9007199254740993,".inf"]"#);
        assert_eq!(node.items()[2].int(), None);
        assert_eq!(node.items()[12].int(), Some(9_007_199_254_740_993));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[-?:,\\[\\]{}#&*!|>'\"%@ \t\r\na1é采]{0,60}") {
            let mut report = Report::new("x.yaml");
            let tree = parse(&text, &mut report);
            prop_assert!(tree.is_some() || report.has_errors());
        }
    }
}
