-- The tables of the connector `interface_table` for PostgreSQL.
CREATE TABLE waybill_order (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number        varchar(80)   NOT NULL,
  status        varchar(20)   NOT NULL DEFAULT 'new',
  changed_at    timestamptz   NOT NULL DEFAULT now(),
  company       varchar(80)   NOT NULL,
  requester     varchar(80)   NOT NULL,
  currency      varchar(8)    NOT NULL,
  supplier_code varchar(80)   NOT NULL,
  supplier_name varchar(300),
  total_net     numeric(20,4) NOT NULL,
  total_tax     numeric(20,4),
  total_gross   numeric(20,4) NOT NULL,
  delivery_date date,
  reference     varchar(120),
  message       varchar(500)
);
CREATE INDEX waybill_order_waiting ON waybill_order (status, id);
CREATE TABLE waybill_order_line (
  order_id    bigint        NOT NULL REFERENCES waybill_order (id),
  line_no     integer       NOT NULL,
  item_code   varchar(80),
  description varchar(2000),
  quantity    numeric(20,6) NOT NULL,
  unit        varchar(20),
  unit_price  numeric(20,6) NOT NULL,
  net         numeric(20,4) NOT NULL,
  gross       numeric(20,4) NOT NULL,
  PRIMARY KEY (order_id, line_no)
);
CREATE TABLE waybill_payable (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  idempotency_key varchar(200)  NOT NULL UNIQUE,
  number          varchar(80)   NOT NULL,
  supplier_code   varchar(80)   NOT NULL,
  amount          numeric(20,4) NOT NULL,
  currency        varchar(8)    NOT NULL,
  due_date        date          NOT NULL,
  purchase_order  varchar(80),
  status          varchar(20)   NOT NULL
);
