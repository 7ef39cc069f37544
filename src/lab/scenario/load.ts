import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { KubeObject } from '../../resources/meta.ts';
import { EXIT, LabError } from '../errors.ts';
import { type Check, checksSchema } from './checks-schema.ts';
import { mistakesOf } from './lab-rules.ts';
import { type Lab, labSchema } from './lab-schema.ts';
import { inOrderOfKind, manifestsOf } from './manifests.ts';
import { invalid, readYaml } from './read-yaml.ts';

/** A scenario: a folder that holds a whole world as data. */
export interface Scenario {
  /** The folder's last name: `kube-dc`. */
  name: string;
  folder: string;
  lab: Lab;
  checks: readonly Check[];
  /** The Kubernetes objects of all its other YAML files, in the order to apply them. */
  objects: readonly KubeObject[];
  /** Which file each of them is from. */
  sources: ReadonlyMap<KubeObject, string>;
}

const LAB_FILE = 'lab.yaml';
const CHECKS_FILE = 'checks.yaml';

/** Reads and checks a scenario. Every mistake found is in the LabError. */
export const loadScenario = async (path: string): Promise<Scenario> => {
  const folder = resolve(path);
  const files = await yamlFilesOf(folder);
  if (!files.includes(LAB_FILE)) {
    throw new LabError(`${folder} is no scenario: it has no ${LAB_FILE}`, {
      remedy: 'name a folder such as examples/kube-dc',
      exitCode: EXIT.usage,
    });
  }
  const lab = await loadLab(join(folder, LAB_FILE));
  const { checks } = files.includes(CHECKS_FILE) ? await loadChecks(join(folder, CHECKS_FILE)) : { checks: [] };
  const manifests = files.filter(file => file !== LAB_FILE && file !== CHECKS_FILE);
  const sources = new Map(
    (
      await Promise.all(
        manifests.map(async file => (await manifestsOf(join(folder, file))).map(object => [object, file] as const)),
      )
    ).flat(),
  );
  return { name: basename(folder), folder, lab, checks, objects: inOrderOfKind([...sources.keys()]), sources };
};

const yamlFilesOf = async (folder: string): Promise<string[]> => {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    throw new LabError(`there is no scenario folder ${folder}`, {
      remedy: 'name a folder with a lab.yaml, such as examples/kube-dc',
      exitCode: EXIT.usage,
    });
  }
  return (await readdir(folder)).filter(file => /\.ya?ml$/.test(file)).sort();
};

const loadLab = async (file: string): Promise<Lab> => {
  const lab = await readYaml(file, labSchema);
  const mistakes = mistakesOf(lab);
  if (mistakes.length > 0) throw invalid(file, mistakes);
  return lab;
};

const loadChecks = async (file: string): Promise<{ checks: Check[] }> => {
  const checks = await readYaml(file, checksSchema);
  const names = checks.checks.map(check => check.name);
  const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (twice >= 0) throw invalid(file, [{ path: `checks.${twice}.name`, message: `${names[twice]} is taken already` }]);
  return checks;
};
