//! Reads: lists with their options, one order, its items, the inbox.

use serde_json::{Map, Value, json};

use super::super::stage::Answer;
use super::book::{Book, Order};
use super::filter::fits;
use super::{Call, Fault, fault};

/// Entities of one answer; what is beyond has to be fetched by `__next`.
const PAGE: usize = 100;

fn host(call: &Call<'_>) -> String {
    format!("http://{}", call.asked.header("host").unwrap_or("localhost"))
}

fn option<'c>(call: &'c Call<'_>, name: &str) -> &'c str {
    call.options.get(name).map_or("", String::as_str)
}

/// An order, and how it is shown.
type Shown<'b> = (&'b Order, Map<String, Value>);

fn chosen<'b>(book: &'b Book, call: &Call<'_>) -> Result<Vec<Shown<'b>>, Fault> {
    let host = host(call);
    let mut found = Vec::new();
    for order in book.orders.values() {
        let entity = order.entity(&host);
        if fits(&entity, option(call, "$filter"))? {
            found.push((order, entity));
        }
    }
    let order = option(call, "$orderby");
    let terms: Vec<(&str, bool)> = order
        .split(',')
        .filter_map(|term| {
            let mut words = term.split_whitespace();
            Some((words.next()?, words.next().is_some_and(|word| word == "desc")))
        })
        .collect();
    found.sort_by(|(_, one), (_, other)| {
        let by = |(name, is_descending): &(&str, bool)| {
            let text = |entity: &Map<String, Value>| entity.get(*name).map(Value::to_string).unwrap_or_default();
            let order = text(one).cmp(&text(other));
            if *is_descending { order.reverse() } else { order }
        };
        terms.iter().map(by).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    });
    Ok(found)
}

pub(super) fn list(book: &Book, call: &Call<'_>) -> Result<Answer, Fault> {
    let found = chosen(book, call)?;
    let all = found.len();
    let number = |name: &str| option(call, name).parse::<usize>().ok();
    let skip = number("$skiptoken").or(number("$skip")).unwrap_or(0);
    let wanted = number("$top").unwrap_or(usize::MAX);
    let select: Vec<&str> = option(call, "$select").split(',').filter(|name| !name.is_empty()).collect();
    let expands = option(call, "$expand").split(',').any(|name| name == "to_PurchaseOrderItem");
    let host = host(call);
    let rows: Vec<Value> = found
        .into_iter()
        .skip(skip)
        .take(wanted.min(PAGE))
        .map(|(order, mut entity)| {
            if expands {
                entity.insert("to_PurchaseOrderItem".to_owned(), json!({"results": order.item_entities(&host)}));
            }
            if !select.is_empty() {
                entity.retain(|name, _| name == "__metadata" || select.contains(&name.as_str()));
            }
            Value::Object(entity)
        })
        .collect();
    let mut answer = json!({"results": rows});
    if option(call, "$inlinecount") == "allpages" {
        answer["__count"] = json!(all.to_string());
    }
    let read = skip + answer["results"].as_array().map_or(0, Vec::len);
    if wanted > PAGE && read < all {
        answer["__next"] = json!(format!("{host}{}/A_PurchaseOrder?$skiptoken={read}&$format=json", super::SERVICE));
    }
    Ok(Answer::json(200, "list", &json!({"d": answer})))
}

pub(super) fn count(book: &Book, call: &Call<'_>) -> Result<Answer, Fault> {
    Ok(Answer::text(200, "count", "text/plain", chosen(book, call)?.len().to_string()))
}

pub(super) fn find<'b>(book: &'b Book, key: &str) -> Result<&'b Order, Fault> {
    book.orders.get(key).ok_or_else(|| fault(404, "/IWBEP/CM_MGW_RT/020", format!("Purchase order {key} does not exist")))
}

pub(super) fn one(book: &Book, call: &Call<'_>, key: &str) -> Result<Answer, Fault> {
    let order = find(book, key)?;
    let host = host(call);
    let mut entity = order.entity(&host);
    if option(call, "$expand").split(',').any(|name| name == "to_PurchaseOrderItem") {
        entity.insert("to_PurchaseOrderItem".to_owned(), json!({"results": order.item_entities(&host)}));
    }
    Ok(Answer::json(200, "get", &json!({"d": entity})).with("etag", order.etag()))
}

pub(super) fn items(book: &Book, key: &str) -> Result<Answer, Fault> {
    let order = find(book, key)?;
    Ok(Answer::json(200, "items", &json!({"d": {"results": order.item_entities("")}})))
}

/// A task for each order that waits for its release.
pub(super) fn tasks(book: &Book, call: &Call<'_>) -> Result<Answer, Fault> {
    let mut rows = Vec::new();
    for order in book.orders.values().filter(|order| order.status == "03" && !order.is_deleted) {
        let task = json!({
            "SAP__Origin": "LOCAL", "InstanceID": order.task(), "TaskDefinitionID": "TS00800531_WS00800238", "Status": "READY",
            "TaskTitle": format!("Release of purchase order {}", order.number), "CreatedOn": format!("/Date({}+0000)/", order.changed.0.div_euclid(1_000)),
        });
        let fitting = task.as_object().map(|task| fits(task, option(call, "$filter"))).transpose()?.unwrap_or(false);
        if fitting {
            rows.push(task);
        }
    }
    let top = option(call, "$top").parse().unwrap_or(PAGE);
    rows.truncate(top);
    Ok(Answer::json(200, "tasks", &json!({"d": {"results": rows}})))
}
