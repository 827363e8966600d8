//! The file `config/directory.yaml`.

use super::joined::Source;
use super::tables::read_rows;
use super::wishes::Wishes;
use crate::domain::calendar::Calendar;
use crate::domain::diagnostic::{Report, Span};
use crate::domain::text::files::Files;
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE};
use crate::domain::text::title::Title;
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::text::units;
use indexmap::IndexMap;
use jiff::SignedDuration;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Languages that notices are written in.
const LANGUAGE: Shape = Shape::Word(&["zh", "en"]);

static USER: ObjectShape = ObjectShape {
    name: "user",
    doc: "A person.",
    fields: &[
        Field::required("id", Shape::Text, "the person's id, usually the employee number"),
        Field::optional("name", Shape::Text, "the person's name"),
        Field::optional("email", Shape::Text, "where notices go"),
        Field::optional("department", Shape::Text, "the id of the person's department"),
        Field::optional("manager", Shape::Text, "the id of the person's manager"),
        Field::optional("language", LANGUAGE, "the language of notices; the directory's when left out"),
        Field::optional("channels", Shape::OneOrMany(&Shape::Text), "how notices come to them; the directory's when left out"),
        Field::optional(
            "quiet",
            Shape::Text,
            "hours without notices that can wait, such as `20:00-08:00`, or `none`; the directory's when left out",
        ),
        Field::optional(
            "digest",
            Shape::Text,
            "when what can wait comes as one, such as `09:00 17:00`, or `none`; the directory's when left out",
        ),
        Field::optional("zone", Shape::Text, "the IANA time zone of these times; the directory's when left out"),
        Field::optional("active", Shape::Bool, "whether the person still works here; true when left out"),
    ],
};

static LINKS: ObjectShape = ObjectShape {
    name: "decision_links",
    doc: "Links in notices by which one person decides one task, once.",
    fields: &[
        Field::required("lasts", Shape::Duration, "how long a link works, such as `3d`"),
        Field::optional("sign_in", Shape::Bool, "whether whoever follows one must be signed in as that person; true when left out"),
    ],
};

/// How links in notices decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Links {
    /// How long one works.
    pub lasts: SignedDuration,
    /// Whether whoever follows one must be signed in as that person.
    pub sign_in: bool,
}

/// A link works at least so long, and at most.
const LINKS_LAST: (SignedDuration, SignedDuration) = (SignedDuration::from_mins(5), SignedDuration::from_hours(24 * 30));

impl Links {
    fn read(node: &Node, report: &mut Report) -> Option<Links> {
        let lasts = node.get("lasts")?;
        let span = lasts.text().and_then(units::duration);
        let Some(units::Span::Plain(millis)) = span else {
            report.error("bad_value", lasts.span, "a link lasts for plain time").at("decision_links.lasts").hint("write for example `3d`");
            return None;
        };
        let asked = SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
        if asked < LINKS_LAST.0 || asked > LINKS_LAST.1 {
            report.error("out_of_range", lasts.span, "a link lasts 5 minutes to 30 days").at("decision_links.lasts");
        }
        Some(Links { lasts: asked, sign_in: node.get("sign_in").and_then(Node::bool).unwrap_or(true) })
    }
}

static DEPARTMENT: ObjectShape = ObjectShape {
    name: "department",
    doc: "A department.",
    fields: &[
        Field::required("id", Shape::Text, "the department's id"),
        TITLE,
        Field::optional("parent", Shape::Text, "the department above it"),
        Field::optional("head", Shape::Text, "the id of the person who leads it"),
    ],
};

static ROLE: ObjectShape = ObjectShape {
    name: "role_grant",
    doc: "Who has a role, everywhere or for one department (with those below it) or company.",
    fields: &[
        Field::required("role", Shape::Id, "the role"),
        Field::required("users", Shape::OneOrMany(&Shape::Text), "who has it"),
        Field::optional("department", Shape::Text, "only for this department and those below it"),
        Field::optional("company", Shape::Text, "only for documents of this company code"),
    ],
};

/// The shape of a directory.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "directory",
    doc: "People, departments and roles. Each list stands here or in a CSV table whose columns are the same keys.",
    fields: &[
        FORMAT,
        Field::required("directory", Shape::Id, "the id of the directory"),
        TITLE,
        Field::optional("language", LANGUAGE, "the language of notices to people who have none of their own"),
        Field::optional(
            "channels",
            Shape::OneOrMany(&Shape::Text),
            "how notices come to people who say nothing of their own; `log` when left out",
        ),
        Field::optional("quiet", Shape::Text, "hours without notices that can wait, such as `20:00-08:00`"),
        Field::optional("digest", Shape::Text, "when what can wait comes as one, such as `09:00` or `09:00 17:00`; left out: at once"),
        Field::optional("zone", Shape::Text, "the IANA time zone of these times; the calendar's when left out, else UTC"),
        Field::optional("decision_links", Shape::Object(&LINKS), "links in notices by which people decide; none when left out"),
        Field::optional("calendar", Shape::Id, "the calendar whose days off are quiet as a whole for who has quiet hours"),
        Field::required("users", Shape::Either(&[Shape::List(&Shape::Object(&USER)), Shape::Text]), "people, or the path of a CSV table"),
        Field::optional(
            "departments",
            Shape::Either(&[Shape::List(&Shape::Object(&DEPARTMENT)), Shape::Text]),
            "departments, or the path of a CSV table",
        ),
        Field::optional("roles", Shape::Either(&[Shape::List(&Shape::Object(&ROLE)), Shape::Text]), "roles, or the path of a CSV table"),
        Field::optional(
            "sources",
            Shape::List(&Shape::Object(&super::source::SHAPE)),
            "connected systems that say who works here; the first counts most",
        ),
    ],
});

/// People, departments and roles.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Its id.
    pub id: Arc<str>,
    /// People by id.
    pub users: IndexMap<Arc<str>, User>,
    /// Departments by id.
    pub departments: IndexMap<Arc<str>, Department>,
    /// Roles, as granted.
    pub roles: Vec<RoleGrant>,
    /// The language of people who have none of their own.
    pub language: Option<Arc<str>>,
    /// How notices come to people who say nothing of their own.
    pub channels: Vec<Arc<str>>,
    /// When they come to them.
    pub wishes: Wishes,
    /// Whose days off are quiet.
    pub calendar: Option<Arc<Calendar>>,
    /// Links by which people decide.
    pub decision_links: Option<Links>,
    /// People's ids by mail address.
    pub ids: HashMap<Arc<str>, Arc<str>>,
    /// Paths of the CSV tables it is read from.
    pub tables: Vec<Arc<str>>,
    /// Connected systems that say who works here, the one that counts most first.
    pub sources: Vec<Arc<Source>>,
    /// Every channel named, with the table (none: the file itself) and the place.
    named_channels: Vec<NamedChannel>,
}

impl Directory {
    /// A person's name; the id of who is not known.
    pub fn name<'n>(&'n self, person: &'n str) -> &'n str {
        self.users.get(person).map_or(person, |user| &user.name)
    }

    /// Mail addresses of people who still work here, by id.
    pub fn addresses(&self) -> HashMap<String, String> {
        let address = |user: &User| Some((user.id.to_string(), user.email.as_ref().filter(|_| user.active)?.to_string()));
        self.users.values().filter_map(address).collect()
    }

    /// How notices come to somebody, by id or mail address: at least one way.
    pub fn channels(&self, person: &str) -> &[Arc<str>] {
        static LOG: std::sync::LazyLock<[Arc<str>; 1]> = std::sync::LazyLock::new(|| [Arc::from("log")]);
        let user = self.users.get(person).or_else(|| self.users.get(self.ids.get(person)?));
        let own = user.map(|user| user.channels.as_slice()).filter(|channels| !channels.is_empty());
        own.unwrap_or_else(|| if self.channels.is_empty() { LOG.as_slice() } else { self.channels.as_slice() })
    }

    /// Every channel that it names, with the table (none: its own file) and the place.
    pub fn named_channels(&self) -> &[NamedChannel] {
        &self.named_channels
    }

    /// The language of notices to somebody, by id or mail address; empty when nothing is said.
    pub fn language(&self, person: &str) -> &str {
        let user = self.users.get(person).or_else(|| self.users.get(self.ids.get(person)?));
        user.and_then(|user| user.language.as_deref()).or(self.language.as_deref()).unwrap_or_default()
    }
}

/// A channel, the table that it is of (none: the file itself), and where it is named.
pub type NamedChannel = (Arc<str>, Option<Arc<str>>, Span);

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The person's id.
    pub id: Arc<str>,
    /// The person's name; the id when none is known.
    pub name: Arc<str>,
    /// Where notices go.
    pub email: Option<Arc<str>>,
    /// The person's department.
    pub department: Option<Arc<str>>,
    /// The person's manager.
    pub manager: Option<Arc<str>>,
    /// The language of notices.
    pub language: Option<Arc<str>>,
    /// How notices come to them; empty: as the directory says.
    pub channels: Vec<Arc<str>>,
    /// When they come to them, as far as they say.
    pub wishes: Wishes,
    /// Whether the person still works here.
    pub active: bool,
}

/// A department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// The department's id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// The department above it.
    pub parent: Option<Arc<str>>,
    /// Who leads it.
    pub head: Option<Arc<str>>,
}

/// Who has a role, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleGrant {
    /// The role.
    pub role: Arc<str>,
    /// Who has it.
    pub users: Vec<Arc<str>>,
    /// Only for this department and those below it.
    pub department: Option<Arc<str>>,
    /// Only for this company.
    pub company: Option<Arc<str>>,
}

/// One row: where it stands, and its cells as nodes.
pub(super) struct Row<'a> {
    pub file: Arc<str>,
    pub span: Span,
    pub cells: std::borrow::Cow<'a, Node>,
}

impl Row<'_> {
    /// Several words: a list, or one cell of a table.
    fn words(&self, key: &str) -> Vec<Arc<str>> {
        match self.cells.get(key) {
            Some(Node { kind: NodeKind::List(items), .. }) => items.iter().filter_map(|item| item.text().map(Arc::from)).collect(),
            Some(cell) => cell.text().unwrap_or_default().split_ascii_whitespace().map(Arc::from).collect(),
            None => Vec::new(),
        }
    }

    pub(super) fn text(&self, key: &str) -> Option<Arc<str>> {
        self.cells.get(key).and_then(Node::text).filter(|text| !text.is_empty()).map(Arc::from)
    }
}

impl Directory {
    /// Reads a tree that was checked against `SHAPE`.
    pub fn read(node: &Node, files: &Files, calendars: &BTreeMap<Arc<str>, Arc<Calendar>>, report: &mut Report) -> Option<Directory> {
        let mut directory = Directory {
            id: node.get("directory")?.text()?.into(),
            language: node.get("language").and_then(Node::text).map(Arc::from),
            ..Directory::default()
        };
        let own = Row {
            file: report.file(),
            span: node.get("channels").map_or(node.span, |node| node.span),
            cells: std::borrow::Cow::Borrowed(node),
        };
        directory.channels = directory.name_channels(&own);
        directory.wishes = Wishes::read(&own, report);
        directory.decision_links = node.get("decision_links").and_then(|links| Links::read(links, report));
        directory.calendar = node.get("calendar").and_then(|named| {
            let found = calendars.get(named.text()?).cloned();
            if found.is_none() {
                let message = format!("there is no calendar `{}`", named.text().unwrap_or_default());
                report.error("unknown_definition", named.span, message).at("calendar");
            }
            found
        });
        directory.sources = super::source::read(node.get("sources"), report);
        let mut rows = |key: &str, shape: &'static ObjectShape, report: &mut Report| match node.get(key) {
            Some(list @ Node { kind: NodeKind::List(_), .. }) => list
                .items()
                .iter()
                .map(|item| Row { file: report.file(), span: item.span, cells: std::borrow::Cow::Borrowed(item) })
                .collect(),
            Some(path) => match files.referred(path, report) {
                Some((path, text)) => {
                    directory.tables.push(path.clone());
                    read_rows(&path, &text, shape, report)
                }
                None => Vec::new(),
            },
            None => Vec::new(),
        };
        let users: Vec<Row<'_>> = rows("users", &USER, report);
        let departments: Vec<Row<'_>> = rows("departments", &DEPARTMENT, report);
        let roles: Vec<Row<'_>> = rows("roles", &ROLE, report);
        let mut places = super::lint::Places::default();
        for row in &users {
            directory.add_user(row, &mut places, report);
        }
        for row in &departments {
            directory.add_department(row, &mut places, report);
        }
        for row in &roles {
            directory.add_role(row, &mut places);
        }
        super::lint::lint(&directory, &places, report);
        Some(directory)
    }

    /// The channels of a row, each noted with its place.
    fn name_channels(&mut self, row: &Row<'_>) -> Vec<Arc<str>> {
        let channels = row.words("channels");
        let table = matches!(row.cells, std::borrow::Cow::Owned(_)).then(|| row.file.clone());
        self.named_channels.extend(channels.iter().map(|name| (name.clone(), table.clone(), row.span)));
        channels
    }

    fn add_user(&mut self, row: &Row<'_>, places: &mut super::lint::Places, report: &mut Report) {
        let Some(id) = row.text("id") else { return };
        let user = User {
            name: row.text("name").unwrap_or_else(|| id.clone()),
            email: row.text("email"),
            department: row.text("department"),
            manager: row.text("manager"),
            language: row.text("language"),
            channels: self.name_channels(row),
            wishes: Wishes::read(row, report),
            active: row.text("active").is_none_or(|flag| &*flag != "false"),
            id: id.clone(),
        };
        if let Some(email) = &user.email {
            self.ids.insert(email.clone(), id.clone());
        }
        // A list in the file was checked with it; a table's cells are not.
        let unchecked = user.language.as_deref().filter(|_| matches!(row.cells, std::borrow::Cow::Owned(_)));
        if let Some(other) = unchecked.filter(|language| !["zh", "en"].contains(language)) {
            super::lint::wrong_language(other, row, report);
        }
        if self.users.insert(id.clone(), user).is_some() {
            super::lint::twice("user", &id, row, report);
        }
        places.users.insert(id, (row.file.clone(), row.span));
    }

    fn add_department(&mut self, row: &Row<'_>, places: &mut super::lint::Places, report: &mut Report) {
        let Some(id) = row.text("id") else { return };
        let department =
            Department { title: Title::read(row.cells.get("title")), parent: row.text("parent"), head: row.text("head"), id: id.clone() };
        if self.departments.insert(id.clone(), department).is_some() {
            super::lint::twice("department", &id, row, report);
        }
        places.departments.insert(id, (row.file.clone(), row.span));
    }

    fn add_role(&mut self, row: &Row<'_>, places: &mut super::lint::Places) {
        let Some(role) = row.text("role") else { return };
        let users = row.words("users");
        self.roles.push(RoleGrant { role, users, department: row.text("department"), company: row.text("company") });
        places.roles.push((row.file.clone(), row.span));
    }
}
