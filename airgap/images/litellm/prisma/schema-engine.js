'use strict';
/* Prisma's schema engine (its WebAssembly build) on one database connection. */
const path = require('node:path');

const { openPool } = require('./connection.js');
const { poolConfig } = require('./database-url.js');
const { ForeignErrors } = require('./foreign-errors.js');
const { Adapter, bad, good } = require('./pg-adapter.js');
const { loadWasm } = require('./wasm-module.js');

const FILTERS = { externalTables: [], externalEnums: [] };
const FOLDER = path.join(__dirname, 'node_modules', '@prisma', 'schema-engine-wasm');

class SchemaEngine {
  static async open(url, schema) {
    const { config, schema: namespace } = poolConfig(url);
    const self = new SchemaEngine();
    self.foreignErrors = new ForeignErrors();
    self.pool = await openPool({ ...config, max: 1 });
    self.adapter = new Adapter(self.pool, namespace, self.foreignErrors, { schemaEngine: true });
    const noShadow = new Error('a shadow database is not available here');
    const factory = {
      provider: 'postgres',
      adapterName: 'node-postgres',
      errorRegistry: self.foreignErrors,
      connect: async () => good(self.adapter),
      connectToShadowDb: async () => bad({ kind: 'GenericJs', id: self.foreignErrors.add(noShadow) }),
    };
    const bindings = await loadWasm(FOLDER, 'schema_engine_bg');
    self.engine = await bindings.SchemaEngine.new({ datamodels: [[schema.path, schema.content]] }, () => {}, factory);
    return self;
  }

  async call(method, input) {
    try {
      return await this.engine[method](input);
    } catch (e) {
      const id = /^External error id#(\d+)/.exec(e.message);
      throw (id && this.foreignErrors.take(Number(id[1]))) || e;
    }
  }

  // Many statements in one message: PostgreSQL runs them as one transaction.
  async runScript(script) {
    await this.pool.query(script);
  }

  // The last error that PostgreSQL itself reported: the engine's own error text may leave out its code.
  lastDatabaseError() {
    return this.adapter.lastDatabaseError;
  }

  async close() {
    await this.pool.end();
  }
}

module.exports = { FILTERS, SchemaEngine };
