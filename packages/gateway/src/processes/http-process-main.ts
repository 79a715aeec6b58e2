import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { GatewayRunner } from './gateway-runner.ts';
import { JsonLines, jsonLine } from './json-lines.ts';
import type { ToHttpProcess } from './messages.ts';
import { uncaughtLine } from './exit-reason.ts';

/** The descriptor of the channel to the plugin process. */
const CHANNEL = 3;
const STDERR = 2;

/**
 * The program of the process that serves HTTP. It ends when the plugin process closes it or ends, and on an
 * uncaught error: the plugin process then starts another one.
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
  // The system sends these to whole process groups. The plugin process ends this process in order.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => undefined);
  const channel = new Socket({ fd: CHANNEL, readable: true, writable: true });
  const runner = new GatewayRunner({
    send: (message) => void channel.write(jsonLine(message)),
    closed: () => channel.end(() => process.exit(0)),
  });
  const lines = new JsonLines();
  channel.on('data', (piece: Buffer) => {
    for (const message of lines.push(piece)) runner.receive(message as ToHttpProcess);
  });
  const exit = (): void => process.exit(0);
  channel.on('end', exit).on('error', exit).on('close', exit);
}

runHttpProcess();
