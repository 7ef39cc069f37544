/** String formats that Kubernetes checks; it ignores all others. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation */
import { isIPv4, isIPv6 } from 'node:net';

const matches = (pattern: RegExp) => (text: string) => pattern.test(text);

const dateTime =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** `10.0.0.0/8`, `fd00::/64` */
function isCidr(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  const limit = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return rest.length === 0 && /^(0|[1-9]\d{0,2})$/.test(length) && Number(length) <= limit;
}

/** As Go's net/url.ParseRequestURI: an absolute URI or an absolute path. */
const isUri = (text: string): boolean => text.startsWith('/') || URL.canParse(text);

const formats: { [format: string]: (text: string) => boolean } = {
  byte: matches(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/),
  cidr: isCidr,
  date: matches(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/),
  'date-time': matches(dateTime),
  datetime: matches(dateTime),
  duration: matches(
    /^[-+]?(0|((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)$|^\d+\s*(ns|us|µs|ms|s|m|h|d|w|nano|micro|milli|sec|second|min|minute|hour|hr|day|week|wk)s?$/,
  ),
  email: matches(/^[^\s@]+@[^\s@]+$/),
  hostname: matches(
    /^(?=.{1,255}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/,
  ),
  ipv4: isIPv4,
  ipv6: isIPv6,
  mac: matches(
    /^([0-9A-Fa-f]{2}([:-])([0-9A-Fa-f]{2}\2){4}[0-9A-Fa-f]{2}|[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})$/,
  ),
  uri: isUri,
  uuid: matches(/^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i),
};

export const hasFormat = (text: string, format: string): boolean =>
  !Object.hasOwn(formats, format) || formats[format]?.(text) === true;
