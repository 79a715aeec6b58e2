// Repairs anchors of TypeDoc. It numbers an anchor if a member has the same name as a heading: `SandboxErrorCode` gets
// `sandboxerrorcode-1` beside `SandboxError.code`, whose heading is only `code`.

/** Returns the text of a page whose links to numbered headings that it does not have lead to the heading of that name. */
export function repairAnchors(text) {
  const headings = new Map();
  for (const [, title] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    const anchor = title.toLowerCase().replaceAll(/[^\w-]/g, '');
    headings.set(anchor, (headings.get(anchor) ?? 0) + 1);
  }
  return text.replaceAll(/\]\(#([\w-]+)-(\d+)\)/g, (link, anchor, number) => {
    const count = headings.get(anchor) ?? 0;
    return count > 0 && count <= Number(number) ? `](#${anchor})` : link;
  });
}
