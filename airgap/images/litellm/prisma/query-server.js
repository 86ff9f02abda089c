'use strict';
/* The HTTP side of the query engine: the routes that prisma-client-py calls. */

const http = require('node:http');

const { QuerySession } = require('./query-session.js');

const NO_METRICS = { counters: [], gauges: [], histograms: [] };

async function route(session, request, body) {
  const url = new URL(request.url, 'http://engine');
  const call = `${request.method} ${url.pathname}`;
  if (call === 'GET /status') return [200, { status: 'ok' }];
  if (call === 'GET /metrics') return [200, url.searchParams.get('format') === 'json' ? NO_METRICS : ''];
  if (call === 'POST /') return [200, await session.query(body, request.headers['x-transaction-id'])];
  if (call === 'POST /transaction/start') return session.startTransaction(body);
  const end = /^POST \/transaction\/([^/]+)\/(commit|rollback)$/.exec(call);
  if (end) return session.endTransaction(end[1], end[2]);
  return [404, { error: 'not found' }];
}

function failure(e, body) {
  if (process.env.PRISMA_ENGINE_LOG) process.stderr.write(`query-engine: ${e.stack || e}\n${body}\n`);
  const message = String((e && e.message) || e);
  const [status, code] = e instanceof SyntaxError ? [422, 'P2009'] : [500, 'P2010'];
  const known = { is_panic: false, message, meta: {}, error_code: code };
  return [status, { errors: [{ error: message, user_facing_error: known }] }];
}

function handler(session) {
  return (request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const [status, out] = await route(session, request, body).catch((e) => failure(e, body));
      const text = typeof out === 'string' ? out : JSON.stringify(out);
      const length = Buffer.byteLength(text);
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': length });
      response.end(text);
    });
  };
}

// The client may be killed without a word; the engine does not outlive it.
function endWithParent(stop) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, 1000).unref();
}

async function serve({ port, host, schemaFile }) {
  const session = await QuerySession.open(schemaFile);
  const server = http.createServer(handler(session));
  // The client pools connections for as long as it lives; never close one under it.
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  server.listen(port, host);
  const stop = () => process.exit(0);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  endWithParent(stop);
}

module.exports = { serve };
