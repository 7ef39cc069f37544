/** `metav1.LabelSelector`: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements */
import { arrayAt, isObject, objectAt, stringAt, stringsAt } from '../schema/json.ts';
import type { JsonObject, JsonValue } from '../schema/types.ts';
import { type FieldError, fieldForbidden, fieldInvalid, fieldRequired } from '../status-error.ts';

export const isEmptySelector = (selector: JsonObject): boolean =>
  Object.keys(objectAt(selector, 'matchLabels')).length === 0 && arrayAt(selector, 'matchExpressions').length === 0;

/** Whether a selector that has no problems selects these labels. */
export const selects = (selector: JsonObject, labels: JsonObject): boolean =>
  Object.entries(objectAt(selector, 'matchLabels')).every(([key, value]) => labels[key] === value) &&
  arrayAt(selector, 'matchExpressions').every(expression => fits(expression, labels));

const fits = (expression: JsonValue, labels: JsonObject): boolean => {
  const key = stringAt(expression, 'key');
  const isThere = Object.hasOwn(labels, key);
  const isListed = isThere && stringsAt(expression, 'values').some(value => value === labels[key]);
  switch (stringAt(expression, 'operator')) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return isThere;
    default:
      return !isThere;
  }
};

/** Operators and their values, in the words of k8s.io/apimachinery/pkg/apis/meta/v1/validation. */
export const selectorProblems = (selector: JsonObject, field: string): FieldError[] =>
  arrayAt(selector, 'matchExpressions').flatMap((expression, at) =>
    isObject(expression) ? expressionProblems(expression, `${field}.matchExpressions[${at}]`) : [],
  );

const expressionProblems = (expression: JsonObject, field: string): FieldError[] => {
  const operator = stringAt(expression, 'operator');
  const hasValues = arrayAt(expression, 'values').length > 0;
  if (operator === 'In' || operator === 'NotIn') {
    const why = "must be specified when `operator` is 'In' or 'NotIn'";
    return hasValues ? [] : [fieldRequired(`${field}.values`, why)];
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    const why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    return hasValues ? [fieldForbidden(`${field}.values`, why)] : [];
  }
  return [fieldInvalid(`${field}.operator`, operator, 'not a valid selector operator')];
};
