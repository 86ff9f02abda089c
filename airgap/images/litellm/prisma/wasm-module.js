'use strict';
/* Loads one of Prisma's WebAssembly builds from npm: its bindings, bound to its compiled code. */

const fs = require('node:fs');
const path = require('node:path');

async function loadWasm(folder, name) {
  const bindings = await import(path.join(folder, `${name}.js`));
  const code = new WebAssembly.Module(fs.readFileSync(path.join(folder, `${name}.wasm`)));
  const instance = new WebAssembly.Instance(code, { [`./${name}.js`]: bindings });
  bindings.__wbg_set_wasm(instance.exports);
  if (instance.exports.__wbindgen_start) instance.exports.__wbindgen_start();
  return bindings;
}

const packageFolder = (name) => path.dirname(require.resolve(`${name}/package.json`));

module.exports = { loadWasm, packageFolder };
