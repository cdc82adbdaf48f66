-- One row: version of the tables, who leads, and how far numbers have come.
CREATE TABLE sojourn_state (
    one integer PRIMARY KEY CHECK (one = 1),
    schema bigint NOT NULL,
    term bigint NOT NULL,
    last_event bigint NOT NULL,
    applied bigint NOT NULL,
    leader text NOT NULL,
    since double precision NOT NULL
);
INSERT INTO sojourn_state VALUES (1, 0, 0, 0, 0, '', 0);
-- By byte, so that keys have the same order everywhere.
CREATE TABLE sojourn_record (
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    payload json NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE TABLE sojourn_event (
    number bigint PRIMARY KEY,
    payload json NOT NULL
);
