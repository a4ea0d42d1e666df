CREATE TABLE berths (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ship_id bigint NOT NULL REFERENCES ships (id),
    arrived_at timestamptz NOT NULL,
    fee numeric(10, 2) NOT NULL,
    currency text NOT NULL DEFAULT '${currency}'
);

CREATE INDEX berths_ship_id ON berths (ship_id);
