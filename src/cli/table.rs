//! Tables and pages for people: columns that line up, East Asian characters included.

use super::output::{printable, width};

/// Widest a column gets; longer values are cut, the JSON output has them whole.
const COLUMN_MAX: usize = 60;

/// Rows under headings, aligned; a sentence when there are none.
pub fn table(headings: &[&str], rows: &[Vec<String>], none: &str) -> String {
    if rows.is_empty() {
        return format!("{none}\n");
    }
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cut(&printable(cell))).collect()).collect();
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell));
        cells.chain([width(headings[column])]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..headings.len()).map(widest).collect();
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    std::iter::once(&headings).chain(&rows).map(|row| line(row, &widths)).collect()
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (cell, wide) in cells.iter().zip(widths) {
        text.push_str(cell);
        text.push_str(&" ".repeat((wide + 2).saturating_sub(width(cell))));
    }
    format!("{}\n", text.trim_end())
}

fn cut(text: &str) -> String {
    if width(text) <= COLUMN_MAX {
        return text.to_owned();
    }
    let mut shown = String::new();
    for letter in text.chars() {
        if width(&shown) + 3 > COLUMN_MAX {
            break;
        }
        shown.push(letter);
    }
    format!("{shown}…")
}

/// Labelled lines: `label   value`; absent values are left out.
pub fn fields(fields: &[(&str, Option<String>)]) -> String {
    let shown = fields.iter().filter_map(|(label, value)| Some((*label, value.as_ref()?)));
    let widest = fields.iter().map(|(label, _)| width(label)).max().unwrap_or_default();
    shown.map(|(label, value)| format!("{label}{}  {}\n", " ".repeat(widest - width(label)), printable(value))).collect()
}

/// A time for people: to the second, in UTC, said so.
pub fn time(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_under_wide_characters() {
        let rows =
            [vec!["PO-1".to_owned(), "审批中".to_owned(), "x".to_owned()], vec!["PO-10".to_owned(), "ok".to_owned(), "y".to_owned()]];
        assert_eq!(table(&["KEY", "STATUS", "ID"], &rows, "none"), "KEY    STATUS  ID\nPO-1   审批中  x\nPO-10  ok      y\n");
        assert_eq!(table(&["KEY"], &[], "There is none."), "There is none.\n");
    }

    #[test]
    fn long_and_hostile_values_stay_in_their_column() {
        let rows = [vec!["审".repeat(100), "\u{1b}[2J".to_owned()]];
        let text = table(&["A", "B"], &rows, "");
        assert!(text.lines().all(|line| width(line) <= COLUMN_MAX + 8) && !text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn absent_fields_are_left_out() {
        assert_eq!(fields(&[("key", Some("PO-1".into())), ("outcome", None)]), "key      PO-1\n");
    }
}
