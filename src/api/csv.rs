//! Tables as CSV, streamed page by page: UTF-8 with a byte order mark, so that spreadsheets read Chinese as it is.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::Stream;
use http::{HeaderValue, header};

/// What spreadsheets look for.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// One row as a line. A cell that a spreadsheet would take for a formula begins with an apostrophe.
pub fn line(cells: &[String]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let plain: Vec<std::borrow::Cow<'_, str>> = cells.iter().map(|cell| harmless(cell)).collect();
    // Writing into memory cannot fail.
    let _ = writer.write_record(plain.iter().map(|cell| cell.as_bytes()));
    writer.into_inner().unwrap_or_default()
}

fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if formula { format!("'{cell}").into() } else { cell.into() }
}

/// A file of this name: the mark, the heading, then what the stream gives.
pub fn answer<S, E>(name: &str, heading: &[&str], rows: S) -> Response
where
    S: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + Send + Sync + 'static,
{
    let mut first = MARK.to_vec();
    first.extend(line(&heading.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>()));
    let first = futures::stream::iter([Ok(Bytes::from(first))]);
    let mut response = Body::from_stream(futures::StreamExt::chain(first, rows)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_what_they_hold_and_start_no_formula() {
        let cells = ["a,b", "say \"x\"", "=1+1", "-5.00", "@x", "单据", "-x"].map(str::to_owned);
        assert_eq!(String::from_utf8(line(&cells)).unwrap(), "\"a,b\",\"say \"\"x\"\"\",'=1+1,-5.00,'@x,单据,'-x\r\n");
    }
}
