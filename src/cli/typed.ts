/** How users have to type what our messages call `kdc`. */
import { existsSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The bare name if that leads to `program` (its path), else the way from the folder they are in, else the whole path. */
export const typedAs = (program: string, folder: string, path: string): string => {
  const found = path
    .split(':')
    .map(directory => join(directory, 'kdc'))
    .find(file => existsSync(file));
  if (found !== undefined && realpathSync(found) === realpathSync(program)) return 'kdc';
  const way = relative(folder, program);
  return way.startsWith('..') ? program : `./${way}`;
};

/** Messages name commands without knowing from where we were started. */
export const inTypedForm = (text: string, typed: string): string => text.replace(/\bkdc (?=lab |--)/g, `${typed} `);
