import { followColours } from './colours.ts';
import { startCommandFilter } from '../commands/filter.ts';
import { keepAccessible } from './accessibility-fixes.ts';
import { requestDocument } from './swagger-ui/document.ts';
import { startSwaggerUi } from './swagger-ui/start.ts';
import type { SwaggerUi } from './swagger-ui/types.ts';

/** Defined by Swagger UI's own script, if it was loaded. */
declare const SwaggerUIBundle: SwaggerUi | undefined;

const place = document.querySelector<HTMLElement>('#swagger-ui');

followColours();
startCommandFilter();
// Swagger UI handles clicks on links within the page, and scrolls without moving the focus.
document.querySelector('.skip')?.classList.add('noZensmooth');
if (place !== null) {
  keepAccessible(place);
  const early = requestDocument(place.dataset['description'] ?? '');
  // This small script runs before Swagger UI's, so that the colours are applied early.
  document.addEventListener('DOMContentLoaded', () => {
    if (typeof SwaggerUIBundle === 'function') startSwaggerUi(place, SwaggerUIBundle, early);
    else place.textContent = 'Swagger UI failed to load. Reload the page to try again.';
  });
}
