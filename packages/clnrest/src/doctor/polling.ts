import { CLOSE, CONNECT, connectResultOf, packetsOf, sessionIdOf, socketUrl } from './engine-io.ts';
import type { Finding } from './findings.ts';
import type { Probe } from './probe.ts';
import { readBody } from './read-body.ts';
import { requestFailure, unexpectedResponse } from './request-failure.ts';
import { withStepTimeout } from './step-timeout.ts';
import {
  type Credential,
  reachableFinding,
  socketIoNotOffered,
  subscriptionFinding,
} from './subscription.ts';
import type { DoctorTarget } from './target.ts';

/**
 * Checks Socket.IO by polling, which subscribers use where no websocket gets through.
 *
 * @param credential a credential, or the reason to send none
 */
export async function checkPolling(
  target: DoctorTarget,
  probe: Probe,
  credential: Credential | string,
): Promise<Finding> {
  try {
    return await withStepTimeout(target, (signal) =>
      new PollingSession(target, probe, credential, signal).check(),
    );
  } catch (error) {
    target.signal.throwIfAborted();
    return requestFailure('polling', error, probe.observed);
  }
}

class PollingSession {
  readonly #target: DoctorTarget;
  readonly #probe: Probe;
  readonly #credential: Credential | string;
  readonly #signal: AbortSignal;

  constructor(
    target: DoctorTarget,
    probe: Probe,
    credential: Credential | string,
    signal: AbortSignal,
  ) {
    this.#target = target;
    this.#probe = probe;
    this.#credential = credential;
    this.#signal = signal;
  }

  async check(): Promise<Finding> {
    const { status, text } = await this.#request('GET');
    if (status === 404) {
      return socketIoNotOffered('polling');
    }
    const sid = packetsOf(text)
      .map(sessionIdOf)
      .find((each) => each !== undefined);
    if (status !== 200 || sid === undefined) {
      return unexpectedResponse('polling', status, this.#probe.observed);
    }
    const credential = this.#credential;
    if (typeof credential === 'string') {
      await this.#close(sid);
      return reachableFinding('polling', credential);
    }
    await this.#request('POST', sid, CONNECT);
    const response = await this.#request('GET', sid);
    const result = packetsOf(response.text)
      .map(connectResultOf)
      .find((each) => each !== undefined);
    await this.#close(sid);
    if (result === undefined) {
      return unexpectedResponse('polling', response.status, this.#probe.observed);
    }
    return subscriptionFinding('polling', credential, result === 'connected' ? undefined : result);
  }

  /** Frees the session, which the server would keep until its ping times out. */
  async #close(sid: string): Promise<void> {
    await this.#request('POST', sid, CLOSE).catch(() => undefined);
  }

  async #request(method: 'GET' | 'POST', sid?: string, body?: string) {
    const credential = this.#credential;
    const headers = {
      ...(typeof credential === 'string' ? {} : { Rune: credential.rune }),
      ...(body === undefined ? {} : { 'Content-Type': 'text/plain;charset=UTF-8' }),
    };
    const url = socketUrl(this.#target.url, 'polling', sid);
    const response = await this.#probe.request(method, url, headers, body, this.#signal);
    return { status: response.status, text: await readBody(response.body) };
  }
}
