//! Every cell of every table of a database as text, whatever the tables are called: for tests that look for what must not lie
//! there.

use sqlx::{AssertSqlSafe, Connection, Row};

/// A cell.
#[derive(Clone, Debug)]
pub struct Cell {
    pub table: String,
    pub column: String,
    pub text: String,
}

/// The tables and columns are asked of the database itself.
pub async fn everything(url: &str) -> Vec<Cell> {
    match url.strip_prefix("sqlite:") {
        Some(path) => of_sqlite(path).await,
        None => of_postgres(url).await,
    }
}

/// Where a piece of text lies, each column once.
pub fn places(cells: &[Cell], piece: &str) -> std::collections::BTreeSet<String> {
    cells.iter().filter(|cell| cell.text.contains(piece)).map(|cell| format!("{}.{}", cell.table, cell.column)).collect()
}

async fn of_postgres(url: &str) -> Vec<Cell> {
    let mut connection = sqlx::PgConnection::connect(url).await.expect("PostgreSQL answers");
    // A partition shows under its parent.
    let columns = "SELECT c.relname::text AS t, a.attname::text AS c, y.typname = 'bytea' AS raw
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type y ON y.oid = a.atttypid
        WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped";
    let columns = sqlx::query(columns).fetch_all(&mut connection).await.expect("the catalogue");
    let mut cells = Vec::new();
    for found in columns {
        let (table, column, raw): (String, String, bool) = (found.get("t"), found.get("c"), found.get("raw"));
        let text = if raw { format!("encode(\"{column}\", 'escape')") } else { format!("\"{column}\"::text") };
        let asked = format!("SELECT {text} AS cell FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
        let rows = sqlx::query(AssertSqlSafe(asked)).fetch_all(&mut connection).await.expect("readable");
        cells.extend(rows.iter().map(|row| Cell { table: table.clone(), column: column.clone(), text: row.get("cell") }));
    }
    connection.close().await.expect("closes");
    cells
}

async fn of_sqlite(path: &str) -> Vec<Cell> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.expect("the file opens");
    let tables = "SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'";
    let columns = sqlx::query(tables).fetch_all(&mut connection).await.expect("the schema");
    let mut cells = Vec::new();
    for found in columns {
        let (table, column): (String, String) = (found.get("t"), found.get("c"));
        let asked = format!("SELECT CAST(\"{column}\" AS BLOB) AS cell FROM \"{table}\" WHERE \"{column}\" IS NOT NULL");
        let rows = sqlx::query(AssertSqlSafe(asked)).fetch_all(&mut connection).await.expect("readable");
        let text = |row: &sqlx::sqlite::SqliteRow| String::from_utf8_lossy(&row.get::<Vec<u8>, _>("cell")).into_owned();
        cells.extend(rows.iter().map(|row| Cell { table: table.clone(), column: column.clone(), text: text(row) }));
    }
    connection.close().await.expect("closes");
    cells
}

/// What `docs/security/sealed-content.md` says of columns, under a heading: `table.column` each.
pub fn documented(heading: &str) -> std::collections::BTreeSet<String> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security/sealed-content.md");
    let text = std::fs::read_to_string(path).expect("the page is there");
    let part = text.split("\n## ").find(|part| part.starts_with(heading)).unwrap_or_else(|| panic!("the page has no part `{heading}`"));
    let rows = part.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let column = |table: &str, words: &str| -> Vec<String> {
        words.split('`').skip(1).step_by(2).map(|column| format!("{table}.{column}")).collect()
    };
    rows.flat_map(|(table, rest)| column(table, rest.split(" | ").next().unwrap_or_default())).collect()
}
