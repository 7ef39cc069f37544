import type { KubeObject } from '../object.ts';

/** Fields of core/v1 Event and what events.k8s.io/v1 calls them. Source: k8s.io/kubernetes/pkg/apis/events/v1/conversion.go */
const renamed: readonly (readonly [core: string, events: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

/** Rewrites an event between its two groups, which serve the same stored objects. */
export const convertEvent = (object: KubeObject, apiVersion: string): KubeObject => {
  const names = new Map<string, string>(
    apiVersion === 'v1' ? renamed.map(([core, events]) => [events, core]) : renamed,
  );
  const fields = Object.entries(object).map(([field, value]) => [names.get(field) ?? field, value]);
  return { ...Object.fromEntries(fields), apiVersion, kind: object.kind, metadata: object.metadata };
};
