import { parentPort } from 'node:worker_threads';
import { type OwnErrorName, Refusal } from '../refusals.ts';
import { type CallBody, parseBody } from './parse-body.ts';

/** The result of parsing one body on the parser thread. */
export type Outcome =
  | { readonly text: string }
  | { readonly refusal: { readonly kind: OwnErrorName; readonly detail: string | undefined } }
  | { readonly failure: string };

// The protocol of the parser thread: one message per body, and one message per outcome.
parentPort?.on('message', async (body: CallBody) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(await outcomeOf(body));
});

async function outcomeOf(body: CallBody): Promise<Outcome> {
  try {
    return { text: await parseBody(body) };
  } catch (error) {
    if (error instanceof Refusal) {
      // Only refusals by the node have kinds outside OwnErrorName.
      return { refusal: { kind: error.kind as OwnErrorName, detail: error.detail } };
    }
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
