import { expect, it } from 'vitest';
import { scaleErrors } from './scale-paths.ts';

const errors = (scale: Record<string, string>): string[] =>
  scaleErrors({ subresources: { scale } }, 'spec.versions[0]').map(({ field, message }) => `${field}: ${message}`);
const at = 'spec.versions[0].subresources.scale';

it.each([
  [{ specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' }, []],
  [{ specReplicasPath: '.spec.a.b', statusReplicasPath: '.status.a.b', labelSelectorPath: '.spec.selector' }, []],
  [
    { specReplicasPath: '.status.replicas', statusReplicasPath: '.spec.replicas', labelSelectorPath: '.metadata' },
    [
      `${at}.specReplicasPath: Invalid value: ".status.replicas": should be a json path under .spec`,
      `${at}.statusReplicasPath: Invalid value: ".spec.replicas": should be a json path under .status`,
      `${at}.labelSelectorPath: Invalid value: ".metadata": should be a json path under either .status or .spec`,
    ],
  ],
  [{ statusReplicasPath: '.status.replicas' }, [`${at}.specReplicasPath: Required value`]],
  [
    { specReplicasPath: '.spec.__proto__.polluted', statusReplicasPath: '.status.constructor' },
    [
      `${at}.specReplicasPath: Invalid value: ".spec.__proto__.polluted": may not lead through __proto__`,
      `${at}.statusReplicasPath: Invalid value: ".status.constructor": may not lead through constructor`,
    ],
  ],
])('of the paths %j it says %j', (scale, expected) => {
  expect(errors(scale)).toEqual(expected);
});
