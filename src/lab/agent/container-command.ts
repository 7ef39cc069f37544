/** The command line and environment of a container, as kubelet works them out. Pure. */
import type { ConfigMap, Container, EnvVar, Pod, Secret } from '../cluster/core-kinds.ts';
import { readField } from './field-reference.ts';

/** Where env values come from. `undefined` means: not there (yet). */
export interface EnvSources {
  pod: Pod;
  secret(name: string): Secret | undefined;
  configMap(name: string): ConfigMap | undefined;
}

/** A value, or what is missing, in the words kubelet uses in a container's waiting message. */
export type Resolution<T> = { value: T } | { missing: string };

/**
 * Expands `$(NAME)` from `values`; unknown names stay as they are and `$$` is a literal `$`.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export const expandVariables = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? whole),
  );

const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');

const secretData = (secret: Secret): [string, string][] =>
  Object.entries(secret.data ?? {}).map(([key, value]) => [key, decode(value)]);

type Part = Resolution<string | undefined>;

const fromKey = (
  kind: string,
  reference: { name?: string; key: string; optional?: boolean },
  data: Map<string, string> | undefined,
): Part => {
  const value = data?.get(reference.key);
  if (value !== undefined || reference.optional === true) return { value };
  return data === undefined
    ? { missing: `${kind} "${reference.name}" not found` }
    : { missing: `couldn't find key ${reference.key} in ${kind} ${reference.name}` };
};

const resolveFrom = (source: NonNullable<EnvVar['valueFrom']>, container: Container, sources: EnvSources): Part => {
  if (source.fieldRef) return { value: readField(sources.pod, source.fieldRef.fieldPath) ?? '' };
  if (source.secretKeyRef) {
    const secret = sources.secret(source.secretKeyRef.name ?? '');
    return fromKey('secret', source.secretKeyRef, secret && new Map(secretData(secret)));
  }
  if (source.configMapKeyRef) {
    const map = sources.configMap(source.configMapKeyRef.name ?? '');
    return fromKey('configmap', source.configMapKeyRef, map && new Map(Object.entries(map.data ?? {})));
  }
  if (source.resourceFieldRef) {
    const [kind = '', resource = ''] = source.resourceFieldRef.resource.split('.');
    const resources = container.resources?.[kind as 'limits' | 'requests'];
    return { value: resources?.[resource] ?? '0' };
  }
  return { value: '' };
};

const envFromEntries = (container: Container, sources: EnvSources): Resolution<[string, string][]> => {
  const entries: [string, string][] = [];
  for (const { prefix = '', secretRef, configMapRef } of container.envFrom ?? []) {
    const reference = secretRef ?? configMapRef;
    const secret = secretRef && sources.secret(secretRef.name ?? '');
    const map = configMapRef && sources.configMap(configMapRef.name ?? '');
    if (!secret && !map && reference && reference.optional !== true)
      return { missing: `${secretRef ? 'secret' : 'configmap'} "${reference.name}" not found` };
    const data = secret ? secretData(secret) : Object.entries(map?.data ?? {});
    entries.push(...data.map(([key, value]): [string, string] => [`${prefix}${key}`, value]));
  }
  return { value: entries };
};

/** Later entries win, and each value may use the names before it. */
export const resolveEnvironment = (container: Container, sources: EnvSources): Resolution<Map<string, string>> => {
  const shared = envFromEntries(container, sources);
  if ('missing' in shared) return shared;
  const values = new Map(shared.value);
  for (const variable of container.env ?? []) {
    const part: Part = variable.valueFrom
      ? resolveFrom(variable.valueFrom, container, sources)
      : { value: expandVariables(variable.value ?? '', values) };
    if ('missing' in part) return part;
    if (part.value !== undefined) values.set(variable.name, part.value);
  }
  return { value: values };
};

/**
 * `command` replaces the image's entry point, `args` are appended to whichever of the two is used.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
 */
export const resolveCommand = (
  container: Container,
  entryPoint: readonly string[],
  environment: ReadonlyMap<string, string>,
): string[] => {
  const expand = (word: string) => expandVariables(word, environment);
  const command = container.command?.length ? container.command.map(expand) : [...entryPoint];
  return [...command, ...(container.args ?? []).map(expand)];
};
