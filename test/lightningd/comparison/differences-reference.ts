import { EXPECTED_DIFFERENCES, type ExpectedDifference } from './expected-differences.ts';
import { SQL_QUERIES } from './sql-queries.ts';

const WIDTH = 120;

/** The number of calls that the comparison sends to each node. */
export const CALLS = 23618;

/** The list of the reference page about the differences that the comparison expects, in Markdown. */
export function expectedDifferences(): string {
  const introduction = `\`npm run test:lightningd\` sends the same ${CALLS.toLocaleString('en')} generated calls to the sandbox and to a lightningd v26.06.6. It calls each command of the sandbox with each parameter present, alone, missing, unknown and of a wrong type, by name and by position. It compares new nodes, and nodes with a channel and payments. Presence, codes, texts, keys, order and types are the same, except:`;
  const queries = `It also sends ${SQL_QUERIES} valid, invalid and hostile queries of \`sql\`. [The replies differ](#sql) only because of SQLite's version and options.`;
  const items = EXPECTED_DIFFERENCES.map(itemOf).join('\n');
  return `${wrapped(introduction, '')}\n\n${items}\n\n${wrapped(queries, '')}`;
}

function itemOf({ methods, reason }: ExpectedDifference): string {
  const names = methods.map((method) => `\`${method}\``).join(', ');
  return wrapped(`- ${names === '' ? '' : `${names}: `}${reason}`, '  ');
}

/** Breaks the lines, as in the rest of the page. */
function wrapped(text: string, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}${word}`;
    } else {
      line += line === '' ? word : ` ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
