import type { React } from './types.ts';

/** Returns the content of an element: a text whose quoted parts (`getinfo`) are code. */
export function inlineCode({ createElement }: React, text: string): readonly unknown[] {
  return text
    .split(/`([^`]*)`/)
    .map((part, index) => (index % 2 === 1 ? createElement('code', null, part) : part));
}
