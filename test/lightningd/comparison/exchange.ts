import { connect } from 'node:net';

/** A node's reply: a result, an error, no reply in time, or the end of the connection. */
export type Outcome =
  | { readonly kind: 'result'; readonly result: unknown }
  | {
      readonly kind: 'error';
      readonly code: number;
      readonly message: string;
      readonly data?: unknown;
    }
  | { readonly kind: 'pending' }
  | { readonly kind: 'closed' };

/** A command that waits longer than this is pending. Both nodes run on this machine. */
export const PATIENCE_MS = 1500;

/**
 * Sends one request on a connection of its own, since some commands change their connection.
 *
 * @param params - JSON text
 * @param patience - aborts when the command counts as pending
 */
export function exchange(
  socketPath: string,
  method: string,
  params: string,
  patience = AbortSignal.timeout(PATIENCE_MS),
): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const pieces: Buffer[] = [];
    const finish = (outcome: Outcome): void => {
      patience.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(outcome);
    };
    const giveUp = (): void => finish({ kind: 'pending' });
    patience.addEventListener('abort', giveUp);
    socket.on('error', () => finish({ kind: 'closed' }));
    socket.on('close', () => finish({ kind: 'closed' }));
    socket.on('data', (piece: Buffer) => {
      pieces.push(piece);
      if (piece.at(-1) !== 0x0a) return;
      const outcome = readReply(Buffer.concat(pieces).toString('utf8'));
      if (outcome !== undefined) finish(outcome);
    });
    socket.write(
      `{"jsonrpc":"2.0","id":"compare","method":${JSON.stringify(method)},"params":${params}}`,
    );
  });
}

/** Sends one request, and returns the text of the reply. */
export function exchangeText(socketPath: string, method: string, params: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`the node closed the connection of ${params}`)));
    socket.on('data', (piece: string) => {
      text += piece;
      // Both nodes end a reply with an empty line.
      if (!text.endsWith('\n\n')) return;
      resolve(text);
      socket.destroy();
    });
    socket.write(
      `{"jsonrpc":"2.0","id":"compare","method":${JSON.stringify(method)},"params":${params}}`,
    );
  });
}

/** @returns undefined if the text is incomplete */
function readReply(text: string): Outcome | undefined {
  let reply: { result?: unknown; error?: { code: number; message: string; data?: unknown } };
  try {
    reply = JSON.parse(text) as typeof reply;
  } catch {
    return undefined;
  }
  return reply.error === undefined
    ? { kind: 'result', result: reply.result }
    : { kind: 'error', ...reply.error };
}
