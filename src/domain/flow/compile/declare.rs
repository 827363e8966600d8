//! The first pass: every step gets its index, block, place, id and output type.

use super::Compiler;
use crate::domain::diagnostic::Span;
use crate::domain::flow::steps;
use crate::domain::text::tree::Node;
use crate::domain::value::Type;

/// Steps a flow may have, its reactions included.
const STEPS_MAX: usize = 2_000;

/// A block of steps inside a step.
pub struct Child<'n> {
    /// The branch's id.
    pub label: Option<(String, Span)>,
    /// Its steps.
    pub steps: &'n [Node],
}

/// A step whose place is known.
#[derive(Clone, Debug)]
pub struct Declared<'n> {
    /// Its id.
    pub id: String,
    /// Its text; of a reaction's frame the reaction's.
    pub node: &'n Node,
    /// Its block.
    pub block: usize,
    /// Its place in the block.
    pub position: usize,
    /// Blocks inside it.
    pub children: Vec<(Option<String>, usize)>,
    /// The step around it.
    pub parent: Option<usize>,
    /// The reaction it is the frame of.
    pub frame: Option<usize>,
    /// The type of its output.
    pub output: Type,
}

impl<'a> Compiler<'a> {
    /// Declares all steps; gives the frames of the reactions, those of people's commands last (they have no text).
    pub(super) fn declare(&mut self, node: &'a Node) -> Vec<(usize, Option<&'a Node>)> {
        let main = self.block(node.get("steps").map(Node::items).unwrap_or_default(), None, "step");
        debug_assert_eq!(main, 0, "the flow's own steps are the first block");
        let mut frames = Vec::new();
        for (number, reaction) in node.get("reactions").map(Node::items).unwrap_or_default().iter().enumerate() {
            frames.push((self.frame(number, &format!("reaction.{}", number + 1), reaction, actions(reaction)), Some(reaction)));
        }
        let expires = node.get("within").map(|_| (EXPIRE, expire_text()));
        for (id, text) in [("command.cancel", cancel_text()), (WITHDRAW, withdraw_text())].into_iter().chain(expires) {
            frames.push((self.frame(frames.len(), id, text, actions(text)), None));
        }
        self.outputs();
        frames
    }

    fn frame(&mut self, number: usize, id: &str, node: &'a Node, actions: &'a [Node]) -> usize {
        let index = self.declared.len();
        self.add(Declared {
            id: id.to_owned(),
            node,
            block: usize::MAX,
            position: 0,
            children: Vec::new(),
            parent: None,
            frame: Some(number),
            output: Type::Any,
        });
        let block = self.block(actions, Some(index), id);
        self.declared[index].children.push((None, block));
        index
    }

    /// Declares the steps of a block, those inside them included; gives the block's number.
    fn block(&mut self, nodes: &'a [Node], parent: Option<usize>, prefix: &str) -> usize {
        let block = self.blocks.len();
        self.blocks.push(Vec::new());
        for (position, node) in nodes.iter().enumerate() {
            if self.declared.len() >= STEPS_MAX {
                self.report.error("too_large", node.span, format!("the flow has more than {STEPS_MAX} steps"));
                break;
            }
            let Some(word) = steps::word_of(node) else { continue };
            let id = match node.get("id").and_then(Node::text) {
                Some(id) => id.to_owned(),
                None => format!("{prefix}.{}", position + 1),
            };
            let index = self.declared.len();
            let place = self.blocks[block].len();
            self.blocks[block].push(index);
            self.add(Declared {
                id: id.clone(),
                node,
                block,
                position: place,
                children: Vec::new(),
                parent,
                frame: None,
                output: Type::Any,
            });
            for child in (word.blocks)(node) {
                let inner = self.block(child.steps, Some(index), &id);
                self.label(index, &child);
                self.declared[index].children.push((child.label.map(|(label, _)| label), inner));
            }
        }
        block
    }

    fn label(&mut self, index: usize, child: &Child<'_>) {
        let Some((label, span)) = &child.label else { return };
        if self.declared[index].children.iter().any(|(known, _)| known.as_ref() == Some(label)) {
            self.report.error("duplicate_step", *span, format!("two branches of this step are called `{label}`")).hint("rename one");
        }
    }

    fn add(&mut self, declared: Declared<'a>) {
        let span = declared.node.get("id").map_or(declared.node.span, |id| id.span);
        if self.by_id.insert(declared.id.clone(), self.declared.len()).is_some() {
            self.report.error("duplicate_step", span, format!("two steps are called `{}`", declared.id)).hint("rename one");
        }
        self.declared.push(declared);
    }

    /// Output types, inner steps before the `each` around them.
    fn outputs(&mut self) {
        for index in (0..self.declared.len()).rev() {
            let node = self.declared[index].node;
            if self.declared[index].frame.is_none()
                && let Some(word) = steps::word_of(node)
            {
                let output = (word.output)(self, node);
                self.declared[index].output = output;
            }
        }
    }

    /// The declared step of this text.
    pub(in crate::domain::flow) fn declared_at(&self, node: &Node) -> Option<&Declared<'a>> {
        self.declared.iter().find(|declared| std::ptr::eq(declared.node, node))
    }
}

fn actions(reaction: &Node) -> &[Node] {
    reaction.get("do").map(Node::items).unwrap_or_default()
}

/// The frame of the initiator's withdrawal.
pub(super) const WITHDRAW: &str = "command.withdraw";

/// The frame of the end of an instance whose time is up.
pub(in crate::domain::flow) const EXPIRE: &str = "command.expire";

/// The end of an instance whose time is up; `within` says the status.
fn expire_text() -> &'static Node {
    static TEXT: std::sync::OnceLock<Node> = std::sync::OnceLock::new();
    TEXT.get_or_init(|| written("do: [{reverse: all}, {end: {outcome: expired, status: expired}}]"))
}

/// The operator's cancel is a reaction like any other, written once here.
fn cancel_text() -> &'static Node {
    static TEXT: std::sync::OnceLock<Node> = std::sync::OnceLock::new();
    TEXT.get_or_init(|| written("do: [{reverse: all}, {end: {outcome: cancelled, status: cancelled}}]"))
}

/// The initiator's withdrawal, for flows that have no reaction of their own to it.
fn withdraw_text() -> &'static Node {
    static TEXT: std::sync::OnceLock<Node> = std::sync::OnceLock::new();
    TEXT.get_or_init(|| written("do: [{reverse: all}, {end: {outcome: withdrawn, status: cancelled}}]"))
}

fn written(text: &str) -> Node {
    let mut report = crate::domain::diagnostic::Report::new("commands");
    crate::domain::text::tree::parse(text, &mut report)
        .unwrap_or(Node { span: Span::default(), kind: crate::domain::text::tree::NodeKind::Map(Vec::new()) })
}
