import { HttpSide } from '../sides/http-side.ts';
import type { FromHttpSide, StartHttpSide, ToHttpSide } from '../sides/messages.ts';

/** Starts an HTTP side in this process. It exchanges the same JSON messages as a process does. */
export const inProcessSide: StartHttpSide = (events) => {
  let hasEnded = false;
  const side = new HttpSide({
    send: (message) => {
      const text = JSON.stringify(message);
      setImmediate(() => events.message(JSON.parse(text) as FromHttpSide));
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
      setImmediate(() => side.receive(JSON.parse(text) as ToHttpSide));
    },
    kill: () => side.receive({ type: 'close', graceMs: 0 }),
  };
};
