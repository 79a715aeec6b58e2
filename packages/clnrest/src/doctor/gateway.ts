import { ClnrestClient, ClnrestError } from '@clnrest/client';
import { type Finding, finding } from './findings.ts';
import type { Observed, Probe } from './probe.ts';
import { readBody } from './read-body.ts';
import { requestFailure } from './request-failure.ts';
import { withStepTimeout } from './step-timeout.ts';
import type { DoctorTarget } from './target.ts';

/** What the gateway reveals without a rune. */
export interface GatewayResult {
  readonly finding: Finding;
  /** The node's commands; empty if the gateway does not list them. */
  readonly methods: readonly string[];
  /** Whether the server is a gateway. */
  readonly isGateway: boolean;
  /** The response, if one arrived. */
  readonly observed: Observed | undefined;
}

/** A node has about 200. */
const MAX_METHODS = 2_000;
/** The list of a node has about 200 kB. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Requests the list of methods, which requires no rune. */
export async function checkGateway(target: DoctorTarget, probe: Probe): Promise<GatewayResult> {
  const client = new ClnrestClient({
    url: target.url,
    transport: probe,
    maxAnswerBytes: MAX_BYTES,
  });
  try {
    const list = await withStepTimeout(target, (signal) => client.listMethods({ signal }));
    const methods = plausibleNames(list.map(({ name }) => name));
    const { observed } = probe;
    if (!methods.includes('getinfo')) {
      const error = new ClnrestError('malformed_answer', "not a list of a node's methods");
      return notGateway(requestFailure('gateway', error, observed), observed);
    }
    const found = finding('gateway', 'gateway_answers', `lists ${methods.length} commands`);
    return { finding: found, methods, isGateway: true, observed };
  } catch (error) {
    target.signal.throwIfAborted();
    const { observed } = probe;
    if (await isOtherGateway(error, target, probe)) {
      const found = 'a gateway answers, but in a different format';
      const remedy =
        "it is probably lightningd's built-in clnrest: the remaining checks can differ there";
      const differs = finding('gateway', 'gateway_differs', found, { remedy });
      return { finding: differs, methods: [], isGateway: true, observed };
    }
    return notGateway(requestFailure('gateway', error, observed), observed);
  }
}

/** Drops names that cannot be commands: the server is untrusted. */
function plausibleNames(names: readonly string[]): string[] {
  return names.filter((name) => /^[A-Za-z0-9_.-]{1,64}$/.test(name)).slice(0, MAX_METHODS);
}

function notGateway(found: Finding, observed: Observed | undefined): GatewayResult {
  return { finding: found, methods: [], isGateway: false, observed };
}

/** The built-in plugin returns a page in place of the list; others return an error envelope. */
async function isOtherGateway(
  error: unknown,
  target: DoctorTarget,
  probe: Probe,
): Promise<boolean> {
  if (!(error instanceof ClnrestError)) return false;
  if (error.code === 'unknown_command') return true;
  if (error.code !== 'malformed_answer' || error.status !== 200) return false;
  const url = new URL('v1/list-methods', target.url);
  try {
    const text = await withStepTimeout(target, async (signal) => {
      const { body } = await probe.request('GET', url, { Accept: 'text/html' }, undefined, signal);
      return readBody(body, MAX_BYTES);
    });
    return /\bgetinfo\b/.test(text);
  } catch {
    target.signal.throwIfAborted();
    return false;
  }
}
