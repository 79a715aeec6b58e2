import type { QrCode } from '../sharing/qr.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** Draws a QR code, always dark on light, since many scanners support nothing else. */
export function qrImage({ size, path }: QrCode, label: string): SVGElement {
  const image = draw('svg', {
    class: 'qr',
    role: 'img',
    'aria-label': label,
    viewBox: `0 0 ${size} ${size}`,
    'shape-rendering': 'crispEdges',
  });
  image.append(
    draw('rect', { width: String(size), height: String(size), fill: '#ffffff' }),
    draw('path', { d: path, fill: '#000000' }),
  );
  return image;
}

function draw(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made as SVGElement;
}
