import { GatewayRunner } from '../processes/gateway-runner.ts';
import type { FromHttpProcess, StartHttpProcess, ToHttpProcess } from '../processes/messages.ts';

/** Replaces the HTTP process: runs the gateway in this process and exchanges the same JSON messages. */
export const inProcessGateway: StartHttpProcess = (events) => {
  let hasEnded = false;
  const runner = new GatewayRunner({
    send: (message) => {
      const text = JSON.stringify(message);
      setImmediate(() => events.message(JSON.parse(text) as FromHttpProcess));
    },
    closed: () => {
      if (!hasEnded) setImmediate(() => events.ended('it was closed'));
      hasEnded = true;
    },
  });
  return {
    unsent: 0,
    send: (message) => {
      const text = JSON.stringify(message);
      setImmediate(() => runner.receive(JSON.parse(text) as ToHttpProcess));
    },
    kill: () => runner.receive({ type: 'close', graceMs: 0 }),
  };
};
