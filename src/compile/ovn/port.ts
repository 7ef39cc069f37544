import type { Ip } from '../../net/ip.ts';
import { type RowPiece, switchOf } from './row.ts';

/** The logical port of a pod, or of a node on the join network. */
export interface PortInput {
  /** `{pod}.{namespace}` or `node-{node}`: what the chassis binds as `iface-id`. */
  readonly name: string;
  readonly subnet: string;
  readonly mac: string;
  readonly addresses: readonly Ip[];
}

/** Port security: a pod sends only from its own addresses, so no tenant can speak for another. */
export const compilePort = ({ name, subnet, mac, addresses }: PortInput): RowPiece[] => {
  const binding = [mac, ...addresses].join(' ');
  return [
    {
      key: 'Port',
      value: {
        table: 'Logical_Switch_Port',
        columns: { name, addresses: [binding], port_security: [binding] },
        memberOf: [{ of: switchOf(subnet), column: 'ports' }],
      },
    },
  ];
};
