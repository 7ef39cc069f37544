#!/usr/bin/env node
/**
 * Writes src/apiserver/protobuf/generated/messages.json: how the objects of Kubernetes' built-in kinds are encoded in
 * protobuf, which is what kubectl's typed commands (`create namespace`) send. The wire types come from the modules'
 * generated.proto files; JSON names, and which zero values count, from the tags of their Go structs.
 *
 *   node scripts/generate-kubernetes-protobuf.ts
 *
 * Needs Go, for its module proxy.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

const version = 'v0.35.4';
const output = new URL('../src/apiserver/protobuf/generated/', import.meta.url);

/** Package folders by the apiVersion of their kinds; those without one are only referred to. */
const packages: readonly (readonly [module: string, folder: string, apiVersion?: string])[] = [
  ['api', 'core/v1', 'v1'],
  ['api', 'apps/v1', 'apps/v1'],
  ['api', 'batch/v1', 'batch/v1'],
  ['api', 'autoscaling/v1', 'autoscaling/v1'],
  ['api', 'autoscaling/v2', 'autoscaling/v2'],
  ['api', 'policy/v1', 'policy/v1'],
  ['api', 'authentication/v1', 'authentication.k8s.io/v1'],
  ['api', 'authorization/v1', 'authorization.k8s.io/v1'],
  ['api', 'coordination/v1', 'coordination.k8s.io/v1'],
  ['api', 'discovery/v1', 'discovery.k8s.io/v1'],
  ['api', 'events/v1', 'events.k8s.io/v1'],
  ['api', 'networking/v1', 'networking.k8s.io/v1'],
  ['api', 'node/v1', 'node.k8s.io/v1'],
  ['api', 'rbac/v1', 'rbac.authorization.k8s.io/v1'],
  ['api', 'scheduling/v1', 'scheduling.k8s.io/v1'],
  ['api', 'storage/v1', 'storage.k8s.io/v1'],
  ['apimachinery', 'pkg/apis/meta/v1', 'meta.k8s.io/v1'],
  ['apimachinery', 'pkg/api/resource'],
  ['apimachinery', 'pkg/runtime'],
  ['apimachinery', 'pkg/util/intstr'],
];

/** `json` is empty where the field's own fields are inlined. `zero`: whether a zero value is sent on. */
interface Tag {
  json: string;
  zero: boolean;
}

const download = (module: string): string => {
  const answer = execFileSync('go', ['mod', 'download', '-json', `k8s.io/${module}@${version}`], { encoding: 'utf8' });
  return String(JSON.parse(answer).Dir);
};

/** Tags of a package's structs: struct, then field number. A pointer's zero is a value; that of a plain field with omitempty is not. */
const tagsOf = (folder: string): Map<string, Map<number, Tag>> => {
  const structs = new Map<string, Map<number, Tag>>();
  for (const file of readdirSync(folder).filter(
    name => name.endsWith('.go') && !/_test\.go$|^zz_|^generated/.test(name),
  )) {
    let fields = new Map<number, Tag>();
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const struct = /^type (\w+) struct \{/.exec(line)?.[1];
      if (struct) {
        fields = new Map();
        structs.set(struct, fields);
      }
      const field = /^\t(?:\w+ +)?(\S+) +`json:"([^"]*)" protobuf:"\w+,(\d+),/.exec(line);
      if (!field) continue;
      const [, type = '', json = '', number] = field;
      const [name = '', ...options] = json.split(',');
      fields.set(Number(number), { json: name, zero: type.startsWith('*') || !options.includes('omitempty') });
    }
  }
  return structs;
};

type FieldEntry = [json: string, type: string, rule: '' | 'repeated' | 'map', zero: 0 | 1];

const describe = (type: protobuf.Type, tags: ReadonlyMap<number, Tag> | undefined): Record<string, FieldEntry> => {
  const fields: Record<string, FieldEntry> = {};
  for (const field of type.fieldsArray) {
    field.resolve();
    const tag = tags?.get(field.id) ?? { json: field.name, zero: false };
    const rule = field.map ? 'map' : field.repeated ? 'repeated' : '';
    const target = field.resolvedType?.fullName.slice(1) ?? field.type;
    fields[field.id] = [tag.json, target, rule, tag.zero ? 1 : 0];
  }
  return fields;
};

const root = new protobuf.Root();
const folders = new Map(['api', 'apimachinery'].map(module => [module, download(module)]));
for (const [module, folder] of packages) {
  const proto = readFileSync(join(folders.get(module) ?? '', folder, 'generated.proto'), 'utf8');
  protobuf.parse(proto, root, { keepCase: true });
}

const kinds: Record<string, string> = {};
const messages: Record<string, Record<string, FieldEntry>> = {};
for (const [module, folder, apiVersion] of packages) {
  const name = `k8s.io.${module}.${folder.replaceAll('/', '.')}`;
  const tags = tagsOf(join(folders.get(module) ?? '', folder));
  const namespace = root.lookup(name);
  if (!(namespace instanceof protobuf.Namespace)) throw new Error(`${name} is not in its generated.proto`);
  for (const type of namespace.nestedArray) {
    if (!(type instanceof protobuf.Type)) continue;
    messages[`${name}.${type.name}`] = describe(type, tags.get(type.name));
    const isKind = type.fieldsArray.some(field => field.name === 'metadata') || type.name === 'DeleteOptions';
    if (apiVersion !== undefined && isKind) kinds[`${apiVersion}/${type.name}`] = `${name}.${type.name}`;
  }
}
mkdirSync(output, { recursive: true });
const lines = Object.entries(messages).map(([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields)}`);
const text = `{"source":"k8s.io/api and k8s.io/apimachinery ${version}, Apache-2.0","kinds":${JSON.stringify(kinds)},\n"messages":{\n${lines.join(',\n')}\n}}\n`;
writeFileSync(new URL('messages.json', output), text);
