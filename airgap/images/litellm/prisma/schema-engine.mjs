#!/usr/bin/env node
/*
 * Prisma's schema engine (its WebAssembly build) as a command, in place of the
 * native one the Prisma CLI would download.
 *
 *   schema-engine.mjs deploy DATABASE_URL MIGRATIONS_DIR   like `prisma migrate deploy`
 *   schema-engine.mjs diff DATABASE_URL schema.prisma      SQL that takes the database to the schema
 *   schema-engine.mjs push DATABASE_URL schema.prisma      run that SQL
 */
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { Adapter, JsErrors, poolConfig, good, bad } = require('./pg-adapter.js');
const pg = require('pg');

const [command, url, target] = process.argv.slice(2);
if (!['deploy', 'diff', 'push'].includes(command) || !url || !target) {
  process.stderr.write('usage: schema-engine.mjs deploy|diff|push DATABASE_URL MIGRATIONS_DIR|SCHEMA\n');
  process.exit(2);
}

const here = path.dirname(new URL(import.meta.url).pathname);
const wasmDir = path.join(here, 'node_modules', '@prisma', 'schema-engine-wasm');
const bindings = await import(path.join(wasmDir, 'schema_engine_bg.js'));
const wasm = new WebAssembly.Instance(
  new WebAssembly.Module(fs.readFileSync(path.join(wasmDir, 'schema_engine_bg.wasm'))),
  { './schema_engine_bg.js': bindings },
);
bindings.__wbg_set_wasm(wasm.exports);
wasm.exports.__wbindgen_start();

const { config, schema } = poolConfig(url);
const pool = new pg.Pool({ ...config, max: 1 });
const jsErrors = new JsErrors();
const connect = async () => good(new Adapter(pool, schema, jsErrors, { schemaEngine: true }));
const factory = {
  provider: 'postgres',
  adapterName: 'node-postgres',
  errorRegistry: jsErrors,
  connect,
  connectToShadowDb: async () => bad({ kind: 'GenericJs', id: jsErrors.add(new Error('no shadow database here')) }),
};

const filters = { externalTables: [], externalEnums: [] };
const EMPTY = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n';
const source = command === 'deploy' ? EMPTY : fs.readFileSync(target, 'utf8').replace(/generator\s+\w+\s*\{[^}]*\}/g, '');
const files = [{ path: 'schema.prisma', content: source }];
const engine = await bindings.SchemaEngine.new({ datamodels: [['schema.prisma', source]] }, () => {}, factory);

async function diff() {
  const out = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: '.' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters,
  });
  return out.stdout ?? '';
}

try {
  if (command === 'deploy') {
    const migrationDirectories = fs.readdirSync(target, { withFileTypes: true })
      .filter((d) => d.isDirectory() && fs.existsSync(path.join(target, d.name, 'migration.sql')))
      .map((d) => d.name)
      .sort()
      .map((name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: { tag: 'ok', value: fs.readFileSync(path.join(target, name, 'migration.sql'), 'utf8') },
        },
      }));
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: {
        baseDir: target,
        lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
        shadowDbInitScript: '',
        migrationDirectories,
      },
      filters,
    });
    process.stdout.write(`${appliedMigrationNames.length} of ${migrationDirectories.length} migrations applied\n`);
  } else if (command === 'diff') {
    process.stdout.write(await diff());
  } else {
    const script = await diff();
    await pool.query(script);
    process.stdout.write(script);
  }
} catch (e) {
  process.stderr.write(`${(e && e.message) || e}\n`);
  process.exit(1);
}
process.exit(0);
