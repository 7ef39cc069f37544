/**
 * Fields of a Pod that become names of files here, lines of fstab or arguments of programs. An API server with Kubernetes'
 * validation lets none of what is refused here through; this one does not rely on it.
 */
import { normalize } from 'node:path/posix';
import type { Container, Pod } from '../cluster/core-kinds.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
const CONTROL = /\p{Cc}/u;

interface Field {
  /** `spec.volumes[0].name`. */
  field: string;
  value: string | undefined;
}

type Rule = (value: string) => string | undefined;

const label: Rule = value =>
  LABEL.test(value) ? undefined : "has to be at most 63 lower-case letters, digits and '-', as a DNS label";

const subdomain: Rule = value =>
  SUBDOMAIN.test(value) ? undefined : "has to be lower-case letters, digits, '-' and '.', as a DNS name";

const innerPath: Rule = value => {
  if (CONTROL.test(value)) return 'must not hold control characters';
  return value.split('/').includes('..') ? "must not contain '..'" : undefined;
};

const absolutePath: Rule = value => (value.startsWith('/') ? innerPath(value) : 'has to be an absolute path');

const relativePath: Rule = value => (value.startsWith('/') ? 'has to be a relative path' : innerPath(value));

const broken = (rule: Rule, fields: readonly Field[]): string[] =>
  fields.flatMap(({ field, value }) => {
    const problem = value === undefined || value === '' ? undefined : rule(value);
    return problem === undefined ? [] : [`${field} ${problem}`];
  });

const ofContainer = ({ name, workingDir, volumeMounts = [] }: Container, field: string): string[] => [
  ...(LABEL.test(name) ? [] : broken(label, [{ field: `${field}.name`, value: name || ' ' }])),
  ...broken(absolutePath, [
    { field: `${field}.workingDir`, value: workingDir },
    ...volumeMounts.map(({ mountPath }, at) => ({ field: `${field}.volumeMounts[${at}].mountPath`, value: mountPath })),
  ]),
  ...broken(
    relativePath,
    volumeMounts.map(({ subPath }, at) => ({ field: `${field}.volumeMounts[${at}].subPath`, value: subPath })),
  ),
];

/** What is wrong with the first field that is not safe to use; undefined when all are. */
export const unsafeField = ({ spec }: Pod): string | undefined => {
  const { volumes = [], containers, initContainers = [] } = spec;
  const problems = [
    ...broken(label, [
      { field: 'spec.hostname', value: spec.hostname },
      { field: 'spec.subdomain', value: spec.subdomain },
      ...volumes.map(({ name }, at) => ({ field: `spec.volumes[${at}].name`, value: name || ' ' })),
    ]),
    ...broken(subdomain, [{ field: 'spec.serviceAccountName', value: spec.serviceAccountName }]),
    ...broken(
      absolutePath,
      volumes.map(({ hostPath }, at) => ({ field: `spec.volumes[${at}].hostPath.path`, value: hostPath?.path })),
    ),
    ...containers.flatMap((container, at) => ofContainer(container, `spec.containers[${at}]`)),
    ...initContainers.flatMap((container, at) => ofContainer(container, `spec.initContainers[${at}]`)),
  ];
  return problems[0];
};

/** Whether a path is a directory or beneath it. Both are real: without links. */
export const isWithin = (directory: string, path: string): boolean => {
  const base = normalize(`${directory}/`);
  return normalize(`${path}/`).startsWith(base);
};
