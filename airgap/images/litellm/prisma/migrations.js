'use strict';
/* Reads a migrations folder into the list that the schema engine takes. */
const fs = require('node:fs');
const path = require('node:path');

const LOCK = 'migration_lock.toml';
const FILE = 'migration.sql';

const readIfThere = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null);

function migrationList(folder) {
  const entries = fs.existsSync(folder) ? fs.readdirSync(folder, { withFileTypes: true }) : [];
  const names = entries
    .filter((entry) => entry.isDirectory() && fs.existsSync(path.join(folder, entry.name, FILE)))
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: folder,
    lockfile: { path: LOCK, content: readIfThere(path.join(folder, LOCK)) },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => {
      const content = fs.readFileSync(path.join(folder, name, FILE), 'utf8');
      return { path: name, migrationFile: { path: FILE, content: { tag: 'ok', value: content } } };
    }),
  };
}

module.exports = { migrationList };
