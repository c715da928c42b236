/** Objects that go by the vendor's own names. */
export interface AnyObject {
  /** What a whole name must match. */
  readonly pattern: RegExp;
  /** What such a name is, for people. */
  readonly help: string;
}
