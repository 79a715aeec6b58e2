import type { FuzzCase } from './case.ts';
import { runCase } from './client.ts';
import { makeCase } from './grammar/cases.ts';
import { printable } from './printable.ts';
import { shrink } from './shrink.ts';
import type { Subject } from './subject.ts';
import { TargetNode } from './target-node.ts';

/** Both builds of the gateway in a node: one serves HTTP, the other HTTPS. */
export async function startGateways(): Promise<Subject<FuzzCase>> {
  const target = await TargetNode.start();
  const { destination } = target;
  return {
    target,
    get client() {
      return ['well-behaved-client', JSON.stringify(destination), JSON.stringify(target.pids)];
    },
    makeCase,
    run: (fuzzCase, options) => runCase(fuzzCase, destination, options),
    probes: [probe('http'), probe('https')],
    isSlow: ({ ending, writes }) =>
      ending === 'idle' || ending === 'never-read' || writes.gapMs !== undefined,
    shrink,
    printable: (fuzzCase) => printable(fuzzCase, destination.values),
  };
}

function probe(protocol: 'http' | 'https'): FuzzCase {
  return {
    kind: 'probe',
    protocol,
    items: [
      { kind: 'probe', head: ['GET /v1/list-methods HTTP/1.1', 'Host: probe'], status: [200] },
    ],
    writes: { pieces: 'whole' },
    ending: 'read',
  };
}
