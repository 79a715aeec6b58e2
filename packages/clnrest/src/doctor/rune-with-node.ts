import { ClnrestClient, ClnrestError } from '@clnrest/client';
import type { Rune } from '@clnrest/runes';
import { toDryRun, wouldBeAllowed } from './dry-run.ts';
import { type Finding, finding } from './findings.ts';
import { serverText } from './one-line.ts';
import type { Probe } from './probe.ts';
import { requestFailure } from './request-failure.ts';
import { runeName } from './rune-text.ts';
import { withStepTimeout } from './step-timeout.ts';
import type { DoctorTarget } from './target.ts';

const INVALID_PARAMS = -32602;
/** commando's code for a rune that it cannot read. */
const COMMANDO_REMOTE = 19_536;
const MAX_BYTES = 1024 * 1024;

/** Checks whether the node accepts the rune for `getinfo`, without running it and without spending a use of the rune. */
export async function checkRuneWithNode(
  target: DoctorTarget,
  probe: Probe,
  rune: Rune,
): Promise<Finding> {
  const client = new ClnrestClient({
    url: target.url,
    rune: toDryRun(rune),
    transport: probe,
    maxAnswerBytes: MAX_BYTES,
  });
  try {
    await withStepTimeout(target, (signal) => client.callText('getinfo', undefined, { signal }));
  } catch (error) {
    target.signal.throwIfAborted();
    const isFromGateway = error instanceof ClnrestError && error.nodeCode !== undefined;
    const verdict = isFromGateway ? verdictFinding(rune, error) : undefined;
    return verdict ?? requestFailure('node', error, probe.observed);
  }
  return finding('node', 'rune_ignored', 'ran getinfo with a rune that does not allow it', {
    remedy: 'take the server offline: anyone who can reach it controls the node',
  });
}

/** The finding for a refusal of a dry run; undefined if the error is not about the rune. */
export function verdictFinding(
  rune: Rune,
  { code, message, nodeCode }: ClnrestError,
): Finding | undefined {
  const name = runeName(rune);
  switch (code) {
    case 'rune_not_permitted': {
      if (wouldBeAllowed(message)) {
        return finding('node', 'rune_known', `accepts ${name}, which allows getinfo now`);
      }
      const found = `accepts ${name}, which does not allow getinfo: ${serverText(message)}`;
      return finding('node', 'rune_known', found);
    }
    case 'too_soon':
      return finding('node', 'rune_too_soon', `accepts ${name}, but its rate limit is used up`, {
        remedy: 'wait between calls, as clnrest call --pace does',
      });
    case 'rune_blacklisted':
      return finding('node', 'rune_blacklisted', `${name} is blacklisted`, {
        remedy: 'create another rune; lightning-cli blacklistrune shows the blacklist',
      });
    case 'rune_missing':
      return finding('node', 'rune_lost', 'the Rune header does not reach the gateway', {
        remedy: 'configure the proxy to forward the Rune header',
      });
    case 'rune_not_authorized':
      return unauthorized(name, message, nodeCode);
    default:
      return undefined;
  }
}

function unauthorized(name: string, message: string, nodeCode: number | undefined): Finding {
  if (nodeCode === INVALID_PARAMS || nodeCode === COMMANDO_REMOTE) {
    const found = `the node cannot parse ${name}: ${serverText(message)}`;
    const remedy = 'check that the whole rune was copied';
    return finding('node', 'rune_malformed', found, { remedy });
  }
  if (message.includes('Version mismatch')) {
    const found = `${name} has a version, and the node accepts only runes without one`;
    return finding('node', 'rune_of_other_version', found, { remedy: 'create another rune' });
  }
  return finding('node', 'rune_foreign', `${name} does not belong to this node`, {
    remedy:
      "check that the rune is unchanged and from this node and network; lightning-cli showrunes lists the node's runes",
  });
}
