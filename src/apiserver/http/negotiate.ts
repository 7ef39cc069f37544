import { notAcceptable } from '../status-error.ts';

/** The form in which the client wants objects. */
export type Form = 'object' | 'table' | 'metadata';

const offered = 'application/json';

interface MediaRange {
  type: string;
  parameters: Map<string, string>;
}

/** Chooses by the Accept header, in the client's order; throws 406 when it accepts nothing we serve. */
export const negotiate = (accept: string | undefined): Form => {
  for (const { type, parameters } of mediaRanges(accept ?? '*/*')) {
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const form = formOf(parameters.get('as'), parameters.get('v'));
    if (form) return form;
  }
  throw notAcceptable(offered);
};

/** Whether JSON of this special form is asked for before plain JSON, as in aggregated discovery. */
export const prefersForm = (accept: string | undefined, as: string, version: string): boolean => {
  const first = mediaRanges(accept ?? '').find(({ parameters }) => {
    const form = parameters.get('as');
    return form === undefined || (form === as && parameters.get('v') === version);
  });
  return first?.parameters.get('as') === as;
};

const formOf = (as: string | undefined, version: string | undefined): Form | undefined => {
  if (as === undefined) return 'object';
  if (version !== 'v1') return undefined;
  if (as === 'Table') return 'table';
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList' ? 'metadata' : undefined;
};

const mediaRanges = (accept: string): MediaRange[] =>
  accept.split(',').map(range => {
    const [type = '', ...parameters] = range.split(';').map(part => part.trim());
    return { type, parameters: new Map(parameters.map(toPair)) };
  });

const toPair = (parameter: string): [string, string] => {
  const equals = parameter.indexOf('=');
  return equals < 0 ? [parameter, ''] : [parameter.slice(0, equals), parameter.slice(equals + 1)];
};
