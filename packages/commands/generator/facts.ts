import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyCorrections, type Correction } from './corrections.ts';
import type { CommandFacts, Facts, HookFacts, NotificationFacts } from './fact-types.ts';

export const FACTS_DIRECTORY = join(import.meta.dirname, '../facts');

/** Reads the facts as the schema folder states them. */
export function readFacts(): Facts {
  return {
    version: (readJson(join(FACTS_DIRECTORY, 'version.json')) as { lightningd: string }).lightningd,
    commands: readFolder<CommandFacts>('commands'),
    notifications: readFolder<NotificationFacts>('notifications'),
    hooks: readFolder<HookFacts>('hooks'),
  };
}

/** Reads the facts and applies `corrections.json`: what a real node does, if its schema folder says otherwise. */
export function readCorrectedFacts(): Facts {
  return applyCorrections(readFacts(), readCorrections());
}

export function readCorrections(): readonly Correction[] {
  return readJson(join(FACTS_DIRECTORY, 'corrections.json')) as Correction[];
}

function readFolder<T>(folder: string): Record<string, T> {
  const directory = join(FACTS_DIRECTORY, folder);
  const names = readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .toSorted();
  return Object.fromEntries(
    names.map((name) => [name, readJson(join(directory, `${name}.json`)) as T]),
  );
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
