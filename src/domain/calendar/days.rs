//! The table of days that are not as the week says: CSV with the columns `date,kind,name`.

use crate::domain::diagnostic::{Report, Span};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of one table; two centuries of daily rows, more is a mistake.
const ROWS_MAX: usize = 73_200;

/// Days that are not as the week says, with what they are called.
#[derive(Debug, Default)]
pub struct Days {
    /// True for working days.
    pub works: BTreeMap<Date, bool>,
    /// Names, where the table gives one.
    pub names: BTreeMap<Date, Arc<str>>,
}

/// Reads one table into `days`; findings name lines of the table's own file.
pub fn read_days(path: &Arc<str>, text: &str, days: &mut Days, report: &mut Report) {
    let mut own = Report::new(path.clone());
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let header = reader.headers().map(|header| header.iter().map(str::to_owned).collect::<Vec<_>>()).unwrap_or_default();
    let column = |name: &str| header.iter().position(|known| known == name);
    let name_column = column("name");
    let (Some(date_column), Some(kind_column)) = (column("date"), column("kind")) else {
        own.error("bad_table", line(1), "the table's first line names its columns").hint("write `date,kind,name`");
        return report.absorb(own);
    };
    for (index, record) in reader.records().enumerate() {
        let Ok(record) = record else {
            own.error("bad_table", line(index + 2), "this line is not valid CSV");
            break;
        };
        let at = line(record.position().map_or(index + 2, |position| usize::try_from(position.line()).unwrap_or(usize::MAX)));
        if index >= ROWS_MAX {
            own.error("too_large", at, format!("the table has more than {ROWS_MAX} rows"));
            break;
        }
        let date: Option<Date> = record.get(date_column).filter(|text| text.len() == 10).and_then(|text| text.parse().ok());
        let Some(date) = date else {
            own.error("bad_table", at, "the first thing wanted here is a date such as `2026-10-01`");
            continue;
        };
        let works = match record.get(kind_column) {
            Some("work") => true,
            Some("off") => false,
            _ => {
                own.error("bad_table", at, "the kind of a day is `off` or `work`");
                continue;
            }
        };
        if let Some(name) = name_column.and_then(|column| record.get(column)).filter(|name| !name.is_empty()) {
            days.names.insert(date, name.into());
        }
        if days.works.insert(date, works).is_some_and(|known| known != works) {
            own.error("bad_table", at, format!("{date} is said to be both `off` and `work`"));
        }
    }
    report.absorb(own);
}

fn line(number: usize) -> Span {
    Span { line: u32::try_from(number).unwrap_or(u32::MAX), column: 1, offset: u32::try_from(number).unwrap_or(u32::MAX), length: 1 }
}
