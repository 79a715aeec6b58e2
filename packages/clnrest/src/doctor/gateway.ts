import { ClnrestClient, ClnrestError } from '@clnrest/client';
import { type Finding, finding } from './findings.ts';
import type { Patient } from './patient.ts';
import type { Observed, Probe } from './probe.ts';
import { readShort } from './read-text.ts';
import { within } from './time-limit.ts';
import { trouble } from './trouble.ts';

/** What the gateway says without being shown a rune. */
export interface Served {
  readonly finding: Finding;
  /** The node's commands, where they are told. */
  readonly methods: readonly string[];
  /** Whether a gateway is there. */
  readonly isGateway: boolean;
  /** The answer as it came, if any came. */
  readonly observed: Observed | undefined;
}

/** A node has some two hundred. */
const MOST_METHODS = 2_000;
/** Their list has some 200 kB. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Asks for the list of methods, for which nobody needs a rune. */
export async function findGateway(patient: Patient, probe: Probe): Promise<Served> {
  const client = new ClnrestClient({
    url: patient.url,
    transport: probe,
    maxAnswerBytes: MOST_BYTES,
  });
  try {
    const list = await within(patient, (signal) => client.listMethods({ signal }));
    const methods = namesOf(list.map(({ name }) => name));
    const { observed } = probe;
    if (!methods.includes('getinfo')) {
      const none = new ClnrestError('malformed_answer', "no list of a node's methods");
      return nothing(trouble('gateway', none, observed), observed);
    }
    const found = finding(
      'gateway',
      'gateway_answers',
      `tells ${methods.length} commands of its node`,
    );
    return { finding: found, methods, isGateway: true, observed };
  } catch (error) {
    patient.signal.throwIfAborted();
    const { observed } = probe;
    if (await isOtherGateway(error, patient, probe)) {
      const found = 'a gateway answers, in another form than this one';
      const remedy = "perhaps it is the node's built-in clnrest: what follows may differ there";
      const differs = finding('gateway', 'gateway_differs', found, { remedy });
      return { finding: differs, methods: [], isGateway: true, observed };
    }
    return nothing(trouble('gateway', error, observed), observed);
  }
}

/** What can be a command; the rest is nobody's. */
function namesOf(names: readonly string[]): string[] {
  return names.filter((name) => /^[A-Za-z0-9_.-]{1,64}$/.test(name)).slice(0, MOST_METHODS);
}

function nothing(found: Finding, observed: Observed | undefined): Served {
  return { finding: found, methods: [], isGateway: false, observed };
}

/** The built-in plugin has a page in place of the list; others say in an envelope that they have none. */
async function isOtherGateway(error: unknown, patient: Patient, probe: Probe): Promise<boolean> {
  if (!(error instanceof ClnrestError)) return false;
  if (error.code === 'unknown_command') return true;
  if (error.code !== 'malformed_answer' || error.status !== 200) return false;
  const url = new URL('v1/list-methods', patient.url);
  try {
    const text = await within(patient, async (signal) => {
      const { body } = await probe.request('GET', url, { Accept: 'text/html' }, undefined, signal);
      return readShort(body, MOST_BYTES);
    });
    return /\bgetinfo\b/.test(text);
  } catch {
    patient.signal.throwIfAborted();
    return false;
  }
}
