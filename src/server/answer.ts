/** What a route answers. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or the text of the media type that the headers tell; absent for an answer without content. */
  readonly body?: unknown;
}
