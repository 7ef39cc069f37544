/** The child of `listenInNamespace`: opens a listening socket where it runs, hands it to its parent, and ends. */
import { createServer } from 'node:net';

const [host, port] = process.argv.slice(2);
const server = createServer();
server.once('error', error => {
  process.stderr.write(error.message);
  process.exit(1);
});
server.listen(Number(port), host, () => {
  process.send?.('listening', server, {}, () => process.exit(0));
});
