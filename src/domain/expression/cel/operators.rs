//! Operators and function calls, checked.

use super::super::{Budget, Scope};
use super::compile::{Compiler, Typed, to_decimal};
use super::currency::{Currency, Mix, meet};
use super::evaluate::{self, Frame};
use super::functions::{self, Function, Gives};
use super::node::{Calculation, Comparison, Node, Order, Sign};
use super::types::{comparable, either, is_number, unify};
use crate::domain::diagnostic::{Hint, did_you_mean};
use crate::domain::value::{Type, Value};
use cel::common::ast::{CallExpr, IdedExpr, operators};

/// Bytes of a compiled pattern, and characters of a written one.
const PATTERN_SIZE_MAX: usize = 256 * 1024;
const PATTERN_LENGTH_MAX: usize = 512;

impl Compiler<'_> {
    /// Compiles an operator or a call.
    pub fn call(&mut self, tree: &IdedExpr, call: &CallExpr) -> Option<Typed> {
        if call.target.is_none() {
            if let Some(order) = order(&call.func_name) {
                return self.comparison(tree, order, &call.args);
            }
            if let Some(sign) = sign(&call.func_name) {
                return self.arithmetic(tree, sign, &call.args);
            }
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, _) if call.target.is_none() => self.logic(tree, &call.func_name),
            (operators::LOGICAL_NOT, [inner]) => {
                let typed = self.expr(inner)?;
                let typed = self.condition(inner, typed)?;
                Some(Typed::new(Node::Not(Box::new(typed.node)), Type::Bool))
            }
            (operators::NEGATE, [inner]) => self.negative(tree, inner),
            (operators::IN, [wanted, range]) => self.contained(tree, wanted, range),
            (operators::CONDITIONAL, [condition, yes, no]) => self.choice(tree, condition, yes, no),
            _ => self.function(tree, call),
        }
    }

    /// `a && b && c`, flattened, so that a long chain is not a deep tree.
    fn logic(&mut self, tree: &IdedExpr, operator: &str) -> Option<Typed> {
        let mut parts = Vec::new();
        flatten(tree, operator, &mut parts);
        let nodes: Vec<Option<Node>> = parts
            .into_iter()
            .map(|part| {
                let typed = self.expr(part)?;
                self.condition(part, typed).map(|typed| typed.node)
            })
            .collect();
        let nodes: Vec<Node> = nodes.into_iter().collect::<Option<_>>()?;
        Some(Typed::new(if operator == operators::LOGICAL_AND { Node::And(nodes) } else { Node::Or(nodes) }, Type::Bool))
    }

    fn two(&mut self, arguments: &[IdedExpr]) -> Option<(Typed, Typed)> {
        let [left, right] = arguments else { return None };
        let (left, right) = (self.expr(left), self.expr(right));
        Some((left?, right?))
    }

    fn comparison(&mut self, tree: &IdedExpr, order: Order, arguments: &[IdedExpr]) -> Option<Typed> {
        let (left, right) = self.two(arguments)?;
        let with_null = order.is_equality() && (left.is_null() || right.is_null());
        let secret = left.of.holds_secret() || right.of.holds_secret();
        if (!with_null || secret)
            && let Err(hint) = comparable(order, &left.of, &right.of)
        {
            let message = format!("`{}` cannot compare {} with {}", order.symbol(), left.of.name(), right.of.name());
            return self.problem(tree, "expression_type", message, hint);
        }
        let mix = self.meet(tree, &left, &right)?;
        let (left, right) = numbers(left, right);
        Some(Typed::new(Node::Compare(Box::new(Comparison { order, left: left.node, right: right.node, mix })), Type::Bool))
    }

    /// Whether two amounts may meet; the inner none needs no check.
    #[expect(clippy::option_option, reason = "outer: no problem found; inner: a check to make at run time")]
    fn meet(&mut self, tree: &IdedExpr, left: &Typed, right: &Typed) -> Option<Option<Mix>> {
        match meet(left.currency.as_ref(), right.currency.as_ref()) {
            Ok(mix) => Some(mix),
            Err(message) => self.problem(tree, "expression_type", message, Some("two amounts meet only in one currency".into())),
        }
    }

    fn arithmetic(&mut self, tree: &IdedExpr, sign: Sign, arguments: &[IdedExpr]) -> Option<Typed> {
        let (left, right) = self.two(arguments)?;
        let Some(of) = combined(sign, &left.of, &right.of) else {
            let message = format!("`{}` cannot combine {} and {}", sign.symbol(), left.of.name(), right.of.name());
            let hint = match (&left.of, &right.of) {
                (Type::Decimal { .. }, Type::Any | Type::Text) | (Type::Any | Type::Text, Type::Decimal { .. }) => {
                    Some("convert one side: `decimal(...)` or `string(...)`".into())
                }
                (Type::Text, _) | (_, Type::Text) => Some("convert one side: `string(...)`".into()),
                _ => None,
            };
            return self.problem(tree, "expression_type", message, hint);
        };
        if sign == Sign::Multiply && left.currency.is_some() && right.currency.is_some() {
            let hint = "multiply an amount by a plain number".into();
            return self.problem(tree, "expression_type", "an amount times an amount has no meaning".to_owned(), Some(hint));
        }
        let mix = self.meet(tree, &left, &right)?;
        let currency = match (sign, &left.currency, &right.currency) {
            (Sign::Divide, Some(_), Some(_)) => None,
            _ => left.currency.clone().or_else(|| right.currency.clone()),
        };
        let of = match (of, &currency) {
            (Type::Decimal { .. }, None) => Type::Decimal { currency: None },
            (of, _) => of,
        };
        let items = left.items.clone().or_else(|| right.items.clone());
        let node = Node::Arithmetic(Box::new(Calculation { sign, left: left.node, right: right.node, mix }));
        let mut made = Typed::new(node, of);
        made.currency = currency;
        made.items = items;
        self.fold(tree, made)
    }

    fn negative(&mut self, tree: &IdedExpr, inner: &IdedExpr) -> Option<Typed> {
        let typed = self.expr(inner)?;
        if !is_number(&typed.of) && !matches!(typed.of, Type::Any | Type::Duration) {
            return self.problem(tree, "expression_type", format!("`-` cannot take {}", typed.of.name()), None);
        }
        let (of, currency) = (typed.of, typed.currency);
        let mut made = Typed::new(Node::Negate(Box::new(typed.node)), of);
        made.currency = currency;
        self.fold(tree, made)
    }

    fn contained(&mut self, tree: &IdedExpr, wanted: &IdedExpr, range: &IdedExpr) -> Option<Typed> {
        let (wanted, range) = (self.expr(wanted), self.expr(range));
        let (wanted, range) = (wanted?, range?);
        let item = match &range.of {
            Type::List(item, _) => item.as_ref().clone(),
            Type::Map(_) | Type::Object(_) => Type::Text,
            Type::Any => Type::Any,
            other => {
                let message = format!("`in` looks into a list or a mapping, not into {}", other.name());
                return self.problem(tree, "expression_type", message, Some("for text use `contains`".into()));
            }
        };
        let empty = matches!(&range.node, Node::Constant(Value::List(items)) if items.is_empty());
        if !empty && let Err(hint) = comparable(Order::Equal, &wanted.of, &item) {
            let message = format!("`in` cannot find {} among {}", wanted.of.name(), item.name());
            return self.problem(tree, "expression_type", message, hint);
        }
        if let (Some(_), Some(_)) = (&wanted.currency, &range.items) {
            self.meet(tree, &wanted, &Typed { currency: range.items.clone(), ..range.clone() })?;
        }
        Some(Typed::new(Node::In(Box::new((wanted.node, range.node))), Type::Bool))
    }

    fn choice(&mut self, tree: &IdedExpr, condition: &IdedExpr, yes: &IdedExpr, no: &IdedExpr) -> Option<Typed> {
        let checked = self.expr(condition).and_then(|typed| self.condition(condition, typed));
        let (yes, no) = (self.expr(yes), self.expr(no));
        let (condition, yes, no) = (checked?, yes?, no?);
        let of = if yes.is_null() {
            Some(no.of.clone())
        } else if no.is_null() {
            Some(yes.of.clone())
        } else {
            unify(&yes.of, &no.of)
        };
        let Some(of) = of else {
            let message = format!("the two results are of different types: {} and {}", yes.of.name(), no.of.name());
            return self.problem(tree, "expression_type", message, Some("convert one of them".into()));
        };
        let currency = match (&yes.currency, &no.currency) {
            (Some(a), Some(b)) if meet(Some(a), Some(b)).is_ok_and(|mix| mix.is_none()) => Some(a.clone()),
            (Some(a), None) if is_plain(&no) => Some(a.clone()),
            (None, Some(b)) if is_plain(&yes) => Some(b.clone()),
            (None, None) => None,
            _ => Some(Currency::Unknown("one of two".into())),
        };
        let (yes, no) = if matches!(of, Type::Decimal { .. }) { (decimal(yes), decimal(no)) } else { (yes, no) };
        let mut made = Typed::new(Node::Choice(Box::new((condition.node, yes.node, no.node))), of);
        made.currency = currency;
        made.items = yes.items.or(no.items);
        Some(made)
    }

    fn function(&mut self, tree: &IdedExpr, call: &CallExpr) -> Option<Typed> {
        let name = call.func_name.as_str();
        let method = call.target.is_some();
        let typed: Vec<Option<Typed>> = call.target.as_deref().into_iter().chain(&call.args).map(|argument| self.expr(argument)).collect();
        let forms: Vec<&'static Function> = functions::named(name, method).collect();
        if forms.is_empty() && !(method && name == "matches") {
            return self.unknown_function(tree, name, method);
        }
        let typed: Vec<Typed> = typed.into_iter().collect::<Option<_>>()?;
        if method && name == "matches" {
            return self.matches(tree, typed);
        }
        let types: Vec<&Type> = typed.iter().map(|argument| &argument.of).collect();
        let Some(function) = forms.iter().find(|function| function.accepts(&types)) else {
            let given = types.iter().map(|of| of.name()).collect::<Vec<_>>().join(", ");
            let wanted = forms.iter().map(|function| format!("`{}`", function.signature())).collect::<Vec<_>>().join(" or ");
            return self.problem(
                tree,
                "expression_type",
                format!("`{name}` cannot take ({given})"),
                Some(format!("write {wanted}").into()),
            );
        };
        if let Some(literal) = &function.literal {
            let fits = typed
                .get(literal.argument)
                .is_some_and(|argument| matches!(&argument.node, Node::Constant(value) if (literal.fits)(value)));
            if !fits {
                let message = format!("argument {} of `{name}` must be {}", literal.argument + 1, literal.wanted);
                return self.problem(tree, "expression_type", message, None);
            }
        }
        let mixes = self.all_meet(tree, function, &typed)?;
        let (of, currency) = result(function, &typed);
        let nodes = typed.into_iter().map(|argument| argument.node).collect();
        let call = Node::Call(function.name, function.run, nodes);
        // The sum of nothing is a whole zero, whatever the list would hold.
        let call =
            if matches!((function.gives, &of), (Gives::Item, Type::Decimal { .. })) { Node::ToDecimal(Box::new(call)) } else { call };
        let mut made = Typed::new(if mixes.is_empty() { call } else { Node::Guard(Box::new(call), mixes) }, of);
        made.currency = currency;
        self.fold(tree, made)
    }

    fn unknown_function(&mut self, tree: &IdedExpr, name: &str, method: bool) -> Option<Typed> {
        let hint = if functions::named(name, !method).next().is_some() {
            if method { format!("write `{name}(x)`").into() } else { format!("write `x.{name}(...)`").into() }
        } else {
            match did_you_mean(name, functions::names(method).chain(["has", "all", "exists", "exists_one", "map", "filter", "matches"])) {
                Some(near) => Hint::meant(near),
                None => {
                    let mut names: Vec<&str> = functions::names(method).collect();
                    names.dedup();
                    format!("functions here: {}", names.join(", ")).into()
                }
            }
        };
        self.problem(tree, "expression_name", format!("there is no function `{name}` here"), Some(hint))
    }

    fn matches(&mut self, tree: &IdedExpr, typed: Vec<Typed>) -> Option<Typed> {
        let [text, pattern] = typed.as_slice() else {
            return self.problem(tree, "expression_type", "`matches` takes one pattern".to_owned(), None);
        };
        if !matches!(text.of, Type::Text | Type::Any) {
            return self.problem(tree, "expression_type", format!("`matches` cannot take {}", text.of.name()), None);
        }
        let Node::Constant(Value::Text(pattern)) = &pattern.node else {
            let message = "the pattern of `matches` must be a literal, so that it is compiled once".to_owned();
            return self.problem(tree, "expression_type", message, None);
        };
        if pattern.chars().count() > PATTERN_LENGTH_MAX {
            return self.problem(tree, "expression_syntax", format!("the pattern is longer than {PATTERN_LENGTH_MAX} characters"), None);
        }
        match regex::RegexBuilder::new(pattern).size_limit(PATTERN_SIZE_MAX).dfa_size_limit(PATTERN_SIZE_MAX).nest_limit(32).build() {
            Ok(regex) => Some(Typed::new(Node::Matches(Box::new(text.node.clone()), regex), Type::Bool)),
            Err(error) => {
                let reason = error.to_string();
                let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                self.problem(tree, "expression_syntax", format!("the pattern cannot be read: {reason}"), None)
            }
        }
    }

    /// Amounts among the arguments of `min` and `max` must be of one currency.
    fn all_meet(&mut self, tree: &IdedExpr, function: &Function, typed: &[Typed]) -> Option<Vec<Mix>> {
        let mut mixes = Vec::new();
        if matches!(function.gives, Gives::Widest) {
            let mut priced = typed.iter().filter(|argument| argument.currency.is_some());
            if let Some(first) = priced.next() {
                for other in priced {
                    mixes.extend(self.meet(tree, first, other)?);
                }
            }
        }
        Some(mixes)
    }

    /// Evaluates what needs nothing from the scope, so that its problems show when compiled.
    fn fold(&mut self, tree: &IdedExpr, typed: Typed) -> Option<Typed> {
        let constant = |node: &Node| matches!(node, Node::Constant(_));
        let foldable = match &typed.node {
            Node::Call(_, _, nodes) => nodes.iter().all(constant),
            Node::Arithmetic(the) => the.mix.is_none() && constant(&the.left) && constant(&the.right),
            Node::Negate(inner) => constant(inner),
            _ => false,
        };
        if !foldable {
            return Some(typed);
        }
        let scope = Scope::default();
        let value = evaluate::evaluate(&typed.node, Frame::new(&scope), &mut Budget::default()).map(std::borrow::Cow::into_owned);
        match value {
            Ok(value) => Some(Typed { node: Node::Constant(value), ..typed }),
            Err(error) => self.problem(tree, "expression_type", format!("this can never be evaluated: {error}"), None),
        }
    }
}

fn order(function: &str) -> Option<Order> {
    Some(match function {
        operators::EQUALS => Order::Equal,
        operators::NOT_EQUALS => Order::NotEqual,
        operators::LESS => Order::Less,
        operators::LESS_EQUALS => Order::LessEqual,
        operators::GREATER => Order::Greater,
        operators::GREATER_EQUALS => Order::GreaterEqual,
        _ => return None,
    })
}

fn sign(function: &str) -> Option<Sign> {
    Some(match function {
        operators::ADD => Sign::Add,
        operators::SUBSTRACT => Sign::Subtract,
        operators::MULTIPLY => Sign::Multiply,
        operators::DIVIDE => Sign::Divide,
        operators::MODULO => Sign::Remainder,
        _ => return None,
    })
}

fn flatten<'t>(tree: &'t IdedExpr, operator: &str, parts: &mut Vec<&'t IdedExpr>) {
    match &tree.expr {
        cel::common::ast::Expr::Call(call) if call.func_name == operator && call.target.is_none() => {
            call.args.iter().for_each(|part| flatten(part, operator, parts));
        }
        _ => parts.push(tree),
    }
}

/// Numeric literals that meet decimals become decimals.
fn numbers(left: Typed, right: Typed) -> (Typed, Typed) {
    let literal = |typed: &Typed| matches!(typed.node, Node::Constant(Value::Int(_)));
    match (&left.of, &right.of) {
        (Type::Decimal { .. }, Type::Int) if literal(&right) => (left, to_decimal(right)),
        (Type::Int, Type::Decimal { .. }) if literal(&left) => (to_decimal(left), right),
        _ => (left, right),
    }
}

fn decimal(typed: Typed) -> Typed {
    if matches!(typed.of, Type::Int) { to_decimal(typed) } else { typed }
}

/// Whether an amount may stand in for it: a literal has no currency of its own.
fn is_plain(typed: &Typed) -> bool {
    matches!(typed.node, Node::Constant(_))
}

/// The type of a calculation; none when the two do not combine.
fn combined(sign: Sign, left: &Type, right: &Type) -> Option<Type> {
    use Type::{Any, Date, Decimal, Duration, Instant, Int, List, Secret, Text};
    Some(match (sign, left, right) {
        (_, Int, Int) => Int,
        (_, Int, Decimal { currency }) | (_, Decimal { currency }, Int) => Decimal { currency: currency.clone() },
        (_, Decimal { currency: a }, Decimal { currency: b }) => Decimal { currency: a.clone().or_else(|| b.clone()) },
        (_, Any, Decimal { .. } | Secret) | (_, Decimal { .. } | Secret, Any) => return None,
        (Sign::Add, Text, Text) => Text,
        (Sign::Add, Text, Any) | (Sign::Add, Any, Text) => Text,
        (Sign::Add, Secret, Text | Secret) | (Sign::Add, Text, Secret) => Secret,
        (Sign::Add, List(a, m), List(b, n)) => {
            let bound = m.zip(*n).and_then(|(m, n)| m.checked_add(n));
            List(Box::new(either(a, b)), bound)
        }
        (Sign::Add | Sign::Subtract, Instant, Duration) | (Sign::Add, Duration, Instant) => Instant,
        (Sign::Add | Sign::Subtract, Date, Duration) | (Sign::Add, Duration, Date) => Date,
        (Sign::Subtract, Instant, Instant) | (Sign::Subtract, Date, Date) => Duration,
        (Sign::Add | Sign::Subtract, Duration, Duration) => Duration,
        (Sign::Multiply, Duration, Int) | (Sign::Multiply, Int, Duration) => Duration,
        (_, Any, _) | (_, _, Any) => Any,
        _ => return None,
    })
}

/// The type and currency of a call.
fn result(function: &Function, typed: &[Typed]) -> (Type, Option<Currency>) {
    let first = typed.first();
    let of = match function.gives {
        Gives::Bool => Type::Bool,
        Gives::Int => Type::Int,
        Gives::Decimal => match first.map(|first| &first.of) {
            Some(of @ Type::Decimal { .. }) => of.clone(),
            _ => Type::Decimal { currency: None },
        },
        Gives::Text => Type::Text,
        Gives::Texts => Type::List(Box::new(Type::Text), None),
        Gives::Items => Type::List(Box::new(Type::Any), None),
        Gives::Lists => Type::List(Box::new(first.map_or(Type::Any, |first| first.of.clone())), None),
        Gives::Instant => Type::Instant,
        Gives::Date => Type::Date,
        Gives::Duration => Type::Duration,
        Gives::First => first.map_or(Type::Any, |first| first.of.clone()),
        Gives::Widest => {
            let mut types = typed.iter().map(|argument| &argument.of);
            let start = types.next().cloned().unwrap_or(Type::Any);
            types.fold(start, |wide, of| either(&wide, of))
        }
        Gives::Item => match first.map(|first| &first.of) {
            Some(Type::List(item, _)) => item.as_ref().clone(),
            _ => Type::Any,
        },
    };
    let currency = match function.gives {
        Gives::First | Gives::Decimal => first.and_then(|first| first.currency.clone()),
        Gives::Widest => typed.iter().find_map(|argument| argument.currency.clone()),
        Gives::Item => first.and_then(|first| first.items.clone()),
        _ => None,
    };
    (of, currency)
}
