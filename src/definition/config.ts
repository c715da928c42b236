// Generated from schemas/config.schema.json by `npm run generate`. Do not edit.

/**
 * The configuration of the runtime: `anyhook serve --config FILE`. Flags of the command win over it.
 */
export interface Config {
  /**
   * Path or URL of this schema, for editors.
   */
  $schema?: string;
  /**
   * Folder of the database and of the key that seals secrets.
   */
  data?: string;
  /**
   * URL of a PostgreSQL database, for several processes at once; without it state is kept by SQLite in the data folder. A password in it is better given in the environment, as ANYHOOK_STORE.
   */
  store?: string;
  /**
   * Address to listen on; loopback unless said.
   */
  host?: string;
  /**
   * Port to listen on; 0 takes a free one.
   */
  port?: number;
  /**
   * How this server is reached from outside. Vendors send their webhooks to it and sign it, and connecting accounts in a browser needs it; it is never guessed from a request.
   */
  publicUrl?: string;
  /**
   * Origins that a browser may be sent to when an account is connected.
   */
  allowRedirects?: string[];
  /**
   * The operator's own apps at vendors, so that customers need none: connector to its credentials, and to the settings and secrets that the connector's app has beside them, where webhooks belong to it. Secrets are better given in the environment, as ANYHOOK_APPS: the same object in JSON.
   */
  apps?: {
    [k: string]: App;
  };
  /**
   * Hosts that the secrets of your apps may be sent to besides the vendors' own, as of a private cloud: connector to host, with the port where it is unusual.
   */
  appHosts?: {
    /**
     * Hosts of one connector.
     */
    [k: string]: string[];
  };
  /**
   * Folders or files of connectors besides those that come with anyhook.
   */
  connectors?: string[];
  /**
   * Hosts and CIDR ranges that outbound calls may reach although they are private.
   */
  allowAddresses?: string[];
  /**
   * Polls under way at once.
   */
  pollConcurrency?: number;
  /**
   * Deliveries under way at once.
   */
  deliveryConcurrency?: number;
  /**
   * How long events are kept, in hours (h) or days (d). One that is still to be delivered is kept longer, and so are those behind it.
   */
  retain?: string;
  /**
   * The least severe log lines that are written.
   */
  logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
}
/**
 * What one app has, by the connector's names.
 */
export interface App {
  /**
   * One credential or setting.
   */
  [k: string]: string;
}
