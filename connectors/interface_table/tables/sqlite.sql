-- The tables of the connector `interface_table` for SQLite. Amounts are TEXT: any other type would make them floating point.
-- Times are text as RFC 3339 writes them in UTC, so that they compare as times do.
CREATE TABLE waybill_order (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  number        TEXT NOT NULL,
  status        TEXT NOT NULL DEFAULT 'new',
  changed_at    TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  company       TEXT NOT NULL,
  requester     TEXT NOT NULL,
  currency      TEXT NOT NULL,
  supplier_code TEXT NOT NULL,
  supplier_name TEXT,
  total_net     TEXT NOT NULL,
  total_tax     TEXT,
  total_gross   TEXT NOT NULL,
  delivery_date TEXT,
  reference     TEXT,
  message       TEXT
);
CREATE INDEX waybill_order_waiting ON waybill_order (status, id);
CREATE TABLE waybill_order_line (
  order_id    INTEGER NOT NULL REFERENCES waybill_order (id),
  line_no     INTEGER NOT NULL,
  item_code   TEXT,
  description TEXT,
  quantity    TEXT NOT NULL,
  unit        TEXT,
  unit_price  TEXT NOT NULL,
  net         TEXT NOT NULL,
  gross       TEXT NOT NULL,
  PRIMARY KEY (order_id, line_no)
);
CREATE TABLE waybill_payable (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  idempotency_key TEXT NOT NULL UNIQUE,
  number          TEXT NOT NULL,
  supplier_code   TEXT NOT NULL,
  amount          TEXT NOT NULL,
  currency        TEXT NOT NULL,
  due_date        TEXT NOT NULL,
  purchase_order  TEXT,
  status          TEXT NOT NULL
);
