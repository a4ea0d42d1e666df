-- +goose Up
ALTER TABLE orders ADD COLUMN currency char(3) NOT NULL;
ALTER TABLE orders ADD CONSTRAINT orders_currency_upper CHECK (currency = upper(currency));

-- +goose Down
ALTER TABLE orders DROP COLUMN currency;
