'use strict';
/*
 * Opens PostgreSQL and tells apart why it cannot, in Prisma's error codes. No message holds the address: it may carry
 * the password.
 */

const { Pool } = require('pg');

const { PrismaError } = require('./errors.js');

const CODES = { '28P01': 'P1000', '28000': 'P1000', '3D000': 'P1003' };

const unreachable = (config) => `Can't reach database server at \`${config.host}\`:\`${config.port}\``;

async function openPool(config) {
  const pool = new Pool(config);
  pool.on('error', () => {}); // an idle connection died; the pool drops it
  try {
    await pool.query('SELECT 1');
  } catch (e) {
    const code = CODES[e.code] || 'P1001';
    throw new PrismaError(code, code === 'P1001' ? `${unreachable(config)} (${e.message || e.code})` : e.message);
  }
  return pool;
}

module.exports = { openPool, unreachable };
