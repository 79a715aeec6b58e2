/** A parameter, as a usage line tells it. */
export interface Parameter {
  /** Nothing where the line has something there that is no name, such as `a|b`. */
  readonly name: string | undefined;
  readonly isRequired: boolean;
  /** The values that the line offers, such as `start` and `stop` of `subcommand=start|stop`. */
  readonly choices: readonly string[];
}

/** A usage line, read. */
export interface Usage {
  /** The parameters in their order, up to the first word that makes no sense. */
  readonly parameters: readonly Parameter[];
  /** Whether these are all that the line tells of, each by its name. */
  readonly isWhole: boolean;
}

/** What parameters are called, the odd one of Core Lightning's own included: `target/subcommand`. */
const NAME = /^[a-z_](?:[A-Za-z0-9_./-]{0,126}[A-Za-z0-9_])?$/;
const CHOICE = /^[A-Za-z0-9_.-]+$/;
/** A bracket, or a word. */
const PIECES = /[[\]]|[^\s[\]]+/g;

/**
 * Reads how a command is used, from what stands behind its name in a line of `help`:
 * `amount_msat label description [expiry] …`. lightningd makes the lines of its own commands from their
 * parameters; those of plugins are what somebody wrote, so that reading ends where sense does.
 */
export function readUsage(line: string): Usage {
  const parameters: Parameter[] = [];
  const names = new Set<string>();
  let isWhole = true;
  let depth = 0;
  let before = { piece: '', end: -1 };
  for (const { 0: piece, index } of line.matchAll(PIECES)) {
    const touches = before.end === index && isWord(piece) !== isWord(before.piece);
    const wasOpened = before.piece === '[';
    if (touches && isWord(piece) && !wasOpened) return { parameters, isWhole: false };
    if (touches && piece === '[') return { parameters, isWhole: false };
    if (piece === '[') depth++;
    else if (piece === ']') depth--;
    else {
      const parameter = readWord(piece, depth === 0);
      if (parameter === undefined) return { parameters, isWhole: false };
      if (parameter.name !== undefined) {
        if (names.has(parameter.name)) return { parameters, isWhole: false };
        names.add(parameter.name);
      }
      parameters.push(parameter);
      // What is chosen by one parameter may take others.
      isWhole &&= parameter.name !== undefined && parameter.choices.length === 0;
    }
    if (depth < 0) return { parameters, isWhole: false };
    before = { piece, end: index + piece.length };
  }
  return { parameters, isWhole: isWhole && depth === 0 };
}

function isWord(piece: string): boolean {
  return piece !== '[' && piece !== ']';
}

/** `name`, `<name>`, `name=value`, `name=a|b`, `a|b`; nothing for anything else. */
function readWord(word: string, isRequired: boolean): Parameter | undefined {
  const bare = word.replace(/^<(.*)>$/, '$1');
  if (NAME.test(bare)) return { name: bare, isRequired, choices: [] };
  const [left = '', right] = split(bare, '=');
  const choices = (right ?? left).split('|');
  if (!choices.every((choice) => CHOICE.test(choice))) return undefined;
  if (right === undefined) {
    return choices.length > 1 ? { name: undefined, isRequired, choices } : undefined;
  }
  return NAME.test(left) ? { name: left, isRequired, choices } : undefined;
}

function split(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
