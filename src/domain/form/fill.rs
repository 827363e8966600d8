//! Filling a form: from what a client sent to typed values, every problem at its field. A little more than 500 lines: one walk over
//! the fields, and what each kind of them takes.

use super::Form;
use super::field::{Check, Field, FieldKind, Required, Right};
use super::types::PEOPLE_MAX;
use crate::domain::directory::{Around, Directory, Who};
use crate::domain::expression::{Budget, Expression, Scope};
use crate::domain::text::units;
use crate::domain::value::{Map, Value, currency};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value as Json;
use std::sync::Arc;

/// What filling needs to know beside the values.
#[derive(Clone, Debug)]
pub struct Circumstances<'a> {
    /// The step it is filled at: `start`, or a step of the flow.
    pub step: &'a str,
    /// What it holds already, at a later step; unset at the start.
    pub before: &'a Value,
    /// Who fills it: `{id, name, email, department}`.
    pub submitter: &'a Value,
    /// People and departments that may be named.
    pub directory: &'a Directory,
    /// When it is filled.
    pub submitted_at: Timestamp,
    /// The day of that in the form's zone.
    pub today: Date,
    /// The language of messages that the form words, such as `zh`.
    pub language: &'a str,
}

/// A field that cannot be taken as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// JSON Pointer into the values, such as `/lines/2/amount`; empty for the whole.
    pub pointer: String,
    /// What is wrong, without the value.
    pub message: String,
}

/// Problems one answer names; nobody mends more at once.
const PROBLEMS_MAX: usize = 100;
/// Decimals of a number that is no amount, where the form says nothing.
const SCALE_MAX: u32 = 10;
/// Longest text of an attachment's parts.
const REFERENCE_MAX: usize = 2_000;

impl Form {
    /// Reads what was filled in. Fields that are hidden or not to be edited at this step keep what they held.
    ///
    /// # Errors
    /// Every problem, each at its field.
    pub fn fill(&self, values: &Json, around: &Circumstances<'_>) -> Result<Value, Vec<FieldProblem>> {
        let Some(entries) = values.as_object() else {
            return Err(vec![FieldProblem {
                pointer: String::new(),
                message: "must be an object with a member for each field".to_owned(),
            }]);
        };
        let mut filler = Filler { around, problems: Vec::new() };
        let fields: Vec<&Field> = self.fields().collect();
        let mut filled = filler.read_all(&fields, entries, around.before, "");
        let sums = sums(&fields, &filled);
        if let Some(sums) = &sums {
            filled.insert("sums".into(), sums.clone());
        }
        filler.hide(&fields, &mut filled);
        // What was hidden counts no longer.
        if sums.is_some() {
            let counted = super::fill::sums(&fields, &filled).unwrap_or_default();
            filled.insert("sums".into(), counted);
        }
        let form = Value::Map(Arc::new(filled));
        filler.judge(&fields, &form, &form, "", None);
        filler.money(&fields, &form, &form, "");
        for check in &self.checks {
            filler.check(check, &filler.scope(&form, None), "");
        }
        if filler.problems.is_empty() { Ok(form) } else { Err(filler.problems) }
    }
}

struct Filler<'a> {
    around: &'a Circumstances<'a>,
    problems: Vec<FieldProblem>,
}

impl Filler<'_> {
    fn problem(&mut self, pointer: &str, message: impl Into<String>) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(FieldProblem { pointer: pointer.to_owned(), message: message.into() });
        }
    }

    fn read_all(&mut self, fields: &[&Field], entries: &serde_json::Map<String, Json>, before: &Value, at: &str) -> Map {
        for name in entries.keys().filter(|name| fields.iter().all(|field| *field.id != ***name)) {
            let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            self.problem(&pointer, "is no field of this form");
        }
        let mut filled = Map::with_capacity(fields.len());
        for field in fields {
            let pointer = format!("{at}/{}", field.id);
            let sent = entries.get(&*field.id).filter(|sent| !is_absent(sent));
            let value = match (field.right(self.around.step), sent) {
                (Right::Edit, Some(sent)) => self.read(field, sent, &pointer),
                (Right::Edit, None) if before.member(&field.id).is_unset() => self.default(field, &pointer),
                (Right::Edit, None) => Value::Unset,
                (_, Some(_)) => {
                    self.problem(&pointer, "is not filled in at this step");
                    before.member(&field.id).clone()
                }
                (_, None) => match before.member(&field.id) {
                    Value::Unset => self.default(field, &pointer),
                    kept => kept.clone(),
                },
            };
            filled.insert(field.id.clone(), value);
        }
        filled
    }

    fn default(&mut self, field: &Field, pointer: &str) -> Value {
        let Some(default) = &field.default else { return Value::Unset };
        match (&field.kind, default.as_str()) {
            (FieldKind::Person { many: true, .. }, Some("submitter")) => Value::list([self.around.submitter.clone()]),
            (FieldKind::Person { .. }, Some("submitter")) => self.around.submitter.clone(),
            (FieldKind::Department, Some("submitter")) => {
                let id = self.around.submitter.member("department").as_text().unwrap_or_default().to_owned();
                if id.is_empty() { Value::Unset } else { self.read(field, &Json::String(id), pointer) }
            }
            (FieldKind::Date, Some("today")) => Value::Date(self.around.today),
            _ => self.read(field, default, pointer),
        }
    }

    fn read(&mut self, field: &Field, sent: &Json, pointer: &str) -> Value {
        let read = match &field.kind {
            FieldKind::Lines { fields, min: _, max, .. } => return self.read_lines(fields, *max, sent, pointer),
            FieldKind::Person { role, many: false } => self.person(sent, role.as_deref()),
            FieldKind::Person { role, many: true } => return self.people(sent, role.as_deref(), pointer),
            FieldKind::Department => self.department(sent),
            kind => read_plain(kind, sent),
        };
        read.unwrap_or_else(|message| {
            self.problem(pointer, message);
            // It was sent: that it cannot be read must not also be told as missing.
            Value::Null
        })
    }

    fn read_lines(&mut self, fields: &[Field], max: u32, sent: &Json, pointer: &str) -> Value {
        let Some(rows) = sent.as_array() else {
            self.problem(pointer, "must be a list of lines");
            return Value::Null;
        };
        if rows.len() > max as usize {
            self.problem(pointer, format!("at most {max} lines are taken"));
            return Value::Null;
        }
        let fields: Vec<&Field> = fields.iter().collect();
        let mut lines = Vec::with_capacity(rows.len());
        for (index, row) in rows.iter().enumerate() {
            let at = format!("{pointer}/{index}");
            match row.as_object() {
                Some(entries) => lines.push(Value::Map(Arc::new(self.read_all(&fields, entries, &Value::Unset, &at)))),
                None => self.problem(&at, "must be an object"),
            }
        }
        Value::list(lines)
    }

    /// Several people, in the order in which they are named.
    fn people(&mut self, sent: &Json, role: Option<&str>, pointer: &str) -> Value {
        let Some(named) = sent.as_array().filter(|named| named.len() <= PEOPLE_MAX as usize) else {
            self.problem(pointer, format!("must be a list of at most {PEOPLE_MAX} people, by id"));
            return Value::Null;
        };
        let mut people: Vec<Value> = Vec::with_capacity(named.len());
        for (index, sent) in named.iter().enumerate() {
            let read = self.person(sent, role).and_then(|person| {
                let twice = people.iter().any(|known| known.member("id") == person.member("id"));
                if twice { Err("names somebody a second time".to_owned()) } else { Ok(person) }
            });
            match read {
                Ok(person) => people.push(person),
                Err(message) => self.problem(&format!("{pointer}/{index}"), message),
            }
        }
        match named.len() {
            // An empty list says as little as nothing: what is required is missing.
            0 => Value::Unset,
            all if all == people.len() => Value::list(people),
            _ => Value::Null,
        }
    }

    fn person(&self, sent: &Json, role: Option<&str>) -> Result<Value, String> {
        let id = id_of(sent).ok_or("must be the id of a person")?;
        let known = self.around.directory.users.get(id).filter(|user| user.active).ok_or("the directory knows no such person")?;
        if let Some(role) = role {
            let holders = self.around.directory.resolve(&Who::Role(role.into()), &Around::default());
            let holds = holders.is_ok_and(|holders| holders.iter().any(|user| user.id == known.id))
                || self.around.directory.roles.iter().any(|grant| *grant.role == *role && grant.users.contains(&known.id));
            if !holds {
                return Err(format!("this person does not have the role `{role}`"));
            }
        }
        let text = |value: &Option<Arc<str>>| value.clone().map_or(Value::Unset, Value::Text);
        Ok(Value::map([
            ("id", Value::Text(known.id.clone())),
            ("name", Value::Text(known.name.clone())),
            ("email", text(&known.email)),
            ("department", text(&known.department)),
        ]))
    }

    fn department(&self, sent: &Json) -> Result<Value, String> {
        let id = id_of(sent).ok_or("must be the id of a department")?;
        let known = self.around.directory.departments.get(id).ok_or("the directory knows no such department")?;
        let name = known.title.get(self.around.language).unwrap_or(id);
        Ok(Value::map([("id", Value::text(id)), ("name", Value::text(name))]))
    }

    // ---- what is shown, what must be there, what must hold ----

    fn scope<'s>(&self, form: &Value, line: Option<&Value>) -> Scope<'s> {
        let scope = Scope::default()
            .with("form", form.clone())
            .with("submitter", self.around.submitter.clone())
            .with("submitted_at", Value::Instant(self.around.submitted_at))
            .with("today", Value::Date(self.around.today));
        match line {
            Some(line) => scope.with("line", line.clone()),
            None => scope,
        }
    }

    /// Empties what is not shown; each field is judged by what stands after those before it.
    fn hide(&mut self, fields: &[&Field], filled: &mut Map) {
        for field in fields {
            if let Some(visible) = &field.visible
                && !self.holds(visible, &self.scope(&Value::Map(Arc::new(filled.clone())), None))
            {
                filled.insert(field.id.clone(), Value::Unset);
            }
        }
        let form = Value::Map(Arc::new(filled.clone()));
        for field in fields {
            let FieldKind::Lines { fields: inside, .. } = &field.kind else { continue };
            let hidden: Vec<&Field> = inside.iter().filter(|one| one.visible.is_some()).collect();
            let Some(Value::List(lines)) = filled.get(&field.id).cloned() else { continue };
            if hidden.is_empty() {
                continue;
            }
            let shown = lines.iter().map(|line| self.hide_in(&hidden, line, &form));
            let shown: Vec<Value> = shown.collect();
            filled.insert(field.id.clone(), Value::list(shown));
        }
    }

    fn hide_in(&self, fields: &[&Field], line: &Value, form: &Value) -> Value {
        let Value::Map(map) = line else { return line.clone() };
        let mut map = (**map).clone();
        for field in fields {
            let scope = self.scope(form, Some(&Value::Map(Arc::new(map.clone()))));
            if field.visible.as_ref().is_some_and(|visible| !self.holds(visible, &scope)) {
                map.insert(field.id.clone(), Value::Unset);
            }
        }
        Value::Map(Arc::new(map))
    }

    /// Required fields and checks, of the form or of one line.
    fn judge(&mut self, fields: &[&Field], owner: &Value, form: &Value, at: &str, line: Option<&Value>) {
        let scope = self.scope(form, line);
        for field in fields {
            let pointer = format!("{at}/{}", field.id);
            let value = owner.member(&field.id);
            let shown = field.visible.as_ref().is_none_or(|visible| self.holds(visible, &scope));
            if !shown || field.right(self.around.step) == Right::Hide {
                continue;
            }
            match value {
                Value::Unset => {
                    let required = match &field.required {
                        Required::Fixed(required) => *required,
                        Required::When(condition) => self.holds(condition, &scope),
                    };
                    let too_few = matches!(field.kind, FieldKind::Lines { min: 1.., .. });
                    if (required || too_few) && field.right(self.around.step) == Right::Edit {
                        self.problem(&pointer, "is required");
                    }
                    continue;
                }
                // It could not be read; that was told.
                Value::Null => continue,
                _ => {}
            }
            for check in &field.checks {
                self.check(check, &scope, &pointer);
            }
            if let (FieldKind::Lines { fields, min, .. }, Value::List(lines)) = (&field.kind, value) {
                if lines.len() < *min as usize {
                    self.problem(&pointer, format!("at least {min} lines are wanted"));
                }
                let fields: Vec<&Field> = fields.iter().collect();
                for (index, line) in lines.iter().enumerate() {
                    self.judge(&fields, line, form, &format!("{pointer}/{index}"), Some(line));
                }
            }
        }
    }

    /// Amounts have no more decimals than their currency.
    fn money(&mut self, fields: &[&Field], owner: &Value, form: &Value, at: &str) {
        for field in fields {
            let pointer = format!("{at}/{}", field.id);
            match (&field.kind, owner.member(&field.id)) {
                (FieldKind::Decimal { currency: Some(named), scale: None, .. }, Value::Decimal(amount)) => {
                    let held = [owner.member(named), form.member(named)].into_iter().find_map(Value::as_text);
                    let code = if currency::decimals(named).is_some() { Some(&**named) } else { held };
                    match code.map(currency::decimals) {
                        None => self.problem(&pointer, format!("its currency is not filled in: `{named}`")),
                        Some(None) => self.problem(&pointer, format!("its currency, in `{named}`, is not one of ISO 4217")),
                        Some(Some(most)) if amount.normalize().scale() > most => {
                            self.problem(&pointer, format!("at most {most} decimals are taken in this currency"));
                        }
                        Some(Some(_)) => {}
                    }
                }
                (FieldKind::Lines { fields, .. }, Value::List(lines)) => {
                    let fields: Vec<&Field> = fields.iter().collect();
                    for (index, line) in lines.iter().enumerate() {
                        self.money(&fields, line, form, &format!("{pointer}/{index}"));
                    }
                }
                _ => {}
            }
        }
    }

    fn check(&mut self, check: &Check, scope: &Scope<'_>, pointer: &str) {
        match check.that.holds(scope, &mut Budget::default()) {
            Ok(true) => {}
            Ok(false) => {
                let message = check.message.get(self.around.language).unwrap_or("is not as it must be").to_owned();
                self.problem(pointer, message);
            }
            Err(error) => self.problem(pointer, format!("cannot be judged: {error}")),
        }
    }

    /// A condition that cannot be evaluated shows the field: nothing is taken away without being told.
    fn holds(&self, condition: &Expression, scope: &Scope<'_>) -> bool {
        condition.holds(scope, &mut Budget::default()).unwrap_or(true)
    }
}

/// What is empty is not filled in.
fn is_absent(sent: &Json) -> bool {
    match sent {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// The id, alone or as the member `id`.
fn id_of(sent: &Json) -> Option<&str> {
    sent.as_str().or_else(|| sent.get("id")?.as_str())
}

impl Field {
    /// Whether a value that the document has for this field is one that the form would take. People, departments, files and line
    /// tables are told apart elsewhere; nothing is always taken, since what must be there is judged with the whole.
    ///
    /// # Errors
    /// What is wrong, without the value.
    pub fn takes(&self, value: &Json) -> Result<(), String> {
        match &self.kind {
            FieldKind::Person { .. } | FieldKind::Department | FieldKind::Attachment { .. } | FieldKind::Lines { .. } => Ok(()),
            _ if is_absent(value) => Ok(()),
            // Documents may tell a number as a number.
            kind @ FieldKind::Decimal { .. } if value.is_number() => read_plain(kind, &Json::String(value.to_string())).map(drop),
            kind => read_plain(kind, value).map(drop),
        }
    }
}

fn read_plain(kind: &FieldKind, sent: &Json) -> Result<Value, String> {
    match kind {
        FieldKind::Text { multi_line, max_length, pattern } => {
            let text = sent.as_str().ok_or("must be text")?;
            if text.chars().count() > *max_length as usize {
                return Err(format!("at most {max_length} characters are taken"));
            }
            let control = |letter: char| letter.is_control() && !(*multi_line && matches!(letter, '\n' | '\r' | '\t'));
            if text.chars().any(control) {
                return Err(if *multi_line { "holds characters that are no text" } else { "must be one line of text" }.to_owned());
            }
            if pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
                return Err("does not have the form that is wanted".to_owned());
            }
            Ok(Value::text(text))
        }
        FieldKind::Int { min, max } => {
            let number = sent.as_i64().ok_or("must be a whole number")?;
            in_range(&number, min.as_ref(), max.as_ref())?;
            Ok(Value::Int(number))
        }
        FieldKind::Decimal { scale, min, max, .. } => {
            let number: Decimal = sent.as_str().and_then(units::decimal).ok_or("must be an exact number in text, such as \"5000.00\"")?;
            let most = scale.unwrap_or(SCALE_MAX);
            if number.normalize().scale() > most {
                return Err(format!("at most {most} decimals are taken"));
            }
            in_range(&number, min.as_ref(), max.as_ref())?;
            Ok(Value::Decimal(number))
        }
        FieldKind::Date => match sent.as_str().filter(|text| text.len() == 10).and_then(|text| text.parse().ok()) {
            Some(date) => Ok(Value::Date(date)),
            None => Err("must be a date such as \"2026-09-28\"".to_owned()),
        },
        FieldKind::Instant => match sent.as_str().and_then(|text| text.parse().ok()) {
            Some(instant) => Ok(Value::Instant(instant)),
            None => Err("must be a time with an offset, such as \"2026-09-28T10:00:00+08:00\"".to_owned()),
        },
        FieldKind::Choice { options, many, .. } => {
            let one = |sent: &Json| {
                let id = id_of(sent).ok_or_else(|| "must be the id of an option".to_owned())?;
                options
                    .iter()
                    .find(|option| *option.id == *id)
                    .map(|option| Value::Text(option.id.clone()))
                    .ok_or_else(|| "is none of the options".to_owned())
            };
            match (many, sent.as_array()) {
                (false, _) => one(sent),
                (true, Some(items)) if items.len() <= options.len() => {
                    items.iter().map(one).collect::<Result<Vec<_>, _>>().map(Value::list)
                }
                (true, _) => Err("must be a list of options, each once".to_owned()),
            }
        }
        FieldKind::YesNo => sent.as_bool().map(Value::Bool).ok_or_else(|| "must be true or false".to_owned()),
        FieldKind::Attachment { max } => attachments(sent, *max),
        FieldKind::Person { .. } | FieldKind::Department | FieldKind::Lines { .. } => Err("cannot be read here".to_owned()),
    }
}

fn in_range<T: PartialOrd + std::fmt::Display>(number: &T, min: Option<&T>, max: Option<&T>) -> Result<(), String> {
    if let Some(min) = min.filter(|min| number < min) {
        return Err(format!("must be at least {min}"));
    }
    match max.filter(|max| number > max) {
        Some(max) => Err(format!("must be at most {max}")),
        None => Ok(()),
    }
}

fn attachments(sent: &Json, max: u32) -> Result<Value, String> {
    let items = match sent {
        Json::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    if items.len() > max as usize {
        return Err(format!("at most {max} files are taken"));
    }
    items.iter().map(attachment).collect::<Result<Vec<_>, _>>().map(Value::list)
}

fn attachment(sent: &Json) -> Result<Value, String> {
    let entries = sent.as_object().ok_or("a file is an object with `name` and `ref`")?;
    let mut members = Vec::new();
    for (name, value) in entries {
        let read = match (name.as_str(), value) {
            ("name" | "ref" | "media_type" | "sha256", Json::String(text)) if text.len() <= REFERENCE_MAX && !text.contains('\0') => {
                Value::text(text)
            }
            ("size", Json::Number(number)) => Value::Int(number.as_i64().filter(|size| *size >= 0).ok_or("`size` is a number of bytes")?),
            ("name" | "ref" | "media_type" | "sha256" | "size", _) => return Err(format!("`{name}` cannot be taken")),
            _ => return Err(format!("a file has no `{name}`")),
        };
        members.push((name.as_str(), read));
    }
    match ["name", "ref"].into_iter().find(|name| !members.iter().any(|(known, _)| known == name)) {
        Some(missing) => Err(format!("a file needs `{missing}`")),
        None => Ok(Value::map(members)),
    }
}

/// Sums of line tables; none when no table has any.
fn sums(fields: &[&Field], filled: &Map) -> Option<Value> {
    let mut tables = Vec::new();
    for field in fields {
        let FieldKind::Lines { sums, .. } = &field.kind else { continue };
        if sums.is_empty() {
            continue;
        }
        let lines = match filled.get(&field.id) {
            Some(Value::List(lines)) => lines.as_slice(),
            _ => &[],
        };
        let sum = |id: &Arc<str>| {
            let amounts = lines.iter().filter_map(|line| match line.member(id) {
                Value::Decimal(amount) => Some(*amount),
                _ => None,
            });
            let total = amounts.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add);
            (id.clone(), total.map_or(Value::Unset, Value::Decimal))
        };
        tables.push((field.id.clone(), Value::Map(Arc::new(sums.iter().map(sum).collect()))));
    }
    (!tables.is_empty()).then(|| Value::Map(Arc::new(tables.into_iter().collect())))
}
