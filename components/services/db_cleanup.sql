-- Deletes spend logs that are older than the retention, in batches, each its own transaction; then VACUUM.
--
-- psql gives: retention_days, batch_size, lock_timeout, statement_timeout, vacuum_timeout. Any failure ends psql with an
-- exit code other than 0 (1 to 3). The last line of a good run is its report. Times are UTC without a zone, as LiteLLM
-- writes them; what is deleted is fixed at the start, so that rows that come in meanwhile do not prolong the run.
\set ON_ERROR_STOP on
\set VERBOSITY terse
SET lock_timeout = :'lock_timeout';
-- Counting at the start and VACUUM at the end read a whole table, which takes as long as that is large.
SET statement_timeout = :'vacuum_timeout';

-- Held by this session to its end, however it ends.
SELECT pg_try_advisory_lock(hashtextextended('llmproxy db-cleanup', 0)) AS alone \gset
\if :alone
\else
DO $$ BEGIN RAISE EXCEPTION 'another clean-up of this database is running; nothing was done'; END $$;
\endif

SELECT (now() AT TIME ZONE 'UTC') - make_interval(days => :retention_days) AS cutoff,
       to_regclass('"LiteLLM_SpendLogToolIndex"') IS NOT NULL AS has_tool_index,
       pg_total_relation_size('"LiteLLM_SpendLogs"')
         + coalesce(pg_total_relation_size(to_regclass('"LiteLLM_SpendLogToolIndex"')), 0) AS bytes_before,
       set_config('llmproxy.rows', '0', false) AS no_rows \gset

SELECT count(*) AS old_logs FROM "LiteLLM_SpendLogs" WHERE "startTime" < :'cutoff' \gset
\set old_tools 0
\if :has_tool_index
SELECT count(*) AS old_tools FROM "LiteLLM_SpendLogToolIndex" WHERE start_time < :'cutoff' \gset
\endif

SET statement_timeout = :'statement_timeout';
-- Each row that this gives is a statement, which \gexec runs. By row addresses: a join would read the whole table for
-- each batch.
SELECT format(
  'WITH gone AS (DELETE FROM %1$I WHERE ctid = ANY (ARRAY('
    'SELECT ctid FROM %1$I WHERE %2$I < %3$L ORDER BY %2$I LIMIT %4$s)) RETURNING 1) '
  'SELECT set_config(''llmproxy.rows'', (current_setting(''llmproxy.rows'')::bigint + count(*))::text, false) '
    '|| '' rows deleted'' FROM gone',
  logs.name, logs.moment, :'cutoff', :batch_size)
FROM (VALUES ('LiteLLM_SpendLogs', 'startTime', :old_logs), ('LiteLLM_SpendLogToolIndex', 'start_time', :old_tools))
       AS logs (name, moment, old_rows),
     generate_series(1, ceil(logs.old_rows / :batch_size::numeric)::int) \gexec

SET statement_timeout = :'vacuum_timeout';
VACUUM (ANALYZE) "LiteLLM_SpendLogs";
\if :has_tool_index
VACUUM (ANALYZE) "LiteLLM_SpendLogToolIndex";
\endif

SELECT 'llmproxy-report ' || json_build_object(
  'rows', current_setting('llmproxy.rows')::bigint,
  'bytes', greatest(0, :bytes_before - pg_total_relation_size('"LiteLLM_SpendLogs"')
    - coalesce(pg_total_relation_size(to_regclass('"LiteLLM_SpendLogToolIndex"')), 0)));
