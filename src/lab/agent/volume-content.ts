/** The files of a Pod's Secret, ConfigMap, downward API and projected volumes. Pure. */
import type {
  ConfigMap,
  DownwardFile,
  KeyToPath,
  Pod,
  ProjectedSource,
  Secret,
  Volume,
} from '../cluster/core-kinds.ts';
import type { Resolution } from './container-command.ts';
import { readField } from './field-reference.ts';

export interface VolumeFile {
  /** Relative to the volume's root. */
  path: string;
  content: Uint8Array;
  /** Permission bits. */
  mode: number;
}

export interface VolumeSources {
  pod: Pod;
  secret(name: string): Secret | undefined;
  configMap(name: string): ConfigMap | undefined;
  /** A token of the Pod's service account; undefined where the API issues none. */
  token(audience: string | undefined): string | undefined;
}

const defaultMode = 0o644;

const textBytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const base64Bytes = (text: string): Uint8Array => Buffer.from(text, 'base64');

type Data = Map<string, Uint8Array>;

const secretBytes = (secret: Secret): Data =>
  new Map(Object.entries(secret.data ?? {}).map(([key, value]) => [key, base64Bytes(value)]));

const configMapBytes = (map: ConfigMap): Data =>
  new Map([
    ...Object.entries(map.data ?? {}).map(([key, value]): [string, Uint8Array] => [key, textBytes(value)]),
    ...Object.entries(map.binaryData ?? {}).map(([key, value]): [string, Uint8Array] => [key, base64Bytes(value)]),
  ]);

type KeyedKind = 'secret' | 'configmap';

const dataOf = (kind: KeyedKind, name: string, sources: VolumeSources): Data | undefined => {
  const secret = kind === 'secret' ? sources.secret(name) : undefined;
  const map = kind === 'configmap' ? sources.configMap(name) : undefined;
  return (secret && secretBytes(secret)) ?? (map && configMapBytes(map));
};

const keyedFiles = (
  kind: KeyedKind,
  { name = '', items, optional = false }: { name?: string; items?: KeyToPath[]; optional?: boolean },
  sources: VolumeSources,
  mode: number,
): Resolution<VolumeFile[]> => {
  const data = dataOf(kind, name, sources);
  if (data === undefined) return optional ? { value: [] } : { missing: `${kind} "${name}" not found` };
  const wanted: KeyToPath[] = items ?? [...data.keys()].map(key => ({ key, path: key }));
  const absent = wanted.find(item => !data.has(item.key));
  if (absent && !optional) return { missing: `references non-existent ${kind} key: ${absent.key}` };
  return {
    value: wanted.flatMap(item => {
      const content = data.get(item.key);
      return content === undefined ? [] : [{ path: item.path, content, mode: item.mode ?? mode }];
    }),
  };
};

const downwardFiles = (items: readonly DownwardFile[] | undefined, pod: Pod, mode: number): VolumeFile[] =>
  (items ?? []).map(item => ({
    path: item.path,
    content: textBytes(readField(pod, item.fieldRef?.fieldPath ?? '') ?? ''),
    mode: item.mode ?? mode,
  }));

const projectedFiles = (source: ProjectedSource, sources: VolumeSources, mode: number): Resolution<VolumeFile[]> => {
  if (source.secret) return keyedFiles('secret', source.secret, sources, mode);
  if (source.configMap) return keyedFiles('configmap', source.configMap, sources, mode);
  if (source.downwardAPI) return { value: downwardFiles(source.downwardAPI.items, sources.pod, mode) };
  const token = source.serviceAccountToken && sources.token(source.serviceAccountToken.audience);
  if (!source.serviceAccountToken || token === undefined) return { value: [] };
  return { value: [{ path: source.serviceAccountToken.path, content: textBytes(token), mode: 0o600 }] };
};

const joined = (parts: readonly Resolution<VolumeFile[]>[]): Resolution<VolumeFile[]> => {
  const files: VolumeFile[] = [];
  for (const part of parts) {
    if ('missing' in part) return part;
    files.push(...part.value);
  }
  return { value: files };
};

/** The files of one volume; undefined for volumes that are a directory rather than content (emptyDir, hostPath). */
export const volumeFiles = (volume: Volume, sources: VolumeSources): Resolution<VolumeFile[]> | undefined => {
  const { secret, configMap, downwardAPI, projected } = volume;
  if (secret) {
    const { secretName, ...rest } = secret;
    return keyedFiles('secret', { ...rest, name: secretName ?? '' }, sources, secret.defaultMode ?? defaultMode);
  }
  if (configMap) return keyedFiles('configmap', configMap, sources, configMap.defaultMode ?? defaultMode);
  if (downwardAPI)
    return { value: downwardFiles(downwardAPI.items, sources.pod, downwardAPI.defaultMode ?? defaultMode) };
  if (!projected) return undefined;
  const mode = projected.defaultMode ?? defaultMode;
  return joined((projected.sources ?? []).map(source => projectedFiles(source, sources, mode)));
};

/** Names of the Secrets and ConfigMaps a Pod depends on: when one of them changes, the Pod has to be looked at again. */
export const referencedSources = (pod: Pod): { secrets: Set<string>; configMaps: Set<string> } => {
  const secrets = new Set<string>();
  const configMaps = new Set<string>();
  const add = (set: Set<string>, name: string | undefined) => name !== undefined && set.add(name);
  for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    for (const { valueFrom } of container.env ?? []) {
      add(secrets, valueFrom?.secretKeyRef?.name);
      add(configMaps, valueFrom?.configMapKeyRef?.name);
    }
    for (const source of container.envFrom ?? []) {
      add(secrets, source.secretRef?.name);
      add(configMaps, source.configMapRef?.name);
    }
  }
  for (const volume of pod.spec.volumes ?? []) {
    add(secrets, volume.secret?.secretName);
    add(configMaps, volume.configMap?.name);
    for (const source of volume.projected?.sources ?? []) {
      add(secrets, source.secret?.name);
      add(configMaps, source.configMap?.name);
    }
  }
  return { secrets, configMaps };
};
