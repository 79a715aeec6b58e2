import { ClnrestClient, ClnrestError } from '@clnrest/client';
import type { Rune } from '@clnrest/runes';
import { type Finding, finding } from './findings.ts';
import { serverWords } from './one-line.ts';
import { nameOf, type Patient } from './patient.ts';
import type { Probe } from './probe.ts';
import { isYes, questionOf } from './question.ts';
import { within } from './time-limit.ts';
import { trouble } from './trouble.ts';

const MOST_BYTES = 1024 * 1024;

/** Asks the node what it makes of the rune, for `getinfo`. Nothing runs, and no use of the rune is spent. */
export async function askNode(patient: Patient, probe: Probe, rune: Rune): Promise<Finding> {
  const client = new ClnrestClient({
    url: patient.url,
    rune: questionOf(rune),
    transport: probe,
    maxAnswerBytes: MOST_BYTES,
  });
  try {
    await within(patient, (signal) => client.callText('getinfo', undefined, { signal }));
  } catch (error) {
    patient.signal.throwIfAborted();
    const isWord = error instanceof ClnrestError && error.nodeCode !== undefined;
    const word = isWord ? verdict(rune, error) : undefined;
    return word ?? trouble('node', error, probe.observed);
  }
  return finding('node', 'rune_ignored', 'getinfo ran with a rune that does not allow it', {
    remedy: 'take that server off the network: whoever reaches it commands the node',
  });
}

function verdict(rune: Rune, { code, message, nodeCode }: ClnrestError): Finding | undefined {
  const name = nameOf(rune);
  switch (code) {
    case 'rune_not_permitted': {
      if (isYes(message)) {
        return finding('node', 'rune_known', `knows ${name}, and would run getinfo with it now`);
      }
      const words = `knows ${name}, and would not run getinfo with it: ${serverWords(message)}`;
      return finding('node', 'rune_known', words);
    }
    case 'too_soon':
      return finding('node', 'rune_too_soon', `knows ${name}, and its rate is used up just now`, {
        remedy: 'wait a little between calls: clnrest call --pace does',
      });
    case 'rune_blacklisted':
      return finding('node', 'rune_blacklisted', `${name} was taken back`, {
        remedy: 'have another made; lightning-cli blacklistrune shows what is on the list',
      });
    case 'rune_missing':
      return finding('node', 'rune_lost', 'the header with the rune does not arrive', {
        remedy: 'have the proxy pass the header Rune on',
      });
    case 'rune_not_authorized':
      return stranger(name, message, nodeCode);
    default:
      return undefined;
  }
}

function stranger(name: string, message: string, nodeCode: number | undefined): Finding {
  if (nodeCode === -32602) {
    const found = `can not read ${name}: ${serverWords(message)}`;
    return finding('node', 'rune_malformed', found, { remedy: 'was all of it copied?' });
  }
  if (message.includes('Version mismatch')) {
    const found = `${name} has a version, and this node accepts none`;
    return finding('node', 'rune_of_other_version', found, { remedy: 'have another made' });
  }
  return finding('node', 'rune_foreign', `${name} is not one of this node's`, {
    remedy:
      "is it of another node or network, or was a letter of it changed? lightning-cli showrunes lists this node's",
  });
}
