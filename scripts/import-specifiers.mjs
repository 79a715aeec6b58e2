// Finds the imports of a module, type-only ones included, without a parser of TypeScript.

/** Matches what can hide or imitate an import: comments, strings, regular expressions, and braces of templates. */
const TOKEN =
  /\/\/.*|\/\*[^]*?\*\/|(['"])((?:\\.|(?!\1)[^\\\n])*)\1|(?<=(?:^|[=(,:[!&|?{};>]|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/|[`{}]/gm;

/** Matches the end of a piece of template text. */
const TEMPLATE_TEXT = /(?:\\[^]|(?!`|\$\{)[^\\])*(`|\$\{)/y;

/** Matches imports and exports in the result of {@link mask}; the group is the index of the specifier. */
const IMPORT =
  /\b(?:import|export)\b[^;'"]*?\bfrom\s*"(\d+)"|\bimport\s*"(\d+)"|\bimport\s*\(\s*"(\d+)"\s*[,)]/g;

/**
 * Returns the specifiers of all imports: `import … from`, `export … from`, `import '…'`, and `import('…')` in code and
 * types.
 *
 * @param {string} source TypeScript or JavaScript
 * @returns {string[]}
 */
export function importSpecifiers(source) {
  const { code, strings } = mask(source);
  return [...code.matchAll(IMPORT)].map(
    ([, from, effect, call]) => strings[from ?? effect ?? call],
  );
}

/** Removes comments and template text, and replaces each string by its index in `strings`. */
function mask(source) {
  const strings = [];
  /** Depths of braces at which a template continues. */
  const templates = [];
  let code = '';
  let depth = 0;
  let at = 0;
  const skipTemplateText = (from) => {
    TEMPLATE_TEXT.lastIndex = from;
    const match = TEMPLATE_TEXT.exec(source);
    if (match?.[1] === '${') templates.push(depth++);
    return match === null ? source.length : TEMPLATE_TEXT.lastIndex;
  };
  for (;;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (match === null) break;
    const [token, quote, content] = match;
    code += source.slice(at, match.index);
    at = TOKEN.lastIndex;
    if (quote !== undefined) {
      code += `"${strings.push(content) - 1}"`;
    } else if (token === '`') {
      at = skipTemplateText(at);
    } else if (token === '{') {
      depth++;
      code += token;
    } else if (token === '}') {
      depth--;
      code += token;
      if (templates.at(-1) === depth) {
        templates.pop();
        at = skipTemplateText(at);
      }
    } else {
      // Comments and regular expressions separate tokens.
      code += ' ';
    }
  }
  return { code: code + source.slice(at), strings };
}
