import { warning } from '@toogit/catalogue';
import { z } from 'zod';

export { warning };

z.globalRegistry.add(warning, {
  id: 'Warning',
  description: 'Something that runs as specified and most likely is not meant. `next` is what to change.',
});

export const warningsNote = 'What runs as specified and most likely is not meant; nothing is refused for it.';
