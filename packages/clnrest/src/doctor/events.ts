import { ClnrestClient, ClnrestError } from '@clnrest/client';
import { type Finding, finding } from './findings.ts';
import type { Probe } from './probe.ts';
import { requestFailure } from './request-failure.ts';
import { StepTimeoutError, withStepTimeout } from './step-timeout.ts';
import { type Credential, subscriptionFinding } from './subscription.ts';
import type { DoctorTarget } from './target.ts';

const DISABLE_BUFFERING =
  'a proxy buffers the stream: in nginx, set proxy_buffering off for /v1/notifications';

/** Checks server-sent events (`GET /v1/notifications`): whether the subscription succeeds and data arrives at once. */
export async function checkEvents(
  target: DoctorTarget,
  probe: Probe,
  credential: Credential,
): Promise<Finding> {
  const stream = new Stream();
  try {
    await withStepTimeout(target, (signal) =>
      stream.firstChunk(target.url, probe, credential, signal),
    );
    return subscriptionFinding('events', credential, undefined);
  } catch (error) {
    target.signal.throwIfAborted();
    if (error instanceof StepTimeoutError && stream.isOpen) {
      const found = 'the stream opens, but no data arrives';
      return finding('events', 'held_back', found, { remedy: DISABLE_BUFFERING });
    }
    return refusal(error, credential) ?? requestFailure('events', error, probe.observed);
  }
}

/** A subscription that ends with its first data. */
class Stream {
  /** Whether the server has accepted the subscription. */
  isOpen = false;

  async firstChunk(
    url: URL,
    probe: Probe,
    { rune }: Credential,
    signal: AbortSignal,
  ): Promise<void> {
    const client = new ClnrestClient({ url, rune, transport: probe });
    try {
      await new Promise<void>((resolve, reject) => {
        const onConnect = (): void => {
          this.isOpen = true;
          // The client does not report comments, and the first data is one.
          probe.onChunk(resolve);
        };
        const notifications = client.notifications({ signal, onConnect, onDisconnect: reject });
        notifications.next().then(() => resolve(), reject);
      });
    } finally {
      client.close();
    }
  }
}

function refusal(error: unknown, credential: Credential): Finding | undefined {
  if (!(error instanceof ClnrestError)) return undefined;
  switch (error.code) {
    case 'rune_not_permitted':
    case 'rune_not_authorized':
    case 'rune_blacklisted':
    case 'rune_missing':
    case 'too_soon': {
      const { nodeCode: code, message } = error;
      return subscriptionFinding('events', credential, { code, message });
    }
    case 'unknown_command':
      return notOffered();
    default:
      return error.status === 404 ? notOffered() : undefined;
  }
}

function notOffered(): Finding {
  return finding('events', 'not_offered', 'the server does not offer server-sent events', {
    remedy: "lightningd's built-in plugin does not offer them: use Socket.IO, or this gateway",
  });
}
