-- The tables of the connector `interface_table` for MySQL and MariaDB. InnoDB: without transactions a lost answer is unknown.
CREATE TABLE waybill_order (
  id            bigint        NOT NULL AUTO_INCREMENT PRIMARY KEY,
  number        varchar(80)   NOT NULL,
  status        varchar(20)   NOT NULL DEFAULT 'new',
  changed_at    timestamp(6)  NOT NULL DEFAULT current_timestamp(6),
  company       varchar(80)   NOT NULL,
  requester     varchar(80)   NOT NULL,
  currency      varchar(8)    NOT NULL,
  supplier_code varchar(80)   NOT NULL,
  supplier_name varchar(300),
  total_net     decimal(20,4) NOT NULL,
  total_tax     decimal(20,4),
  total_gross   decimal(20,4) NOT NULL,
  delivery_date date,
  reference     varchar(120),
  message       varchar(500),
  INDEX waybill_order_waiting (status, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE waybill_order_line (
  order_id    bigint        NOT NULL,
  line_no     integer       NOT NULL,
  item_code   varchar(80),
  description varchar(2000),
  quantity    decimal(20,6) NOT NULL,
  unit        varchar(20),
  unit_price  decimal(20,6) NOT NULL,
  net         decimal(20,4) NOT NULL,
  gross       decimal(20,4) NOT NULL,
  PRIMARY KEY (order_id, line_no),
  FOREIGN KEY (order_id) REFERENCES waybill_order (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
CREATE TABLE waybill_payable (
  id              bigint        NOT NULL AUTO_INCREMENT PRIMARY KEY,
  idempotency_key varchar(200)  NOT NULL UNIQUE,
  number          varchar(80)   NOT NULL,
  supplier_code   varchar(80)   NOT NULL,
  amount          decimal(20,4) NOT NULL,
  currency        varchar(8)    NOT NULL,
  due_date        date          NOT NULL,
  purchase_order  varchar(80),
  status          varchar(20)   NOT NULL
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
