import { setTimeout as after } from 'node:timers/promises';
import { printableBytes } from '../printable.ts';
import type { Subject } from '../subject.ts';
import { messagesOf, type PeerCase } from './case.ts';
import { makePeerCase } from './grammar/cases.ts';
import { command, handshake, INIT, upgrade } from './grammar/items.ts';
import { runPeerCase } from './peer-run.ts';
import { shrinkPeerCase } from './shrink-peer-case.ts';
import { type PeerDestination, TargetSandbox } from './target-sandbox.ts';

/** The sandbox accepts 40 connections in a second. The well-behaved peer needs some of them. */
const CASES_PER_SECOND = 30;

/** The ports of the sandbox for remote peers. */
export async function startPeers(): Promise<Subject<PeerCase>> {
  const target = await TargetSandbox.start();
  const { destination } = target;
  const turn = pace(CASES_PER_SECOND);
  return {
    target,
    get client() {
      return ['well-behaved-peer', JSON.stringify(destination), JSON.stringify(target.pids)];
    },
    makeCase: makePeerCase,
    run: async (peerCase, options) => {
      await turn();
      return runPeerCase(peerCase, destination, options);
    },
    probes: [probe('tcp'), probe('websocket')],
    isSlow: ({ ending, writes }) =>
      ending === 'idle' || ending === 'never-read' || writes.gapMs !== undefined,
    shrink: shrinkPeerCase,
    printable: (peerCase) => printable(peerCase, destination),
  };
}

/** Returns a function whose promises resolve one after another, so many in a second. */
function pace(perSecond: number): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = performance.now();
    const at = Math.max(now, next);
    next = at + 1_000 / perSecond;
    if (at > now) await after(at - now);
  };
}

function probe(transport: PeerCase['transport']): PeerCase {
  const getinfo = command('1', '{"method":"getinfo","id":1,"rune":"{{narrow}}"}');
  return {
    kind: 'probe',
    transport,
    peer: transport === 'tcp' ? 1_000_000 : 1_000_001,
    items: [...(transport === 'tcp' ? [] : [upgrade()]), ...handshake(), INIT, getinfo],
    writes: { pieces: 'whole' },
    ending: 'read',
  };
}

/** What the case sends before encryption. */
function printable({ items }: PeerCase, { values }: PeerDestination): string[] {
  return items.flatMap((item) => {
    const [message] = messagesOf(item, values);
    const { kind, times = 1, raw, head, frame } = item;
    const text =
      message === undefined
        ? (raw ?? frame?.text ?? head?.join('\n') ?? '')
        : `${message.type} ${Buffer.from(message.payload).toString('latin1')}`;
    const repeated = times === 1 ? '' : ` (${times} times)`;
    return [`${kind}${repeated}:`, ...printableBytes([text])];
  });
}
