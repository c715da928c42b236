/** What a caller's Prefer header asks for. */
export interface Preferences {
  readonly maxPageSize: number | undefined;
  readonly tracksChanges: boolean;
  readonly annotated: boolean;
  /** All annotations: errors have some of their own. */
  readonly annotatesAll: boolean;
  readonly returnsRow: boolean;
  /** What was understood, to be said in Preference-Applied. */
  readonly applied: string;
}

/** Reads a Prefer header; what it does not know it leaves out. */
export function readPreferences(header: string | readonly string[] | undefined): Preferences {
  const text = typeof header === 'string' ? header : (header ?? []).join(',');
  const size = /(?:^|[,\s])odata\.maxpagesize=(\d+)/i.exec(text)?.[1];
  const annotations = /odata\.include-annotations="?([^"]*)"?/i.exec(text)?.[1];
  const tracksChanges = /odata\.track-changes/i.test(text);
  const returnsRow = /return=representation/i.test(text);
  const applied = [
    ...(size === undefined ? [] : [`odata.maxpagesize=${size}`]),
    ...(tracksChanges ? ['odata.track-changes'] : []),
    ...(annotations === undefined ? [] : [`odata.include-annotations="${annotations}"`]),
    ...(returnsRow ? ['return=representation'] : []),
  ];
  return {
    maxPageSize: size === undefined || Number(size) < 1 ? undefined : Number(size),
    tracksChanges,
    annotated: annotations !== undefined && annotations !== '',
    annotatesAll: annotations === '*',
    returnsRow,
    applied: applied.join(','),
  };
}
