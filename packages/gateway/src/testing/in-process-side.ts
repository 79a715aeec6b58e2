import { HttpSide } from '../sides/http-side.ts';
import type { FromHttpSide, StartHttpSide, ToHttpSide } from '../sides/messages.ts';

/** An HTTP side in this process: the same messages as between processes, by way of JSON. */
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
