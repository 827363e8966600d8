//! What one object, read back, means beside what the ledger holds of it. Pure.

use super::kind::Kind;
use super::standing::{Standing, Words};
use crate::domain::connector::Seen;
use crate::domain::connector::reconcile::text;
use crate::domain::value::Value;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::str::FromStr;

/// What the read of an object came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Object {
    /// It is there.
    Seen(Seen),
    /// The partner says that it has none of this id.
    Missing,
    /// It was answered, but not with what is declared.
    Unreadable(String),
}

/// What this link is to its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The counterpart in this system.
    Current,
    /// A later visit of the same step has written another one.
    Replaced,
    /// Taken back by us.
    Reversed,
}

/// What the ledger holds.
#[derive(Clone)]
pub struct Ours<'a> {
    /// Our status of the document.
    pub status: &'a str,
    /// What the link is to the document.
    pub role: Role,
    /// The newest revision's body.
    pub body: &'a Json,
    /// The connector's own words for approved and void.
    pub words: Words<'a>,
    /// For an amount's field the path of its currency, or the currency itself.
    pub currency_of: &'a dyn Fn(&str) -> Option<String>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// What it is called.
    pub kind: Kind,
    /// The field, when it is about one.
    pub field: Option<String>,
    /// What we hold.
    pub ours: Option<String>,
    /// What they say.
    pub theirs: Option<String>,
}

/// All differences; none means they agree.
pub fn judge(object: &Object, ours: &Ours<'_>) -> Vec<Finding> {
    let standing = Standing::of(ours.status, ours.words);
    let finding = |kind, theirs: Option<String>| Finding { kind, field: None, ours: Some(ours.status.to_owned()), theirs };
    match object {
        // What is void here need not be kept there.
        Object::Missing if ours.role != Role::Current || standing == Standing::Void => Vec::new(),
        Object::Missing => vec![finding(Kind::MissingThere, None)],
        Object::Unreadable(why) => vec![finding(Kind::Unreadable, Some(why.clone()))],
        Object::Seen(seen) if ours.role != Role::Current => {
            let open = !seen.voided && (ours.role == Role::Reversed || is_open(seen, ours.words));
            let told = || Finding { ours: Some("taken back".to_owned()), ..finding(Kind::VoidedHere, word(seen)) };
            if open { vec![told()] } else { Vec::new() }
        }
        Object::Seen(seen) => {
            let status = by_status(seen, standing, ours.status).map(|kind| finding(kind, word(seen)));
            let void = seen.voided && matches!(standing, Standing::Void | Standing::Refused);
            let fields = if void { Vec::new() } else { by_fields(seen, ours) };
            status.into_iter().chain(fields).collect()
        }
    }
}

/// The partner's word, or what it does.
fn word(seen: &Seen) -> Option<String> {
    seen.status.clone().or_else(|| {
        let word = if seen.voided {
            "void"
        } else if seen.executed == Some(true) {
            "executed"
        } else {
            "open"
        };
        Some(word.to_owned())
    })
}

/// Whether it still waits for something over there.
fn is_open(seen: &Seen, words: Words<'_>) -> bool {
    if seen.voided || seen.executed == Some(true) {
        return false;
    }
    match &seen.agrees {
        Some(ours) => ours.is_empty() || ours.iter().any(|word| Standing::of(word, words) == Standing::Open),
        None => true,
    }
}

fn by_status(seen: &Seen, standing: Standing, status: &str) -> Option<Kind> {
    if seen.agrees.as_ref().is_some_and(|agrees| agrees.iter().any(|word| **word == *status)) {
        return None;
    }
    let executed = seen.executed == Some(true);
    let by_standing = match standing {
        Standing::Approved if seen.voided => Some(Kind::VoidedThere),
        Standing::Approved if seen.executed == Some(false) => Some(Kind::ApprovedNotExecuted),
        Standing::Refused if executed => Some(Kind::ExecutedNotApproved),
        Standing::Void | Standing::Refused if !seen.voided => Some(Kind::VoidedHere),
        Standing::Open if executed => Some(Kind::ExecutedNotApproved),
        Standing::Open if seen.voided => Some(Kind::VoidedThere),
        _ => None,
    };
    // A table that does not list the pair is a difference even where the coarse question finds none.
    by_standing.or_else(|| seen.agrees.is_some().then_some(Kind::StatusDiffers))
}

fn by_fields(seen: &Seen, ours: &Ours<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (field, theirs, currency) in &seen.fields {
        // What one of the sides does not hold cannot differ.
        let (Some(held), Some(theirs_text)) = (at(ours.body, field).and_then(plain), text(theirs)) else { continue };
        let our_currency = (ours.currency_of)(field).map(|path| at(ours.body, &path).and_then(plain).unwrap_or(path));
        let is_amount = matches!(theirs, Value::Decimal(_) | Value::Int(_)) || currency.is_some();
        let currencies = match (&our_currency, currency) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        };
        if currencies && same(&held, &theirs_text, is_amount) {
            continue;
        }
        let with = |amount: &str, currency: Option<&String>| currency.map_or_else(|| amount.to_owned(), |code| format!("{amount} {code}"));
        found.push(Finding {
            kind: if is_amount { Kind::AmountDiffers } else { Kind::FieldDiffers },
            field: Some(field.to_string()),
            ours: Some(with(&held, our_currency.as_ref())),
            theirs: Some(with(&theirs_text, currency.as_ref())),
        });
    }
    found
}

/// Numbers are compared exactly as numbers: `100.00` is `100`.
fn same(ours: &str, theirs: &str, is_amount: bool) -> bool {
    match (Decimal::from_str(ours), Decimal::from_str(theirs)) {
        (Ok(ours), Ok(theirs)) if is_amount => ours == theirs,
        _ => ours == theirs,
    }
}

fn at<'j>(body: &'j Json, path: &str) -> Option<&'j Json> {
    path.split('.').try_fold(body, |json, name| json.get(name))
}

fn plain(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::sync::Arc;

    fn seen(status: &str, agrees: &[&str]) -> Seen {
        Seen {
            external_id: "1".to_owned(),
            changed_at: None,
            ours: true,
            executed: Some(status == "released"),
            voided: matches!(status, "cancelled" | "refused"),
            status: Some(status.to_owned()),
            agrees: Some(agrees.iter().map(|word| Arc::from(*word)).collect()),
            fields: Vec::new(),
        }
    }

    fn kinds(object: &Object, status: &str, role: Role, body: &Json) -> Vec<&'static str> {
        let currency = |_: &str| Some("currency".to_owned());
        let ours = Ours { status, role, body, words: Words::default(), currency_of: &currency };
        judge(object, &ours).iter().map(|finding| finding.kind.word()).collect()
    }

    #[test]
    fn statuses_have_their_kinds() {
        let table: &[(&str, &str, &[&str], Option<&str>)] = &[
            ("released", "released", &["released"], None),
            ("released", "waiting", &["submitted", "in_approval"], Some("approved_not_executed")),
            ("in_approval", "released", &["released"], Some("executed_not_approved")),
            ("rejected", "released", &["released"], Some("executed_not_approved")),
            ("cancelled", "released", &["released"], Some("voided_here")),
            ("cancelled", "waiting", &["submitted", "in_approval"], Some("voided_here")),
            ("rejected", "waiting", &["submitted"], Some("voided_here")),
            ("released", "cancelled", &["cancelled"], Some("voided_there")),
            ("in_approval", "cancelled", &["cancelled"], Some("voided_there")),
            ("rejected", "cancelled", &["cancelled"], Some("status_differs")),
            ("in_approval", "waiting", &["submitted", "in_approval"], None),
            ("in_approval", "new", &["draft"], Some("status_differs")),
            ("in_approval", "on hold", &[], Some("status_differs")),
        ];
        for (ours, theirs, agrees, expected) in table {
            let found = kinds(&Object::Seen(seen(theirs, agrees)), ours, Role::Current, &json!({}));
            assert_eq!(found, expected.iter().copied().collect::<Vec<_>>(), "{ours} here, {theirs} there");
        }
    }

    #[test]
    fn what_is_over_must_only_not_stand_open_there() {
        let waiting = Object::Seen(seen("waiting", &["submitted"]));
        let released = Object::Seen(seen("released", &["released"]));
        let cancelled = Object::Seen(seen("cancelled", &["cancelled"]));
        let table = [
            (&waiting, Role::Replaced, vec!["voided_here"]),
            (&released, Role::Replaced, vec![]),
            (&released, Role::Reversed, vec!["voided_here"]),
            (&cancelled, Role::Reversed, vec![]),
            (&Object::Missing, Role::Reversed, vec![]),
            (&Object::Missing, Role::Current, vec!["missing_there"]),
        ];
        for (object, role, expected) in table {
            assert_eq!(kinds(object, "released", role, &json!({})), expected, "{object:?} {role:?}");
        }
        assert!(kinds(&Object::Missing, "cancelled", Role::Current, &json!({})).is_empty());
        assert_eq!(kinds(&Object::Unreadable("no `id`".to_owned()), "released", Role::Current, &json!({})), ["unreadable"]);
    }

    #[test]
    fn amounts_are_compared_as_exact_numbers_of_one_currency() {
        let body = json!({"total_gross": "1130.00", "currency": "CNY", "supplier": {"code": "S-1"}});
        let with = |amount: &str, currency: &str, code: &str| {
            let amount = Value::Decimal(amount.parse().unwrap());
            let fields =
                vec![(Arc::from("total_gross"), amount, Some(currency.to_owned())), (Arc::from("supplier.code"), Value::text(code), None)];
            Object::Seen(Seen { fields, ..seen("released", &["released"]) })
        };
        let check = |object: &Object| kinds(object, "released", Role::Current, &body);
        assert!(check(&with("1130", "CNY", "S-1")).is_empty());
        assert_eq!(check(&with("1130.01", "CNY", "S-1")), ["amount_differs"]);
        assert_eq!(check(&with("1130.00", "USD", "S-1")), ["amount_differs"]);
        assert_eq!(check(&with("1130.00", "CNY", "s-1")), ["field_differs"]);
        // Beyond what a float tells apart.
        let body = json!({"total_gross": "9007199254740993.01"});
        let object = with("9007199254740993.02", "CNY", "S-1");
        assert_eq!(kinds(&object, "released", Role::Current, &body), ["amount_differs"]);
    }

    #[test]
    fn what_one_side_does_not_hold_does_not_differ() {
        let fields = vec![(Arc::from("total_gross"), Value::Unset, None), (Arc::from("buyer"), Value::text("b"), None)];
        let object = Object::Seen(Seen { fields, ..seen("released", &["released"]) });
        assert!(kinds(&object, "released", Role::Current, &json!({"total_gross": "1"})).is_empty());
    }
}
