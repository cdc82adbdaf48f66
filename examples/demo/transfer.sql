CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL);
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
INSERT INTO account SELECT i, 1000 FROM n;
SELECT 'accounts', count(*), sum(balance) FROM account;
UPDATE account SET balance = balance - id % 97 WHERE id % 2 = 0;
SELECT 'half-way, inside the transaction', sum(balance) FROM account;
UPDATE account SET balance = balance + (SELECT 97 - b.id % 97 FROM account b WHERE b.id = account.id + 1) WHERE id % 2 = 1;
SELECT 'third quarter', sum(balance) FROM account;
UPDATE account SET balance = balance + id % 13 WHERE id IN (SELECT id FROM account ORDER BY balance DESC LIMIT 100000);
COMMIT;
SELECT 'total', sum(balance), sum(balance * (id % 101)) FROM account;
