'use strict';

// Errors that are not PostgreSQL's own (a refused connection, a full pool) cross
// the wasm border as a number and are picked up again when the answer is built.
class ForeignErrors {
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

module.exports = { ForeignErrors };
