import { ClnrestClient, ClnrestError } from '@clnrest/client';
import { type Finding, finding } from './findings.ts';
import type { Patient } from './patient.ts';
import type { Probe } from './probe.ts';
import { TimedOut, within } from './time-limit.ts';
import { trouble } from './trouble.ts';
import { type Shown, welcome } from './welcome.ts';

const PASS_STREAMS =
  'a proxy holds the stream back: for nginx, proxy_buffering off for /v1/notifications';

/** Server-sent events, `GET /v1/notifications`: whether one comes in, and what is said arrives at once. */
export async function checkEvents(patient: Patient, probe: Probe, shown: Shown): Promise<Finding> {
  const stream = new Stream();
  try {
    await within(patient, (signal) => stream.firstWord(patient.url, probe, shown, signal));
    return welcome('events', shown, undefined);
  } catch (error) {
    patient.signal.throwIfAborted();
    if (error instanceof TimedOut && stream.hasBegun) {
      const found = 'the stream begins, and nothing comes';
      return finding('events', 'held_back', found, { remedy: PASS_STREAMS });
    }
    return refused(error, shown) ?? trouble('events', error, probe.observed);
  }
}

/** One listening, until something is heard. */
class Stream {
  /** The server has let us in. */
  hasBegun = false;

  async firstWord(url: URL, probe: Probe, { rune }: Shown, signal: AbortSignal): Promise<void> {
    const client = new ClnrestClient({ url, rune, transport: probe });
    try {
      await new Promise<void>((resolve, reject) => {
        const onConnect = (): void => {
          this.hasBegun = true;
          // The first is a comment, which a client is not told of.
          probe.onPiece(resolve);
        };
        const listening = client.notifications({ signal, onConnect, onDisconnect: reject });
        listening.next().then(() => resolve(), reject);
      });
    } finally {
      client.close();
    }
  }
}

function refused(error: unknown, shown: Shown): Finding | undefined {
  if (!(error instanceof ClnrestError)) return undefined;
  switch (error.code) {
    case 'rune_not_permitted':
    case 'rune_not_authorized':
    case 'rune_blacklisted':
    case 'rune_missing':
    case 'too_soon':
      return welcome('events', shown, { code: error.nodeCode, message: error.message });
    case 'unknown_command':
      return notOffered();
    default:
      return error.status === 404 ? notOffered() : undefined;
  }
}

function notOffered(): Finding {
  return finding('events', 'not_offered', 'the server has no stream of notifications', {
    remedy: 'the built-in plugin has none: listen over Socket.IO, or use this gateway',
  });
}
