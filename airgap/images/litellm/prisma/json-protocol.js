'use strict';
/*
 * The two ways between prisma-client-py and the engine: GraphQL text to a request of Prisma's JSON protocol, and the
 * engine's result to what the client expects.
 */

const { GraphQLReader } = require('./graphql-reader.js');

// Longest first: findUniqueXOrThrow before findUniqueX, createManyX before createX.
const ACTIONS = [
  ['findUnique', 'OrThrow', 'findUniqueOrThrow'],
  ['findFirst', 'OrThrow', 'findFirstOrThrow'],
  ['findUnique', '', 'findUnique'],
  ['findFirst', '', 'findFirst'],
  ['findMany', '', 'findMany'],
  ['createOne', '', 'createOne'],
  ['createMany', '', 'createMany'],
  ['updateOne', '', 'updateOne'],
  ['updateMany', '', 'updateMany'],
  ['deleteOne', '', 'deleteOne'],
  ['deleteMany', '', 'deleteMany'],
  ['upsertOne', '', 'upsertOne'],
  ['aggregate', '', 'aggregate'],
  ['groupBy', '', 'groupBy'],
];

function toJsonProtocol(text) {
  const root = new GraphQLReader(text).document();
  const query = { arguments: root.arguments, selection: root.selection };
  if (root.name === 'queryRaw' || root.name === 'executeRaw') {
    return { alias: root.alias, request: { action: root.name, query } };
  }
  for (const [head, tail, action] of ACTIONS) {
    if (root.name.startsWith(head) && root.name.endsWith(tail) && root.name.length > head.length + tail.length) {
      const modelName = root.name.slice(head.length, root.name.length - tail.length);
      return { alias: root.alias, request: { modelName, action, query } };
    }
  }
  throw new SyntaxError(`unknown operation ${root.name}`);
}

function untag(v) {
  if (Array.isArray(v)) {
    for (let i = 0; i < v.length; i++) v[i] = untag(v[i]);
    return v;
  }
  if (v !== null && typeof v === 'object') {
    if (typeof v.$type === 'string' && 'value' in v) return v.value;
    for (const k of Object.keys(v)) v[k] = untag(v[k]);
  }
  return v;
}

function legacyCell(type, value) {
  if (value === null || value === undefined) return { prisma__type: 'null', prisma__value: null };
  if (type.endsWith('-array')) {
    const item = type.slice(0, -'-array'.length);
    return { prisma__type: 'array', prisma__value: value.map((v) => legacyCell(item, v)) };
  }
  return { prisma__type: type, prisma__value: value };
}

function rawRows(result, legacy) {
  if (!legacy) return result;
  const { columns, types, rows } = result;
  return rows.map((row) => Object.fromEntries(columns.map((c, i) => [c, legacyCell(types[i], row[i])])));
}

module.exports = { toJsonProtocol, untag, rawRows };
