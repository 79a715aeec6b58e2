import { RpcError, type RpcPipeline } from '@clnrest/lightningd';
import { withTimeout } from '../node/with-timeout.ts';
import type { PathTable } from '../routing/path-table.ts';

/** The node is asked at most so often, whatever the number of requests. */
const FRESH_MS = 1_000;
/** A node that takes longer cannot serve callers either. */
const TIMEOUT_MS = 5_000;

/** Whether the node responds, asked at most once a second. */
export class Health {
  readonly #node: Pick<RpcPipeline, 'callText'>;
  readonly #now: () => number;
  #checkedAt = -Infinity;
  #isHealthy = false;
  #checking: Promise<boolean> | undefined;

  /** @param now - returns milliseconds since any epoch */
  constructor(node: Pick<RpcPipeline, 'callText'>, now: () => number = () => performance.now()) {
    this.#node = node;
    this.#now = now;
  }

  /** Never rejects. */
  check(): Promise<boolean> {
    if (this.#now() - this.#checkedAt < FRESH_MS) return Promise.resolve(this.#isHealthy);
    this.#checking ??= this.#ask().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  async #ask(): Promise<boolean> {
    try {
      await withTimeout(TIMEOUT_MS, this.#node.callText('getinfo'));
      this.#isHealthy = true;
    } catch (error) {
      // An error of the node is a response too.
      this.#isHealthy = error instanceof RpcError;
    }
    this.#checkedAt = this.#now();
    return this.#isHealthy;
  }
}

/** Adds `GET /health`: 200 and `ok`, or 503 and `unavailable`. It needs no rune and says nothing else. */
export function addHealth(paths: PathTable, health: Health): void {
  paths.add('GET', '/health', async ({ response }) => {
    const isHealthy = await health.check();
    if (response.destroyed) return;
    const body = isHealthy ? 'ok\n' : 'unavailable\n';
    response.writeHead(isHealthy ? 200 : 503, [
      'Content-Type',
      'text/plain',
      'Content-Length',
      String(body.length),
      'Cache-Control',
      'no-store',
      ...(isHealthy ? [] : ['Retry-After', '1']),
    ]);
    response.end(body);
  });
}
