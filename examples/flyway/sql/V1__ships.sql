CREATE TABLE ships (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    length_m integer NOT NULL
);
