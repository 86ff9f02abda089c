'use strict';
/*
 * The commands: each takes its options, gives an exit code, and throws an error with Prisma's code (P3005, P3009, P3018 …)
 * where Prisma's own command would print one: LiteLLM reads them.
 */
const fs = require('node:fs');
const path = require('node:path');

const { databaseUrl } = require('./database-url.js');
const { PrismaError, UsageError } = require('./errors.js');
const { migrationList } = require('./migrations.js');
const { FILTERS, SchemaEngine } = require('./schema-engine.js');

const say = (text) => process.stdout.write(`${text}\n`);

function readSchema(file) {
  const candidates = file ? [file] : ['schema.prisma', 'prisma/schema.prisma'];
  const found = candidates.find((candidate) => fs.existsSync(candidate));
  if (!found) throw new UsageError(`found no Prisma schema at ${candidates.join(' or ')}; name it with --schema.`);
  // the generators belong to the client, the engine knows none
  const content = fs.readFileSync(found, 'utf8').replace(/generator\s+\w+\s*\{[^}]*\}/g, '');
  return { path: path.resolve(found), content };
}

async function withEngine(schema, url, work) {
  const engine = await SchemaEngine.open(url, schema);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

function withSchema(options, work) {
  const schema = readSchema(options.schema);
  const migrations = migrationList(path.join(path.dirname(schema.path), 'migrations'));
  return withEngine(schema, databaseUrl(schema.content), (engine) => work(engine, migrations, schema));
}

// The wasm engine says only "external connector error" where the native one gives P3018 with these lines.
function failedMigration(error, databaseError) {
  const name = /migration_name="([^"]+)"/.exec(error.message);
  if (error.code || !name || !databaseError) return error;
  return new PrismaError('P3018', [
    'A migration failed to apply. New migrations cannot be applied before the error is recovered from.',
    `Migration name: ${name[1]}`,
    `Database error code: ${databaseError.code}`,
    `Database error:\n${databaseError.severity}: ${databaseError.message}`,
  ].join('\n\n'));
}

function deploy(options) {
  return withSchema(options, async (engine, migrations) => {
    say(`${migrations.migrationDirectories.length} migrations found in ${migrations.baseDir}`);
    try {
      const { appliedMigrationNames } = await engine.call('applyMigrations', { migrationsList: migrations, filters: FILTERS });
      appliedMigrationNames.forEach((name) => say(`Applied migration \`${name}\``));
      say(appliedMigrationNames.length ? 'All migrations have been successfully applied.' : 'No pending migrations to apply.');
      return 0;
    } catch (e) {
      throw failedMigration(e, engine.lastDatabaseError());
    }
  });
}

function status(options) {
  return withSchema(options, async (engine, migrations) => {
    const found = await engine.call('diagnoseMigrationHistory', {
      migrationsList: migrations, optInToShadowDatabase: false, filters: FILTERS,
    });
    const behind = (found.history && found.history.unappliedMigrationNames) || [];
    const unknown = (found.history && found.history.unpersistedMigrationNames) || [];
    behind.forEach((name) => say(`Not yet applied: ${name}`));
    unknown.forEach((name) => say(`In the database, not in the folder: ${name}`));
    found.failedMigrationNames.forEach((name) => say(`Failed: ${name}`));
    if (behind.length + unknown.length + found.failedMigrationNames.length > 0) return 1;
    say('Database schema is up to date!');
    return 0;
  });
}

function resolve(options) {
  const { applied, 'rolled-back': rolledBack } = options;
  if (Boolean(applied) === Boolean(rolledBack)) {
    throw new UsageError('migrate resolve: give either --applied NAME or --rolled-back NAME.');
  }
  return withSchema(options, async (engine, migrations) => {
    if (applied) await engine.call('markMigrationApplied', { migrationName: applied, migrationsList: migrations });
    else await engine.call('markMigrationRolledBack', { migrationName: rolledBack });
    say(`Migration ${applied || rolledBack} marked as ${applied ? 'applied' : 'rolled back'}.`);
    return 0;
  });
}

const EMPTY_SCHEMA = { path: 'schema.prisma', content: 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n' };

// One side of a diff: what the engine compares, and the database that it needs for that.
function side(options, name) {
  const kinds = {
    [`${name}-empty`]: () => ({ target: { tag: 'empty' } }),
    [`${name}-url`]: (url) => ({ target: { tag: 'schemaDatasource', files: [EMPTY_SCHEMA], configDir: '.' }, url }),
    [`${name}-schema-datasource`]: (file) => {
      const schema = readSchema(file);
      return { target: { tag: 'schemaDatasource', files: [schema], configDir: '.' }, url: databaseUrl(schema.content) };
    },
    [`${name}-schema-datamodel`]: (file) => ({ target: { tag: 'schemaDatamodel', files: [readSchema(file)] } }),
  };
  const given = Object.keys(kinds).filter((kind) => options[kind] !== undefined);
  if (given.length !== 1) {
    throw new UsageError(`migrate diff: found ${given.length} options for '${name}'; allowed is one of --${Object.keys(kinds).join(', --')}.`);
  }
  return kinds[given[0]](options[given[0]]);
}

function diff(options) {
  const [from, to] = [side(options, 'from'), side(options, 'to')];
  if (Boolean(from.url) === Boolean(to.url)) throw new UsageError('migrate diff: exactly one side must be a database.');
  return withEngine(EMPTY_SCHEMA, from.url || to.url, async (engine) => {
    const { exitCode, stdout } = await engine.call('diff', {
      from: from.target, to: to.target, script: options.script === true, exitCode: options['exit-code'] === true,
      shadowDatabaseUrl: null, filters: FILTERS,
    });
    process.stdout.write(stdout || '');
    return exitCode;
  });
}

function push(options) {
  return withSchema(options, async (engine, _, schema) => {
    const force = options['accept-data-loss'] === true;
    const done = await engine.call('schemaPush', { force, schema: { files: [schema] }, filters: FILTERS });
    const obstacles = [...done.unexecutable, ...(force ? [] : done.warnings)];
    if (obstacles.length > 0) {
      throw new PrismaError(undefined, `${obstacles.join('\n')}\nUse --accept-data-loss to ignore what is only a warning.`);
    }
    say(done.executedSteps ? 'Your database is now in sync with your Prisma schema.' : 'The database is already in sync with the Prisma schema.');
    return 0;
  });
}

function execute(options) {
  if (!options.file) throw new UsageError('db execute: --file is required.');
  const schema = readSchema(options.schema);
  return withEngine(schema, databaseUrl(schema.content), async (engine) => {
    await engine.runScript(fs.readFileSync(options.file, 'utf8'));
    say('Script executed successfully.');
    return 0;
  });
}

module.exports = { deploy, diff, execute, push, resolve, status };
