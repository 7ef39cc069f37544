/** The volumes of one Pod: their content on this machine, and how containers mount them. */
import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { collectionPath } from '../../kube/resource-path.ts';
import { type Container, type Pod, serviceAccounts, type Volume } from '../cluster/core-kinds.ts';
import { type AgentContext, podDirectory } from './agent-context.ts';
import type { Resolution } from './container-command.ts';
import { ContainerSetupFailed } from './container-process.ts';
import type { BindMount } from './container-root.ts';
import { isWithin } from './pod-safety.ts';
import { type VolumeFile, type VolumeSources, volumeFiles } from './volume-content.ts';
import { writeVolume } from './volume-writer.ts';

/** A year: the lab does not renew tokens. The API may shorten it. */
const tokenSeconds = 365 * 24 * 3600;

/** Without links, as a container may have made in what it may write; as it is when there is nothing. */
const realPath = (path: string): string => (existsSync(path) ? realpathSync(path) : path);

const contentVersion = (files: readonly VolumeFile[]): string => {
  const hash = createHash('sha1');
  for (const { path, content, mode } of files) hash.update(JSON.stringify([path, mode])).update(content);
  return hash.digest('hex').slice(0, 12);
};

const tokenAudiences = (pod: Pod): Set<string | undefined> =>
  new Set(
    (pod.spec.volumes ?? [])
      .flatMap(volume => volume.projected?.sources ?? [])
      .flatMap(source => (source.serviceAccountToken ? [source.serviceAccountToken.audience] : [])),
  );

export class PodVolumes {
  readonly #context: AgentContext;
  readonly #directory: string;
  readonly #versions = new Map<string, string>();
  readonly #tokens = new Map<string | undefined, string>();

  constructor(context: AgentContext, uid: string) {
    this.#context = context;
    this.#directory = podDirectory(context, uid);
  }

  /** Asks the API for the tokens of the Pod's service account. One that issues none leaves the files out. */
  async fetchTokens(pod: Pod): Promise<void> {
    for (const audience of tokenAudiences(pod)) {
      const token = await this.#requestToken(pod, audience).catch(error => {
        this.#context.logger.debug({ err: error, pod: pod.metadata.name }, 'no service account token');
        return undefined;
      });
      if (token !== undefined) this.#tokens.set(audience, token);
    }
  }

  async #requestToken(pod: Pod, audience: string | undefined): Promise<string | undefined> {
    const account = pod.spec.serviceAccountName ?? 'default';
    const path = `${collectionPath(serviceAccounts, pod.metadata.namespace)}/${encodeURIComponent(account)}/token`;
    const { name, uid } = pod.metadata;
    const spec = {
      expirationSeconds: tokenSeconds,
      ...(audience === undefined ? {} : { audiences: [audience] }),
      boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name, uid },
    };
    const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec });
    const headers = { 'content-type': 'application/json' };
    const response = await this.#context.client.request({ method: 'POST', path, headers, body });
    return ((await response.body.json()) as { status?: { token?: string } }).status?.token;
  }

  /** Brings the content of every volume up to date; says what is missing. */
  async write(pod: Pod): Promise<Resolution<true>> {
    const sources = this.#sourcesOf(pod);
    for (const volume of pod.spec.volumes ?? []) {
      const files = volumeFiles(volume, sources);
      if (files && 'missing' in files) return files;
      if (files) await this.#writeFiles(volume.name, files.value);
      else if (!volume.hostPath) await mkdir(this.#path(volume.name), { recursive: true, mode: 0o777 });
    }
    return { value: true };
  }

  async #writeFiles(name: string, files: readonly VolumeFile[]): Promise<void> {
    const version = contentVersion(files);
    if (this.#versions.get(name) === version) return;
    await writeVolume(this.#path(name), files, version);
    this.#versions.set(name, version);
  }

  bindsOf(pod: Pod, container: Container): BindMount[] {
    const volumes = (container.volumeMounts ?? []).flatMap(mount => {
      const volume = pod.spec.volumes?.find(candidate => candidate.name === mount.name);
      if (!volume) return [];
      const base = realPath(volume.hostPath?.path ?? this.#path(volume.name));
      const source = realPath(mount.subPath ? `${base}/${mount.subPath}` : base);
      if (!isWithin(base, source)) throw new ContainerSetupFailed(`subPath ${mount.subPath} leads out of its volume`);
      return [{ source, target: mount.mountPath, readOnly: mount.readOnly === true || isReadOnly(volume, source) }];
    });
    return [...this.#programDirectories(), ...volumes];
  }

  /** A container's `/run` is empty; programs that the lab keeps in the sandbox's are to be found nevertheless. */
  #programDirectories(): BindMount[] {
    const directories = (this.#context.environment.PATH ?? '').split(':').filter(path => path.startsWith('/run/'));
    return directories
      .filter(directory => existsSync(directory))
      .map(directory => ({ source: directory, target: directory, readOnly: true }));
  }

  #path(name: string): string {
    return `${this.#directory}/volumes/${name}`;
  }

  #sourcesOf(pod: Pod): VolumeSources {
    const namespace = pod.metadata.namespace ?? '';
    return {
      pod,
      secret: name => this.#context.secret(namespace, name),
      configMap: name => this.#context.configMap(namespace, name),
      token: audience => this.#tokens.get(audience),
    };
  }
}

/**
 * Volumes made of API objects are, as in any cluster. So are the host's directories, but for those in `/run`, which the
 * sandbox keeps in memory: nothing written in a lab reaches the host's disk.
 */
const isReadOnly = ({ secret, configMap, downwardAPI, projected, hostPath }: Volume, source: string): boolean =>
  (secret ?? configMap ?? downwardAPI ?? projected) !== undefined ||
  (hostPath !== undefined && !isWithin('/run', source));
