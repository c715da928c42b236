/** The shapes in which a callback may ask for its events. */
import { batched } from './batched.ts';
import { binary } from './binary.ts';
import { cloudElements } from './cloud-elements.ts';
import type { EventFormat, EventFormatName } from './format.ts';
import { structured } from './structured.ts';

export const eventFormats: Readonly<Record<EventFormatName, EventFormat>> = {
  structured,
  binary,
  batched,
  'cloud-elements': cloudElements,
};
