-- The database of local runs. An administrator sets it up once, before the first task. It needs PostgreSQL 17 or later.

-- Owns the schema, and becomes the owner of objects that a task's login leaves behind. It cannot log in.
CREATE ROLE shop_owner NOLOGIN;
GRANT CREATE ON DATABASE demo TO shop_owner;

-- Creates and ends the logins of tasks. It is not a superuser. It can make logins members of shop_owner (ADMIN), grant privileges on the tables
-- of shop_owner (INHERIT), and make shop_owner the owner of objects that a login leaves behind (SET). With pg_signal_backend it can end sessions
-- of logins that no longer exist.
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
