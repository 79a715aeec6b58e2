import { type Params, RpcError, TransportError } from '@clnrest/lightningd';
import { RawJson } from '@clnrest/json';
import { readMembers } from '@clnrest/json/bytes';
import { METHOD_NOT_FOUND } from '../node/command-failure.ts';
import type { GatewayNode, SharedConnection } from '../node/gateway-node.ts';
import { Refusal } from '../refusals.ts';
import type { UpstreamClient } from './upstream-client.ts';

const TIMEOUT_MS = 30_000;
const MAX_BYTES = 16 * 1024 * 1024;

type Fetched = Awaited<ReturnType<UpstreamClient['fetch']>>;

/**
 * The node behind another gateway, for what a gateway asks itself: whether a rune allows a call, which commands exist, and
 * whether the node responds. Commands of clients are forwarded instead, with the client's rune.
 */
export class UpstreamNode implements GatewayNode {
  readonly #client: UpstreamClient;

  constructor(client: UpstreamClient) {
    this.#client = client;
  }

  readonly callText = async (
    method: string,
    params?: Params,
    options: { readonly timeoutMs?: number | undefined } = {},
  ): Promise<string> => {
    const { timeoutMs = TIMEOUT_MS } = options;
    switch (method) {
      case 'checkrune':
        return this.#checkRune(textOf(params), timeoutMs);
      case 'help':
        return okText(await this.#get('/v1/list-methods', timeoutMs));
      case 'getinfo':
        okText(await this.#get('/health', timeoutMs));
        return '{}';
      default:
        throw new RpcError(
          METHOD_NOT_FOUND,
          `a gateway without the node's socket cannot call ${method}`,
        );
    }
  };

  readonly callBytes: GatewayNode['callBytes'] = (method) =>
    Promise.reject(
      new RpcError(METHOD_NOT_FOUND, `a gateway without the node's socket cannot call ${method}`),
    );

  pipeline(): SharedConnection {
    return { callText: this.callText, close: () => Promise.resolve() };
  }

  /** Only a response of the command is a verdict: the upstream gateway can also refuse our own rune, or have no node. */
  async #checkRune(params: string, timeoutMs: number): Promise<string> {
    const { rune } = this.#client.settings;
    const headers = { rune, 'content-type': 'application/json', accept: 'application/json' };
    const request = { method: 'POST', headers, body: params };
    const answer = await this.#fetch('/v1/checkrune', request, timeoutMs);
    if (answer.status === 201) return answer.text;
    if (answer.status === 401 || answer.status === 403) {
      const detail =
        'the upstream gateway refuses the rune of this one, which must allow checkrune';
      throw Refusal.of('checkrune_missing', { detail });
    }
    throw answer.status === 500 ? commandError(answer.text) : unavailable(answer.status);
  }

  #get(path: string, timeoutMs: number): Promise<Fetched> {
    const headers = { accept: path === '/health' ? 'text/plain' : 'application/json' };
    return this.#fetch(path, { method: 'GET', headers }, timeoutMs);
  }

  async #fetch(
    path: string,
    options: Parameters<UpstreamClient['fetch']>[1],
    timeoutMs: number,
  ): Promise<Fetched> {
    try {
      return await this.#client.fetch(path, options, { maxBytes: MAX_BYTES, timeoutMs });
    } catch (cause) {
      const isLate = cause instanceof Error && cause.name === 'TimeoutError';
      throw new TransportError(
        isLate ? 'timed_out' : 'refused',
        'the upstream gateway does not respond',
        { cause },
      );
    }
  }
}

function textOf(params: Params | undefined): string {
  if (typeof params === 'string') return params;
  return params instanceof RawJson ? params.text : JSON.stringify(params ?? {});
}

function okText({ status, text }: Fetched): string {
  if (status !== 200) throw unavailable(status);
  return text;
}

function unavailable(status: number): TransportError {
  return new TransportError('refused', `the upstream gateway responds with ${status}`);
}

/** The error of a command, as the upstream gateway returns it. */
function commandError(text: string): Error {
  try {
    const members = readMembers(text);
    const code: unknown = JSON.parse(members.get('code') ?? 'null');
    const message: unknown = JSON.parse(members.get('message') ?? 'null');
    if (Number.isSafeInteger(code) && typeof message === 'string') {
      return new RpcError(Number(code), message);
    }
  } catch {
    // It is not an envelope.
  }
  return unavailable(500);
}
