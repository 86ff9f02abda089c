'use strict';
/*
 * Words to command: takes the arguments, runs the one command that they name, gives its exit code. A command or an option
 * that is not in the table is refused, so that nobody believes something was done that was not.
 */
const { parseArgs } = require('node:util');

const { UsageError } = require('./errors.js');

const TEXT = { type: 'string' };
const FLAG = { type: 'boolean' };
const SIDES = ['from', 'to'].flatMap((side) => [
  [`${side}-empty`, FLAG], [`${side}-url`, TEXT], [`${side}-schema-datasource`, TEXT], [`${side}-schema-datamodel`, TEXT],
]);

const TABLE = {
  'migrate deploy': { run: 'deploy', options: { schema: TEXT } },
  'migrate status': { run: 'status', options: { schema: TEXT } },
  'migrate resolve': { run: 'resolve', options: { schema: TEXT, applied: TEXT, 'rolled-back': TEXT } },
  'migrate diff': { run: 'diff', options: { ...Object.fromEntries(SIDES), script: FLAG, 'exit-code': FLAG } },
  'db push': { run: 'push', options: { schema: TEXT, 'accept-data-loss': FLAG, 'skip-generate': FLAG } },
  'db execute': { run: 'execute', options: { schema: TEXT, file: TEXT } },
};
const VERSION = 'prisma: schema-engine-wasm 6.19.0, query-engine-wasm 5.17.0';
const NOT_IMPLEMENTED = 64; // EX_USAGE: told apart from a migration that failed
const ALLOWED = Object.keys(TABLE).join(', ');

function refuse(text) {
  process.stderr.write(`prisma: ${text}\n`);
  return NOT_IMPLEMENTED;
}

function parse(words, options) {
  try {
    return { values: parseArgs({ args: words, options, strict: true, allowPositionals: false }).values };
  } catch (e) {
    return { complaint: e.message.split('.')[0] };
  }
}

async function main(words) {
  if (words.length === 0) {
    process.stdout.write(`prisma, as far as LiteLLM calls it: ${ALLOWED}, --version\n`);
    return 0;
  }
  if (['--version', '-v', 'version'].includes(words[0])) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const name = words.slice(0, 2).join(' ');
  const command = Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
  if (!command) return refuse(`found '${name}', which is not implemented in this image; allowed are ${ALLOWED}.`);
  const { values, complaint } = parse(words.slice(2), command.options);
  if (complaint) {
    const known = Object.keys(command.options).map((option) => `--${option}`).join(', ');
    return refuse(`${name}: ${complaint}; allowed are ${known}.`);
  }
  try {
    // loaded only now: refusing a command needs neither a driver nor an engine
    return await require('./commands.js')[command.run](values);
  } catch (e) {
    process.stderr.write(`Error: ${e.code ? `${e.code}\n\n` : ''}${e.message}\n`);
    return e instanceof UsageError ? NOT_IMPLEMENTED : 1;
  }
}

module.exports = { main };
