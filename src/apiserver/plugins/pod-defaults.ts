import { arrayAt, isObject, objectAt, stringAt } from '../schema/json.ts';
import type { JsonObject } from '../schema/types.ts';

/** Defaults of `core/v1`, from k8s.io/kubernetes/pkg/apis/core/v1/defaults.go; sets them in place where nothing is. */
export const defaultPodSpec = (spec: JsonObject): void => {
  setDefaults(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
    enableServiceLinks: true,
  });
  spec.securityContext ??= {};
  for (const list of ['initContainers', 'containers']) {
    for (const container of arrayAt(spec, list).filter(isObject))
      defaultContainer(container, spec.hostNetwork === true);
  }
  for (const volume of arrayAt(spec, 'volumes').filter(isObject)) defaultVolume(volume);
};

/** Sets what is absent or null. */
export const setDefaults = (target: JsonObject, defaults: Readonly<JsonObject>): void => {
  for (const [field, value] of Object.entries(defaults)) target[field] ??= value;
};

const defaultContainer = (container: JsonObject, hostNetwork: boolean): void => {
  const image = stringAt(container, 'image');
  setDefaults(container, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: floats(image) ? 'Always' : 'IfNotPresent',
  });
  container.resources ??= {};
  for (const port of arrayAt(container, 'ports').filter(isObject)) {
    port.protocol ??= 'TCP';
    if (hostNetwork) port.hostPort ??= port.containerPort ?? 0;
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (isObject(probe)) defaultProbe(probe);
  }
  for (const variable of arrayAt(container, 'env').filter(isObject)) defaultFieldRef(objectAt(variable, 'valueFrom'));
};

/** Whether the image has no tag, or one that moves. */
const floats = (image: string): boolean => {
  const last = image.slice(image.lastIndexOf('/') + 1);
  return !image.includes('@') && (!last.includes(':') || last.endsWith(':latest'));
};

const defaultProbe = (probe: JsonObject): void => {
  setDefaults(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  const { httpGet } = probe;
  if (isObject(httpGet)) setDefaults(httpGet, { path: '/', scheme: 'HTTP' });
};

const defaultFieldRef = (source: JsonObject): void => {
  const { fieldRef } = source;
  if (isObject(fieldRef)) fieldRef.apiVersion ??= 'v1';
};

const fileMode = 0o644;

const defaultVolume = (volume: JsonObject): void => {
  const sources = ['secret', 'configMap', 'downwardAPI', 'projected', 'hostPath'];
  if (!Object.keys(volume).some(field => field !== 'name')) volume.emptyDir = {};
  for (const name of sources) {
    const source = volume[name];
    if (!isObject(source)) continue;
    if (name === 'hostPath') source.type ??= '';
    else source.defaultMode ??= fileMode;
  }
  for (const source of arrayAt(objectAt(volume, 'projected'), 'sources')) {
    const token = isObject(source) ? source.serviceAccountToken : undefined;
    if (isObject(token)) token.expirationSeconds ??= 3600;
    for (const item of arrayAt(objectAt(source, 'downwardAPI'), 'items').filter(isObject)) defaultFieldRef(item);
  }
  for (const item of arrayAt(objectAt(volume, 'downwardAPI'), 'items').filter(isObject)) defaultFieldRef(item);
};
