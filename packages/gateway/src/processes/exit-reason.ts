import { printable } from '../http/printable.ts';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines that it wrote to stderr. */
  readonly errors: readonly string[];
}

/** The prefix of the line that a process writes about an uncaught error. */
const UNCAUGHT = 'uncaught: ';
const SEPARATOR = ' | ';
/** Lines of the stack: enough to find the place. */
const MAX_FRAMES = 4;
/** Lines in which V8, or Node before the program runs, reports a fatal error. */
const FATAL = /^(?:FATAL ERROR: |# Fatal |# Check failed|\w*Error\b)/;

/** Describes an uncaught error in one line of printable ASCII without secrets. */
export function uncaughtLine(error: unknown): string {
  if (!(error instanceof Error)) return `${UNCAUGHT}${printable(String(error))}`;
  const frames = error.stack?.split('\n').filter((line) => /^ {4}at /.test(line)) ?? [];
  const parts = [`${error.name}: ${error.message}`, ...frames.slice(0, MAX_FRAMES)];
  return `${UNCAUGHT}${parts.map((part) => printable(part.trim())).join(SEPARATOR)}`;
}

/** Describes why a process ended, in one line of printable ASCII without secrets. */
export function exitReason({ code, signal, errors }: Exit): string {
  const uncaught = errors.findLast((line) => line.startsWith(UNCAUGHT));
  if (uncaught !== undefined) {
    const parts = uncaught.slice(UNCAUGHT.length).split(SEPARATOR, 1 + MAX_FRAMES);
    return parts.map(printable).join(' ');
  }
  const fatal = errors.find((line) => FATAL.test(line));
  const outcome = signal === null ? `it exited with status ${code}` : `it was ended by ${signal}`;
  return fatal === undefined ? outcome : `${outcome}: ${printable(fatal)}`;
}
