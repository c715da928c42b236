/** What a user is not shown: parts named `object.field` or `object`, parted by commas. */
export interface Hidden {
  hasObject(object: string): boolean;
  hasField(object: string, field: string): boolean;
}

/** Reads the fault `hidden`. */
export function readHidden(text: string): Hidden {
  const names = new Set(text.split(',').map((name) => name.trim()));
  return {
    hasObject: (object) => names.has(object),
    hasField: (object, field) => names.has(`${object}.${field}`),
  };
}
