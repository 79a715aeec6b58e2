import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { HttpSide } from './http-side.ts';
import { JsonLines, jsonLine } from './json-lines.ts';
import type { ToHttpSide } from './messages.ts';
import { uncaughtLine } from './exit-reason.ts';

/** The descriptor of the channel to the plugin side. */
const CHANNEL = 3;
const STDERR = 2;

/**
 * The program of the process that serves HTTP. It ends when the plugin side says so, or is gone, or by an
 * error that nobody caught: the plugin side then starts another.
 */
function runHttpProcess(): void {
  const fail = (error: unknown): void => {
    try {
      writeSync(STDERR, `${uncaughtLine(error)}\n`);
    } finally {
      process.exit(1);
    }
  };
  process.on('uncaughtException', fail).on('unhandledRejection', fail);
  // These go to whole groups of processes. When the plugin side ends, it ends this process in order.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
  const channel = new Socket({ fd: CHANNEL, readable: true, writable: true });
  const side = new HttpSide({
    send: (message) => void channel.write(jsonLine(message)),
    closed: () => channel.end(() => process.exit(0)),
  });
  const lines = new JsonLines();
  channel.on('data', (piece: Buffer) => {
    for (const message of lines.push(piece)) side.take(message as ToHttpSide);
  });
  const gone = (): void => process.exit(0);
  channel.on('end', gone).on('error', gone).on('close', gone);
}

runHttpProcess();
