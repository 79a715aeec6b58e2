import {
  type Finding as LintFinding,
  inPlainWords,
  lint,
  Rune,
  RuneSyntaxError,
  uniqueIdNumber,
} from '@clnrest/runes';
import { allowedCommands } from './allowed-commands.ts';
import { type Finding, finding, type FindingCode } from './findings.ts';

/** A rune, checked without the node. */
export interface RuneTextResult {
  readonly finding: Finding;
  /** Undefined if the rune is missing or no node would accept it. */
  readonly rune: Rune | undefined;
}

/** The virtual command that a rune for subscriptions alone allows; the node has no command of this name. */
const SUBSCRIBE = 'listclnrest-notifications';
/** The command that a rune for metrics allows. */
const METRICS = 'metrics';
/** Limit for the report. */
const MAX_NAMES = 8;

/** Returns a label for the rune: its unique id, which is public. */
export function runeName({ uniqueId }: Rune): string {
  return `rune ${uniqueId ?? 'without an id'}`;
}

/**
 * Checks the text of a rune: its syntax, what it allows, and likely mistakes.
 *
 * @param methods the node's commands; empty if unknown
 * @param now by the node's clock
 */
export function checkRuneText(
  text: string | undefined,
  methods: readonly string[],
  now: Date,
): RuneTextResult {
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
    const why = 'it lacks the numeric id that all runes of nodes have';
    return { finding: malformed(text.trim(), why), rune: undefined };
  }
  const seconds = BigInt(Math.floor(now.getTime() / 1_000));
  const commands = methods.length === 0 ? undefined : [...methods, SUBSCRIBE, METRICS];
  const lintFindings = lint(rune, seconds, { commands });
  const allowed = allowedCommands(rune, methods, seconds);
  const canSubscribe = allowedCommands(rune, [SUBSCRIBE], seconds).length > 0;
  const isIdle = methods.length > 0 && allowed.length === 0 && !canSubscribe;
  const [code, remedy] = worst(lintFindings, isIdle);
  const summary = summarize(rune, methods, allowed, canSubscribe);
  const found = finding('rune', code, `${runeName(rune)} ${summary}`, {
    ...(remedy === undefined ? {} : { remedy }),
    details: detailsOf(rune, lintFindings, seconds),
  });
  const isUnusable = code === 'rune_useless' || code === 'rune_expired';
  return { finding: found, rune: isUnusable ? undefined : rune };
}

function detailsOf(rune: Rune, findings: readonly LintFinding[], seconds: bigint): string[] {
  if (rune.restrictions.length === 0) return [];
  const lines = findings.map(({ severity, message }) => `${severity}: ${message}`);
  return [...inPlainWords(rune, seconds), ...lines];
}

function missing(): Finding {
  return finding('rune', 'rune_missing', 'no rune given: checks that require a rune are skipped', {
    remedy:
      'pass a rune with --rune-file or in CLNREST_RUNE; to create one, run lightning-cli createrune on the node',
  });
}

/** Texts that are commonly pasted in place of a rune. */
const MISTAKES: readonly (readonly [RegExp, string])[] = [
  [/^\{/, 'this is the whole response of createrune: use only the text of its "rune"'],
  [/^["']|["']$/, 'remove the quotes'],
  [/%3D/i, 'this text is percent-encoded: replace %3D by ='],
  [
    /^[0-9a-fA-F]{64}:/,
    'this is the form that decode prints: use the rune as createrune printed it',
  ],
  [
    /^02[0-9a-fA-F]{10,}$|^AgE/,
    'this looks like a macaroon of c-lightning-REST or lnd, not a rune',
  ],
  [/^clnrest/, 'this is a pairing link: pass it as the URL'],
  [/[+/]/, 'runes use - and _ in place of + and /'],
  [/\s/, 'the text contains white space: check for a line break'],
];

function malformed(text: string, why: string): Finding {
  const [
    ,
    hint = "check that the whole rune was copied; lightning-cli showrunes lists the node's runes",
  ] = MISTAKES.find(([pattern]) => pattern.test(text)) ?? [];
  return finding('rune', 'rune_malformed', `not a valid rune: ${why}`, { remedy: hint });
}

/**
 * Returns the code of the worst finding, with its remedy.
 *
 * @param isIdle whether the rune allows none of the node's commands
 */
function worst(findings: readonly LintFinding[], isIdle: boolean): readonly [FindingCode, string?] {
  const codes = new Set(findings.map(({ code }) => code));
  if (codes.has('never_passes')) {
    return ['rune_useless', 'create another rune, with alternatives in one restriction'];
  }
  if (codes.has('expired')) return ['rune_expired', 'create another rune'];
  if (isIdle && codes.has('peers_only')) {
    const remedy =
      'create another rune without the restriction on id, which only peers that use commando can satisfy';
    return ['rune_useless', remedy];
  }
  if (isIdle) {
    return ['rune_doubtful', 'check that the plugin whose commands the rune allows is running'];
  }
  if (codes.has('unrestricted')) {
    const remedy =
      'create a narrower rune, which works without the node: clnrest rune restrict RUNE method=…';
    return ['rune_unrestricted', remedy];
  }
  if (findings.some(({ severity }) => severity !== 'hint')) {
    return ['rune_doubtful', 'if this is not intended, create another rune'];
  }
  return ['rune_read'];
}

/** Summarizes what the rune allows. */
function summarize(
  rune: Rune,
  methods: readonly string[],
  allowed: readonly string[],
  canSubscribe: boolean,
): string {
  if (rune.restrictions.length === 0) {
    return 'allows every command: anyone who has it can spend all funds of the node';
  }
  if (methods.length === 0) return 'allows a call if all of these hold:';
  if (allowed.length === methods.length) return 'allows every command if all of these hold:';
  if (allowed.length === 0 && canSubscribe) {
    return 'allows only subscriptions to notifications, if all of these hold:';
  }
  if (allowed.length === 0) {
    return "allows none of the node's commands, because all of these must hold:";
  }
  const shown = allowed.slice(0, MAX_NAMES).join(', ');
  const more = allowed.length > MAX_NAMES ? ` and ${allowed.length - MAX_NAMES} more` : '';
  return `allows ${shown}${more} if all of these hold:`;
}
