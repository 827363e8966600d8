//! `kind: excel`: one sheet of an `.xlsx` workbook. Its numbers are floating point in the file already; they come as the text
//! that Excel would have been given.

use super::{COLUMNS_MAX, Format, Table};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use calamine::{Data, Reader, Xlsx};
use serde_json::Value as Json;
use std::io::{Cursor, Read};

/// Bytes that a workbook may hold once it is unpacked: a few kilobytes can unpack to gigabytes.
const UNPACKED_MAX: u64 = 64 * 1024 * 1024;
/// Parts of a workbook.
const PARTS_MAX: usize = 2_000;

pub(super) static FORMAT: Format = Format {
    shape: Kind {
        word: "excel",
        doc: "One sheet of an `.xlsx` workbook, each row a mapping under the names of the first one.",
        later: false,
        fields: &[Field::optional("sheet", Shape::Text, "The sheet's name; the first one.")],
    },
    compile: |node, _| Some(node.get("sheet").and_then(Node::text).map(|sheet| ("sheet", Value::text(sheet))).into_iter().collect()),
    read,
};

fn read(bytes: &[u8], how: &Json) -> Result<Json, String> {
    check_size(bytes)?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| format!("the file is no `.xlsx` workbook: {error}"))?;
    let names = workbook.sheet_names();
    let name = match how["sheet"].as_str() {
        Some(name) if names.iter().any(|known| known == name) => name.to_owned(),
        Some(name) => return Err(format!("there is no sheet `{name}`; there are {}", names.join(", "))),
        None => names.first().cloned().ok_or("the workbook has no sheet")?,
    };
    let range = workbook.worksheet_range(&name).map_err(|error| format!("the sheet `{name}`: {error}"))?;
    if range.width() > COLUMNS_MAX {
        return Err(format!("the sheet `{name}` is {} columns wide; at most {COLUMNS_MAX} are read", range.width()));
    }
    let first = range.start().map_or(0, |(row, _)| u64::from(row));
    let mut rows = range.rows().zip(first + 1..);
    let (head, _) = rows.next().ok_or("the sheet is empty: not even a head")?;
    let head = head.iter().map(|cell| cell_text(cell).unwrap_or_default().trim().to_owned()).collect();
    let mut table = Table::new(head)?;
    for (row, line) in rows {
        if row.iter().all(|cell| matches!(cell, Data::Empty)) {
            continue;
        }
        let cells: Result<Vec<Json>, String> = row.iter().map(|cell| read_cell(cell, line)).collect();
        table.push(line, cells?)?;
    }
    Ok(table.json())
}

/// Unpacks every part once, into nothing: what a part says of its own size is only a claim.
fn check_size(bytes: &[u8]) -> Result<(), String> {
    let broken = |error: &dyn std::fmt::Display| format!("the file is no `.xlsx` workbook: {error}");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.len() > PARTS_MAX {
        return Err(format!("the workbook has more than {PARTS_MAX} parts"));
    }
    let mut left = UNPACKED_MAX;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| broken(&error))?;
        let unpacked = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|error| broken(&error))?;
        left = left.checked_sub(unpacked).ok_or("the workbook unpacks to more than 64 MiB")?;
    }
    Ok(())
}

fn read_cell(cell: &Data, line: u64) -> Result<Json, String> {
    match cell {
        Data::Empty => Ok(Json::Null),
        Data::Bool(flag) => Ok(Json::Bool(*flag)),
        Data::Error(error) => Err(format!("line {line} has a cell with the error {error}")),
        other => Ok(cell_text(other).map_or(Json::Null, Json::from)),
    }
}

fn cell_text(cell: &Data) -> Option<String> {
    Some(match cell {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        // The shortest text that means this number: 1130.1 and not 1130.0999999999999.
        Data::Float(number) => number.to_string(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(at) if at.is_duration() => at.as_f64().to_string(),
        Data::DateTime(at) => match at.to_ymd_hms_milli() {
            (year, month, day, 0, 0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
            (year, month, day, hour, minute, second, _) => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"),
        },
        Data::Error(_) | Data::Empty => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn workbook(sheet: &[u8]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        let parts: [(&str, Vec<u8>); 4] = [
            ("_rels/.rels", format!("<Relationships xmlns='{package}'><Relationship Id='r1' Type='{relations}/officeDocument' Target='xl/workbook.xml'/></Relationships>").into_bytes()),
            ("xl/workbook.xml", format!("<workbook xmlns='{main}' xmlns:r='{relations}'><sheets><sheet name='订单' sheetId='1' r:id='r1'/></sheets></workbook>").into_bytes()),
            ("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns='{package}'><Relationship Id='r1' Type='{relations}/worksheet' Target='worksheets/sheet1.xml'/></Relationships>").into_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.to_vec()),
        ];
        for (name, bytes) in parts {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn sheet(rows: &str) -> Vec<u8> {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        workbook(format!("<worksheet xmlns='{main}'><sheetData>{rows}</sheetData></worksheet>").as_bytes())
    }

    const HEAD: &str =
        "<row r='1'><c r='A1' t='inlineStr'><is><t>number</t></is></c><c r='B1' t='inlineStr'><is><t>amount</t></is></c></row>";

    #[test]
    fn cells_come_as_excel_shows_them() {
        let rows = format!(
            "{HEAD}<row r='2'><c r='A2' t='inlineStr'><is><t>PO-1</t></is></c><c r='B2'><v>1130.1</v></c></row><row r='4'><c r='A4' t='inlineStr'><is><t>PO-2</t></is></c></row>"
        );
        let how = json!({"kind": "excel"});
        let found = read(&sheet(&rows), &how).unwrap();
        assert_eq!(found, json!([{"number": "PO-1", "amount": "1130.1"}, {"number": "PO-2", "amount": null}]));
        assert!(read(&sheet(&rows), &json!({"kind": "excel", "sheet": "x"})).unwrap_err().contains("订单"));
        let broken = format!("{HEAD}<row r='2'><c r='A2' t='e'><v>#DIV/0!</v></c></row>");
        assert!(read(&sheet(&broken), &how).unwrap_err().contains("line 2"));
        assert!(read(&sheet(""), &how).unwrap_err().contains("empty"));
    }

    #[test]
    fn a_small_file_that_unpacks_to_a_large_one_is_not_unpacked() {
        let bomb = workbook(&vec![b' '; usize::try_from(UNPACKED_MAX).unwrap() + 1]);
        assert!(bomb.len() < 1024 * 1024, "{}", bomb.len());
        assert!(read(&bomb, &json!({"kind": "excel"})).unwrap_err().contains("64 MiB"));
    }
}
