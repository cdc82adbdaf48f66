-- One row: version of the tables, who leads, and how far numbers have come.
CREATE TABLE sojourn_state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    schema INTEGER NOT NULL,
    term INTEGER NOT NULL,
    last_event INTEGER NOT NULL,
    applied INTEGER NOT NULL,
    leader TEXT NOT NULL,
    since REAL NOT NULL
);
INSERT INTO sojourn_state VALUES (1, 0, 0, 0, 0, '', 0);
-- Records in the order of kind and key, as they are read.
CREATE TABLE sojourn_record (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE sojourn_event (
    number INTEGER PRIMARY KEY,
    payload TEXT NOT NULL
);
