import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from './fields.ts';
import { parseLabelSelector } from './labels.ts';

describe('label selectors', () => {
  const labels = { app: 'web', tier: 'front', 'example.com/rank': '3' };

  it.each([
    ['', true],
    ['app=web', true],
    ['app == web', true],
    ['app=api', false],
    ['app!=api', true],
    ['missing!=x', true],
    ['app', true],
    ['missing', false],
    ['!missing', true],
    ['! app', false],
    ['app in (api, web)', true],
    ['app in (api)', false],
    ['app notin (api)', true],
    ['missing notin (api)', true],
    ['missing in ()', false],
    ['example.com/rank>2', true],
    ['example.com/rank<2', false],
    ['app=web,tier in (front),!missing', true],
    ['app=web,tier=back', false],
  ])('%j matches: %s', (text, expected) => {
    const selector = parseLabelSelector(text);
    expect(selector.kind === 'selector' && selector.matches(labels)).toBe(expected);
  });

  it.each(['app in web', 'app=web,', '=web', 'app=(web)', 'app in (a'])('%j is malformed', text => {
    expect(parseLabelSelector(text).kind).toBe('malformed');
  });
});

describe('field selectors', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n' }, spec: { nodeName: 'a' } };
  const selectable = ['spec.nodeName', 'status.phase', 'spec.hostNetwork'];

  it.each([
    ['metadata.name=p', true],
    ['metadata.name!=p', false],
    ['spec.nodeName=a,metadata.namespace=n', true],
    ['status.phase=', true],
    ['status.phase!=Running', true],
    ['spec.hostNetwork=false', true],
  ])('%j matches: %s', (text, expected) => {
    const selector = parseFieldSelector(text, selectable);
    expect(selector.kind === 'selector' && selector.matches(pod)).toBe(expected);
  });

  it('refuses fields that are not selectable', () => {
    expect(parseFieldSelector('spec.other=1', selectable)).toEqual({
      kind: 'malformed',
      message: 'field label not supported: spec.other',
    });
  });
});
