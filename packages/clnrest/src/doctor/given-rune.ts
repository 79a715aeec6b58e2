import {
  type Finding as Remark,
  inPlainWords,
  lint,
  Rune,
  RuneSyntaxError,
  uniqueIdNumber,
} from '@clnrest/runes';
import { allowedCommands } from './allowed-commands.ts';
import { type Finding, finding, type FindingCode } from './findings.ts';
import { nameOf } from './patient.ts';

/** A rune, looked at without the node. */
export interface GivenRune {
  readonly finding: Finding;
  /** Nothing where there is none, or one that no node would take. */
  readonly rune: Rune | undefined;
}

/** What a rune must allow that is for listening alone. No command of the node has this name. */
const LISTENING = 'listclnrest-notifications';
/** More names would not be read. */
const MOST_NAMES = 8;

/**
 * Reads the rune: what it allows in words, and what its author may not have meant.
 *
 * @param methods the node's commands, as far as they are known
 * @param now by the node's clock
 */
export function readGivenRune(
  text: string | undefined,
  methods: readonly string[],
  now: Date,
): GivenRune {
  if (text === undefined || text.trim() === '') return { finding: missing(), rune: undefined };
  let rune: Rune;
  try {
    rune = Rune.fromBase64(text.trim());
  } catch (error) {
    if (!(error instanceof RuneSyntaxError)) throw error;
    const place = error.offset === undefined ? '' : `, at character ${error.offset + 1}`;
    return { finding: malformed(text.trim(), `${error.message}${place}`), rune: undefined };
  }
  if (rune.uniqueId === undefined || uniqueIdNumber(rune.uniqueId) === undefined) {
    const why = 'it has no number, which runes of nodes have';
    return { finding: malformed(text.trim(), why), rune: undefined };
  }
  const seconds = BigInt(Math.floor(now.getTime() / 1_000));
  const remarks = lint(rune, seconds);
  const allowed = allowedCommands(rune, methods, seconds);
  const listens = allowedCommands(rune, [LISTENING], seconds).length > 0;
  const isIdle = methods.length > 0 && allowed.length === 0 && !listens;
  const [code, remedy] = judged(remarks, isIdle);
  const words = reach(rune, methods, allowed, listens);
  const found = finding('rune', code, `${nameOf(rune)} ${words}`, {
    ...(remedy === undefined ? {} : { remedy }),
    details: detailsOf(rune, remarks, seconds),
  });
  const isOver = code === 'rune_useless' || code === 'rune_expired';
  return { finding: found, rune: isOver ? undefined : rune };
}

function detailsOf(rune: Rune, remarks: readonly Remark[], seconds: bigint): string[] {
  if (rune.restrictions.length === 0) return [];
  const said = remarks.map(({ severity, message }) => `${severity}: ${message}`);
  return [...inPlainWords(rune, seconds), ...said];
}

function missing(): Finding {
  return finding(
    'rune',
    'rune_missing',
    'no rune was given, so that only what needs none is looked at',
    {
      remedy:
        'give one with --rune-file, or in CLNREST_RUNE; lightning-cli createrune makes one on the node',
    },
  );
}

/** What was pasted in place of a rune, by its looks. */
const MISTAKES: readonly (readonly [RegExp, string])[] = [
  [/^\{/, 'this is the whole answer of createrune: take the text in its "rune"'],
  [/^["']|["']$/, 'leave out the quotes'],
  [/%3D/i, 'it is percent-encoded: %3D stands for ='],
  [
    /^[0-9a-fA-F]{64}:/,
    'this is the form that decode prints: take the rune as createrune printed it',
  ],
  [/^02[0-9a-fA-F]{10,}$|^AgE/, 'this looks like a macaroon, which c-lightning-REST and lnd take'],
  [/^clnrest/, 'this is a pairing link: give it as the URL'],
  [/[+/]/, 'runes have - and _ in place of + and /'],
  [/\s/, 'there is white space in the middle: was a line broken?'],
];

function malformed(text: string, why: string): Finding {
  const [, hint = "was all of it copied? lightning-cli showrunes shows the node's"] =
    MISTAKES.find(([looks]) => looks.test(text)) ?? [];
  return finding('rune', 'rune_malformed', `it is no rune: ${why}`, { remedy: hint });
}

/**
 * The worst of what there is to remark, and what to do about it.
 *
 * @param isIdle none of the node's commands is allowed
 */
function judged(remarks: readonly Remark[], isIdle: boolean): readonly [FindingCode, string?] {
  const codes = new Set(remarks.map(({ code }) => code));
  if (codes.has('never_passes')) {
    return ['rune_useless', 'have another made, with what must hold together in one restriction'];
  }
  if (codes.has('expired')) return ['rune_expired', 'have another made'];
  if (isIdle && codes.has('peers_only')) {
    return ['rune_useless', 'have another made without id, which is for peers and their commando'];
  }
  if (isIdle) return ['rune_doubtful', 'does the plugin run whose commands it is for?'];
  if (codes.has('unrestricted')) {
    const remedy = 'make a narrower one, which needs no node: clnrest rune restrict RUNE method=…';
    return ['rune_unrestricted', remedy];
  }
  if (remarks.some(({ severity }) => severity !== 'hint')) {
    return ['rune_doubtful', 'have another made, if that is not what was meant'];
  }
  return ['rune_read'];
}

/** What it may be used for, in a few words. */
function reach(
  rune: Rune,
  methods: readonly string[],
  allowed: readonly string[],
  listens: boolean,
): string {
  if (rune.restrictions.length === 0) return 'allows everything: who has it can empty the node';
  if (methods.length === 0) return 'allows a call if all of these hold:';
  if (allowed.length === methods.length) return 'allows every command if all of these hold:';
  if (allowed.length === 0 && listens) {
    return 'allows to listen to what the node tells, and nothing else, if all of these hold:';
  }
  if (allowed.length === 0) return "allows none of the node's commands, as all of these must hold:";
  const shown = allowed.slice(0, MOST_NAMES).join(', ');
  const more = allowed.length > MOST_NAMES ? ` and ${allowed.length - MOST_NAMES} more` : '';
  return `allows ${shown}${more} if all of these hold:`;
}
