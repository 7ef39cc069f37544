import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { LabEnvironment } from '../environment.ts';
import { EXIT, LabError } from '../errors.ts';

const PROGRAMS = [
  'ovsdb-server',
  'ovs-vswitchd',
  'ovs-vsctl',
  'ovn-northd',
  'ovn-controller',
  'ip',
  'nft',
  'ethtool',
  'unshare',
  'nsenter',
  'setpriv',
  'curl',
];
const TUN = '/dev/net/tun';

/** Says what this machine or this user lacks for a lab, before anything has been started. */
export const checkMachine = ({ env, uid }: LabEnvironment): void => {
  const missing = missingPrograms(env.PATH ?? '');
  if (missing.length > 0) {
    throw new LabError(`not installed: ${missing.join(', ')}`, { remedy: 'make setup', exitCode: EXIT.usage });
  }
  if (isAccessible(TUN, constants.R_OK | constants.W_OK)) return;
  throw new LabError(`${TUN} cannot be opened; Open vSwitch needs it`, {
    remedy:
      uid === 0
        ? `modprobe tun, or give this container the device ${TUN}`
        : `run as root, or once: sudo chmod 666 ${TUN}`,
    exitCode: EXIT.usage,
  });
};

export const missingPrograms = (path: string): string[] => {
  const folders = path.split(':').filter(Boolean);
  return PROGRAMS.filter(program => !folders.some(folder => isAccessible(join(folder, program), constants.X_OK)));
};

const isAccessible = (file: string, mode: number): boolean => {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
};
