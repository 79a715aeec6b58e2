import { text } from 'node:stream/consumers';
import { EXIT } from './exit-status.ts';
import { fail, main } from './main.ts';
import { columnsOf, hasColor, type Terminal } from './terminal.ts';

const { env, stdout, stderr } = process;
const argv = process.argv.slice(2);
const terminal: Terminal = {
  out: (line) => void stdout.write(line),
  error: (line) => void stderr.write(line),
  input: () => text(process.stdin),
  columns: columnsOf(stdout, env),
  color: hasColor(stdout, env),
  errorColor: hasColor(stderr, env),
};

// A reader such as `head` can close the pipe early, which is not an error.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed);
});
process.on('uncaughtException', (error) => process.exit(fail(argv, error, terminal)));

process.exitCode = await main(argv, terminal);
