/** A run in which the laws did not hold, as short as it could be made. */
export interface BrokenLaw {
  /** The seed that this run is drawn from, alone. */
  readonly seed: number;
  readonly breaches: readonly string[];
  readonly setting: string;
  /** What was done, line by line. */
  readonly log: readonly string[];
  readonly events: readonly string[];
}

/** All of a broken run, to be read from top to bottom. */
export function tellBroken({ breaches, setting, log, events }: BrokenLaw): string {
  const section = (title: string, lines: readonly string[]): string =>
    [`  ${title}`, ...lines.map((line) => `    ${line}`)].join('\n');
  return [
    section('What is wrong:', breaches),
    section('The world:', [setting]),
    section('What was done (times are the vendor’s), at last in calm:', log),
    section('What was told:', events.length === 0 ? ['nothing'] : events),
  ].join('\n');
}
