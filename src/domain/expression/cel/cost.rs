//! The most an expression can cost, from the declared bounds of lists.

use super::node::Node;

/// Elements assumed of a list without a declared bound. One loop over such a list is allowed, a loop in a loop is not.
pub(super) const LIST_ASSUMED: u32 = 1_000;

/// Units as counted at run time: one for each operation, and one for each element visited.
pub(super) fn cost(node: &Node) -> u64 {
    let children: u64 = match node {
        Node::Constant(_) | Node::Name(_) | Node::Local(_) => 0,
        Node::Member(node, _) | Node::Has(node, _) | Node::Not(node) | Node::Negate(node) => cost(node),
        Node::ToDecimal(node) | Node::Matches(node, _) => cost(node),
        Node::Guard(node, mixes) => cost(node).saturating_add(4 * mixes.len() as u64),
        Node::Index(pair) | Node::In(pair) => cost(&pair.0).saturating_add(cost(&pair.1)),
        Node::And(nodes) | Node::Or(nodes) | Node::List(nodes) | Node::Call(_, _, nodes) => sum(nodes.iter()),
        Node::Choice(three) => cost(&three.0).saturating_add(cost(&three.1).max(cost(&three.2))),
        Node::Compare(comparison) => sum([&comparison.left, &comparison.right]),
        Node::Arithmetic(calculation) => sum([&calculation.left, &calculation.right]),
        Node::Map(entries) => sum(entries.iter().flat_map(|(key, value)| [key, value])),
        Node::Loop(the) => {
            let each = sum(the.condition.iter().chain(&the.body)).saturating_add(1);
            cost(&the.range).saturating_add(each.saturating_mul(u64::from(the.bound)))
        }
    };
    children.saturating_add(1)
}

fn sum<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> u64 {
    nodes.into_iter().fold(0, |total, node| total.saturating_add(cost(node)))
}
