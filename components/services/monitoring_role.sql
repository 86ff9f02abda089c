-- The role of Netdata; see monitoring_role.py. Run by psql as the owner of the database, any number of times.
\set password `cat /run/secrets/netdata-db-password`
SELECT 'CREATE ROLE netdata' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'netdata') \gexec
ALTER ROLE netdata LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 10 PASSWORD :'password';
GRANT pg_monitor TO netdata;
