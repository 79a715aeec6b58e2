import { Refusal } from '../refusals.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import { readAssetFile } from './asset-files.ts';
import { type Page, preparePage, type PreparedPage, sendPage, STYLE } from './page.ts';

/** An image in a stylesheet: `url("data:image/svg+xml;charset=utf-8,<svg …>")`. */
const DATA_URL =
  /url\((?:"data:([^;,"]+)([^,"]*),((?:[^"\\]|\\.)*)"|data:([^;,)]+)([^,)]*),([^)]*))\)/g;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg',
};

/** A stylesheet and its images. */
interface Stylesheet {
  readonly text: string;
  readonly images: ReadonlyMap<string, Page>;
}

/**
 * Adds Swagger UI's stylesheet below a root. Its inline images become separate files, because a strict policy
 * (`img-src 'self'`) blocks inline images.
 */
export function addSwaggerStyle(paths: PathTable, root: string): void {
  let files: ReadonlyMap<string, PreparedPage> | undefined;
  const serve =
    (nameOf: (captured: string | undefined) => string): Route =>
    ({ request, response, captures }) => {
      files ??= prepareFiles();
      const file = files.get(nameOf(captures['*']));
      if (file === undefined) throw Refusal.of('path_not_found');
      sendPage(request, response, file);
    };
  paths.add(
    'GET',
    `${root}/${STYLE_FILE}`,
    serve(() => STYLE_FILE),
  );
  paths.add(
    'GET',
    `${root}/${FOLDER}*`,
    serve((name = '') => FOLDER + name),
  );
}

const STYLE_FILE = 'swagger-ui.css';
const FOLDER = 'swagger-ui-pictures/';

function prepareFiles(): ReadonlyMap<string, PreparedPage> {
  const { text, images } = extractImages(
    readAssetFile('swagger-ui-dist/swagger-ui.css').toString('utf8'),
    FOLDER,
  );
  const pages = new Map([...images, [STYLE_FILE, { type: STYLE, bytes: Buffer.from(text) }]]);
  return new Map([...pages].map(([name, page]) => [name, preparePage(page)]));
}

/** Replaces the inline images of a stylesheet by files below a folder. */
export function extractImages(style: string, folder: string): Stylesheet {
  const images = new Map<string, Page>();
  const text = style.replaceAll(DATA_URL, (whole, ...groups: (string | undefined)[]) => {
    const [quoted, quotedParameters, quotedData, bare, bareParameters, bareData] = groups;
    const type = quoted ?? bare ?? '';
    const extension = EXTENSIONS[type];
    if (extension === undefined) return whole;
    const data = (quotedData ?? bareData ?? '').replaceAll(/\\(.)/g, '$1');
    const isBase64 = (quotedParameters ?? bareParameters ?? '').endsWith(';base64');
    const bytes = Buffer.from(
      isBase64 ? data : decodeURIComponent(data),
      isBase64 ? 'base64' : 'utf8',
    );
    const name = `${folder}${images.size + 1}.${extension}`;
    images.set(name, { type, bytes });
    return `url("${name}")`;
  });
  return { text, images };
}
