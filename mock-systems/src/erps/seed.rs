//! Orders that every mock can hold: three suppliers, three currencies, and what breaks careless integrations.

use rust_decimal::Decimal;
use serde_json::Value;

/// An order as a person enters it.
#[derive(Clone, Debug)]
pub(super) struct NewOrder {
    pub number: Option<String>,
    pub supplier: String,
    pub currency: String,
    pub lines: Vec<NewLine>,
}

/// A line of it.
#[derive(Clone, Debug)]
pub(super) struct NewLine {
    pub item: String,
    pub description: String,
    pub quantity: Decimal,
    /// Net price of one.
    pub price: Decimal,
    /// Percent.
    pub tax_rate: Decimal,
}

/// Codes and names of the suppliers there are. One name holds what has to be escaped somewhere.
pub(super) const SUPPLIERS: [(&str, &str); 3] =
    [("VEN00001", "East Steel Works"), ("VEN00002", "Huadong Paper 华东纸业"), ("VEN00003", "O'Neill & Söhne <\"q\"> 🚚 𠮷野")];

/// Codes and names of the articles there are.
pub(super) const ITEMS: [(&str, &str); 3] = [("M001", "Steel plate 4 mm"), ("M002", "Copy paper A4"), ("M003", "Ångström 'gauge' & 𠮷")];

/// Reads `{"number", "supplier", "currency", "lines": [{"item", "quantity", "price", "tax_rate"}]}`; all may be left out.
pub(super) fn read(what: &Value) -> Result<NewOrder, String> {
    let text = |value: &Value, default: &str| value.as_str().unwrap_or(default).to_owned();
    let one = Value::Object(serde_json::Map::new());
    let given = what["lines"].as_array().cloned().unwrap_or_else(|| vec![one]);
    let mut lines = Vec::with_capacity(given.len());
    for line in &given {
        let number = |name: &str, default: &str| match &line[name] {
            Value::Null => default.parse().map_err(|_| String::new()),
            value => super::text::decimal(value).ok_or_else(|| format!("`{name}` is a number")),
        };
        let item = text(&line["item"], ITEMS[0].0);
        let known = ITEMS.iter().find(|(code, _)| *code == item).map_or("", |(_, name)| name);
        lines.push(NewLine {
            description: text(&line["description"], known),
            item,
            quantity: number("quantity", "10")?,
            price: number("price", "100")?,
            tax_rate: number("tax_rate", "13")?,
        });
    }
    let number = what["number"].as_str().map(str::to_owned);
    Ok(NewOrder { number, supplier: text(&what["supplier"], SUPPLIERS[0].0), currency: text(&what["currency"], "CNY"), lines })
}

/// The awkward ones: 250 lines, six decimals, yen, odd characters.
pub(super) fn awkward() -> Vec<NewOrder> {
    let line = |item: usize, quantity: &str, price: &str, rate: &str| NewLine {
        item: ITEMS[item].0.to_owned(),
        description: ITEMS[item].1.to_owned(),
        quantity: quantity.parse().unwrap_or_default(),
        price: price.parse().unwrap_or_default(),
        tax_rate: rate.parse().unwrap_or_default(),
    };
    let order = |supplier: usize, currency: &str, lines: Vec<NewLine>| NewOrder {
        number: None,
        supplier: SUPPLIERS[supplier].0.to_owned(),
        currency: currency.to_owned(),
        lines,
    };
    vec![
        order(0, "CNY", vec![line(0, "10", "100", "13")]),
        order(1, "CNY", vec![line(1, "3", "19.99", "13"), line(0, "0.5", "1000", "13")]),
        order(2, "USD", vec![line(2, "7", "12.5", "0")]),
        order(0, "JPY", vec![line(0, "2", "1200", "10")]),
        order(1, "CNY", vec![line(0, "3000", "0.123457", "13")]),
        order(2, "CNY", (0..250).map(|at| line(at % 3, "1", "10", "13")).collect()),
    ]
}
