'use strict';
/*
 * One engine on one database: takes request bodies of prisma-client-py (GraphQL text in JSON), gives the answers that it
 * expects.
 */
const path = require('node:path');
const fs = require('node:fs');

const { openPool, unreachable } = require('./connection.js');
const { databaseUrl, poolConfig } = require('./database-url.js');
const { ForeignErrors } = require('./foreign-errors.js');
const { JsonTagger, readModels } = require('./json-fields.js');
const { rawRows, toJsonProtocol, untag } = require('./json-protocol.js');
const { Adapter } = require('./pg-adapter.js');
const { loadWasm, packageFolder } = require('./wasm-module.js');

const TRACE = '{}';

class QuerySession {
  static async open(schemaFile) {
    const datamodel = fs.readFileSync(schemaFile, 'utf8');
    const { config, schema } = poolConfig(databaseUrl(datamodel));
    const session = new QuerySession();
    session.config = config;
    session.pool = await openPool(config);
    session.foreignErrors = new ForeignErrors();
    session.tagger = new JsonTagger(readModels(datamodel));
    // prisma-client-py 0.11 and older unwrap raw cells themselves
    const rawReader = path.join(path.dirname(schemaFile), '_raw_query.py');
    session.legacyRaw = fs.existsSync(rawReader) && fs.readFileSync(rawReader, 'utf8').includes("'prisma__value'");
    const folder = path.join(packageFolder('@prisma/query-engine-wasm'), 'postgresql');
    const { QueryEngine } = await loadWasm(folder, 'query_engine_bg');
    session.engine = new QueryEngine(
      // only the data model counts here: no generator, and no url to resolve
      { datamodel: datamodel.replace(/generator\s+\w+\s*\{[^}]*\}/g, ''), logLevel: 'error', logQueries: false },
      (line) => {
        if (process.env.PRISMA_ENGINE_LOG) process.stderr.write(`${line}\n`);
      },
      new Adapter(session.pool, schema, session.foreignErrors),
    );
    await session.engine.connect(TRACE);
    return session;
  }

  async query(body, transactionId) {
    const payload = JSON.parse(body);
    if (payload.batch) {
      const parts = payload.batch.map((one) => this.translate(one.query));
      const request = { batch: parts.map((part) => part.request) };
      if (payload.transaction) request.transaction = {};
      const out = JSON.parse(await this.engine.query(JSON.stringify(request), TRACE, transactionId));
      if (out.errors) return { errors: out.errors.map((e) => this.explain(e)) };
      return { batchResult: out.batchResult.map((result, index) => this.answer(result, parts[index].alias)) };
    }
    const { alias, request } = this.translate(payload.query);
    return this.answer(JSON.parse(await this.engine.query(JSON.stringify(request), TRACE, transactionId)), alias);
  }

  startTransaction(body) {
    return this.transaction(this.engine.startTransaction(body || '{}', TRACE));
  }

  endTransaction(id, how) {
    const end = how === 'commit' ? this.engine.commitTransaction(id, TRACE) : this.engine.rollbackTransaction(id, TRACE);
    return this.transaction(end);
  }

  async transaction(call) {
    const out = JSON.parse((await call) || '{}');
    if (!out.error_code) return [200, out];
    this.explain(out);
    return [out.error_code === 'P2028' && /not found/i.test(out.message) ? 404 : 500, out];
  }

  translate(text) {
    const out = toJsonProtocol(text);
    this.tagger.request(out.request);
    return out;
  }

  answer(result, alias) {
    if (result.errors) return { errors: result.errors.map((e) => this.explain(e)) };
    const [name] = Object.keys(result.data);
    const value = result.data[name];
    return { data: { [alias]: name === 'queryRaw' ? rawRows(value, this.legacyRaw) : untag(value) } };
  }

  // Gives an error that is not PostgreSQL's own (P2036) the code that the native engine would give it.
  explain(e) {
    const known = e.user_facing_error || e;
    const id = known.meta && known.meta.id;
    if (known.error_code !== 'P2036' || id === undefined) return e;
    const original = this.foreignErrors.take(id);
    const text = String((original && original.message) || original);
    if (/timeout exceeded when trying to connect/.test(text) && this.pool.totalCount >= this.config.max) {
      const seconds = this.config.connectionTimeoutMillis / 1000;
      known.error_code = 'P2024';
      known.message = 'Timed out fetching a new connection from the connection pool. (Current connection pool timeout: '
        + `${seconds}, connection limit: ${this.config.max})`;
    } else {
      known.error_code = 'P1001';
      known.message = `${unreachable(this.config)} (${text})`;
    }
    known.meta = {};
    if (e.error) e.error = known.message;
    return e;
  }
}

module.exports = { QuerySession };
