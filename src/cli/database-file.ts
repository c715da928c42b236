import path from 'node:path';

/** Where the SQLite store of a data folder is. */
export const databaseFile = (data: string): string => path.join(data, 'anyhook.db');
