import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A module that Node loads before the plugin (`--require`). It collects garbage on SIGUSR2, because what a
 * process holds cannot be measured before. It sets the clock of the process back by a day on SIGWINCH, and from the
 * start once that has happened. With short limits, it divides those limits of the HTTP process by ten that last 10
 * seconds and more, and the interval of the checks for unread responses by thirty.
 */
const MODULE = `
const { existsSync } = require('node:fs');
const http = require('node:http');
require('node:v8').setFlagsFromString('--expose-gc');
const gc = require('node:vm').runInNewContext('gc');
process.on('SIGUSR2', () => gc());

const SystemDate = Date;
const now = Date.now.bind(Date);
let offset = 0;
const setBack = () => { offset = existsSync(__filename + '.back') ? -86_400_000 : 0; };
setBack();
process.on('SIGWINCH', setBack);
globalThis.Date = class extends SystemDate {
  constructor(...args) {
    if (args.length > 0) super(...args);
    else super(now() + offset);
  }
  static now() { return now() + offset; }
};

if (process.env.SHORT_LIMITS === 'yes' && process.argv.at(-1) === '--http-process') {
  const shorter = (ms) => (ms >= 10_000 ? ms / 10 : ms);
  const { setInterval, setTimeout } = globalThis;
  globalThis.setInterval = (run, ms, ...args) =>
    setInterval(run, ms >= 10_000 ? ms / 30 : ms, ...args);
  globalThis.setTimeout = (run, ms, ...args) => setTimeout(run, shorter(ms), ...args);
  const { createServer } = http;
  const names = ['headersTimeout', 'requestTimeout', 'keepAliveTimeout'];
  http.createServer = (options, ...more) => {
    const limits = names.map((name) => [name, shorter(options[name])]);
    const all = { ...options, ...Object.fromEntries(limits), connectionsCheckingInterval: 100 };
    return createServer(all, ...more);
  };
}
`;

/** The module as a file. */
export class Preload {
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;

  constructor(directory: string, { shortLimits = false } = {}) {
    this.file = join(directory, 'preload.cjs');
    if (!existsSync(this.file)) writeFileSync(this.file, MODULE);
    this.env = {
      NODE_OPTIONS: `--require=${this.file}`,
      SHORT_LIMITS: shortLimits ? 'yes' : 'no',
    };
  }

  /** Sets the clock of these processes back by a day, and that of those that they start. */
  setClockBack(...pids: readonly number[]): void {
    writeFileSync(`${this.file}.back`, '');
    for (const pid of pids) process.kill(pid, 'SIGWINCH');
  }
}
