'use strict';
/* The database address: where a Prisma schema says it comes from, and what node-postgres makes of it. */

const { readFileSync } = require('node:fs');

function databaseUrl(schema) {
  if (process.env.OVERWRITE_DATASOURCES) {
    const [first] = JSON.parse(process.env.OVERWRITE_DATASOURCES);
    if (first && first.url) return first.url;
  }
  const block = /datasource\s+\w+\s*\{([^}]*)\}/.exec(schema);
  const url = block && /\burl\s*=\s*(?:env\(\s*"([^"]+)"\s*\)|"([^"]+)")/.exec(block[1]);
  if (!url) throw new Error('the Prisma schema has no datasource url; expected url = env("NAME")');
  const value = url[2] || process.env[url[1]];
  if (!value) throw new Error(`the environment variable ${url[1]} is empty; it must hold the database address`);
  return value;
}

function parsed(raw) {
  const url = URL.canParse(raw) ? new URL(raw) : undefined;
  if (url && ['postgresql:', 'postgres:'].includes(url.protocol)) return url;
  // the address itself stays out of the message: it may hold the password
  throw new Error('the database address must read postgresql://USER:PASSWORD@HOST:PORT/DATABASE, parts URL-escaped');
}

/*
 * As Prisma's native engines: `sslmode=require` encrypts, `sslaccept=strict` checks certificate and name too, `sslcert`
 * is the authority. libpq's words for the same (verify-full, verify-ca, sslrootcert) mean what they mean there.
 */
function tls(q) {
  const mode = q.get('sslmode');
  const named = ['verify-full', 'verify-ca'].includes(mode);
  const strict = named || (q.get('sslaccept') === 'strict' && mode !== 'disable');
  if (!strict) return mode && !['disable', 'prefer', 'allow'].includes(mode) ? { rejectUnauthorized: false } : undefined;
  const file = q.get('sslcert') || q.get('sslrootcert');
  return {
    rejectUnauthorized: true,
    ...(file ? { ca: readFileSync(file, 'utf8') } : {}),
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

function poolConfig(raw) {
  const url = parsed(raw);
  const q = url.searchParams;
  const schema = q.get('schema') || 'public';
  const options = ['-c TimeZone=UTC', `-c search_path="${schema}"`];
  if (q.get('options')) options.push(q.get('options'));
  const limit = Number(q.get('connection_limit')) || 5;
  const poolTimeout = q.get('pool_timeout') === null ? 10 : Number(q.get('pool_timeout'));
  return {
    schema,
    config: {
      host: q.get('host') || decodeURIComponent(url.hostname) || 'localhost',
      port: Number(url.port) || 5432,
      user: decodeURIComponent(url.username) || undefined,
      password: decodeURIComponent(url.password) || undefined,
      database: decodeURIComponent(url.pathname.slice(1)) || 'postgres',
      max: limit,
      connectionTimeoutMillis: poolTimeout * 1000,
      idleTimeoutMillis: 300_000,
      ssl: tls(q),
      options: options.join(' '),
      application_name: q.get('application_name') || undefined,
      keepAlive: true,
    },
  };
}

module.exports = { databaseUrl, poolConfig };
