import { Environment } from '@marcbachmann/cel-js';
import { registerCollections } from './collection-functions.ts';
import { registerNetwork } from './network-functions.ts';
import { registerQuantity } from './quantity.ts';
import { registerText } from './text-functions.ts';

/**
 * CEL as CRDs write it: the language with optionals, and Kubernetes' function libraries as far as CRDs in the field use
 * them. https://kubernetes.io/docs/reference/using-api/cel/#cel-options-language-features-and-libraries
 */
const makeEnvironment = (): Environment => {
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 10_000, maxDepth: 100 },
  })
    .registerVariable('self', 'dyn')
    .registerVariable('oldSelf', 'dyn');
  registerText(environment);
  registerCollections(environment);
  registerNetwork(environment);
  registerQuantity(environment);
  return environment;
};

let environment: Environment | undefined;

/** The one environment, made when first needed: it is costly, and many servers never see a rule. */
export const rulesEnvironment = (): Environment => {
  environment ??= makeEnvironment();
  return environment;
};
