-- +goose Up
CREATE TABLE coupons (
    code text PRIMARY KEY CHECK (code = upper(code)),
    percent integer NOT NULL CHECK (percent BETWEEN 1 AND 100),
    valid_until timestamptz NOT NULL
);

-- +goose Down
DROP TABLE coupons;
