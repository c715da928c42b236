/** Adds to the list of a name; in place, as strangers repeat a name as often as they like. */
export function appendTo<Value>(lists: Map<string, Value[]>, name: string, value: Value): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [value]);
  else list.push(value);
}
