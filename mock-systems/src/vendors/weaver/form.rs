//! What a call sends: fields of a form, some of them JSON texts, and the values that columns take.

use std::collections::BTreeMap;

use serde_json::Value;

use super::answer::{Refusal, wrong};
use crate::vendors::templates::Field;

/// The fields of a call.
pub(super) struct Form(BTreeMap<String, String>);

/// One row: columns and their values.
pub(super) type Row = Vec<(String, String)>;

impl Form {
    /// Only forms are read: of anything else not even the workflow's number is found.
    pub(super) fn read(text: &str) -> Self {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self(pairs.map(|(name, value)| (decoded(name), decoded(value))).collect())
    }

    /// A field's text; empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// A field that is a JSON text; `otherwise` where there is none.
    pub(super) fn json(&self, name: &str, otherwise: Value) -> Result<Value, Refusal> {
        match self.text(name) {
            "" => Ok(otherwise),
            text => serde_json::from_str(text).map_err(|_| wrong(name, "不是合法的JSON")),
        }
    }

    /// The number of a request.
    pub(super) fn request_id(&self) -> Result<u64, Refusal> {
        self.text("requestId").parse().map_err(|_| wrong("requestId", "参数错误"))
    }
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let hex = |text: &[u8]| u8::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok();
        let (byte, left) = match (first, more) {
            (b'+', more) => (b' ', more),
            (b'%', [high, low, left @ ..]) => hex(&[*high, *low]).map_or((b'%', more), |byte| (byte, left)),
            (byte, more) => (*byte, more),
        };
        bytes.push(byte);
        rest = left;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `[{"fieldName", "fieldValue"}]` with columns that the form has, each value of its kind.
pub(super) fn row(parameter: &str, fields: &[Field], given: &Value) -> Result<Row, Refusal> {
    let given = given.as_array().ok_or_else(|| wrong(parameter, "应为数组"))?;
    let mut row = Row::new();
    for cell in given {
        let name = cell["fieldName"].as_str().ok_or_else(|| wrong(parameter, "缺少fieldName"))?;
        let field = fields.iter().find(|field| field.id == name && field.columns.is_empty());
        let field = field.ok_or_else(|| wrong(parameter, &format!("字段{name}不存在")))?;
        let value = match &cell["fieldValue"] {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(wrong(parameter, &format!("字段{name}的值不正确"))),
        };
        if !fits(&field.kind, &value) {
            return Err(wrong(parameter, &format!("字段{name}的值不正确")));
        }
        row.push((name.to_owned(), value));
    }
    Ok(row)
}

/// Dates are `yyyy-MM-dd`; choices and people are numbers. What is empty fits everywhere.
fn fits(kind: &str, value: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    value.is_empty()
        || match kind {
            "number" => value.parse::<rust_decimal::Decimal>().is_ok(),
            "date" => {
                let parts: Vec<&str> = value.split('-').collect();
                matches!(parts[..], [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() == 2 && [year, month, day].into_iter().all(digits))
            }
            "select" | "browser" => digits(value),
            _ => true,
        }
}
