'use strict';
/*
 * Marks Json arguments. In GraphQL a Json value is a string that holds JSON text; Prisma's JSON protocol reads a bare
 * string as a JSON string, so such values must be tagged, and for that one must know which fields are Json.
 */

function readModels(schema) {
  const models = new Map();
  for (const [, name, body] of schema.matchAll(/^model\s+(\w+)\s*\{([\s\S]*?)^\}/gm)) {
    const fields = new Map();
    for (const line of body.split('\n')) {
      const m = /^\s*(\w+)\s+(\w+)(\[\]|\?)?(\s|$)/.exec(line);
      if (m) fields.set(m[1], m[2]);
    }
    models.set(name, fields);
  }
  return models;
}

const JSON_OPERANDS = new Set([
  'equals', 'not', 'lt', 'lte', 'gt', 'gte', 'array_contains', 'array_starts_with', 'array_ends_with', 'set', 'push',
]);
const NOT_VALUES = new Set(['orderBy', 'by', 'distinct']);
// what may stand between a relation (or the top) and the fields of its model
const STRUCTURE = new Set([
  'where', 'data', 'create', 'createMany', 'connectOrCreate', 'connect', 'disconnect', 'delete', 'deleteMany', 'update',
  'updateMany', 'upsert', 'set', 'some', 'every', 'none', 'is', 'isNot', 'cursor', 'having',
]);

class JsonTagger {
  constructor(models) {
    this.models = models;
  }

  json(v) {
    if (typeof v === 'string') return { $type: 'Json', value: v };
    if (Array.isArray(v)) return v.map((x) => this.json(x));
    if (v !== null && typeof v === 'object' && !v.$type) {
      for (const k of Object.keys(v)) if (JSON_OPERANDS.has(k)) v[k] = this.json(v[k]);
    }
    return v;
  }

  // an object whose keys are structure, not fields
  frame(v, model) {
    if (Array.isArray(v)) return v.map((x) => this.frame(x, model));
    if (v === null || typeof v !== 'object' || v.$type) return v;
    for (const k of Object.keys(v)) {
      if (NOT_VALUES.has(k)) continue;
      v[k] = this.inside(k, v[k], model);
    }
    return v;
  }

  inside(structure, v, model) {
    // these hold {where, data, create, update} frames; createMany {data: [...]}
    if (['connectOrCreate', 'upsert', 'createMany', 'updateMany'].includes(structure)) return this.frame(v, model);
    if (structure === 'update' && v && typeof v === 'object' && !Array.isArray(v) && 'where' in v && 'data' in v) {
      return this.frame(v, model);
    }
    if (structure === 'update' && Array.isArray(v)) return v.map((x) => this.inside('update', x, model));
    return this.fields(v, model);
  }

  // an object whose keys are fields of the model (or AND/OR/NOT, or a compound key)
  fields(v, model) {
    if (Array.isArray(v)) return v.map((x) => this.fields(x, model));
    if (v === null || typeof v !== 'object' || v.$type) return v;
    const types = this.models.get(model);
    for (const k of Object.keys(v)) {
      const type = types && types.get(k);
      if (type === 'Json') v[k] = this.json(v[k]);
      else if (type !== undefined && this.models.has(type)) v[k] = this.relation(v[k], type);
      else if (type === undefined) v[k] = this.fields(v[k], model);
    }
    return v;
  }

  relation(v, model) {
    if (Array.isArray(v)) return v.map((x) => this.relation(x, model));
    if (v === null || typeof v !== 'object') return v;
    const keys = Object.keys(v);
    // a to-one filter may name the related fields with no `is` around them
    return keys.every((k) => STRUCTURE.has(k)) ? this.frame(v, model) : this.fields(v, model);
  }

  selection(sel, model) {
    const types = this.models.get(model);
    for (const [name, s] of Object.entries(sel)) {
      const type = types && types.get(name);
      if (s === true || !this.models.has(type)) continue;
      this.frame(s.arguments, type);
      this.selection(s.selection, type);
    }
  }

  request(r) {
    if (r.modelName) {
      this.frame(r.query.arguments, r.modelName);
      this.selection(r.query.selection, r.modelName);
    }
    return r;
  }
}

module.exports = { JsonTagger, readModels };
