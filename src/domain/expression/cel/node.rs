//! The compact tree that is evaluated.

use super::currency::Mix;
use super::functions::Run;
use crate::domain::value::Value;
use regex::Regex;
use std::sync::Arc;

/// One operation. Loop variables are levels counted from the outermost loop; scope names stay names, because scopes
/// hold a dozen of them and a search there costs less than keeping slots in step with every caller.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Constant(Value),
    Name(Arc<str>),
    Local(u16),
    Member(Box<Node>, Arc<str>),
    Index(Box<(Node, Node)>),
    Has(Box<Node>, Arc<str>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Choice(Box<(Node, Node, Node)>),
    Compare(Box<Comparison>),
    In(Box<(Node, Node)>),
    Arithmetic(Box<Calculation>),
    Negate(Box<Node>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Call(&'static str, Run, Vec<Node>),
    Matches(Box<Node>, Regex),
    Loop(Box<Loop>),
    ToDecimal(Box<Node>),
    /// Does the rest, and checks that the amounts in it are of one currency.
    Guard(Box<Node>, Vec<Mix>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Order {
    pub fn symbol(self) -> &'static str {
        match self {
            Order::Equal => "==",
            Order::NotEqual => "!=",
            Order::Less => "<",
            Order::LessEqual => "<=",
            Order::Greater => ">",
            Order::GreaterEqual => ">=",
        }
    }

    pub fn is_equality(self) -> bool {
        matches!(self, Order::Equal | Order::NotEqual)
    }
}

#[derive(Clone, Debug)]
pub(super) struct Comparison {
    pub order: Order,
    pub left: Node,
    pub right: Node,
    pub mix: Option<Mix>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Sign {
    pub fn symbol(self) -> &'static str {
        match self {
            Sign::Add => "+",
            Sign::Subtract => "-",
            Sign::Multiply => "*",
            Sign::Divide => "/",
            Sign::Remainder => "%",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Calculation {
    pub sign: Sign,
    pub left: Node,
    pub right: Node,
    pub mix: Option<Mix>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoopKind {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
}

impl LoopKind {
    pub fn name(self) -> &'static str {
        match self {
            LoopKind::All => "all",
            LoopKind::Exists => "exists",
            LoopKind::ExistsOne => "exists_one",
            LoopKind::Map => "map",
            LoopKind::Filter => "filter",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Loop {
    pub kind: LoopKind,
    pub range: Node,
    /// The most elements the range is declared, or else assumed, to have.
    pub bound: u32,
    pub level: u16,
    pub condition: Option<Node>,
    pub body: Option<Node>,
}

impl Node {
    /// Visits this node and all below it.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Node)) {
        see(self);
        match self {
            Node::Constant(_) | Node::Name(_) | Node::Local(_) => {}
            Node::Member(node, _) | Node::Has(node, _) | Node::Not(node) | Node::Negate(node) => node.visit(see),
            Node::ToDecimal(node) | Node::Matches(node, _) | Node::Guard(node, _) => node.visit(see),
            Node::Index(pair) | Node::In(pair) => {
                pair.0.visit(see);
                pair.1.visit(see);
            }
            Node::And(nodes) | Node::Or(nodes) | Node::List(nodes) | Node::Call(_, _, nodes) => {
                nodes.iter().for_each(|node| node.visit(see));
            }
            Node::Choice(three) => {
                three.0.visit(see);
                three.1.visit(see);
                three.2.visit(see);
            }
            Node::Compare(comparison) => {
                comparison.left.visit(see);
                comparison.right.visit(see);
            }
            Node::Arithmetic(calculation) => {
                calculation.left.visit(see);
                calculation.right.visit(see);
            }
            Node::Map(entries) => entries.iter().for_each(|(key, value)| {
                key.visit(see);
                value.visit(see);
            }),
            Node::Loop(the) => {
                the.range.visit(see);
                the.condition.iter().chain(&the.body).for_each(|node| node.visit(see));
            }
        }
    }

    /// Whether it reads a loop variable of this level or deeper.
    pub fn uses_local(&self, level: u16) -> bool {
        let mut found = false;
        self.visit(&mut |node| found |= matches!(node, Node::Local(used) if *used >= level));
        found
    }
}
