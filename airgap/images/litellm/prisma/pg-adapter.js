'use strict';
/*
 * PostgreSQL through node-postgres, in the shape that Prisma's wasm engines call a "driver adapter". The query engine (5.x)
 * and the schema engine (6.x) take the same one; they differ in how an error is named.
 */

const { columnOf, same, TEXT } = require('./column-types.js');

const good = (value) => ({ ok: true, value, map: (f) => good(f(value)), flatMap: (f) => f(value) });
const bad = (error) => ({ ok: false, error, map: () => bad(error), flatMap: () => bad(error) });

function bindable(v) {
  if (ArrayBuffer.isView(v)) return Buffer.from(v.buffer, v.byteOffset, v.byteLength);
  if (typeof v === 'bigint') return v.toString();
  if (Array.isArray(v)) return v.map(bindable);
  return v;
}

// Constructed with `schemaEngine: true` for the schema engine, which reads PostgreSQL's
// catalogue (so types no data model has must pass as text) and names errors its own way.
class Queryable {
  constructor(client, foreignErrors, options = {}) {
    this.client = client;
    this.schemaEngine = options.schemaEngine === true;
    this.provider = 'postgres';
    this.adapterName = 'node-postgres';
    this.foreignErrors = foreignErrors;
    this.errorRegistry = foreignErrors;
    for (const m of ['queryRaw', 'executeRaw', 'executeScript', 'startTransaction', 'commit', 'rollback', 'getConnectionInfo', 'dispose']) {
      if (typeof this[m] === 'function') this[m] = this[m].bind(this);
    }
  }

  async run({ sql, args }) {
    // The native schema engine reads this variable itself; the wasm build has no environment.
    if (this.schemaEngine && process.env.PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK && /\bpg_advisory_(un)?lock\b/.test(sql)) {
      return good({ fields: [], rows: [], rowCount: 0 });
    }
    try {
      return good(await this.client.query({
        text: sql,
        values: args.map(bindable),
        rowMode: 'array',
        types: { getTypeParser: () => same },
      }));
    } catch (e) {
      if (e && typeof e.code === 'string' && typeof e.severity === 'string') {
        return bad(this.named(e));
      }
      return bad({ kind: 'GenericJs', id: this.foreignErrors.add(e) });
    }
  }

  named(error) {
    this.lastDatabaseError = error;
    const { code, severity, message, detail, column, hint } = error;
    if (!this.schemaEngine) return { kind: 'Postgres', code, severity, message, detail, column, hint };
    if (code === '42P01') return { kind: 'TableDoesNotExist', originalCode: code, originalMessage: message };
    return { kind: 'postgres', code, severity, message, detail, column, hint, originalCode: code, originalMessage: message };
  }

  async queryRaw(query) {
    const res = await this.run(query);
    if (!res.ok) return res;
    const { fields, rows } = res.value;
    const columns = [];
    for (const f of fields) {
      const column = columnOf(f.dataTypeID) || (this.schemaEngine && TEXT);
      if (!column) return bad({ kind: 'UnsupportedNativeDataType', type: String(f.dataTypeID) });
      columns.push(column);
    }
    for (const row of rows) {
      for (let i = 0; i < row.length; i++) if (row[i] !== null) row[i] = columns[i][1](row[i]);
    }
    return good({ columnNames: fields.map((f) => f.name), columnTypes: columns.map((c) => c[0]), rows });
  }

  async executeRaw(query) {
    return (await this.run(query)).map((r) => r.rowCount ?? 0);
  }
}

class Transaction extends Queryable {
  constructor(client, foreignErrors, options) {
    super(client, foreignErrors, options);
    this.options = { usePhantomQuery: false };
    this.done = false;
  }

  finish() {
    if (!this.done) {
      this.done = true;
      this.client.release();
    }
    return good(undefined);
  }

  async commit() {
    return this.finish();
  }

  async rollback() {
    return this.finish();
  }
}

class Adapter extends Queryable {
  constructor(pool, schemaName, foreignErrors, options) {
    super(pool, foreignErrors, options);
    this.schemaName = schemaName;
  }

  getConnectionInfo() {
    return good({ schemaName: this.schemaName, supportsRelationJoins: true });
  }

  async executeScript(script) {
    if (process.env.PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK && /\bpg_advisory_(un)?lock\b/.test(script)) return good(undefined);
    try {
      await this.client.query(script);
      return good(undefined);
    } catch (e) {
      return bad(e && e.severity ? this.named(e) : { kind: 'GenericJs', id: this.foreignErrors.add(e) });
    }
  }

  async dispose() {
    return good(undefined);
  }

  async startTransaction() {
    try {
      return good(new Transaction(await this.client.connect(), this.foreignErrors, { schemaEngine: this.schemaEngine }));
    } catch (e) {
      return bad({ kind: 'GenericJs', id: this.foreignErrors.add(e) });
    }
  }
}

module.exports = { Adapter, good, bad };
