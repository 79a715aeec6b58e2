#!/usr/bin/env node
// Starts the command, or says in one sentence why this installation cannot: users see no stack trace. Old versions of
// Node.js must be able to parse this file.
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const USAGE = 3;
const [major, minor] = process.versions.node.split('.').map(Number);
const program = new URL('../dist/cli.js', import.meta.url);

function stop(sentence) {
  process.stderr.write(`clnrest: ${sentence}\n`);
  process.exitCode = USAGE;
}

function notLoaded(error) {
  if (error.code === 'ERR_MODULE_NOT_FOUND') {
    stop('the command is built only in part: run npm run build, or install clnrest again');
  } else {
    stop(`the command cannot be loaded: ${String(error.message).split('\n')[0]}`);
  }
}

if (major < 20 || (major === 20 && minor < 19)) {
  stop(`this is Node.js ${process.versions.node}: install Node.js 20.19 or newer`);
} else if (!existsSync(program)) {
  const folder = dirname(fileURLToPath(new URL('../../../package.json', import.meta.url)));
  stop(`the command is not built: run npm ci && npm run build in ${folder}`);
} else {
  import(program.href).catch(notLoaded);
}
