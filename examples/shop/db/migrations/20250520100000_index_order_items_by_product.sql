-- +goose NO TRANSACTION
-- +goose Up
CREATE INDEX CONCURRENTLY order_items_product_id_idx ON order_items (product_id);

-- +goose Down
DROP INDEX CONCURRENTLY order_items_product_id_idx;
