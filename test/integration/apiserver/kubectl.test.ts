/** The embedded API as real kubectl meets it. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Embedded, startEmbedded } from './embedded.ts';

const bundled = new URL('../../../.tools/kubectl', import.meta.url).pathname;
const kubectlPath = existsSync(bundled) ? bundled : 'kubectl';

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded();
});
afterAll(() => embedded.stop());

const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  KUBECONFIG: embedded.kubeconfig,
  HOME: embedded.directory,
});

/** Runs kubectl; what it writes to either output, as its user sees it. Rejects when it fails. */
const kubectl = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = await promisify(execFile)(kubectlPath, args, { env: environment() });
  return stdout + stderr;
};

const failing = (...args: string[]): Promise<string> =>
  kubectl(...args).then(
    output => Promise.reject(new Error(`did not fail: ${output}`)),
    (error: { stderr: string }) => error.stderr,
  );

const manifest = async (name: string, text: string): Promise<string> => {
  const file = join(embedded.directory, `${name}.yaml`);
  await writeFile(file, text);
  return file;
};

const deployment = (name: string, image: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers:
      - {name: main, image: "${image}"}
`;

const crd = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gears.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: gears, kind: Gear, shortNames: [gr], categories: [all]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}}
    additionalPrinterColumns:
    - {name: Teeth, type: integer, jsonPath: .spec.teeth}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            description: What the gear is like.
            properties:
              teeth: {type: integer, minimum: 3, description: How many teeth it has.}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
`;

describe('kubectl', () => {
  it('lists what is served', async () => {
    const resources = await kubectl('api-resources');
    expect(resources).toMatch(/^services +svc +v1 +true +Service$/m);
    expect(resources).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m);
    expect(await kubectl('version')).toContain('Server Version: v1.35');
  });

  it('creates by its typed commands, which speak protobuf', async () => {
    expect(await kubectl('create', 'namespace', 'made')).toContain('namespace/made created');
    await kubectl('create', 'configmap', 'made', '--from-literal=a=1', '-n', 'made');
    await kubectl('create', 'secret', 'generic', 'made', '--from-literal=a=1', '-n', 'made');
    await kubectl('create', 'deployment', 'made', '--image=nginx:1', '--replicas=0', '-n', 'made');
    await kubectl('expose', 'deployment', 'made', '--port=80', '-n', 'made');
    expect(await kubectl('get', 'deployment', 'made', '-n', 'made', '-o', 'jsonpath={.spec.replicas}')).toBe('0');
    expect(await kubectl('get', 'secret', 'made', '-n', 'made', '-o', 'jsonpath={.data.a}')).toBe('MQ==');
  });

  it('shows tables, selections and YAML', async () => {
    await kubectl('run', 'shown', '--image=nginx', '--labels=tier=web');
    expect(await kubectl('get', 'pods')).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE\nshown +0\/1 +Pending +0 /);
    expect(await kubectl('get', 'pods', '-l', 'tier=none')).toContain('No resources found');
    expect(await kubectl('get', 'pods', '--field-selector', 'status.phase=Pending', '-o', 'name')).toBe('pod/shown\n');
    expect(await kubectl('get', 'service', 'kubernetes', '-o', 'yaml')).toContain('clusterIP: 10.101.0.1');
    expect(await kubectl('describe', 'pod', 'shown')).toMatch(/^Status: +Pending$/m);
  });

  it.each([
    ['by itself', []],
    ['on the server', ['--server-side']],
  ])('applies %s', async (how, flags) => {
    const name = `applied-${how.split(' ')[1]}`;
    const file = await manifest(name, deployment(name, 'nginx:1'));
    expect(await kubectl('apply', ...flags, '-f', file)).toMatch(/created|serverside-applied/);
    await manifest(name, deployment(name, 'nginx:2'));
    expect(await kubectl('diff', ...flags, '-f', file).catch((error: { stdout: string }) => error.stdout)).toContain(
      'nginx:2',
    );
    expect(await kubectl('apply', ...flags, '-f', file)).toMatch(/configured|serverside-applied/);
    const image = 'jsonpath={.spec.template.spec.containers[0].image}';
    expect(await kubectl('get', 'deployment', name, '-o', image)).toBe('nginx:2');
    if (flags.length === 0) expect(await kubectl('apply', '-f', file)).toContain('unchanged');
  });

  it('finds no difference in what nobody changed, nor a trace of labels taken off', async () => {
    const file = await manifest('same', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: same}\ndata: {a: "1"}\n');
    await kubectl('create', '-f', file);
    expect(await kubectl('diff', '-f', file)).toBe('');
    await kubectl('label', 'configmap', 'same', 'colour=red');
    await kubectl('label', 'configmap', 'same', 'colour-');
    expect(await kubectl('diff', '-f', file)).toBe('');
    expect(await kubectl('get', 'configmap', 'same', '-o', 'yaml')).not.toContain('labels');
  });

  it('shows why a JSON patch does not fit', async () => {
    await kubectl('create', 'configmap', 'tested', '--from-literal=a=1');
    const patch = JSON.stringify([{ op: 'test', path: '/data/a', value: '2' }]);
    expect(await failing('patch', 'configmap', 'tested', '--type=json', '-p', patch)).toContain(
      'The request is invalid: operation 0 of the JSON patch: test failed: the value at "/data/a"',
    );
  });

  it('refuses fields it does not know', async () => {
    const file = await manifest('odd', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\nbogus: 1\n');
    expect(await failing('apply', '-f', file)).toContain('unknown field "bogus"');
  });

  it('edits, patches, labels, annotates and scales', async () => {
    await kubectl('create', 'configmap', 'edited', '--from-literal=a=1');
    const editor = join(embedded.directory, 'editor.sh');
    await writeFile(editor, '#!/bin/sh\nsed -i "s/a: .*/a: edited/" "$1"\n');
    await chmod(editor, 0o755);
    const { stdout } = await promisify(execFile)(kubectlPath, ['edit', 'configmap', 'edited'], {
      env: { ...environment(), KUBE_EDITOR: editor },
    });
    expect(stdout).toContain('configmap/edited edited');
    await kubectl('patch', 'configmap', 'edited', '-p', '{"data":{"b":"2"}}');
    await kubectl('label', 'configmap', 'edited', 'tier=x');
    await kubectl('annotate', 'configmap', 'edited', 'note=y');
    const parts = '{.data.a} {.data.b} {.metadata.labels.tier} {.metadata.annotations.note}';
    expect(await kubectl('get', 'configmap', 'edited', '-o', `jsonpath=${parts}`)).toBe('edited 2 x y');
    const file = await manifest('scaled', deployment('scaled', 'nginx'));
    await kubectl('create', '-f', file);
    expect(await kubectl('scale', 'deployment', 'scaled', '--replicas=3')).toContain('scaled');
    expect(await kubectl('get', 'deployment', 'scaled')).toMatch(/0\/3/);
  });

  it('serves custom resources from the moment they are defined', async () => {
    await kubectl('apply', '-f', await manifest('crd', crd));
    await kubectl('wait', '--for=condition=established', 'crd/gears.example.com', '--timeout=10s');
    const gear = await manifest(
      'gear',
      'apiVersion: example.com/v1\nkind: Gear\nmetadata: {name: g}\nspec: {teeth: 12}\n',
    );
    expect(await kubectl('apply', '-f', gear)).toContain('gear.example.com/g created');
    expect(await kubectl('get', 'gr')).toMatch(/^NAME +TEETH\ng +12\n$/);
    expect(await kubectl('get', 'all')).toContain('gear.example.com/g');
    expect(await kubectl('explain', 'gear.spec.teeth')).toContain('How many teeth it has.');
    expect(await failing('patch', 'gear', 'g', '--type=merge', '-p', '{"spec":{"teeth":1}}')).toContain(
      'spec.teeth: Invalid value: 1: spec.teeth in body should be greater than or equal to 3',
    );
  });

  it('watches and waits', async () => {
    await kubectl('create', 'configmap', 'awaited');
    const watching = spawn(kubectlPath, ['get', 'configmaps', '-w', '-o', 'name'], { env: environment() });
    const lines = createInterface(watching.stdout);
    const seen = new Promise<void>(resolve => {
      lines.on('line', line => {
        if (line === 'configmap/watched') resolve();
      });
    });
    await once(lines, 'line');
    await kubectl('create', 'configmap', 'watched');
    await seen;
    watching.kill();
    await once(watching, 'exit');
    const waiting = kubectl('wait', '--for=delete', 'configmap/awaited', '--timeout=20s');
    expect(await kubectl('delete', 'configmap', 'awaited')).toContain('configmap "awaited" deleted');
    await waiting;
    expect(await failing('get', 'configmap', 'awaited')).toBe(
      'Error from server (NotFound): configmaps "awaited" not found\n',
    );
  });

  it('explains built-in kinds', async () => {
    expect(await kubectl('explain', 'service.spec.clusterIP')).toContain('clusterIP is the IP address of the service');
  });
});
