/** Words of command lines. What is not one word, or holds what no word may, is a bug of the caller's: these throw. */

/** Line breaks, NUL and the rest of Unicode's control characters. */
const CONTROL = /\p{Cc}/u;

/** Beside white space, what `ip -batch` does not take for itself: comments, quotes, the sign that a line goes on. */
const NOT_ONE_WORD = /[\s\p{Cc}#"'\\]/u;

const LONGEST_SHOWN = 80;

const shown = (text: string): string => JSON.stringify(text.slice(0, LONGEST_SHOWN));

/** @throws RangeError when a text could end a line and begin another command */
export const requirePrintable = (texts: readonly string[]): void => {
  const bad = texts.find(text => CONTROL.test(text));
  if (bad !== undefined) throw new RangeError(`${shown(bad)} holds a control character: it is not run`);
};

/**
 * One line of `ip -batch`, as a template: `` ipCommand`link set ${device} up` ``.
 * @throws RangeError when a value is not exactly one word
 */
export const ipCommand = (parts: TemplateStringsArray, ...values: readonly (string | number)[]): string => {
  const bad = values.map(String).find(value => value === '' || NOT_ONE_WORD.test(value));
  if (bad !== undefined) throw new RangeError(`${shown(bad)} is not one word of an \`ip\` command: it is not run`);
  return String.raw({ raw: parts }, ...values);
};
