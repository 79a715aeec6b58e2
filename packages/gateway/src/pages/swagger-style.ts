import { Refusal } from '../errors.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { Route } from '../routing/route.ts';
import { readAssetFile } from './asset-files.ts';
import { type Page, preparePage, type PreparedPage, sendPage, STYLE } from './page.ts';

/** A picture inside a style: `url("data:image/svg+xml;charset=utf-8,<svg …>")`. */
const PICTURE =
  /url\((?:"data:([^;,"]+)([^,"]*),((?:[^"\\]|\\.)*)"|data:([^;,)]+)([^,)]*),([^)]*))\)/g;

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/svg+xml': 'svg',
  'image/png': 'png',
  'image/jpeg': 'jpg',
};

/** A style, and the pictures that it names. */
interface Style {
  readonly text: string;
  readonly pictures: ReadonlyMap<string, Page>;
}

/**
 * Adds Swagger UI's style below a root. The pictures inside of it become files of their own, since a
 * strict policy (`img-src 'self'`) refuses those that stand in a style.
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
  const { text, pictures } = takeOutPictures(
    readAssetFile('swagger-ui-dist/swagger-ui.css').toString('utf8'),
    FOLDER,
  );
  const pages = new Map([...pictures, [STYLE_FILE, { type: STYLE, bytes: Buffer.from(text) }]]);
  return new Map([...pages].map(([name, page]) => [name, preparePage(page)]));
}

/** Replaces the pictures inside a style by names of files below a folder. */
export function takeOutPictures(style: string, folder: string): Style {
  const pictures = new Map<string, Page>();
  const text = style.replaceAll(PICTURE, (whole, ...groups: (string | undefined)[]) => {
    const [quoted, quotedHow, quotedData, bare, bareHow, bareData] = groups;
    const type = quoted ?? bare ?? '';
    const extension = EXTENSIONS[type];
    if (extension === undefined) return whole;
    const data = (quotedData ?? bareData ?? '').replaceAll(/\\(.)/g, '$1');
    const isBase64 = (quotedHow ?? bareHow ?? '').endsWith(';base64');
    const bytes = Buffer.from(
      isBase64 ? data : decodeURIComponent(data),
      isBase64 ? 'base64' : 'utf8',
    );
    const name = `${folder}${pictures.size + 1}.${extension}`;
    pictures.set(name, { type, bytes });
    return `url("${name}")`;
  });
  return { text, pictures };
}
