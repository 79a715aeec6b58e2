import { CLOSE, CONNECT, packetsOf, receptionOf, sessionOf, socketUrl } from './engine-io.ts';
import { type Finding, finding } from './findings.ts';
import type { Patient } from './patient.ts';
import type { Probe } from './probe.ts';
import { readShort } from './read-text.ts';
import { within } from './time-limit.ts';
import { strange, trouble } from './trouble.ts';
import { type Shown, wayOpen, welcome } from './welcome.ts';

/** Socket.IO by polling: as listeners come whose way has no websockets. */
export async function checkPolling(
  patient: Patient,
  probe: Probe,
  shown: Shown | string,
): Promise<Finding> {
  try {
    return await within(patient, (signal) => new Poll(patient, probe, shown, signal).visit());
  } catch (error) {
    patient.signal.throwIfAborted();
    return trouble('polling', error, probe.observed);
  }
}

class Poll {
  readonly #patient: Patient;
  readonly #probe: Probe;
  readonly #shown: Shown | string;
  readonly #signal: AbortSignal;

  constructor(patient: Patient, probe: Probe, shown: Shown | string, signal: AbortSignal) {
    this.#patient = patient;
    this.#probe = probe;
    this.#shown = shown;
    this.#signal = signal;
  }

  async visit(): Promise<Finding> {
    const { status, text } = await this.#ask('GET');
    if (status === 404) {
      return finding('polling', 'not_offered', 'the server has no Socket.IO', {
        remedy: 'older gateways have none; a proxy must pass /socket.io/ on, too',
      });
    }
    const sid = packetsOf(text)
      .map(sessionOf)
      .find((each) => each !== undefined);
    if (status !== 200 || sid === undefined)
      return strange('polling', status, this.#probe.observed);
    const shown = this.#shown;
    if (typeof shown === 'string') {
      await this.#leave(sid);
      return wayOpen('polling', shown);
    }
    await this.#ask('POST', sid, CONNECT);
    const answer = await this.#ask('GET', sid);
    const reception = packetsOf(answer.text)
      .map(receptionOf)
      .find((each) => each !== undefined);
    await this.#leave(sid);
    if (reception === undefined) return strange('polling', answer.status, this.#probe.observed);
    return welcome('polling', shown, reception === 'in' ? undefined : reception);
  }

  /** So that the server need not wait for us. */
  async #leave(sid: string): Promise<void> {
    await this.#ask('POST', sid, CLOSE).catch(() => undefined);
  }

  async #ask(method: 'GET' | 'POST', sid?: string, body?: string) {
    const shown = this.#shown;
    const headers = {
      ...(typeof shown === 'string' ? {} : { Rune: shown.rune }),
      ...(body === undefined ? {} : { 'Content-Type': 'text/plain;charset=UTF-8' }),
    };
    const url = socketUrl(this.#patient.url, 'polling', sid);
    const answer = await this.#probe.request(method, url, headers, body, this.#signal);
    return { status: answer.status, text: await readShort(answer.body) };
  }
}
