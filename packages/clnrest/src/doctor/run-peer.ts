import { ClnrestError } from '@clnrest/client';
import { CommandoClient } from '@clnrest/commando';
import { PeerError } from '@clnrest/commando/peer';
import type { Rune } from '@clnrest/runes';
import { toDryRun } from './dry-run.ts';
import { type Finding, finding, skipped } from './findings.ts';
import { serverText } from './one-line.ts';
import { verdictFinding } from './rune-with-node.ts';
import { checkRuneText } from './rune-text.ts';
import { StepTimeoutError, withStepTimeout } from './step-timeout.ts';
import type { DoctorTarget } from './target.ts';

/** A node that is called over the Lightning protocol, and the settings of the run. */
export interface PeerTarget extends Pick<DoctorTarget, 'rune' | 'timeoutMs' | 'signal' | 'now'> {
  /** `ID@host:port` or `ID@ws://host:port`. */
  readonly address: string;
  /** 64 hex digits; undefined for a new identity. */
  readonly privateKey: string | undefined;
}

/** A rune that no node has issued: all bits of its code are zero. */
const NO_RUNE = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9MA==';

/**
 * Diagnoses a node over the Lightning protocol: connection, handshake, commando, rune. Sends only a rune that allows nothing, so no
 * command runs.
 */
export async function* runPeer(target: PeerTarget): AsyncGenerator<Finding, void> {
  const text = checkRuneText(target.rune, [], target.now());
  const rune = text.rune === undefined ? NO_RUNE : toDryRun(text.rune);
  const { address, privateKey, timeoutMs } = target;
  const client = new CommandoClient({ address, rune, privateKey, connectTimeoutMs: timeoutMs });
  const error = await failureOf(client, target);
  client.close();
  const peer = peerFinding(error, client.nodeId);
  yield peer;
  yield text.finding;
  if (peer.status === 'problem') yield skipped('node', 'the node did not answer');
  else if (text.rune === undefined) yield skipped('node', 'no usable rune was given');
  else yield nodeFinding(text.rune, error);
}

/** Resolves with the error of a call; undefined if the call succeeds. */
async function failureOf(client: CommandoClient, target: PeerTarget): Promise<unknown> {
  // The client has a time limit for connecting, and reports it better.
  const limits = { ...target, timeoutMs: 2 * target.timeoutMs };
  try {
    await withStepTimeout(limits, (signal) => client.callText('getinfo', undefined, { signal }));
    return undefined;
  } catch (error) {
    target.signal.throwIfAborted();
    return error;
  }
}

function peerFinding(error: unknown, ourId: string): Finding {
  const details = [`your node id is ${ourId}`];
  if (error instanceof StepTimeoutError) {
    return finding('peer', 'commando_silent', 'the node does not answer commando', {
      remedy: 'check that the node is Core Lightning, and that its plugin commando is not disabled',
      details,
    });
  }
  const { cause } = error instanceof ClnrestError ? error : { cause: undefined };
  if (error instanceof ClnrestError && error.code === 'connection_failed') {
    return connectionFinding(error, cause instanceof PeerError ? cause : undefined);
  }
  const found = 'completes the handshake with its id, and answers commando';
  return finding('peer', 'peer_served', found, { details });
}

function connectionFinding(error: ClnrestError, cause: PeerError | undefined): Finding {
  const found = serverText(error.message);
  if (error.mayHaveRun) {
    return finding('peer', 'peer_broken_off', found, {
      remedy: "check the node's log, which has the reason",
    });
  }
  switch (cause?.code) {
    case 'connect_failed':
      return finding('peer', 'peer_unreachable', found, {
        remedy: 'check the address, and the options addr and bind-addr of the node',
      });
    case 'timed_out':
      return finding('peer', 'peer_silent', found, {
        remedy: 'check the address: another program may listen there',
      });
    default:
      return finding('peer', 'peer_unknown', found, {
        remedy: 'compare the id with that of lightning-cli getinfo; use ws:// for a port with ws:',
      });
  }
}

function nodeFinding(rune: Rune, error: unknown): Finding {
  const found = error instanceof ClnrestError ? verdictFinding(rune, error) : undefined;
  if (found !== undefined) return found;
  if (error === undefined) {
    return finding('node', 'rune_ignored', 'ran getinfo with a rune that does not allow it', {
      remedy: 'take the server offline: anyone who can reach it controls the node',
    });
  }
  const message = error instanceof Error ? serverText(error.message) : '';
  return finding('node', 'request_refused', `the node rejects the request: ${message}`);
}
