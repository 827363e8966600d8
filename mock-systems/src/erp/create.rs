//! New orders, made from a template and the dice.

use rust_decimal::Decimal;
use serde::Deserialize;

use crate::dice::Dice;
use crate::erp::order::{Content, Line, Order, OrderStatus, Party, Person, Tally};
use crate::erp::{Book, announce};
use crate::instant::Micros;
use crate::world::{Shared, System, World, lock};

/// What new orders look like; what is not said is made up.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewOrders {
    /// How many.
    pub count: usize,
    /// Where they stand.
    pub status: OrderStatus,
    /// ISO 4217; null leaves it out of the order.
    pub currency: Option<String>,
    /// How many lines each has.
    pub lines: usize,
    /// About the net total of each, before rounding to lines.
    pub amount: Option<Decimal>,
    /// Percent.
    pub tax_rate: Decimal,
    /// The number of a single order; several get `-1`, `-2`, ….
    pub number: Option<String>,
    /// The id of a single order.
    pub id: Option<String>,
    /// The supplier's name.
    pub supplier_name: Option<String>,
    /// The company's code.
    pub company_code: String,
    /// All get the very same instant of change.
    pub same_instant: bool,
    /// How long ago, in seconds, they were changed last.
    pub aged_seconds: u32,
    /// Whether the registered receiver is told.
    pub announce: bool,
}

impl Default for NewOrders {
    fn default() -> Self {
        Self {
            count: 1,
            status: OrderStatus::Waiting,
            currency: Some("CNY".to_owned()),
            lines: 3,
            amount: None,
            tax_rate: Decimal::from(13),
            number: None,
            id: None,
            supplier_name: None,
            company_code: "A".to_owned(),
            same_instant: false,
            aged_seconds: 0,
            announce: true,
        }
    }
}

/// In one call.
const COUNT_MAX: usize = 100_000;
const LINES_MAX: usize = 1000;

const SUPPLIERS: [(&str, &str); 3] =
    [("S-100", "Harbour Steel Ltd"), ("S-200", "O'Neill & Söhne 🚚 𠮷野"), ("S-300", "东方办公用品有限公司")];
const PEOPLE: [(&str, &str, &str); 4] = [
    ("e1001", "李慧", "li.hui@example.com"),
    ("e1002", "王涛", "wang.tao@example.com"),
    ("e1003", "陈昱", "chen.yu@example.com"),
    ("e1004", "赵敏", "zhao.min@example.com"),
];
const ITEMS: [(&str, &str, &str); 5] = [
    ("M-10", "Steel plate 8 mm", "C62"),
    ("M-11", "Transport", "C62"),
    ("M-12", "Safety gloves", "PR"),
    ("M-13", "打印纸 A4", "RM"),
    ("M-14", "Hydraulic oil", "LTR"),
];

/// Puts the orders into the book and tells the receiver. Returns their ids and numbers.
pub(crate) fn create(world: &Shared, wanted: &NewOrders) -> Result<Vec<(String, String)>, String> {
    let named = enter(world, wanted)?;
    if wanted.announce {
        for (id, _) in &named {
            announce(world, id);
        }
    }
    Ok(named)
}

/// Puts the orders into the book only.
pub(crate) fn enter(world: &World, wanted: &NewOrders) -> Result<Vec<(String, String)>, String> {
    if wanted.count == 0 || wanted.count > COUNT_MAX {
        return Err(format!("`count` is from 1 to {COUNT_MAX}"));
    }
    if wanted.lines == 0 || wanted.lines > LINES_MAX {
        return Err(format!("`lines` is from 1 to {LINES_MAX}"));
    }
    if wanted.id.is_some() && wanted.count > 1 {
        return Err("`id` is for a single order".to_owned());
    }
    let first_instant = world.now(System::Erp);
    let mut named = Vec::with_capacity(wanted.count);
    let mut book = lock(&world.erp);
    for index in 0..wanted.count {
        let (id, number) = names(&mut book, wanted, index);
        if book.holds(&id, &number) {
            return Err(format!("order `{number}` or id `{id}` exists already"));
        }
        let changed_at = if wanted.same_instant { first_instant } else { world.now(System::Erp) };
        let changed_at = Micros(changed_at.0.saturating_sub(i64::from(wanted.aged_seconds) * 1_000_000));
        let content = content(&world.dice, wanted, changed_at);
        book.insert(order(id.clone(), number.clone(), wanted.status, changed_at, content));
        named.push((id, number));
    }
    Ok(named)
}

pub(crate) fn order(id: String, number: String, status: OrderStatus, changed_at: Micros, content: Content) -> Order {
    Order {
        id,
        number,
        status,
        version: 1,
        changed_at,
        content,
        revision: 1,
        booked_as: None,
        written_back: None,
        reason: None,
        acknowledged: false,
        tally: Tally::default(),
        lost: false,
    }
}

fn names(book: &mut Book, wanted: &NewOrders, index: usize) -> (String, String) {
    let (next_id, next_number) = book.next_names();
    let number = match &wanted.number {
        Some(number) if wanted.count == 1 => number.clone(),
        Some(number) => format!("{number}-{}", index + 1),
        None => next_number,
    };
    (wanted.id.clone().unwrap_or(next_id), number)
}

fn pick<T: Copy>(dice: &Dice, from: &[T]) -> T {
    #[expect(clippy::cast_possible_truncation, reason = "below the length")]
    let index = dice.below(from.len() as u64) as usize;
    from[index]
}

pub(crate) fn content(dice: &Dice, wanted: &NewOrders, now: Micros) -> Content {
    let (supplier_code, supplier_name) = pick(dice, &SUPPLIERS);
    let (person, name, email) = pick(dice, &PEOPLE);
    Content {
        company: Party { code: wanted.company_code.clone(), name: "Lotus Industrial".to_owned() },
        currency: wanted.currency.clone(),
        supplier: Party { code: supplier_code.to_owned(), name: wanted.supplier_name.clone().unwrap_or_else(|| supplier_name.to_owned()) },
        requester: Person { id: person.to_owned(), name: name.to_owned(), email: email.to_owned() },
        issue_date: now.date_after(0),
        delivery_date: now.date_after(45),
        payment_terms: "NET30".to_owned(),
        lines: (0..wanted.lines).map(|_| line(dice, wanted)).collect(),
    }
}

fn line(dice: &Dice, wanted: &NewOrders) -> Line {
    let (item_code, description, unit) = pick(dice, &ITEMS);
    let quantity = Decimal::from(1 + dice.below(20));
    let unit_price = match wanted.amount {
        Some(amount) => (amount / Decimal::from(wanted.lines as u64) / quantity).round_dp(6),
        None => Decimal::new(i64::try_from(500 + dice.below(50_000)).unwrap_or(500), 2),
    };
    Line { item_code: item_code.to_owned(), description: description.to_owned(), quantity, unit, unit_price, tax_rate: wanted.tax_rate }
}
