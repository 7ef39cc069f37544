export { applyServerSide } from './managed-fields/apply.ts';
export { trackUpdate } from './managed-fields/update.ts';
