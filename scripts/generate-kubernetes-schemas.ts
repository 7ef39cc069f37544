#!/usr/bin/env node
/**
 * Writes src/apiserver/schema/generated/ from Kubernetes' published OpenAPI definitions: one file per Go package of the
 * API, each line of it one definition, and `index.json`, which lists these packages and the definition of each
 * `apiVersion/kind`.
 *
 *   node scripts/generate-kubernetes-schemas.ts
 *
 * Needs pip3 and unzip. Descriptions stay: `kubectl explain` shows them.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { supplement } from './kubernetes-schema-supplement.ts';

const wheel = 'kubernetes-validate==1.37.0';
const sha256 = '85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9';
const definitionsFile = 'kubernetes_validate/kubernetes-json-schema/v1.37.0-local/_definitions.json';
const output = new URL('../src/apiserver/schema/generated/', import.meta.url);

/** Every kind of these packages is kept, with all it refers to. */
const packages = [
  'io.k8s.api.apps.v1',
  'io.k8s.api.authentication.v1',
  'io.k8s.api.authorization.v1',
  'io.k8s.api.autoscaling.v1',
  'io.k8s.api.batch.v1',
  'io.k8s.api.coordination.v1',
  'io.k8s.api.core.v1',
  'io.k8s.api.discovery.v1',
  'io.k8s.api.events.v1',
  'io.k8s.api.networking.v1',
  'io.k8s.api.policy.v1',
  'io.k8s.api.rbac.v1',
  'io.k8s.api.scheduling.v1',
  'io.k8s.api.storage.v1',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'io.k8s.apimachinery.pkg.apis.meta.v1',
];

/** The body of patch requests in OpenAPI documents. */
const patch = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };
type Definitions = { [name: string]: Node };

const isNode = (value: Json | undefined): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const packageOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));

function download(): Definitions {
  const folder = mkdtempSync(join(tmpdir(), 'kubernetes-schemas-'));
  try {
    execFileSync('pip3', ['download', '-q', '--no-deps', '--only-binary', ':all:', '-d', folder, wheel]);
    const file = join(folder, readdirSync(folder)[0] ?? '');
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
    if (hash !== sha256) throw new Error(`${wheel} has sha256 ${hash}, not the pinned ${sha256}`);
    const text = execFileSync('unzip', ['-p', file, definitionsFile], { encoding: 'utf8', maxBuffer: 1 << 26 });
    return JSON.parse(text).$defs;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The wheel rewrites Kubernetes' schemas for JSON Schema validators: every field may be null, apiVersion and kind are enums. Undo it. */
function restore(node: Node): Node {
  const restored: Node = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'type' && Array.isArray(value)) restored[key] = value.find(type => type !== 'null') ?? '';
    else if (key === '$ref') restored[key] = String(value).replace('#/$defs/', '#/components/schemas/');
    else if (key === 'properties' && isNode(value)) restored[key] = mapNodes(value, restore);
    else if (key === 'x-kubernetes-unions' || key === 'enum') continue;
    else if (isNode(value)) restored[key] = restore(value);
    else restored[key] = value;
  }
  return restored;
}

function mapNodes(nodes: Node, change: (node: Node) => Node): Node {
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, isNode(node) ? change(node) : node]));
}

const special: Definitions = {
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': {
    description: 'IntOrString is a type that can hold an int32 or a string.',
    format: 'int-or-string',
    'x-kubernetes-int-or-string': true,
  },
  'io.k8s.apimachinery.pkg.api.resource.Quantity': {
    description: 'Quantity is a fixed-point representation of a number: 1.5, 500m, 2Gi.',
    format: 'quantity',
    oneOf: [{ type: 'string' }, { type: 'number' }],
  },
  // Merged as a whole: its content belongs to a kind that nobody names.
  'io.k8s.apimachinery.pkg.runtime.RawExtension': {
    description: 'RawExtension holds any object.',
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    'x-kubernetes-map-type': 'atomic',
  },
};

/** What holds any JSON says so, as a structural schema would. */
function markFreeForm(node: Node): Node {
  const free = !node.properties && !node.additionalProperties && (!node.type || node.type === 'object');
  return free ? { ...node, 'x-kubernetes-preserve-unknown-fields': true } : node;
}

/** DeleteOptions and WatchEvent are registered in every group; the first registration stands for all. */
function firstKindOnly(node: Node): Node {
  const kinds = node['x-kubernetes-group-version-kind'];
  return Array.isArray(kinds) && kinds.length > 1
    ? { ...node, 'x-kubernetes-group-version-kind': kinds.slice(0, 1) }
    : node;
}

function definition(name: string, source: Definitions): Node {
  const node = source[name];
  if (!node) throw new Error(`${name} is referred to but not defined`);
  const restored = special[name] ?? markFreeForm(firstKindOnly(restore(node)));
  return supplemented(name, restored);
}

function supplemented(name: string, node: Node): Node {
  const extra = supplement[name];
  if (!extra || !isNode(node.properties)) return node;
  const properties: Node = { ...node.properties };
  for (const [field, additions] of Object.entries(extra)) {
    const known = properties[field];
    if (!isNode(known)) throw new Error(`the supplement names ${name}.${field}, which does not exist`);
    properties[field] = { ...known, ...additions };
  }
  return { ...node, properties };
}

function references(node: Json): string[] {
  if (Array.isArray(node)) return node.flatMap(references);
  if (!isNode(node)) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === '$ref' && typeof value === 'string' ? [value.slice(value.lastIndexOf('/') + 1)] : references(value),
  );
}

function closure(roots: string[], source: Definitions): Map<string, Node> {
  const kept = new Map<string, Node>();
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (kept.has(name)) continue;
    const node = definition(name, source);
    kept.set(name, node);
    pending.push(...references(node));
  }
  return new Map([...kept].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const lines = (entries: (readonly [string, Json])[]): string =>
  `{\n${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',\n')}\n}\n`;

function kinds(kept: Map<string, Node>): [string, string][] {
  return [...kept].flatMap(([name, node]): [string, string][] => {
    const registrations = node['x-kubernetes-group-version-kind'];
    const first = Array.isArray(registrations) ? registrations[0] : undefined;
    if (!isNode(first)) return [];
    const { group, version, kind } = first;
    return [[`${group ? `${group}/` : ''}${version}/${kind}`, name]];
  });
}

function write(kept: Map<string, Node>): void {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const written = [...new Set([...kept.keys()].map(packageOf))];
  for (const name of written) {
    const own = [...kept].filter(([definitionName]) => packageOf(definitionName) === name);
    writeFileSync(new URL(`${name}.json`, output), lines(own));
  }
  const index = { packages: written, kinds: Object.fromEntries(kinds(kept)) };
  writeFileSync(new URL('index.json', output), `${JSON.stringify(index, undefined, 1)}\n`);
  writeFileSync(new URL('NOTICE.md', output), notice);
}

const notice = `# Origin of these files

Kubernetes' published OpenAPI definitions (version 1.37), © The Kubernetes Authors, Apache License 2.0
(https://www.apache.org/licenses/LICENSE-2.0), as packaged in the PyPI wheel \`${wheel}\`
(\`${definitionsFile}\`).

Changed by \`scripts/generate-kubernetes-schemas.ts\`: trimmed to the kinds served, free-form objects marked with
\`x-kubernetes-preserve-unknown-fields\`, and the defaults, enums and limits of \`scripts/kubernetes-schema-supplement.ts\` added.
`;

const source = download();
const roots = Object.keys(source).filter(
  name => name === patch || (packages.includes(packageOf(name)) && source[name]?.['x-kubernetes-group-version-kind']),
);
const kept = closure(roots, source);
write(kept);
console.log(`${kept.size} definitions written to ${output.pathname}`);
