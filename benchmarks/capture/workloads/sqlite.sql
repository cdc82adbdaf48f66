create table customer(id integer primary key, name text, region integer);
create table purchase(id integer primary key, customer integer references customer(id), day integer, cents integer);
begin;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000)
insert into customer select i, 'customer ' || i, (i * 7919) % 17 from n;
with recursive n(i) as (select 1 union all select i + 1 from n where i < 150000)
insert into purchase select i, 1 + (i * 48271) % 5000, (i * 16807) % 365, 100 + (i * 69621) % 9000 from n;
commit;
create index purchase_day on purchase(day, cents);
begin;
update purchase set cents = cents + 1 where day between 100 and 150;
delete from purchase where id % 13 = 0;
commit;
select region, count(*), sum(cents) from purchase join customer on customer.id = customer group by region order by 3 desc;
select day, max(cents), avg(cents) from purchase where day % 50 = 7 group by day;
select count(*) from (select customer, sum(cents) over (partition by customer order by day) s from purchase) where s > 100000;
select substr(name, 1, 10), count(*) from customer where name like '%99%' group by 1 order by 2 desc, 1 limit 5;
