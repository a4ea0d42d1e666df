ALTER TABLE berths ALTER COLUMN fee TYPE bigint USING (fee * 100)::bigint;
ALTER TABLE berths ADD CONSTRAINT berths_currency CHECK (currency = '${currency}');
