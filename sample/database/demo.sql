-- The database of the local runs: what an administrator sets up once, before any task. PostgreSQL 17 or later.

-- Owns the schema, and gets what the logins of tasks leave behind. Nobody logs in as it.
CREATE ROLE shop_owner NOLOGIN;
GRANT CREATE ON DATABASE demo TO shop_owner;

-- Makes and ends the logins of tasks: no superuser. It passes membership of shop_owner on (ADMIN), grants on its tables (INHERIT) and gives
-- it what others leave (SET); pg_signal_backend ends sessions of logins that are dropped already.
GRANT shop_owner TO taskbound_admin WITH ADMIN TRUE, INHERIT TRUE, SET TRUE;
GRANT pg_signal_backend TO taskbound_admin;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA shop AUTHORIZATION shop_owner;
SET ROLE shop_owner;

CREATE TABLE shop.customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE shop.orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES shop.customers (id),
  placed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_customer ON shop.orders (customer_id);

INSERT INTO shop.customers (name) SELECT 'Customer ' || n FROM generate_series(1, 100) AS n;
INSERT INTO shop.orders (customer_id) SELECT 1 + n % 100 FROM generate_series(1, 1000) AS n;
