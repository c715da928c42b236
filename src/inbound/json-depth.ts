/** How deep a JSON text nests, counted without recursion: what is made of it later may recurse. */

/** Deeper than any vendor's event. */
export const deepestJson = 100;

/** Whether brackets outside of texts nest deeper than the limit. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let offset = 0; offset < text.length; offset += 1) {
    const unit = text.charCodeAt(offset);
    if (isInText) {
      if (unit === 0x5c) offset += 1;
      else if (unit === 0x22) isInText = false;
    } else if (unit === 0x22) {
      isInText = true;
    } else if (unit === 0x5b || unit === 0x7b) {
      depth += 1;
      if (depth > deepestJson) return true;
    } else if (unit === 0x5d || unit === 0x7d) {
      depth -= 1;
    }
  }
  return false;
}
