import { spawn } from 'node:child_process';
import { type Server, Server as TcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { inNamespace } from './namespace.ts';

const LISTENER = fileURLToPath(new URL('listener.ts', import.meta.url));

/**
 * Listens on a TCP address inside another network namespace, without leaving a process there: a short-lived child enters
 * the namespace, opens the socket and hands it over. Connections arrive in this process.
 */
export const listenInNamespace = (netns: string, host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const [file, ...args] = inNamespace(netns, [process.execPath, LISTENER, host, String(port)]);
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let said = '';
    child.stderr?.on('data', chunk => {
      said += String(chunk);
    });
    child.once('error', reject);
    child.once('message', (_message, handle) => {
      if (handle instanceof TcpServer) resolve(handle);
    });
    child.once('close', code => {
      if (code !== 0) reject(new Error(`cannot listen on ${host}:${port} in namespace ${netns}: ${said.trim()}`));
    });
  });
