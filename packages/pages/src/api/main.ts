import { followColours } from './colours.ts';
import { keepMended } from './mend.ts';
import { startSwaggerUi } from './swagger-ui/start.ts';
import type { SwaggerUi } from './swagger-ui/types.ts';

/** Set by Swagger UI's own script, if that could be loaded. */
declare const SwaggerUIBundle: SwaggerUi | undefined;

const place = document.querySelector<HTMLElement>('#swagger-ui');

followColours();
// Swagger UI catches clicks on links within the page, and moves the view but not the focus.
document.querySelector('.skip')?.classList.add('noZensmooth');
if (place !== null) {
  keepMended(place);
  // Swagger UI's own script comes after this one, which is small: the colours do not wait for it.
  document.addEventListener('DOMContentLoaded', () => {
    if (typeof SwaggerUIBundle === 'function') startSwaggerUi(place, SwaggerUIBundle);
    else place.textContent = 'Swagger UI could not be loaded. Reload the page to try again.';
  });
}
