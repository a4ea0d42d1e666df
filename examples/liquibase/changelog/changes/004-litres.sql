--liquibase formatted sql

--changeset grace:litres
ALTER TABLE waterings ALTER COLUMN litres SET NOT NULL;
--rollback ALTER TABLE waterings ALTER COLUMN litres DROP NOT NULL;
