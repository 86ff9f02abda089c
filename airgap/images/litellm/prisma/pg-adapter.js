'use strict';
/*
 * PostgreSQL through node-postgres, in the shape Prisma's wasm engines call a
 * "driver adapter". The query engine (5.x) and the schema engine (6.x) take the
 * same one; they differ in how an error is named.
 */

const T = {
  Int32: 0, Int64: 1, Float: 2, Double: 3, Numeric: 4, Boolean: 5, Character: 6, Text: 7, Date: 8, Time: 9,
  DateTime: 10, Json: 11, Enum: 12, Bytes: 13, Set: 14, Uuid: 15,
};
const ARRAY = 64; // array of T is T + 64

const same = (text) => text;
const bytes = (text) => Array.from(Buffer.from(text.slice(2), 'hex'));
const utc = (text) => text.replace(/[+-]\d\d(:\d\d)?$/, ''); // the session runs in UTC
const truth = (text) => text === 't';

// oid -> [column type, text decoder]
const SCALARS = {
  16: [T.Boolean, truth], 17: [T.Bytes, bytes], 18: [T.Character, same], 19: [T.Text, same],
  20: [T.Int64, same], 21: [T.Int32, Number], 23: [T.Int32, Number], 25: [T.Text, same], 26: [T.Int64, same],
  114: [T.Json, same], 142: [T.Text, same], 650: [T.Text, same], 700: [T.Float, Number], 701: [T.Double, Number],
  705: [T.Text, same], 790: [T.Numeric, (t) => t.replace(/[^0-9.-]/g, '')], 869: [T.Text, same],
  1042: [T.Text, same], 1043: [T.Text, same], 1082: [T.Date, same], 1083: [T.Time, same],
  1114: [T.DateTime, same], 1184: [T.DateTime, utc], 1266: [T.Time, utc], 1560: [T.Text, same],
  1562: [T.Text, same], 1700: [T.Numeric, same], 2950: [T.Uuid, same], 3802: [T.Json, same],
};
// array oid -> element oid
const ARRAYS = {
  199: 114, 143: 142, 651: 650, 791: 790, 1000: 16, 1001: 17, 1002: 18, 1003: 19, 1005: 21, 1007: 23, 1009: 25,
  1014: 1042, 1015: 1043, 1016: 20, 1021: 700, 1022: 701, 1028: 26, 1041: 869, 1115: 1114, 1182: 1082, 1183: 1083,
  1185: 1184, 1231: 1700, 1561: 1560, 1563: 1562, 2951: 2950, 3807: 3802,
};
const FIRST_USER_OID = 16384;

function columnOf(oid) {
  if (SCALARS[oid]) return SCALARS[oid];
  if (ARRAYS[oid] !== undefined) {
    const [type, decode] = SCALARS[ARRAYS[oid]];
    return [type + ARRAY, (text) => parseArray(text, decode)];
  }
  // user-defined: an enum, or an array of one
  if (oid >= FIRST_USER_OID) return [T.Text, same];
  return undefined;
}

function parseArray(text, decode) {
  let i = 0;
  const read = () => {
    const out = [];
    i++; // {
    while (text[i] !== '}') {
      if (text[i] === ',') i++;
      if (text[i] === '{') out.push(read());
      else if (text[i] === '"') {
        let s = '';
        i++;
        while (text[i] !== '"') {
          if (text[i] === '\\') i++;
          s += text[i++];
        }
        i++;
        out.push(decode(s));
      } else {
        const start = i;
        while (text[i] !== ',' && text[i] !== '}') i++;
        const s = text.slice(start, i);
        out.push(s === 'NULL' ? null : decode(s));
      }
    }
    i++; // }
    return out;
  };
  return read();
}

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
  constructor(client, jsErrors, options = {}) {
    this.client = client;
    this.schemaEngine = options.schemaEngine === true;
    this.provider = 'postgres';
    this.adapterName = 'node-postgres';
    this.jsErrors = jsErrors;
    this.errorRegistry = jsErrors;
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
      return bad({ kind: 'GenericJs', id: this.jsErrors.add(e) });
    }
  }

  named({ code, severity, message, detail, column, hint }) {
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
      const column = columnOf(f.dataTypeID) || (this.schemaEngine && [T.Text, same]);
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
  constructor(client, jsErrors, options) {
    super(client, jsErrors, options);
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
  constructor(pool, schemaName, jsErrors, options) {
    super(pool, jsErrors, options);
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
      return bad(e && e.severity ? this.named(e) : { kind: 'GenericJs', id: this.jsErrors.add(e) });
    }
  }

  async dispose() {
    return good(undefined);
  }

  async startTransaction() {
    try {
      return good(new Transaction(await this.client.connect(), this.jsErrors, { schemaEngine: this.schemaEngine }));
    } catch (e) {
      return bad({ kind: 'GenericJs', id: this.jsErrors.add(e) });
    }
  }
}

// Errors that are not PostgreSQL's own (a refused connection, a full pool) cross
// the wasm border as a number and are picked up again when the answer is built.
class JsErrors {
  constructor() {
    this.kept = new Map();
    this.next = 0;
  }

  add(error) {
    const id = this.next++;
    this.kept.set(id, error);
    if (this.kept.size > 1000) this.kept.delete(this.kept.keys().next().value);
    return id;
  }

  take(id) {
    const e = this.kept.get(id);
    this.kept.delete(id);
    return e;
  }

  consumeError(id) {
    const error = this.take(id);
    return error && { error };
  }
}

function poolConfig(raw) {
  const url = new URL(raw);
  const q = url.searchParams;
  const schema = q.get('schema') || 'public';
  const options = ['-c TimeZone=UTC', `-c search_path="${schema}"`];
  if (q.get('options')) options.push(q.get('options'));
  const sslmode = q.get('sslmode');
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
      ssl: sslmode && !['disable', 'prefer', 'allow'].includes(sslmode) ? { rejectUnauthorized: false } : undefined,
      options: options.join(' '),
      application_name: q.get('application_name') || undefined,
      keepAlive: true,
    },
  };
}

module.exports = { Adapter, JsErrors, poolConfig, good, bad };
